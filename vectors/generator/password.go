package generator

import (
	"strings"

	"github.com/coffer-format/coffer/vectors"
)

func passwordCases(s *suite) {
	passwordsAccepted(s)
	passwordsOfForms(s)
	passwordsOfData(s)
	passwordsRefused(s)
}

// prepared adds a case of a password, and of what it is when prepared.
func (s *suite) prepared(slug, requirements, comment, typed, prepared string) {
	s.valid(slug, "PWD-1 "+requirements, comment, "password.prepare",
		vectors.Object{"password": vectors.Bytes([]byte(typed))}, vectors.Object{"prepared": vectors.Bytes([]byte(prepared))})
}

func passwordsAccepted(s *suite) {
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
		{"hangul-first-final", "PWD-7 (unicode boundary)", "U+11A8 is the first final that a syllable takes.", "\uac00\u11a8", "\uac01"},
		{"hangul-before-first-final", "PWD-7 (unicode boundary)", "U+11A7 is no final, and stays.", "\uac00\u11a7", "\uac00\u11a7"},
		{"hangul-jamo-before-first-final", "PWD-7 (unicode boundary)", "U+11A7 stays after two jamo that become a syllable.", "\u1100\u1161\u11a7", "\uac00\u11a7"},
		{"hangul-last-final", "PWD-7 (unicode boundary)", "U+11C2 is the last final.", "\uac00\u11c2", "\uac1b"},
		{"hangul-behind-last-final", "PWD-7 (unicode boundary)", "U+11C3 is no final of a syllable, and stays.", "\uac00\u11c3", "\uac00\u11c3"},
		{"hangul-jamo-behind-last-final", "PWD-7 (unicode boundary)", "U+11C3 stays after two jamo that become a syllable.", "\u1112\u1175\u11c3", "\ud788\u11c3"},
		{"hangul-syllable-with-final-and-jamo", "PWD-7 (unicode)", "A syllable that has a final takes no second one.", "\uac01\u11a8", "\uac01\u11a8"},
		{"hangul-first-and-last-jamo", "PWD-7 (unicode boundary)", "U+1100 U+1161 and U+1112 U+1175, the first and the last pairs that compose.", "\u1100\u1161\u1112\u1175", "\uac00\ud788"},
		{"hangul-beyond-last-jamo", "PWD-7 (unicode boundary)", "U+1113 and U+1176 lie behind the jamo that compose.", "\u1113\u1161\u1100\u1176", "\u1113\u1161\u1100\u1176"},
		{"hangul-beyond-jamo-that-compose", "PWD-7 (unicode boundary)", "U+1113 takes no vowel and U+1176 and U+1160 join nothing where other jamo compose.", "\u1100\u1161\u1113\u1161\u1100\u1176\u1100\u1160", "\uac00\u1113\u1161\u1100\u1176\u1100\u1160"},
		{"compatibility-jamo", "PWD-7 PWD-9 (unicode)", "Compatibility jamo do not compose.", "\u3131\u314f", "\u3131\u314f"},
		{"compatibility-ideograph", "PWD-7 (unicode)", "U+F900, a singleton, becomes U+8C48.", "\uf900", "\u8c48"},
		{"supplementary-ideograph", "PWD-7 (unicode)", "U+2F800, a singleton, becomes U+4E3D.", "\U0002f800", "\u4e3d"},
		{"supplementary-composes", "PWD-7 (unicode)", "U+11099 U+110BA become U+1109A.", "\U00011099\U000110ba", "\U0001109a"},
		{"two-starters-compose", "PWD-7 (unicode)", "U+0B47 U+0B3E, both of class 0, become U+0B4B.", "\u0b47\u0b3e", "\u0b4b"},
		{"starter-between", "PWD-7 (unicode)", "A character of class 0 between a letter and a mark keeps them apart.", "a\u0b3e\u0301", "a\u0b3e\u0301"},
		{"grapheme-joiner-between", "PWD-7 PWD-9 (unicode)", "U+034F between a letter and a mark keeps them apart, and stays.", "a\u034f\u0301", "a\u034f\u0301"},
		{"blocked-by-same-class", "PWD-7 (unicode)", "A mark that does not compose blocks those of its class behind it.", "a\u0332\u0323\u0301", "\u00e1\u0332\u0323"},
		{"twice-composed", "PWD-7 (unicode)", "U+0075 U+0308 U+0304 become U+01D6, in two steps.", "u\u0308\u0304", "\u01d6"},
		{"hebrew-presentation", "PWD-7 (unicode)", "U+FB2A is taken apart, and not composed again.", "\ufb2a", "\u05e9\u05c1"},
		{"hebrew-marks-ordered", "PWD-7 (unicode)", "The marks of a Hebrew letter are put in order.", "\u05e9\u05c1\u05bc\u05b8", "\u05e9\u05b8\u05bc\u05c1"},
		{"mark-taken-apart", "PWD-7 (unicode)", "U+0344 is taken apart, and not composed again.", "\u0344", "\u0308\u0301"},
		{"forking", "PWD-7 (unicode)", "U+2ADC is taken apart, and not composed again.", "\u2adc", "\u2add\u0338"},
		{"kelvin-and-micro", "PWD-7 PWD-9 (unicode)", "U+212A becomes K; U+00B5 has a compatibility decomposition only, and stays.", "\u212a\u00b5", "K\u00b5"},
		{"tone-marks", "PWD-7 (unicode)", "U+0340 and U+0341 become U+0300 and U+0301, which compose.", "a\u0340e\u0341", "\u00e0\u00e9"},
		{"two-words", "PWD-6 PWD-7 (unicode)", "Every space separator and every letter of a text, not only the first.", "e\u0301\u00a0e\u0301\u3000e\u0301", "\u00e9 \u00e9 \u00e9"},
		{"ordinary-scripts", "PWD-9 (unicode)", "Letters of many scripts stay as they are.", "\u0436\u03b1\u05d0\u0627\u0e01\u3042\u6f22\U00010330", "\u0436\u03b1\u05d0\u0627\u0e01\u3042\u6f22\U00010330"},
		{"emoji-flag-and-keycap", "PWD-9 (unicode)", "A flag of two code points and a keycap of three.", "\U0001f1e9\U0001f1ea1\ufe0f\u20e3", "\U0001f1e9\U0001f1ea1\ufe0f\u20e3"},
		{"many-composed", "PWD-7 (unicode long)", "A text of many letters and marks.", strings.Repeat("o\u0302\u0301 ", 150), strings.Repeat("\u1ed1 ", 150)},
		{"1024-bytes-of-four", "PWD-8 (unicode boundary)", "256 characters of four bytes are 1024 bytes.", strings.Repeat("\U0001f511", 256), strings.Repeat("\U0001f511", 256)},
		{"1023-bytes", "PWD-8 (boundary)", "1023 bytes when prepared.", strings.Repeat("x", 1023), strings.Repeat("x", 1023)},
		{"1024-bytes", "PWD-8 (boundary)", "1024 bytes when prepared.", strings.Repeat("x", 1024), strings.Repeat("x", 1024)},
		{"1024-bytes-composed", "PWD-8 (unicode boundary)", "1536 bytes typed are 1024 when prepared.", strings.Repeat("e\u0301", 512), strings.Repeat("\u00e9", 512)},
		{"1024-spaces", "PWD-8 (unicode boundary)", "3072 bytes typed are 1024 spaces when prepared.", strings.Repeat("\u3000", 1024), strings.Repeat(" ", 1024)},
		{"shrinks-most", "PWD-2 PWD-8 (unicode boundary)", "3584 bytes typed are 1024 when prepared: no text shrinks more.", strings.Repeat("\u1fbe\u0308\u0301", 512), strings.Repeat("\u0390", 512)},
	} {
		s.prepared(c.slug, c.requirements, c.comment, c.typed, c.prepared)
	}

	for _, c := range []struct{ slug, comment, text string }{
		{"noncharacters", "Noncharacters stay.", "\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0002ffff\U0008fffe\U0010fffe\U0010ffff"},
		{"private-use-stays", "Private-use characters of all three areas stay.", "\ue000\uf8ff\U000f0000\U000ffffd\U00100000\U0010fffd"},
		{"unassigned-stays", "Code points of planes in which nothing is assigned stay.", "\U00040000\U0005fffd\U000a1234\U000dfffd"},
		{"tags", "Tags stay, as in the flag of Scotland.", "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f\U000e0001"},
		{"replacement-character", "U+FFFC and U+FFFD stay.", "\ufffc\ufffd"},
		{"directions", "Controls of direction stay: they are no control characters of step 4.", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"},
		{"invisible", "Joiners, fillers and other characters that cannot be seen stay.", "\u00ad\u034f\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u2060\u2064\u206a\u206f\u3164\ufeff\uffa0\ufff9\ufffb\U0001bca0\U0001d173"},
		{"variation-selectors", "Variation selectors stay.", "\u845b\U000e0100\u2764\ufe0e\u2764\ufe0f\U000e01ef"},
		{"newlines-beyond-ascii", "Separators of lines and paragraphs, and pictures of control characters, stay.", "a\u2028b\u2029c\u2424\u2400\u2421\u240d"},
		{"around-spaces", "The neighbours of the characters that become spaces stay.", "\u00a1\u167f\u1681\u1fff\u200b\u202e\u2030\u205e\u2060\u2fff\u3001"},
		{"quotes", "Lone quotes, backslashes and percent signs stay.", "'\"`\\%s%00\\n${x}&amp;"},
		{"one-mark", "A mark by itself is a password.", "\u0301"},
		{"one-joiner", "So is a joiner.", "\u200d"},
		{"one-byte-order-mark", "So is a byte order mark.", "\ufeff"},
		{"spaces-and-more", "Spaces before marks, joiners and byte order marks stay.", " \u0301 \u200d \ufeff "},
		{"digits-of-scripts", "Digits of other scripts stay.", "\u0661\u06f2\u0969\uff14\U0001d7d3\u2465"},
	} {
		s.prepared(c.slug, "PWD-9 PWD-11 (unicode)", c.comment, c.text, c.text)
	}
	for _, c := range []struct{ slug, comment, typed, prepared string }{
		{"1024-bytes-and-two", "1022 bytes and a character of two.", strings.Repeat("x", 1022) + "\u00e9", strings.Repeat("x", 1022) + "\u00e9"},
		{"1024-bytes-and-three", "1021 bytes and a character of three.", strings.Repeat("x", 1021) + "\u20ac", strings.Repeat("x", 1021) + "\u20ac"},
		{"1024-bytes-grown", "344 bytes typed are 1024 when prepared.", strings.Repeat("\U0001d160", 85) + "xxxx", strings.Repeat("\U0001d158\U0001d165\U0001d16e", 85) + "xxxx"},
		{"1024-bytes-last-composes", "1025 bytes typed are 1024 when prepared, on account of the last two characters.", strings.Repeat("x", 1022) + "e\u0301", strings.Repeat("x", 1022) + "\u00e9"},
		{"1024-bytes-last-space", "1026 bytes typed are 1024 when prepared, on account of the last space.", strings.Repeat("x", 1023) + "\u2003", strings.Repeat("x", 1023) + " "},
		{"1024-bytes-of-marks", "512 marks of one class.", strings.Repeat("\u0301", 512), strings.Repeat("\u0301", 512)},
	} {
		s.prepared(c.slug, "PWD-8 (unicode boundary)", c.comment, c.typed, c.prepared)
	}
}
