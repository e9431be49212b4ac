package backups

import (
	"fmt"

	"github.com/coffer-format/coffer/conformance/inputs"
)

// drawnValues are what implementations have drawn: ids and keys, by what they are for, of
// which none may come twice.
type drawnValues struct {
	seen   map[string]string
	series map[string][][]byte
}

func newDrawn() drawnValues { return drawnValues{map[string]string{}, map[string][][]byte{}} }

// add notes a value that must be new. [CON-7] [HDR-1]
func (d drawnValues) add(what string, value []byte, where string) error {
	text := inputs.Hex(value)
	if before, ok := d.seen[text]; ok {
		return fmt.Errorf("%s of %s is that of %s", what, where, before)
	}
	d.seen[text] = where
	d.series[what] = append(d.series[what], value)
	return nil
}
