package vectors

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Edit says how a case was made from its parent: the two have the same op, and
// the same input but for one field, in which the splices replaced bytes.
type Edit struct {
	// Kind is flip, cut, append, swap, splice, replace, resign (bytes of the
	// header changed, digest and MAC computed again) or reseal (the plaintext of
	// the payload changed and sealed again under the same key and salt).
	Kind string `json:"kind"`
	// Field is the name of the input's field, "secret.password" or
	// "entries.0.path" for one inside another, or "plaintext" for a reseal, which
	// stands for what the payload of the field "container" seals. Text is edited
	// as UTF-8 and a number as its decimal digits.
	Field   string   `json:"field"`
	Splices []Splice `json:"splices"`
}

// Splice replaces, at an offset of the parent's bytes, the bytes Remove by the
// bytes Insert. Both are in the notation of Bytes.
type Splice struct {
	Offset int    `json:"offset"`
	Remove string `json:"remove"`
	Insert string `json:"insert"`
}

// Apply returns the case's bytes, given its parent's. It is an error if a splice
// does not find the bytes it removes, or overlaps the one before.
func (e *Edit) Apply(parent []byte) ([]byte, error) {
	var out []byte
	at := 0
	for i, s := range e.Splices {
		remove, insert, err := s.decode()
		if err != nil {
			return nil, err
		}
		if s.Offset < at || s.Offset > len(parent) || !bytes.HasPrefix(parent[s.Offset:], remove) {
			return nil, fmt.Errorf("splice %d does not apply at %d", i, s.Offset)
		}
		out = append(append(out, parent[at:s.Offset]...), insert...)
		at = s.Offset + len(remove)
	}
	return append(out, parent[at:]...), nil
}

// Undo returns the parent's bytes, given the case's.
func (e *Edit) Undo(edited []byte) ([]byte, error) {
	inverse := Edit{Kind: e.Kind, Field: e.Field}
	shift := 0
	for _, s := range e.Splices {
		remove, insert, err := s.decode()
		if err != nil {
			return nil, err
		}
		inverse.Splices = append(inverse.Splices, Splice{Offset: s.Offset + shift, Remove: s.Insert, Insert: s.Remove})
		shift += len(insert) - len(remove)
	}
	return inverse.Apply(edited)
}

func (s Splice) decode() (remove, insert []byte, err error) {
	if remove, err = Decoded(s.Remove); err != nil {
		return nil, nil, err
	}
	insert, err = Decoded(s.Insert)
	return remove, insert, err
}

// Field returns the bytes of a field of an input, as edits see them: those of a
// byte string, or the UTF-8 of a text or a number.
func Field(input Object, path string) ([]byte, error) {
	input, err := AsDecoded(input)
	if err != nil {
		return nil, err
	}
	var v any = input
	name := ""
	for _, part := range strings.Split(path, ".") {
		switch in := v.(type) {
		case Object:
			v, name = in[part], part
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(in) {
				return nil, fmt.Errorf("the input has no field %q", path)
			}
			v = in[i]
		default:
			v = nil
		}
	}
	switch v := v.(type) {
	case string:
		if IsBytes(name) {
			return Decoded(v)
		}
		return []byte(v), nil
	case json.Number:
		return []byte(v), nil
	}
	return nil, fmt.Errorf("the input has no field %q that an edit can be made to", path)
}

// Decoded returns the bytes of a byte string in the notation of Bytes.
func Decoded(s string) ([]byte, error) {
	digits, err := Expand(s)
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(digits)
}
