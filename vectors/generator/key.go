package generator

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// counting is the key of spec section 3.6: the bytes 0 to 31.
var counting = func() []byte {
	k := make([]byte, 32)
	for i := range k {
		k[i] = byte(i)
	}
	return k
}()

// shown is the text form of a key (spec section 3.3).
func shown(key []byte) string {
	digits := hex.EncodeToString(key)
	var lines []string
	for line := range 4 {
		var groups []string
		for group := range 4 {
			groups = append(groups, digits[line*16+group*4:][:4])
		}
		lines = append(lines, strings.Join(groups, " "))
	}
	return strings.Join(lines, "\n")
}

func keyCases(s *suite) {
	keyTexts(s)
	notKeyTexts(s)

	for _, c := range []struct {
		slug, comment string
		key           []byte
	}{
		{"format-counting", "The key of spec section 3.6 as a person is shown it, with its fingerprint.", counting},
		{"format-letters", "Letters are shown in lower case.", bytes.Repeat([]byte{0xab, 0xcd, 0xef, 0xfa}, 8)},
		{"format-zero", "A key of zeros keeps all its digits.", make([]byte, 32)},
		{"format-drawn", "A key like any other.", draw("key/format-drawn", 32)},
	} {
		s.valid(c.slug, "KEY-4 KEY-13", c.comment, "key.format", vectors.Object{"key": vectors.Bytes(c.key)},
			vectors.Object{"text": shown(c.key), "fingerprint": fingerprint(derive(c.key, "key check"))})
	}

	drawn := draw("key/derive", 32)
	for _, c := range []struct{ slug, label, comment string }{
		{"key-check", "key check", "The key check."},
		{"header", "header", "The header key."},
		{"payload", "payload", "The payload key."},
		{"management", "vault management", "The management key."},
	} {
		for _, k := range []struct {
			slug, comment string
			key           []byte
		}{
			{"counting", " The key is that of spec section 3.6.", counting},
			{"drawn", "", drawn},
			{"zero", " A key of zeros is a key.", make([]byte, 32)},
		} {
			s.valid("derive-"+c.slug+"-"+k.slug, "KEY-3", c.comment+k.comment, "key.derive",
				vectors.Object{"key": vectors.Bytes(k.key), "label": c.label},
				vectors.Object{"derived": vectors.Bytes(derive(k.key, c.label))})
		}
	}
	keyRepairs(s)
	repairEqualFingerprint(s)
}

// keyTexts are texts that all stand for one key.
func keyTexts(s *suite) {
	key := draw("key/parse", 32)
	digits := hex.EncodeToString(key)
	every := func(n int, separator string) string {
		var parts []string
		for i := 0; i < len(digits); i += n {
			parts = append(parts, digits[i:i+n])
		}
		return strings.Join(parts, separator)
	}
	for _, c := range []struct{ slug, requirements, comment, text string }{
		{"parse-shown", "KEY-6", "The form in which a key is shown.", shown(key)},
		{"parse-plain", "KEY-6 KEY-9", "Sixty-four digits and nothing else.", digits},
		{"parse-upper-case", "KEY-7", "Upper-case letters are the same digits.", strings.ToUpper(digits)},
		{"parse-mixed-case", "KEY-7", "Upper and lower case in one key.", strings.ToUpper(digits[:32]) + digits[32:]},
		{"parse-crlf", "KEY-6", "Lines that end as on Windows, the last one too.", strings.ReplaceAll(shown(key), "\n", "\r\n") + "\r\n"},
		{"parse-hyphens", "KEY-6", "Hyphens between the groups.", every(4, "-")},
		{"parse-tab", "KEY-6", "U+0009 between the groups.", every(4, "\t")},
		{"parse-line-feed", "KEY-6", "U+000A between the groups.", every(4, "\n")},
		{"parse-vertical-tab", "KEY-6", "U+000B between the groups.", every(4, "\v")},
		{"parse-form-feed", "KEY-6", "U+000C between the groups.", every(4, "\f")},
		{"parse-carriage-return", "KEY-6", "U+000D between the groups.", every(4, "\r")},
		{"parse-space", "KEY-6", "U+0020 between the groups.", every(4, " ")},
		{"parse-every-digit-apart", "KEY-6", "A separator behind every digit, splitting bytes.", every(1, " ")},
		{"parse-all-separators", "KEY-6 KEY-8", "All separators together, in front, in the middle and at the end.",
			" \t\r\n\v\f-" + digits[:31] + "-- \t\r\n\v\f" + digits[31:] + "\f\v\n\r\t -"},
		{"parse-one-before-longest", "KEY-5 (boundary)", "A text of 4095 bytes is read.", strings.Repeat("-", 4095-64) + digits},
		{"parse-separators-in-front", "KEY-6", "Nothing but separators for long, and then the key.", strings.Repeat("\n", 1000) + digits},
		{"parse-longest", "KEY-5 (boundary)", "A text of 4096 bytes is read.", digits + strings.Repeat(" ", 4096-64)},
	} {
		s.valid(c.slug, c.requirements, c.comment, "key.parse",
			vectors.Object{"text": c.text}, vectors.Object{"key": vectors.Bytes(key)})
	}
}

