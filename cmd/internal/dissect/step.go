package dissect

import (
	"encoding/hex"
	"strconv"
)

// Step is something that is computed, or compared, on the way from a secret to the
// plaintext.
type Step struct {
	Part        string   `json:"part"` // of the way, which several steps have in common
	Title       string   `json:"title"`
	Text        string   `json:"text,omitempty"`        // why it is done, and what it shows
	Common      []string `json:"common,omitempty"`      // the same of every step of its kind, to be said once
	Formula     string   `json:"formula"`               // as in the specification
	Section     string   `json:"section"`               // of the specification
	Requirement string   `json:"requirement,omitempty"` // that asks for it
	In          []Value  `json:"in,omitempty"`
	Out         []Value  `json:"out,omitempty"`
	With        []Value  `json:"with,omitempty"`  // what is there already, of a comparison
	Holds       *bool    `json:"holds,omitempty"` // of a comparison
}

// Value is what goes into a step, or comes out of it.
type Value struct {
	Name   string `json:"name"`
	Text   string `json:"text,omitempty"`
	Hex    string `json:"hex,omitempty"`   // none of what is long and has a place
	Layer  string `json:"layer,omitempty"` // "container" or "plaintext", if it lies there
	Offset int64  `json:"offset"`
	Length int64  `json:"length"` // in bytes
}

// longest is the length of a value with a place up to which its bytes are in it.
const longest = 512

// computed is a value that lies nowhere.
func computed(name string, b []byte) Value {
	return Value{Name: name, Hex: hex.EncodeToString(b), Length: int64(len(b))}
}

// written is a text, with its bytes.
func written(name, text string) Value {
	v := computed(name, []byte(text))
	v.Text = text
	return v
}

// said is a number, or what is no bytes.
func said(name, text string) Value { return Value{Name: name, Text: text} }

// placed is a value that lies in a layer.
func placed(name, layer string, data []byte, offset, length int64) Value {
	v := Value{Name: name, Layer: layer, Offset: offset, Length: length}
	if length <= longest {
		v.Hex = hex.EncodeToString(data[offset : offset+length])
	}
	return v
}

// bytes returns the bytes of a value that has all of them.
func (v Value) bytes() []byte {
	b, err := hex.DecodeString(v.Hex)
	if err != nil {
		panic(err) // unreachable: it has just been encoded
	}
	return b
}

// Grouped writes a number that is not negative in groups of three digits.
func Grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "\u202f" + digits[at:]
	}
	return digits
}

// counted is a number of things.
func counted(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return Grouped(n) + " " + what
}
