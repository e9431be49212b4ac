package report

import (
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/coffer-format/coffer/vectors"
)

// longField is how many rows of a field without a mark are shown: its first ones
// and its last.
const longField = 4

// DumpsOfInput returns the dumps of the byte strings and texts that a vector asks
// about, with the bytes marked at which they go wrong, as far as the layout, or the
// characters that a key and a password may have, tell.
func DumpsOfInput(c vectors.Case) []Dump {
	var all []Dump
	for _, name := range slices.Sorted(maps.Keys(c.Input)) {
		text, ok := c.Input[name].(string)
		data, err := vectors.Field(c.Input, name)
		if !ok || err != nil || text == "" {
			continue
		}
		fields, err := fieldsOf(name, data)
		if err != nil {
			continue // unreachable: bytes in memory can be read
		}
		guilty := make([]bool, len(data))
		for _, f := range fields {
			for i := f.Offset; f.Fault != "" && i < f.Offset+f.Length; i++ {
				guilty[i] = true
			}
		}
		from, to := wrongCharacter(c.Op, data)
		for i := from; i < to; i++ {
			guilty[i] = true
		}
		d := Dump{Input: name, Rows: rows(data, fields, guilty)}
		if slices.Contains(guilty, true) {
			d.Rows = elide(d.Rows)
		} else {
			d.Rows = withoutMiddles(d.Rows)
		}
		all = append(all, d)
	}
	return all
}

// wrongCharacter returns where the first character lies that a key or a password
// cannot have, and where it ends.
func wrongCharacter(op string, text []byte) (from, to int) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		wrong := r == utf8.RuneError && size == 1
		switch op {
		case "key.parse":
			wrong = wrong || r > unicode.MaxASCII || !unicode.Is(unicode.ASCII_Hex_Digit, r) && !unicode.IsSpace(r) && r != '-'
		case "password.prepare":
			wrong = wrong || unicode.IsControl(r)
		default:
			return 0, 0
		}
		if wrong {
			return i, i + size
		}
		i += size
	}
	return 0, 0
}

// withoutMiddles leaves out rows in the middle of long fields.
func withoutMiddles(all []DumpRow) []DumpRow {
	var shown []DumpRow
	for begin := 0; begin < len(all); {
		end := begin + 1
		for end < len(all) && all[end].Field == "" {
			end++
		}
		if end-begin <= longField+1 {
			shown = append(shown, all[begin:end]...)
		} else {
			skipped := DumpRow{Offset: all[begin+longField-1].Offset}
			for _, row := range all[begin+longField-1 : end-1] {
				skipped.Skip += len(row.Bytes)
			}
			shown = append(append(shown, all[begin:begin+longField-1]...), skipped, all[end-1])
		}
		begin = end
	}
	return shown
}
