package report

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/spec/annotate"
	"github.com/coffer-format/coffer/vectors"
)

// DumpRow is up to sixteen bytes of an input, in one field of its layout.
type DumpRow struct {
	Offset int
	Field  string // the name of the field and its value, where it begins
	Bytes  []DumpByte
	Skip   int // instead of bytes: how many are not shown
}

// DumpByte is a byte in hexadecimal, and whether it differs from the parent's.
type DumpByte struct {
	Hex    string
	Guilty bool
}

// Dump is bytes of a case by their layout, with those marked that are to be looked
// at.
type Dump struct {
	Input string // the name of the input's field
	Edit  string // what was done to it, "" if nothing was
	Rows  []DumpRow
}

// How many rows are shown on either side of a marked one, and of a run of marked
// ones at either end.
const (
	dumpContext = 2
	dumpEnd     = 16
)

// DumpOf returns the dump of what an edit changed, with the bytes marked that it
// put in, or nil if the vector was not made by one. Where the edit only took bytes
// away, the next one is marked, or the last if there is none.
func DumpOf(c vectors.Case) *Dump {
	if c.Edit == nil {
		return nil
	}
	data, fields, err := Edited(c)
	if err != nil {
		return nil // unreachable: the vectors are checked when they are made
	}
	return &Dump{Input: c.Edit.Field, Edit: c.Edit.Kind, Rows: elide(rows(data, fields, marked(c.Edit, len(data))))}
}

// Edited returns the bytes of a vector that its edit is about, and their fields, none if
// they have no layout. Error: the input has no such bytes.
func Edited(c vectors.Case) ([]byte, []annotate.Field, error) {
	if c.Edit.Field == "plaintext" && c.Edit.Kind == "reseal" {
		return sealed(c.Input)
	}
	data, err := vectors.Field(c.Input, c.Edit.Field)
	if err != nil {
		return nil, nil, err
	}
	fields, err := fieldsOf(c.Edit.Field, data)
	return data, fields, err
}

// sealed returns what the payload of a vector's container seals, and its layout.
func sealed(input vectors.Object) ([]byte, []annotate.Field, error) {
	data, err := vectors.Field(input, "container")
	if err != nil {
		return nil, nil, err
	}
	secret, err := vectors.Field(input, "secret.key")
	if err != nil {
		return nil, nil, err
	}
	h, err := header.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	payloadKey := new(key.Key(secret)).Derive(key.LabelPayload)
	plaintext, err := cobblestone.Open(payloadKey[:], h.Purpose.Context(), data[h.Size():])
	if err != nil {
		return nil, nil, err
	}
	layout := annotate.Archive
	if h.Purpose == header.Keyring {
		layout = annotate.Keyring
	}
	fields, err := layout(plaintext)
	return plaintext, fields, err
}

// marked returns which of n bytes an edit put in.
func marked(e *vectors.Edit, n int) []bool {
	guilty := make([]bool, n)
	shift := 0
	for _, s := range e.Splices {
		inserted, removed := bytesIn(s.Insert), bytesIn(s.Remove)
		from := min(s.Offset+shift, n-1)
		for i := max(0, from); i < from+max(inserted, 1) && i < n; i++ {
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

// fieldsOf returns the fields of an input, if it has a layout.
func fieldsOf(input string, data []byte) ([]annotate.Field, error) {
	switch input {
	case "container":
		return annotate.AsContainer(bytes.NewReader(data), int64(len(data)))
	case "message":
		return annotate.Message(int64(len(data))), nil
	case "slot":
		return annotate.Slot(data)
	}
	return nil, nil
}

// textFields makes a field of every sixteen bytes of what has no layout, with what
// they are as text, if they are one.
func textFields(data []byte) []annotate.Field {
	text := isText(data)
	all := make([]annotate.Field, 0, len(data)/16+1)
	for at := 0; at < len(data); at += 16 {
		part := data[at:min(at+16, len(data))]
		f := annotate.Field{Offset: int64(at), Length: int64(len(part))}
		if text {
			f.Name = strconv.QuoteToASCII(string(part))
		}
		all = append(all, f)
	}
	return all
}

// isText reports whether most bytes are printable ASCII characters.
func isText(data []byte) bool {
	n := 0
	for _, b := range data {
		if ' ' <= b && b <= '~' {
			n++
		}
	}
	return 2*n > len(data)
}

// twoDigits are the bytes in hexadecimal digits.
var twoDigits = func() (all [256]string) {
	for b := range all {
		all[b] = hex.EncodeToString([]byte{byte(b)})
	}
	return all
}()

// rows cuts data into rows that begin anew with every field.
func rows(data []byte, fields []annotate.Field, guilty []bool) []DumpRow {
	if len(fields) == 0 {
		fields = textFields(data)
	}
	var all []DumpRow
	for _, f := range fields {
		end := int(f.Offset + f.Length)
		name := f.Name
		if f.Value != "" {
			name += " = " + f.Value
		}
		for at := int(f.Offset); at < end; {
			row := DumpRow{Offset: at, Field: name, Bytes: make([]DumpByte, 0, 16)}
			for stop := min(at+16, end); at < stop; at++ {
				row.Bytes = append(row.Bytes, DumpByte{twoDigits[data[at]], guilty[at]})
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
