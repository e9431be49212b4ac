package report

import (
	"bytes"
	"encoding/hex"
	"slices"

	"github.com/coffer-format/coffer/spec/annotate"
	"github.com/coffer-format/coffer/vectors"
)

// DumpRow is up to sixteen bytes of an input, in one field of its layout.
type DumpRow struct {
	Offset int
	Field  string // the name of the field, where it begins
	Bytes  []DumpByte
	Skip   int // instead of bytes: how many are not shown
}

// DumpByte is a byte in hexadecimal, and whether it differs from the parent's.
type DumpByte struct {
	Hex    string
	Guilty bool
}

// Dump is the input of a case that was made by an edit, with the bytes marked
// that the edit put in. Where it only took bytes away, the next one is marked.
type Dump struct {
	Input string // the name of the input's field
	Edit  string // what was done
	Rows  []DumpRow
}

// How many rows are shown on either side of a marked one, and of a run of marked
// ones at either end.
const (
	dumpContext = 2
	dumpEnd     = 16
)

// DumpOf returns the dump of a vector's input, or nil if the vector was not made
// by an edit of bytes that are sent.
func DumpOf(c vectors.Case) *Dump {
	if c.Edit == nil {
		return nil
	}
	text, ok := c.Input[c.Edit.Field].(string)
	if !ok || !vectors.IsBytes(c.Edit.Field) {
		return nil
	}
	plain, err := vectors.Expand(text)
	if err != nil {
		return nil
	}
	data, err := hex.DecodeString(plain)
	if err != nil {
		return nil
	}
	fields, err := fieldsOf(c.Edit.Field, data)
	if err != nil {
		return nil
	}
	d := &Dump{Input: c.Edit.Field, Edit: c.Edit.Kind}
	d.Rows = elide(rows(data, fields, marked(c.Edit, len(data))))
	return d
}

// marked returns which of n bytes an edit put in.
func marked(e *vectors.Edit, n int) []bool {
	guilty := make([]bool, n)
	shift := 0
	for _, s := range e.Splices {
		inserted, removed := bytesIn(s.Insert), bytesIn(s.Remove)
		from := s.Offset + shift
		for i := from; i < from+max(inserted, 1) && i < n; i++ {
			guilty[i] = true
		}
		shift += inserted - removed
	}
	return guilty
}

func bytesIn(notation string) int {
	plain, err := vectors.Expand(notation)
	if err != nil {
		return 0 // unreachable: the vectors are checked when they are loaded
	}
	return len(plain) / 2
}

// fieldsOf returns the fields of an input, if it is a container or a message.
func fieldsOf(input string, data []byte) ([]annotate.Field, error) {
	switch input {
	case "container":
		return annotate.Container(bytes.NewReader(data), int64(len(data)))
	case "message":
		return annotate.Message(int64(len(data))), nil
	}
	return nil, nil
}

// rows cuts data into rows that begin anew with every field.
func rows(data []byte, fields []annotate.Field, guilty []bool) []DumpRow {
	if len(fields) == 0 {
		fields = []annotate.Field{{Length: int64(len(data))}}
	}
	var all []DumpRow
	for _, f := range fields {
		end := int(f.Offset + f.Length)
		name := f.Name
		for at := int(f.Offset); at < end; {
			row := DumpRow{Offset: at, Field: name}
			for stop := min(at+16, end); at < stop; at++ {
				row.Bytes = append(row.Bytes, DumpByte{hex.EncodeToString(data[at : at+1]), guilty[at]})
			}
			all, name = append(all, row), ""
		}
	}
	return all
}

// elide leaves out rows that are far from marked ones, or deep among them.
func elide(all []DumpRow) []DumpRow {
	near := make([]bool, len(all))
	for i, row := range all {
		for _, b := range row.Bytes {
			if b.Guilty {
				for j := max(0, i-dumpContext); j <= min(len(all)-1, i+dumpContext); j++ {
					near[j] = true
				}
				break
			}
		}
	}
	deep := func(i int) bool {
		return !slices.Contains(near[max(0, i-dumpEnd):min(len(all), i+dumpEnd+1)], false) && i >= dumpEnd && i+dumpEnd < len(all)
	}
	var shown []DumpRow
	for i, row := range all {
		switch {
		case near[i] && !deep(i):
			shown = append(shown, row)
		case len(shown) > 0 && shown[len(shown)-1].Skip > 0:
			shown[len(shown)-1].Skip += len(row.Bytes)
		default:
			shown = append(shown, DumpRow{Offset: row.Offset, Skip: len(row.Bytes)})
		}
	}
	return shown
}
