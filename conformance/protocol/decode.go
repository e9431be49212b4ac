package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/vectors"
)

// parseLine decodes a line into an object that has no fields but these, which it
// stores where they belong: a *string or a *vectors.Object.
func parseLine(line []byte, fields map[string]any) (vectors.Object, error) {
	if len(line) > MaxLine {
		return nil, fmt.Errorf("the line has %d bytes, at most %d are allowed", len(line), MaxLine)
	}
	o, err := decode(line)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		ok := false
		switch field := fields[name].(type) {
		case nil:
			return nil, fmt.Errorf("it has a field %s, and may have only %s", brief(name), strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		case *string:
			*field, ok = o[name].(string)
		case *vectors.Object:
			*field, ok = o[name].(vectors.Object)
		}
		if !ok {
			return nil, fmt.Errorf("%s: %s, want %s", name, kind(o[name]), wanted(fields[name]))
		}
	}
	return o, nil
}

// kind is what JSON calls the kind of a value.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	}
	return "an object"
}

// wanted is the kind of what is stored in a field.
func wanted(field any) string {
	if _, ok := field.(*string); ok {
		return "a string"
	}
	return "an object"
}

// plainly says what encoding/json does in words of JSON alone.
func plainly(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Errorf("its field %s is of the wrong type: a JSON %s", t.Field, t.Value)
	}
	return err
}

const (
	// maxDepth bounds the nesting of a line; the deepest output has 4 levels.
	maxDepth = 16
	// maxValues bounds the values of a line, names of fields included: each takes
	// many times the memory of its characters. The longest output has some 70,000.
	maxValues = 1 << 18
)

// ErrMark says that a line does not begin with its object.
var ErrMark = errors.New("the line begins with a byte order mark")

// decode decodes one JSON object. Unlike encoding/json it refuses a name that
// stands twice in an object, bytes that are not UTF-8, integers with a fraction
// or an exponent, and more than maxValues values.
func decode(line []byte) (vectors.Object, error) {
	switch {
	case bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
		return nil, ErrMark
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")):
		return nil, fmt.Errorf("%w of UTF-16", ErrMark)
	case !utf8.Valid(line):
		return nil, errors.New("the line is not UTF-8")
	}
	d := &decoder{Decoder: json.NewDecoder(bytes.NewReader(line)), left: maxValues}
	d.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(vectors.Object)
	if !ok {
		return nil, errors.New("the line is not a JSON object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("the line goes on after the JSON object")
	}
	return o, nil
}

type decoder struct {
	*json.Decoder
	left int // values that may follow
}

func (d *decoder) value(depth int) (any, error) {
	if d.left--; d.left < 0 {
		return nil, fmt.Errorf("it has more than %d values", maxValues)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	token, err := d.next()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := vectors.Object{}
		for d.More() {
			d.left--
			name, err := d.next()
			if err != nil {
				return nil, err
			}
			key, ok := name.(string)
			if _, twice := o[key]; !ok || twice {
				return nil, fmt.Errorf("the name %v stands twice", brief(name))
			}
			if o[key], err = d.value(depth + 1); err != nil {
				return nil, err
			}
		}
		_, err := d.next()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := d.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.next()
		return list, err
	}
	if n, ok := token.(json.Number); ok {
		if bytes.ContainsAny([]byte(n), ".eE") {
			return nil, fmt.Errorf("the number %.40s is not written as an integer", n)
		}
	}
	return token, nil
}

func (d *decoder) next() (json.Token, error) {
	token, err := d.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("the line is not a JSON object: %w", err)
	}
	return token, nil
}

// longest is the number of digits of the longest byte string whose length the
// schema fixes.
const longest = 128

// brieflyOf returns a copy with shorter byte strings, where they are longer than
// any length that the schema fixes: checking their digits again takes long. They
// have passed vectors.CheckPlain.
func brieflyOf(o vectors.Object) vectors.Object {
	return shortened(o, "").(vectors.Object)
}

func shortened(v any, name string) any {
	switch v := v.(type) {
	case vectors.Object:
		out := make(vectors.Object, len(v))
		for k, e := range v {
			out[k] = shortened(e, k)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = shortened(e, name)
		}
		return out
	case string:
		if vectors.IsBytes(name) && len(v) > longest+2 {
			return v[:longest+2]
		}
	}
	return v
}

// brief shows a value in a message.
func brief(v any) string {
	s := fmt.Sprintf("%q", fmt.Sprint(v))
	if len(s) > 80 {
		s = s[:77] + "..."
	}
	return s
}
