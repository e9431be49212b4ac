package report

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/ref/cobblestone"
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

// dumpContext is how many rows are shown on either side of a marked one.
const dumpContext = 2

// dumpOf returns the dump of a vector's input, or nil if the vector was not made
// by an edit of bytes that are sent.
func dumpOf(c vectors.Case) *Dump {
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
	var fields []field
	switch c.Edit.Field {
	case "container":
		fields = containerFields(data)
	case "message":
		fields = messageFields(nil, 0, len(data))
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

type field struct {
	name string
	from int
}

// containerFields returns where the parts of a container begin (spec section 7.1),
// as far as its length goes.
func containerFields(data []byte) []field {
	all := []field{{"magic", 0}, {"version", 8}, {"purpose", 10}, {"key check", 11}, {"length of slots", 43}}
	if len(data) < 45 {
		return all
	}
	slots := 45 + int(binary.BigEndian.Uint16(data[43:]))
	all = append(all, field{"slots", 45}, field{"digest", slots}, field{"MAC", slots + 8})
	return messageFields(all, slots+72, len(data))
}

// messageFields appends where the parts of a message at an offset begin (spec
// section 4.2).
func messageFields(all []field, at, end int) []field {
	all = append(all, field{"salt", at}, field{"commitment", at + cobblestone.SaltSize})
	at += cobblestone.PrefixSize
	for i := 0; at < end; i++ {
		all = append(all, field{fmt.Sprintf("chunk %d", i), at})
		at += cobblestone.SealedChunkSize
	}
	return all
}

// rows cuts data into rows that begin anew with every field.
func rows(data []byte, fields []field, guilty []bool) []DumpRow {
	var all []DumpRow
	next := 0
	for at := 0; at < len(data); {
		row := DumpRow{Offset: at}
		for next < len(fields) && fields[next].from <= at {
			if fields[next].from == at {
				row.Field = strings.TrimPrefix(row.Field+", "+fields[next].name, ", ")
			}
			next++
		}
		end := min(at+16, len(data))
		if next < len(fields) {
			end = min(end, fields[next].from)
		}
		for ; at < end; at++ {
			row.Bytes = append(row.Bytes, DumpByte{hex.EncodeToString(data[at : at+1]), guilty[at]})
		}
		all = append(all, row)
	}
	return all
}

// elide leaves out rows that are far from marked ones.
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
	var shown []DumpRow
	for i, row := range all {
		switch {
		case near[i]:
			shown = append(shown, row)
		case len(shown) > 0 && shown[len(shown)-1].Skip > 0:
			shown[len(shown)-1].Skip += len(row.Bytes)
		default:
			shown = append(shown, DumpRow{Offset: row.Offset, Skip: len(row.Bytes)})
		}
	}
	return shown
}
