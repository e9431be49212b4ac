package generator

import (
	"encoding/hex"
	"strings"
	"unicode/utf16"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// keyBytes are keys that are given as bytes and not as a text.
func keyBytes(s *suite) {
	key := draw("key/parse", 32)
	digits := hex.EncodeToString(key)
	for _, c := range []struct{ slug, requirements, comment, text string }{
		{"plain", "KEY-6 KEY-8", "Bytes that are the digits of a key in ASCII.", digits},
		{"shown", "KEY-6 KEY-7", "Bytes that are a key as it is shown, in upper case.", strings.ToUpper(shown(key))},
		{"longest", "KEY-5 (boundary)", "4096 bytes.", strings.Repeat(" ", 4096-64) + digits},
	} {
		s.valid("parse-bytes-"+c.slug, c.requirements, c.comment, "key.parse",
			vectors.Object{"utf8": vectors.Bytes([]byte(c.text))}, vectors.Object{"key": vectors.Bytes(key)})
	}
}

// damaged are bytes that are no part of valid UTF-8.
var damaged = []struct{ slug, comment, text string }{
	{"continuation", "0x80 by itself", "\x80"},
	{"last-continuation", "0xbf by itself", "\xbf"},
	{"latin-1-space", "a no-break space in Latin-1", "\xa0"},
	{"latin-1-hyphen", "a soft hyphen in Latin-1", "\xad"},
	{"next-line", "0x85 by itself", "\x85"},
	{"windows-dash", "a dash of Windows-1252", "\x96"},
	{"cut-two", "the first of two bytes", "\xc2"},
	{"cut-three", "two of three bytes", "\xe2\x80"},
	{"cut-four", "three of four bytes", "\xf0\x9f\x94"},
	{"overlong-nul", "an overlong NUL", "\xc0\x80"},
	{"overlong-space", "an overlong space", "\xc0\xa0"},
	{"overlong-hyphen", "an overlong hyphen-minus", "\xc0\xad"},
	{"overlong-digit", "an overlong digit 0", "\xc0\xb0"},
	{"overlong-letter", "an overlong letter a", "\xc1\xa1"},
	{"overlong-three", "an overlong space in three bytes", "\xe0\x80\xa0"},
	{"overlong-four", "an overlong space in four bytes", "\xf0\x80\x80\xa0"},
	{"high-surrogate", "U+D800 in three bytes", "\xed\xa0\x80"},
	{"low-surrogate", "U+DFFF in three bytes", "\xed\xbf\xbf"},
	{"surrogate-pair", "a pair of surrogates in six bytes", "\xed\xa0\xbd\xed\xb8\x80"},
	{"beyond-unicode", "U+110000 in four bytes", "\xf4\x90\x80\x80"},
	{"five-bytes", "a sequence of five bytes", "\xf8\x88\x80\x80\x80"},
	{"fe", "0xfe", "\xfe"},
	{"ff", "0xff", "\xff"},
}

// notKeyBytes are bytes that are no text: damage before the digits of a key,
// between them and after them.
func notKeyBytes(s *suite) {
	digits := hex.EncodeToString(draw("key/parse", 32))
	refuse := func(slug, requirements, comment string, text []byte) {
		s.add("parse-bytes-"+slug, requirements, comment, "key.parse", vectors.Object{"utf8": vectors.Bytes(text)},
			refused(fault.MalformedKey))
	}
	for _, c := range damaged {
		refuse(c.slug+"-first", "KEY-8", "Before the digits stands "+c.comment+", which is not UTF-8.",
			[]byte(c.text+digits))
		refuse(c.slug+"-middle", "KEY-8", "Between the digits stands "+c.comment+", which is not UTF-8.",
			[]byte(digits[:33]+c.text+digits[33:]))
		refuse(c.slug+"-last", "KEY-8", "After the digits stands "+c.comment+", which is not UTF-8.",
			[]byte(digits+c.text))
	}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + digits)) {
		little, big = append(little, byte(unit), byte(unit>>8)), append(big, byte(unit>>8), byte(unit))
	}
	refuse("utf-16-little", "KEY-8", "The key in UTF-16, little-endian, with a byte order mark.", little)
	refuse("utf-16-big", "KEY-8", "The key in UTF-16, big-endian, without a byte order mark.", big[2:])
	refuse("key", "KEY-8", "The 32 bytes of a key are not its digits.", draw("key/parse", 32))
	refuse("byte-order-mark", "KEY-8 (unicode)", "A byte order mark in UTF-8 is not ignored.",
		[]byte("\xef\xbb\xbf"+digits))
	refuse("nul", "KEY-8", "A NUL after the digits does not end the text.", []byte(digits+"\x00"))
	refuse("too-long", "KEY-5 (boundary)", "4097 bytes.", []byte(strings.Repeat(" ", 4097-64)+digits))
	refuse("too-long-by-far", "KEY-5", "100064 bytes.", []byte(strings.Repeat(" ", 100000)+digits))
	refuse("too-long-and-damaged", "KEY-5 KEY-8 (order)", "4097 bytes, of which the first is 0xff.",
		[]byte("\xff"+strings.Repeat(" ", 4096-64)+digits))
	refuse("empty", "KEY-9", "No bytes at all.", nil)
}
