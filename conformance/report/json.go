package report

import (
	"bytes"
	_ "embed"
	"io"

	"github.com/coffer-format/coffer/conformance/outside"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of the report for programs.
func Schema() []byte { return bytes.Clone(schema) }

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error { return outside.WriteJSON(w, r) }
