package vectors

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaID = "urn:coffer:vectors:1"

var compiler = sync.OnceValue(func() *jsonschema.Compiler {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		panic("vectors: internal error: schema.json: " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaID, doc); err != nil {
		panic("vectors: internal error: schema.json: " + err.Error())
	}
	return c
})

var (
	compiled      = map[string]*jsonschema.Schema{}
	compiledMutex sync.Mutex
)

// compile returns the schema at a fragment of schema.json, "" being all of it.
func compile(fragment string) (*jsonschema.Schema, error) {
	compiledMutex.Lock()
	defer compiledMutex.Unlock()
	if s, ok := compiled[fragment]; ok {
		return s, nil
	}
	s, err := compiler().Compile(schemaID + fragment)
	if err == nil {
		compiled[fragment] = s
	}
	return s, err
}

// Validate checks a case file against schema.json.
func Validate(data []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	s, err := compile("")
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// CheckInput checks the input of an op against schema.json. It is an error if
// there is no such op.
func CheckInput(op string, input Object) error { return check("input:"+op, input) }

// CheckOutput checks the output of an op against schema.json. It is an error if
// there is no such op.
func CheckOutput(op string, output Object) error { return check("output:"+op, output) }

func check(name string, o Object) error {
	s, err := compile("#/$defs/" + name)
	if err != nil {
		return fmt.Errorf("there is no %s", name)
	}
	return s.Validate(o)
}
