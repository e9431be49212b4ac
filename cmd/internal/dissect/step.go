package dissect

import (
	"bytes"
	"encoding/hex"
)

// Step is something that is computed, or compared, on the way from a secret to the
// plaintext.
type Step struct {
	Part        string  `json:"part"` // of the way, which several steps have in common
	Title       string  `json:"title"`
	Text        string  `json:"text"`                  // why it is done, and what it shows
	Formula     string  `json:"formula"`               // as in the specification
	Section     string  `json:"section"`               // of the specification
	Requirement string  `json:"requirement,omitempty"` // that asks for it
	In          []Value `json:"in"`
	Out         []Value `json:"out"`
	Holds       *bool   `json:"holds,omitempty"` // of a comparison
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

// compare makes a step of a comparison.
func (s Step) compare(a, b []byte) Step {
	holds := bytes.Equal(a, b)
	s.Holds = &holds
	return s
}
