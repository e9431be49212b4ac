package generator

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

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
		{"parse-crlf", "KEY-6", "Lines that end as on Windows, the last one too.",
			strings.ReplaceAll(shown(key), "\n", "\r\n") + "\r\n"},
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
		{"parse-one-before-longest", "KEY-5 (boundary)", "A text of 4095 bytes is read.",
			strings.Repeat("-", 4095-64) + digits},
		{"parse-separators-in-front", "KEY-6", "Nothing but separators for long, and then the key.",
			strings.Repeat("\n", 1000) + digits},
		{"parse-longest", "KEY-5 (boundary)", "A text of 4096 bytes is read.", digits + strings.Repeat(" ", 4096-64)},
		{"parse-longest-in-front", "KEY-5 (boundary)", "A text of 4096 bytes that ends in its digits.",
			strings.Repeat("\r\n", 2048-32) + digits},
		{"parse-longest-between", "KEY-5 (boundary)", "A text of 4096 bytes that is longest in the middle.",
			digits[:31] + strings.Repeat("\t-", 2048-32) + digits[31:]},
		{"parse-longest-spread", "KEY-5 (boundary)",
			"A text of 4096 bytes in which 63 separators stand before each digit.",
			strings.Repeat("\v", 63) + every(1, strings.Repeat("\f", 63))},
		{"parse-case-by-turns", "KEY-7", "Every other digit is in upper case.", byTurns(digits, 0)},
		{"parse-case-by-other-turns", "KEY-7", "So are the others.", byTurns(digits, 1)},
		{"parse-64-characters-per-line", "KEY-6", "One digit a line, each line indented.", "  " + every(1, "\n  ")},
	} {
		s.valid(c.slug, c.requirements, c.comment, "key.parse",
			vectors.Object{"text": c.text}, vectors.Object{"key": vectors.Bytes(key)})
	}
}

// keyEach are the separators and the letters of a key, each by itself.
func keyEach(s *suite) {
	key := draw("key/parse", 32)
	digits := hex.EncodeToString(key)
	for _, c := range []struct{ slug, separator string }{
		{"tab", "\t"}, {"line-feed", "\n"}, {"vertical-tab", "\v"}, {"form-feed", "\f"}, {"carriage-return",
			"\r"}, {"space", " "}, {"hyphen", "-"},
	} {
		s.valid("parse-everywhere-"+c.slug, "KEY-6", "The separator in front, at the end, and between all digits.",
			"key.parse",
			vectors.Object{"text": c.separator + strings.Join(strings.Split(digits, ""), c.separator) +
				c.separator}, vectors.Object{"key": vectors.Bytes(key)})
	}
	for _, letter := range "abcdef" {
		upper := strings.ReplaceAll(digits, string(letter), strings.ToUpper(string(letter)))
		s.valid("parse-capital-"+string(letter), "KEY-7",
			"One letter is in upper case, wherever it occurs, and no other.", "key.parse",
			vectors.Object{"text": upper}, vectors.Object{"key": vectors.Bytes(key)})
		same := strings.Repeat(string(letter), 64)
		s.valid("parse-only-"+string(letter), "KEY-7", "Nothing but one letter, in both cases.", "key.parse",
			vectors.Object{"text": byTurns(same, 1)}, vectors.Object{"key": vectors.Bytes(fromHex(same))})
	}
}

