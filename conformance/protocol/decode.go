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

	"github.com/go-json-experiment/json/jsontext"

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

// decode decodes one JSON object. Besides what is no JSON it refuses a name that
// stands twice in an object, bytes that are not UTF-8, unpaired surrogates, integers
// with a fraction or an exponent, and more than maxValues values.
func decode(line []byte) (vectors.Object, error) {
	switch {
	case bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
		return nil, ErrMark
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")):
		return nil, fmt.Errorf("%w of UTF-16", ErrMark)
	case !utf8.Valid(line):
		return nil, errors.New("the line is not UTF-8")
	}
	d := &decoder{jsontext.NewDecoder(bytes.NewBuffer(line)), maxValues}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(vectors.Object)
	if !ok {
		return nil, errors.New("the line is not a JSON object")
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, errors.New("the line goes on after the JSON object")
	}
	return o, nil
}

type decoder struct {
	*jsontext.Decoder
	left int // values that may follow
}

func (d *decoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	token, err := d.next()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		o := vectors.Object{}
		for d.PeekKind() != '}' {
			name, err := d.next()
			if err != nil {
				return nil, err
			}
			key := name.String() // before the next token is read
			if o[key], err = d.value(depth + 1); err != nil {
				return nil, err
			}
		}
		_, err := d.ReadToken()
		return o, err
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			v, err := d.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.ReadToken()
		return list, err
	case '"':
		return token.String(), nil
	case '0':
		n := token.String()
		if strings.ContainsAny(n, ".eE") {
			return nil, fmt.Errorf("the number %.40s is not written as an integer", n)
		}
		return json.Number(n), nil
	case 'n':
		return nil, nil
	}
	return token.Bool(), nil
}

// next reads the token that begins a value or is a name.
func (d *decoder) next() (jsontext.Token, error) {
	if d.left--; d.left < 0 {
		return jsontext.Token{}, fmt.Errorf("it has more than %d values", maxValues)
	}
	token, err := d.ReadToken()
	var syntax *jsontext.SyntacticError
	switch {
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax):
		return token, fmt.Errorf("the name %s stands twice", brief(syntax.JSONPointer.LastToken()))
	}
	if err != nil {
		return token, fmt.Errorf("the line is not a JSON object: %.200s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	return token, nil
}

// longest is the number of digits of the longest byte string whose length the
// schema fixes.
const longest = 320

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
