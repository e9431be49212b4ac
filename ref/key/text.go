package key

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/ref/fault"
)

// The text form of spec section 3.3: 64 digits in groups of four, four groups a
// line.
const (
	digits        = 2 * Size
	groupDigits   = 4
	lineDigits    = 4 * groupDigits
	maxTextLength = 4096
)

// Text returns the 64 digits of k as a person is shown them: lower case, four
// lines of four groups of four, without a line feed at the end. [KEY-4]
func (k *Key) Text() string {
	text := hex.EncodeToString(k[:])
	var b strings.Builder
	for i := 0; i < digits; i += groupDigits {
		switch {
		case i == 0:
		case i%lineDigits == 0:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(text[i : i+groupDigits])
	}
	return b.String()
}

// Parse reads the 64 digits of a key in any grouping and either case. Error:
// malformed_key, for a text of more than 4096 bytes, with a character that is
// neither digit, ASCII white space nor hyphen, or with another number of digits.
// The error shows no digit of the key. [KEY-12]
func Parse(text string) (Key, error) {
	if len(text) > maxTextLength { // [KEY-5]
		return Key{}, fault.New(fault.MalformedKey, "the text has %d bytes, a key of 64 digits has at most %d with everything between them", len(text), maxTextLength)
	}
	found := make([]byte, 0, len(text))
	for i, r := range text {
		switch {
		case '0' <= r && r <= '9', 'a' <= r && r <= 'f', 'A' <= r && r <= 'F': // [KEY-7]
			found = append(found, byte(r))
		case '\t' <= r && r <= '\r', r == ' ', r == '-': // [KEY-6]
		default: // [KEY-8] [KEY-10]
			// All before it is ASCII: bytes and characters count alike.
			return Key{}, fault.New(fault.MalformedKey, "character %d, %s, is neither a digit 0 to 9 nor a letter a to f", i+1, describe(text[i:]))
		}
	}
	if len(found) != digits { // [KEY-9] [KEY-11]
		return Key{}, fault.New(fault.MalformedKey, "the text has %d digits, a key has %d", len(found), digits)
	}
	return fromDigits((*[digits]byte)(found)), nil
}

// describe names the first character of text for a message.
func describe(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("the byte 0x%02x, which is not UTF-8", text[0])
	}
	return fmt.Sprintf("%+q (%U)", r, r)
}

// fromDigits decodes 64 hexadecimal digits, which cannot fail.
func fromDigits(text *[digits]byte) (k Key) {
	hex.Decode(k[:], text[:])
	return k
}