// byTurns is a text in which every other character is in upper case, from the first
// or from the second on.
func byTurns(text string, first int) string {
	b := []byte(text)
	for i := first; i < len(b); i += 2 {
		b[i] = strings.ToUpper(text)[i]
	}
	return string(b)
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
		{"too-long", "KEY-5 (boundary)", "4097 bytes are too long, even though all but 64 would be ignored.",
			digits + strings.Repeat(" ", 4097-64)},
		{"too-long-between", "KEY-5 (boundary)", "4097 bytes, with the digits at both ends.",
			digits[:32] + strings.Repeat("\n", 4097-64) + digits[32:]},
		{"brace", "KEY-8", "A brace behind the key.", digits + "}"},
		{"semicolon", "KEY-8 (boundary)", "U+003B, a semicolon.", digits[:4] + ";" + digits[4:]},
		{"plus", "KEY-8 (boundary)", "U+002B, a plus sign in front.", "+" + digits},
		{"soft-hyphen", "KEY-8 (unicode)", "U+00AD is not a hyphen-minus.", digits[:4] + "\u00ad" + digits[4:]},
		{"hyphen", "KEY-8 (unicode)", "U+2010 is not a hyphen-minus.", digits[:4] + "\u2010" + digits[4:]},
		{"line-separator", "KEY-8 (unicode)", "U+2028 is not one of the separators.",
			digits[:8] + "\u2028" + digits[8:]},
		{"zero-width-space", "KEY-8 (unicode)", "U+200B is not ignored, though it cannot be seen.",
			digits[:8] + "\u200b" + digits[8:]},
		{"full-width-letter", "KEY-8 (unicode)", "U+FF41 is not the digit a.", at(20, "\uff41")},
		{"combining-mark", "KEY-8 (unicode)", "U+0301 behind a digit makes another character of it.",
			digits + "\u0301"},
		{"replacement-character", "KEY-8 (unicode)", "U+FFFD stands where a byte could not be read.", at(63, "\ufffd")},
		{"63-digits-and-a-letter", "KEY-8 KEY-9", "63 digits and a letter that is none.", digits[:63] + "x"},
		{"62-digits", "KEY-9", "62 digits are 31 bytes.", digits[:62]},
		{"66-digits", "KEY-9", "66 digits are 33 bytes.", digits + "00"},
		{"60-digits", "KEY-9", "A group is missing.", digits[:28] + digits[32:]},
		{"80-digits", "KEY-9", "A line is there twice.", digits + "\n" + digits[48:]},
		{"one-digit", "KEY-9", "One digit is not a key of which the rest is zeros.", "1"},
		{"63-digits-and-a-separator", "KEY-6 KEY-9 (boundary)", "64 characters, one of which is no digit.",
			digits[:30] + "-" + digits[31:]},
		{"63-digits-and-more", "KEY-6 KEY-9 (boundary)", "63 digits in the form in which a key is shown.",
			shown(draw("key/parse", 32))[:78]},
		{"65-digits-at-front", "KEY-9 (boundary)", "65 digits, of which the first is a zero.", "0" + digits},
		{"65-digits-between", "KEY-6 KEY-9 (boundary)", "65 digits in groups of 13.",
			digits[:13] + " " + digits[13:26] + " " + digits[26:39] + " " + digits[39:52] + " " + digits[52:] + "f"},
		{"fingerprint", "KEY-9", "A fingerprint is not a key.", "d2f1-5309"},
		{"base64", "KEY-8", "The key in Base64.", base64.StdEncoding.EncodeToString(draw("key/parse", 32))},
		{"quoted", "KEY-8", "The key in quotes.", `"` + digits + `"`},
		{"too-long-in-front", "KEY-5 (boundary)", "4097 bytes, with the digits at the end.",
			strings.Repeat("\t", 4097-64) + digits},
		{"too-long-by-far", "KEY-5", "8192 bytes.", strings.Repeat("- ", 4096-32) + digits},
		{"long-in-characters", "KEY-5 KEY-8 (order unicode)",
			"2081 characters of which all but 64 have two bytes: 4098 bytes.", digits + strings.Repeat("\u00a0", 2017)},
		{"too-long-and-no-digit", "KEY-5 KEY-8 (order)", "4097 bytes, and the last one is no digit.",
			digits + strings.Repeat(" ", 4096-64) + "x"},
		{"too-long-of-digits", "KEY-5 KEY-9 (order)", "4160 digits, which are the key 65 times.",
			strings.Repeat(digits, 65)},
		{"too-many-and-no-digit", "KEY-8 KEY-9 (order)", "65 digits, and a letter before them.", "z" + digits + "0"},
		{"128-digits", "KEY-9", "128 digits are not a key of which half is left out.", digits + digits},
		{"letter-g", "KEY-8 (boundary)", "The first character, g, is the letter behind the last digit.", at(0, "g")},
		{"letter-upper-g", "KEY-7 KEY-8 (boundary)", "The last character, G, is the letter behind the last digit.",
			at(63, "G")},
		{"letter-o", "KEY-8", "The sixth character is the letter O, which is not a zero.", at(5, "O")},
		{"letter-l", "KEY-8", "The sixth character is the letter l, which is not a one.", at(5, "l")},
		{"slash", "KEY-8 (boundary)", "U+002F lies before the digit 0.", at(10, "/")},
		{"full-stop", "KEY-8 (boundary)", "U+002E lies behind the hyphen, and separates nothing.", at(10, ".")},
		{"comma", "KEY-8 (boundary)", "U+002C lies before the hyphen, and separates nothing.",
			digits[:4] + "," + digits[4:]},
		{"colon", "KEY-8 (boundary)", "U+003A lies behind the digit 9, and separates nothing.",
			digits[:4] + ":" + digits[4:]},
		{"at-sign", "KEY-8 (boundary)", "U+0040 lies before the letter A.", at(10, "@")},
		{"backquote", "KEY-8 (boundary)", "U+0060 lies before the letter a.", at(10, "`")},
		{"underscore", "KEY-8", "An underscore separates nothing.", digits[:32] + "_" + digits[32:]},
		{"prefix", "KEY-8", "The second character of 0x is no digit.", "0x" + digits},
		{"nul", "KEY-8", "A NUL behind the key does not end it.", digits + "\x00"},
		{"backspace", "KEY-8 (boundary)", "U+0008 lies before the white space.", digits[:8] + "\b" + digits[8:]},
		{"shift-out", "KEY-8 (boundary)", "U+000E lies behind the white space.", digits[:8] + "\x0e" + digits[8:]},
		{"unit-separator", "KEY-8 (boundary)", "U+001F lies before the space.", digits[:8] + "\x1f" + digits[8:]},
		{"exclamation-mark", "KEY-8 (boundary)", "U+0021 lies behind the space.", digits[:8] + "!" + digits[8:]},
		{"next-line", "KEY-8 (unicode)", "U+0085 is white space elsewhere, and not here.",
			digits[:8] + "\u0085" + digits[8:]},
		{"no-break-space", "KEY-8 (unicode)", "U+00A0 is not one of the separators.",
			digits[:8] + "\u00a0" + digits[8:]},
		{"byte-order-mark", "KEY-8 (unicode)", "U+FEFF in front is not ignored.", "\ufeff" + digits},
		{"dash", "KEY-8 (unicode)", "U+2013 is not a hyphen-minus.", digits[:4] + "\u2013" + digits[4:]},
		{"minus", "KEY-8 (unicode)", "U+2212 is not a hyphen-minus.", digits[:4] + "\u2212" + digits[4:]},
		{"full-width-digit", "KEY-8 (unicode)", "U+FF11 is not the digit 1.", at(20, "\uff11")},
		{"cyrillic-a", "KEY-8 (unicode)", "U+0430 looks like the digit a.", at(20, "\u0430")},
		{"arabic-digit", "KEY-8 (unicode)", "U+0661 is a digit, and not one of these.", at(20, "\u0661")},
	} {
		s.add("parse-"+c.slug, c.requirements, c.comment, "key.parse", vectors.Object{"text": c.text},
			refused(fault.MalformedKey))
	}
}
