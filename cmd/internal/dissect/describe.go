package dissect

import (
	"bytes"
	"encoding/json"

	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/spec/annotate"
)

// refused is what is shown of what is not a container.
type refused struct {
	Error  inspect.Fault    `json:"error"`
	Fields []annotate.Field `json:"fields"`
}

// Describe returns what "coffer inspect --hex --json" prints of a container. Of what is
// none it returns an object with "error" and "fields".
func Describe(data []byte) string {
	r, size := bytes.NewReader(data), int64(len(data))
	d, _, err := inspect.Describe(r, size)
	fields, failed := annotate.Container(r, size)
	if failed != nil {
		return encode(refused{Error: inspect.Fault{Detail: failed.Error()}})
	}
	if err != nil {
		return encode(refused{inspect.FaultOf(err), fields})
	}
	d.Fields = fields
	return encode(d)
}

// Layout returns the fields of a part of a test vector by the name that it has there:
// "container", "message" or "slot"; or of a structure of chapter 18 by its name.
func Layout(input string, data []byte) (string, error) {
	var fields []annotate.Field
	var err error
	switch input {
	case "container":
		return Describe(data), nil
	case "message":
		fields = annotate.Message(int64(len(data)))
	case "slot":
		fields, err = annotate.Slot(data)
	default:
		fields, err = annotate.VaultMessage(input, data)
	}
	if err != nil {
		return "", err
	}
	return encode(struct {
		Fields []annotate.Field `json:"fields"`
	}{fields}), nil
}

// encode is the encoding of the command, so that the two can be compared.
func encode(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(err) // unreachable: there is nothing in it that cannot be encoded
	}
	return b.String()
}