// notKeyTexts are texts that no reader takes for a key.
func notKeyTexts(s *suite) {
	digits := hex.EncodeToString(draw("key/parse", 32))
	at := func(i int, character string) string { return digits[:i] + character + digits[i+1:] }
	for _, c := range []struct{ slug, requirements, comment, text string }{
		{"empty", "KEY-9 CON-9 ERR-3", "A text without a digit is no key.", ""},
		{"only-separators", "KEY-6 KEY-9", "Separators alone are no key.", " - \n"},
		{"too-few-digits", "KEY-9 (boundary)", "63 digits: one is missing, and none is made up.", digits[:63]},
		{"too-many-digits", "KEY-9 (boundary)", "65 digits: none is left out.", digits + "0"},
		{"two-keys", "KEY-9", "The key twice is not the key.", digits + "\n" + digits},
		{"half", "KEY-9", "32 digits are not a key of 16 bytes.", digits[:32]},
		{"too-long", "KEY-5 (boundary)", "4097 bytes are too long, even though all but 64 would be ignored.", digits + strings.Repeat(" ", 4097-64)},
		{"too-long-between", "KEY-5 (boundary)", "4097 bytes, with the digits at both ends.", digits[:32] + strings.Repeat("\n", 4097-64) + digits[32:]},
		{"brace", "KEY-8", "A brace behind the key.", digits + "}"},
		{"semicolon", "KEY-8 (boundary)", "U+003B, a semicolon.", digits[:4] + ";" + digits[4:]},
		{"plus", "KEY-8 (boundary)", "U+002B, a plus sign in front.", "+" + digits},
		{"soft-hyphen", "KEY-8 (unicode)", "U+00AD is not a hyphen-minus.", digits[:4] + "\u00ad" + digits[4:]},
		{"hyphen", "KEY-8 (unicode)", "U+2010 is not a hyphen-minus.", digits[:4] + "\u2010" + digits[4:]},
		{"line-separator", "KEY-8 (unicode)", "U+2028 is not one of the separators.", digits[:8] + "\u2028" + digits[8:]},
		{"zero-width-space", "KEY-8 (unicode)", "U+200B is not ignored, though it cannot be seen.", digits[:8] + "\u200b" + digits[8:]},
		{"full-width-letter", "KEY-8 (unicode)", "U+FF41 is not the digit a.", at(20, "\uff41")},
		{"combining-mark", "KEY-8 (unicode)", "U+0301 behind a digit makes another character of it.", digits + "\u0301"},
		{"replacement-character", "KEY-8 (unicode)", "U+FFFD stands where a byte could not be read.", at(63, "\ufffd")},
		{"63-digits-and-a-letter", "KEY-8 KEY-9", "63 digits and a letter that is none.", digits[:63] + "x"},
		{"128-digits", "KEY-9", "128 digits are not a key of which half is left out.", digits + digits},
		{"letter-g", "KEY-8 (boundary)", "The first character, g, is the letter behind the last digit.", at(0, "g")},
		{"letter-upper-g", "KEY-7 KEY-8 (boundary)", "The last character, G, is the letter behind the last digit.", at(63, "G")},
		{"letter-o", "KEY-8", "The sixth character is the letter O, which is not a zero.", at(5, "O")},
		{"letter-l", "KEY-8", "The sixth character is the letter l, which is not a one.", at(5, "l")},
		{"slash", "KEY-8 (boundary)", "U+002F lies before the digit 0.", at(10, "/")},
		{"full-stop", "KEY-8 (boundary)", "U+002E lies behind the hyphen, and separates nothing.", at(10, ".")},
		{"comma", "KEY-8 (boundary)", "U+002C lies before the hyphen, and separates nothing.", digits[:4] + "," + digits[4:]},
		{"colon", "KEY-8 (boundary)", "U+003A lies behind the digit 9, and separates nothing.", digits[:4] + ":" + digits[4:]},
		{"at-sign", "KEY-8 (boundary)", "U+0040 lies before the letter A.", at(10, "@")},
		{"backquote", "KEY-8 (boundary)", "U+0060 lies before the letter a.", at(10, "`")},
		{"underscore", "KEY-8", "An underscore separates nothing.", digits[:32] + "_" + digits[32:]},
		{"prefix", "KEY-8", "The second character of 0x is no digit.", "0x" + digits},
		{"nul", "KEY-8", "A NUL behind the key does not end it.", digits + "\x00"},
		{"backspace", "KEY-8 (boundary)", "U+0008 lies before the white space.", digits[:8] + "\b" + digits[8:]},
		{"shift-out", "KEY-8 (boundary)", "U+000E lies behind the white space.", digits[:8] + "\x0e" + digits[8:]},
		{"unit-separator", "KEY-8 (boundary)", "U+001F lies before the space.", digits[:8] + "\x1f" + digits[8:]},
		{"exclamation-mark", "KEY-8 (boundary)", "U+0021 lies behind the space.", digits[:8] + "!" + digits[8:]},
		{"next-line", "KEY-8 (unicode)", "U+0085 is white space elsewhere, and not here.", digits[:8] + "\u0085" + digits[8:]},
		{"no-break-space", "KEY-8 (unicode)", "U+00A0 is not one of the separators.", digits[:8] + "\u00a0" + digits[8:]},
		{"byte-order-mark", "KEY-8 (unicode)", "U+FEFF in front is not ignored.", "\ufeff" + digits},
		{"dash", "KEY-8 (unicode)", "U+2013 is not a hyphen-minus.", digits[:4] + "\u2013" + digits[4:]},
		{"minus", "KEY-8 (unicode)", "U+2212 is not a hyphen-minus.", digits[:4] + "\u2212" + digits[4:]},
		{"full-width-digit", "KEY-8 (unicode)", "U+FF11 is not the digit 1.", at(20, "\uff11")},
		{"cyrillic-a", "KEY-8 (unicode)", "U+0430 looks like the digit a.", at(20, "\u0430")},
		{"arabic-digit", "KEY-8 (unicode)", "U+0661 is a digit, and not one of these.", at(20, "\u0661")},
	} {
		s.add("parse-"+c.slug, c.requirements, c.comment, "key.parse", vectors.Object{"text": c.text}, refused(fault.MalformedKey))
	}
}

