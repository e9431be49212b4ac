package room

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/spec/annotate"
	"github.com/coffer-format/coffer/vectors"
)

// How many rows are shown of what was kept on either side of an edit, and of either end of
// what was removed or added.
const (
	keptRows   = 3
	editedRows = 8
)

// side is what an edit was made to, or what came out of it.
type side struct {
	data   []byte
	fields []annotate.Field
}

// edit shows what the edit of a case removed and added, among what it kept, each with its
// fields; nothing of a case that was not made by an edit of bytes.
func (b *builder) edit(out *strings.Builder, c vectors.Case) error {
	parent, ok := b.cased[c.Parent]
	if c.Edit == nil || !ok {
		return nil
	}
	after, err := sideOf(c)
	if err != nil {
		return err
	}
	parent.Edit = c.Edit
	before, err := sideOf(parent)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `<h2>What was edited</h2><p class="soft">The bytes of <code>%s</code>, with their fields: <span class="removed">−&nbsp;removed</span>, <span class="added">+&nbsp;added</span>, and what was kept around them.</p><pre class="dump" tabindex="0">`, template.HTMLEscapeString(c.Edit.Field))
	at, shift := 0, 0 // where the parent's bytes have been shown up to, and how much further the case's are
	for i, s := range c.Edit.Splices {
		removed, added, err := spliced(s)
		if err != nil {
			return err
		}
		if end := s.Offset + len(removed); end > len(before.data) || !bytes.Equal(before.data[s.Offset:end], removed) {
			return fmt.Errorf("the edit does not fit %s", c.Parent)
		}
		if s.Offset > at {
			after.kept(out, at+shift, s.Offset+shift, i > 0, true)
		}
		before.changed(out, "removed", "−", s.Offset, s.Offset+len(removed))
		after.changed(out, "added", "+", s.Offset+shift, s.Offset+shift+len(added))
		at, shift = s.Offset+len(removed), shift+len(added)-len(removed)
	}
	if at+shift < len(after.data) {
		after.kept(out, at+shift, len(after.data), true, false)
	}
	out.WriteString("</pre>")
	return nil
}

func sideOf(c vectors.Case) (side, error) {
	data, fields, err := report.Edited(c)
	return side{data, fields}, err
}

func spliced(s vectors.Splice) (removed, added []byte, err error) {
	if removed, err = vectors.Decoded(s.Remove); err == nil {
		added, err = vectors.Decoded(s.Insert)
	}
	return removed, added, err
}

// row is up to sixteen bytes in one field.
type row struct {
	offset int
	bytes  []byte
	field  string
	begins bool // the field
}

// rows cuts a range into rows that begin anew with every field.
func (s side) rows(from, to int) (all []row) {
	fields := s.fields
	if len(fields) == 0 { // a text, or bytes of which no layout is known
		fields = []annotate.Field{{Length: int64(len(s.data))}}
	}
	for _, f := range fields {
		start, end := max(from, int(f.Offset)), min(to, int(f.Offset+f.Length))
		name := f.Name
		if f.Value != "" {
			name += " = " + f.Value
		}
		for at := start; at < end; at += 16 {
			r := row{at, s.data[at:min(at+16, end)], name, at == start}
			if name == "" && utf8.Valid(r.bytes) {
				r.field, r.begins = strconv.Quote(string(r.bytes)), true
			}
			all = append(all, r)
		}
	}
	return all
}

// kept shows the ends of what was kept.
func (s side) kept(out *strings.Builder, from, to int, begin, end bool) {
	rows := s.rows(from, to)
	first, last := 0, 0
	if begin {
		first = keptRows
	}
	if end {
		last = keptRows
	}
	s.some(out, "kept", " ", rows, first, last, to)
}

// changed shows what was removed or added.
func (s side) changed(out *strings.Builder, class, sign string, from, to int) {
	s.some(out, class, sign, s.rows(from, to), editedRows, editedRows, to)
}

// some shows the first and the last of some rows, which end at an offset.
func (s side) some(out *strings.Builder, class, sign string, rows []row, first, last, end int) {
	for i, r := range rows {
		if i >= first && i < len(rows)-last {
			if next := len(rows) - last; i == first {
				until := end
				if next < len(rows) {
					until = rows[next].offset
				}
				fmt.Fprintf(out, "<span class=\"soft\">  %8d  … %d bytes</span>", r.offset, until-r.offset)
			}
			continue
		}
		field := ""
		if r.begins || i == first || i == len(rows)-last {
			field = r.field
		}
		fmt.Fprintf(out, "<span class=\"%s\">%s <span class=\"soft\">%8d</span>  %-32s  <b>%s</b></span>", class, sign, r.offset, hex.EncodeToString(r.bytes), template.HTMLEscapeString(field))
	}
}
