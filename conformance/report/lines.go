package report

import (
	"io"
	"strings"

	"github.com/coffer-format/coffer/conformance/outside"
)

// writeLines writes what make writes, as outside.Lines.
func writeLines(w io.Writer, make func(io.Writer) error) error {
	var b strings.Builder
	if err := make(&b); err != nil {
		return err
	}
	_, err := io.WriteString(w, outside.Lines(b.String()))
	return err
}
