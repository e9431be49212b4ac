package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of the report for programs.
func Schema() []byte { return bytes.Clone(schema) }

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error { return writeJSON(w, r) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