// keyRepairs are slips of the pen and the keys they are repaired to.
func keyRepairs(s *suite) {
	key := draw("key/repair", 32)
	digits := hex.EncodeToString(key)
	typed := func(edit func(d []byte)) []byte {
		d := []byte(digits)
		edit(d)
		k, err := hex.DecodeString(string(d))
		if err != nil {
			s.fail("key/repair", "%v", err)
		}
		return k
	}
	exchange := func(i, j int) []byte {
		return typed(func(d []byte) {
			if d[i] == d[j] {
				s.fail("key/repair", "the digits %d and %d are equal", i, j)
			}
			d[i], d[j] = d[j], d[i]
		})
	}
	other := func(positions ...int) []byte {
		return typed(func(d []byte) {
			for _, i := range positions {
				d[i] = "123456789abcdef0"[strings.IndexByte("0123456789abcdef", d[i])]
			}
		})
	}
	// instead is the key with a digit that is wrong where the right one is of a
	// kind: right stands there, and wrong was typed.
	instead := func(right, wrong byte) []byte {
		return typed(func(d []byte) { d[strings.IndexByte(digits, right)] = wrong })
	}
	for _, c := range []struct {
		slug, comment string
		typed         []byte
		found         bool
	}{
		{"nothing", "The key fits as it was typed.", key, true},
		{"to-zero", "The right digit is 0, the least.", instead('0', 'f'), true},
		{"to-f", "The right digit is f, the greatest.", instead('f', '0'), true},
		{"to-next", "The right digit is the next greater one.", instead('8', '7'), true},
		{"to-previous", "The right digit is the next smaller one.", instead('7', '8'), true},
		{"high-digit-of-last-byte", "The last digit but one is another.", other(62), true},
		{"second-digit", "The second digit is another.", other(1), true},
		{"second-swap", "The second digit and the third are exchanged.", exchange(1, 2), true},
		{"swap-and-digit", "Two digits are exchanged, and a third is another: no candidate fits.", typed(func(d []byte) {
			d[0], d[1] = d[1], d[0]
			d[40] = "123456789abcdef0"[strings.IndexByte("0123456789abcdef", d[40])]
		}), false},
		{"two-swaps", "Two pairs are exchanged: no candidate fits.", typed(func(d []byte) { d[0], d[1], d[62], d[63] = d[1], d[0], d[63], d[62] }), false},
		{"first-digit", "The first digit is another.", other(0), true},
		{"last-digit", "The last digit is another.", other(63), true},
		{"middle-digit", "A digit in the middle is another.", other(30), true},
		{"first-swap", "The first two digits are exchanged.", exchange(0, 1), true},
		{"last-swap", "The last two digits are exchanged.", exchange(62, 63), true},
		{"swap-across-bytes", "Two neighbours that belong to different bytes are exchanged.", exchange(31, 32), true},
		{"two-digits", "Two digits are others: no candidate fits.", other(3, 40), false},
		{"distant-swap", "Two digits that are no neighbours are exchanged: no candidate fits.", exchange(10, 12), false},
		{"other-key", "A key of another backup: no candidate fits.", draw("key/repair other", 32), false},
	} {
		output := vectors.Object{"key": nil}
		if c.found {
			output["key"] = vectors.Bytes(key)
		}
		s.valid("repair-"+c.slug, "KEY-16 KEY-17", c.comment, "key.repair",
			vectors.Object{"key": vectors.Bytes(c.typed), "key_check": vectors.Bytes(derive(key, "key check"))}, output)
	}
}
