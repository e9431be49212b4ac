// Package password prepares passwords as spec chapter 5 says, so that what a
// person types on two devices becomes the same bytes.
package password

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/nfc"
)

const (
	maxPreparedLength = 1024
	// maxRawLength changes no result: NFC shortens UTF-8 at most 3.5-fold.
	maxRawLength = 4 * maxPreparedLength
)

// spaces are the space separators (general category Zs) of version 1, which
// become U+0020. The list is the specification's and not that of a Unicode
// version (spec section 5.1).
const spaces = "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

// Prepared is a password that Prepare has prepared, of 1 to 1024 bytes. The zero value
// is none, and opens and seals nothing.
type Prepared struct{ text string }

// Bytes returns what Argon2id is given.
func (p Prepared) Bytes() []byte { return []byte(p.text) }

// Format keeps a password out of logs and error messages. [PWD-12]
func (Prepared) Format(s fmt.State, _ rune) { io.WriteString(s, "a password") }

// Prepare prepares the password raw, which is UTF-8 as it was typed: nothing is
// trimmed, no case is changed. Error: malformed_password, for an empty password, one
// that is not UTF-8, has a control character, or has more than 1024 bytes when prepared.
func Prepare(raw []byte) (Prepared, error) {
	prepared, err := prepare(raw)
	return Prepared{string(prepared)}, err
}

func prepare(raw []byte) ([]byte, error) {
	if len(raw) == 0 { // [PWD-3]
		return nil, fault.New(fault.MalformedPassword, "the password is empty")
	}
	if len(raw) > maxRawLength { // [PWD-2]
		return nil, fault.New(fault.MalformedPassword, "the password has %d bytes, more than %d never become a password", len(raw), maxRawLength)
	}
	if !utf8.Valid(raw) { // [PWD-4]
		return nil, fault.New(fault.MalformedPassword, "the password is not valid UTF-8")
	}
	text := []rune(string(raw))
	for i, r := range text {
		switch {
		case r <= 0x1f, 0x7f <= r && r <= 0x9f: // [PWD-5]
			return nil, fault.New(fault.MalformedPassword, "character %d of the password, %U, is a control character", i+1, r)
		case strings.ContainsRune(spaces, r): // [PWD-6]
			text[i] = ' '
		}
	}
	prepared := []byte(nfc.String(string(text))) // [PWD-7] [PWD-9] [PWD-10]
	if len(prepared) > maxPreparedLength {       // [PWD-8]
		return nil, fault.New(fault.MalformedPassword, "the password has %d bytes when prepared, at most %d are allowed", len(prepared), maxPreparedLength)
	}
	return prepared, nil
}
