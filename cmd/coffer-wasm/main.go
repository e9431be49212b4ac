//go:build js && wasm

// Coffer-wasm gives a page the function cofferInspect, which takes the bytes of a
// container as a Uint8Array and returns what "coffer inspect --hex --json" prints.
// Of what is not a container it returns {"error": {name, detail}, "fields": [...]}.
package main

import (
	"bytes"
	"encoding/json"
	"syscall/js"

	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/spec/annotate"
)

func main() {
	js.Global().Set("cofferInspect", js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := make([]byte, args[0].Get("length").Int())
		js.CopyBytesToGo(data, args[0])
		return describe(data)
	}))
	select {} // the page calls the function for as long as it is open
}

// refused is what is shown of what is not a container.
type refused struct {
	Error  inspect.Fault    `json:"error"`
	Fields []annotate.Field `json:"fields"`
}

func describe(data []byte) string {
	r, size := bytes.NewReader(data), int64(len(data))
	fields, err := annotate.Container(r, size)
	if err != nil {
		return encode(refused{Error: inspect.Fault{Detail: err.Error()}})
	}
	d, _, err := inspect.Describe(r, size)
	if err != nil {
		return encode(refused{inspect.FaultOf(err), fields})
	}
	d.Fields = fields
	return encode(d)
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
