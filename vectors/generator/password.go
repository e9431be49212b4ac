package generator

import (
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

func passwordCases(s *suite) {
	for _, c := range []struct{ slug, requirements, comment, typed, prepared string }{
		{"ascii", "PWD-9", "A password of ASCII characters stays as it is.", "correct horse battery staple", "correct horse battery staple"},
		{"one-character", "PWD-3 PWD-11 (boundary)", "One character is a password: readers do not judge.", "a", "a"},
		{"commonest", "PWD-11", "The commonest password is a password: readers do not judge.", "12345678", "12345678"},
		{"case", "PWD-9", "No letter changes its case.", "PaSSwoRD \u00c4\u00e4\u1e9e\u00df", "PaSSwoRD \u00c4\u00e4\u1e9e\u00df"},
		{"spaces-kept", "PWD-9", "Spaces in front, at the end and in a row stay.", "  two  words  ", "  two  words  "},
		{"only-a-space", "PWD-9 (boundary)", "One space is a password.", " ", " "},
		{"first-printable", "PWD-5 (boundary)", "U+0020 and U+0021 lie behind the control characters.", " !", " !"},
		{"last-ascii", "PWD-5 (boundary)", "U+007E lies before U+007F.", "~", "~"},
		{"no-break-space", "PWD-5 PWD-6 (unicode boundary)", "U+00A0 lies behind the control characters, and becomes a space.", "a\u00a0b", "a b"},
		{"ogham-space", "PWD-6 (unicode)", "U+1680 becomes a space.", "a\u1680b", "a b"},
		{"en-quad", "PWD-6 (unicode boundary)", "U+2000, the first of its range, becomes a space.", "a\u2000b", "a b"},
		{"hair-space", "PWD-6 (unicode boundary)", "U+200A, the last of its range, becomes a space.", "a\u200ab", "a b"},
		{"middle-of-range", "PWD-6 (unicode)", "U+2001 to U+2009 become spaces, each one.", "\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009", "         "},
		{"narrow-no-break-space", "PWD-6 (unicode)", "U+202F becomes a space.", "a\u202fb", "a b"},
		{"mathematical-space", "PWD-6 (unicode)", "U+205F becomes a space.", "a\u205fb", "a b"},
		{"ideographic-space", "PWD-6 (unicode)", "U+3000 becomes a space, and is not trimmed.", "\u3000a\u3000", " a "},
		{"before-en-quad", "PWD-6 PWD-9 (unicode boundary)", "U+1FFF, before the range of spaces, is not assigned and stays.", "a\u1fffb", "a\u1fffb"},
		{"zero-width-space", "PWD-6 PWD-9 (unicode boundary)", "U+200B, behind the range of spaces, is no space separator and stays.", "a\u200bb", "a\u200bb"},
		{"line-separator", "PWD-6 PWD-9 (unicode)", "U+2028 is a line separator and stays.", "a\u2028b", "a\u2028b"},
		{"paragraph-separator", "PWD-6 PWD-9 (unicode)", "U+2029 is a paragraph separator and stays.", "a\u2029b", "a\u2029b"},
		{"mongolian-vowel-separator", "PWD-6 PWD-9 (unicode)", "U+180E was a space separator once, and stays.", "a\u180eb", "a\u180eb"},
		{"byte-order-mark", "PWD-6 PWD-9 (unicode)", "U+FEFF in front stays.", "\ufeffa", "\ufeffa"},
		{"composed", "PWD-7 (unicode)", "U+00E9 is in Form C.", "\u00e9", "\u00e9"},
		{"composes", "PWD-7 (unicode)", "U+0065 U+0301 becomes U+00E9.", "e\u0301", "\u00e9"},
		{"marks-ordered", "PWD-7 (unicode)", "Marks are ordered before they compose.", "a\u0301\u0323", "\u1ea1\u0301"},
		{"marks-of-one-class", "PWD-7 (unicode)", "Marks of one class keep their order, and the first one composes.", "a\u0301\u0300", "\u00e1\u0300"},
		{"mark-first", "PWD-7 (unicode)", "A mark in front has nothing to compose with.", "\u0301e", "\u0301e"},
		{"ohm", "PWD-7 (unicode)", "U+2126, a singleton, becomes U+03A9.", "\u2126", "\u03a9"},
		{"angstrom", "PWD-7 (unicode)", "U+212B becomes U+00C5.", "\u212b", "\u00c5"},
		{"hangul-jamo", "PWD-7 (unicode)", "Three conjoining jamo become one syllable.", "\u1112\u1161\u11ab", "\ud55c"},
		{"hangul-syllable-and-jamo", "PWD-7 (unicode)", "A syllable without a final and a final become one syllable.", "\ud558\u11ab", "\ud55c"},
		{"composition-exclusion", "PWD-7 (unicode)", "U+0958 is taken apart, and not composed again.", "\u0958", "\u0915\u093c"},
		{"musical-symbol", "PWD-7 (unicode)", "U+1D160 is taken apart into three.", "\U0001d160", "\U0001d158\U0001d165\U0001d16e"},
		{"three-to-one", "PWD-7 (unicode)", "U+1FBE U+0308 U+0301 becomes U+0390: a composition of a decomposition.", "\u1fbe\u0308\u0301", "\u0390"},
		{"not-compatible", "PWD-7 PWD-9 (unicode)", "Form C keeps ligatures, full-width and superscript digits: it is not Form KC.", "\ufb01\uff11\u00b2", "\ufb01\uff11\u00b2"},
		{"joiners", "PWD-9 (unicode)", "An emoji sequence keeps its joiners and variation selectors.", "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468", "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468"},
		{"many-marks", "PWD-7 PWD-9 (unicode)", "Nothing is inserted into a run of 40 marks.", "e" + strings.Repeat("\u0316", 40), "e" + strings.Repeat("\u0316", 40)},
		{"many-marks-then-composes", "PWD-7 PWD-9 (unicode)", "A mark composes across a run of 40 others.", "e" + strings.Repeat("\u0316", 40) + "\u0301", "\u00e9" + strings.Repeat("\u0316", 40)},
		{"unassigned", "PWD-9 PWD-10 (unicode)", "U+FFFF is assigned in no version of Unicode, and stays.", "a\uffff\u0301", "a\uffff\u0301"},
		{"private-use", "PWD-9 (unicode)", "U+E000 and U+10FFFF, the last code point, stay.", "\ue000\U0010ffff", "\ue000\U0010ffff"},
		{"around-surrogates", "PWD-4 (unicode boundary)", "U+D7FF and U+E000 lie around the surrogates.", "\ud7ff\ue000", "\ud7ff\ue000"},
		{"space-then-mark", "PWD-6 PWD-7 (unicode)", "A space separator becomes a space before Form C.", "\u2003\u0301", " \u0301"},
		{"1023-bytes", "PWD-8 (boundary)", "1023 bytes when prepared.", strings.Repeat("x", 1023), strings.Repeat("x", 1023)},
		{"1024-bytes", "PWD-8 (boundary)", "1024 bytes when prepared.", strings.Repeat("x", 1024), strings.Repeat("x", 1024)},
		{"1024-bytes-composed", "PWD-8 (unicode boundary)", "1536 bytes typed are 1024 when prepared.", strings.Repeat("e\u0301", 512), strings.Repeat("\u00e9", 512)},
		{"1024-spaces", "PWD-8 (unicode boundary)", "3072 bytes typed are 1024 spaces when prepared.", strings.Repeat("\u3000", 1024), strings.Repeat(" ", 1024)},
		{"shrinks-most", "PWD-2 PWD-8 (unicode boundary)", "3584 bytes typed are 1024 when prepared: no text shrinks more.", strings.Repeat("\u1fbe\u0308\u0301", 512), strings.Repeat("\u0390", 512)},
	} {
		s.valid(c.slug, "PWD-1 "+c.requirements, c.comment, "password.prepare",
			vectors.Object{"password": vectors.Bytes([]byte(c.typed))}, vectors.Object{"prepared": vectors.Bytes([]byte(c.prepared))})
	}

	for _, c := range []struct{ slug, requirements, comment, typed string }{
		{"empty", "PWD-3 (boundary)", "An empty password is none.", ""},
		{"nul", "PWD-5 (boundary)", "U+0000 is the first control character; it does not end the password.", "pass\x00word"},
		{"tab", "PWD-5", "A tab is a control character, and not white space.", "pass\tword"},
		{"line-feed", "PWD-5", "A line feed at the end is not trimmed.", "password\n"},
		{"unit-separator", "PWD-5 (boundary)", "U+001F is the last control character before the space.", "pass\x1fword"},
		{"delete", "PWD-5 (boundary)", "U+007F is a control character.", "pass\x7fword"},
		{"first-c1", "PWD-5 (unicode boundary)", "U+0080 is a control character.", "pass\u0080word"},
		{"next-line", "PWD-5 (unicode)", "U+0085 is a control character.", "pass\u0085word"},
		{"last-c1", "PWD-5 (unicode boundary)", "U+009F is the last control character.", "pass\u009fword"},
		{"continuation-byte", "PWD-4", "0x80 by itself is not UTF-8.", "pass\x80word"},
		{"byte-ff", "PWD-4", "0xff is never a part of UTF-8.", "pass\xffword"},
		{"cut-sequence", "PWD-4", "The last character lacks its last byte.", "caf\xc3"},
		{"overlong", "PWD-4", "0xc0 0xaf is an overlong slash.", "a\xc0\xafb"},
		{"overlong-three", "PWD-4", "0xe0 0x80 0xaf is an overlong slash.", "a\xe0\x80\xafb"},
		{"high-surrogate", "PWD-4 (boundary)", "U+D800 in three bytes is not UTF-8.", "a\xed\xa0\x80"},
		{"low-surrogate", "PWD-4 (boundary)", "U+DFFF in three bytes is not UTF-8.", "a\xed\xbf\xbf"},
		{"surrogate-pair", "PWD-4", "A pair of surrogates in six bytes is not UTF-8.", "\xed\xa0\xbd\xed\xb8\x80"},
		{"beyond-unicode", "PWD-4 (boundary)", "U+110000 does not exist.", "\xf4\x90\x80\x80"},
		{"latin-1", "PWD-4", "An e with acute in Latin-1 is not UTF-8.", "caf\xe9"},
		{"1025-bytes", "PWD-8 (boundary)", "1025 bytes when prepared are one too many.", strings.Repeat("x", 1025)},
		{"grows-too-long", "PWD-8 (unicode boundary)", "513 bytes typed are 1026 when prepared.", strings.Repeat("\u0958", 171)},
		{"composed-too-long", "PWD-8 (unicode boundary)", "1537 bytes typed are 1025 when prepared.", strings.Repeat("e\u0301", 512) + "x"},
		{"4096-bytes", "PWD-8 (boundary)", "4096 bytes are prepared, and then too many.", strings.Repeat("x", 4096)},
		{"4097-bytes", "PWD-2 (boundary)", "4097 bytes are refused without a look.", strings.Repeat("x", 4097)},
	} {
		s.add(c.slug, c.requirements, c.comment, "password.prepare",
			vectors.Object{"password": vectors.Bytes([]byte(c.typed))}, refused(fault.MalformedPassword))
	}
}
