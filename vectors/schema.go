package vectors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// fileSchema is all of schema.json, for a case file.
var fileSchema = sync.OnceValue(func() *jsonschema.Resolved { return resolve(parseSchema()) })

// checker checks values against the definitions of schema.json.
type checker struct {
	defs *jsonschema.Resolved // of an object with a member for each definition
	shape
}

var schemaChecker = sync.OnceValue(func() checker {
	c := checker{shape: shape{parseSchema().Defs}}
	defs := &jsonschema.Schema{Defs: parseSchema().Defs, Properties: map[string]*jsonschema.Schema{}}
	for name := range defs.Defs {
		defs.Properties[name] = &jsonschema.Schema{Ref: "#/$defs/" + name}
	}
	c.defs = resolve(defs)
	return c
})

// parseSchema panics if schema.json, which is embedded, is not a schema.
func parseSchema() *jsonschema.Schema {
	var s jsonschema.Schema
	if err := json.Unmarshal(schema, &s); err != nil {
		panic("vectors: internal error: schema.json: " + err.Error())
	}
	return &s
}

func resolve(s *jsonschema.Schema) *jsonschema.Resolved {
	r, err := s.Resolve(nil)
	if err != nil {
		panic("vectors: internal error: schema.json: " + err.Error())
	}
	return r
}

// Validate checks a case file against schema.json.
func Validate(data []byte) error {
	var doc any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return err
	}
	return fileSchema().Validate(native(doc))
}

// CheckInput checks the input of an op against schema.json. It is an error if
// there is no such op.
func CheckInput(op string, input Object) error { return check("input", op, input) }

// CheckOutput checks the output of an op against schema.json. It is an error if
// there is no such op.
func CheckOutput(op string, output Object) error { return check("output", op, output) }

func check(side, op string, o Object) error {
	c := schemaChecker()
	name := side + ":" + op
	want, ok := c.shape.defs[name]
	if !ok {
		return fmt.Errorf("there is no %s", name)
	}
	v := native(o)
	err := c.defs.Validate(Object{name: v})
	if err == nil {
		return nil
	}
	if d := c.differs(side, v, want); d != "" {
		err = errors.New(d)
	}
	return err
}

// native returns v with numbers instead of json.Numbers, which the schema would
// take for the strings that they are to Go.
func native(v any) any {
	switch v := v.(type) {
	case Object:
		out := make(Object, len(v))
		for k, member := range v {
			out[k] = native(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = native(item)
		}
		return out
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // infinite beyond its range, which no schema allows
		return f
	}
	return v
}
