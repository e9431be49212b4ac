// Package annotate says of every byte of a container, or of what it seals, to
// which field it belongs, what its value is and what that means. It decodes by the
// grammar of the specification, checks nothing else, and goes on after errors as
// far as it can.
package annotate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/coffer-format/coffer/spec/grammar"
)

// Field is a run of bytes with one meaning. The fields of an input follow each
// other without a gap, from its first byte to its last.
type Field struct {
	Offset  int64  `json:"offset"`
	Length  int64  `json:"length"`                // in bytes, at least 1
	Name    string `json:"name"`                  // the path to it in the grammar: "slots[0].body.lanes"
	Value   string `json:"value,omitempty"`       // of a number or a text
	Meaning string `json:"meaning"`               // a phrase
	Section string `json:"section,omitempty"`     // of the specification: "7.1"
	Rule    string `json:"requirement,omitempty"` // the id of one that is about the field: "HDR-13"
	Fault   string `json:"fault,omitempty"`       // why the bytes do not decode
}

// annotator collects fields.
type annotator struct {
	g      *grammar.Grammar
	fields []Field
	base   int64 // the offset of the bytes that are decoded
}

func newAnnotator() (*annotator, error) {
	g, err := grammar.Load()
	return &annotator{g: g}, err
}

// end is the offset after the last field.
func (a *annotator) end() int64 {
	if len(a.fields) == 0 {
		return a.base
	}
	last := a.fields[len(a.fields)-1]
	return last.Offset + last.Length
}

// add adds a field after the last, unless it is empty.
func (a *annotator) add(length int64, name, value, meaning, section, rule string) {
	if length > 0 {
		a.fields = append(a.fields, Field{Offset: a.end(), Length: length, Name: name, Value: value, Meaning: meaning, Section: section, Rule: rule})
	}
}

// rest adds what no field took, up to end.
func (a *annotator) rest(end int64, name, section string, err error) {
	a.add(end-a.end(), name, "", notDecoded, section, "")
	if last := len(a.fields) - 1; last >= 0 && a.fields[last].Meaning == notDecoded && a.fields[last].Fault == "" {
		a.fields[last].Fault = reason(err)
	}
}

func reason(err error) string {
	var e *grammar.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("%s: %s", e.Path, e.Rule)
	}
	return "no field takes these bytes"
}

// tree adds the fields of a decoded structure, or the elements of a vector.
func (a *annotator) tree(n *grammar.Node, name, section string, err error) {
	if n.Type.Place.Section != "" {
		section = n.Type.Place.Section
	}
	for i, c := range n.Children {
		full := name + "." + c.Name
		switch {
		case c.Name == "":
			full = fmt.Sprintf("%s[%d]", name, i)
		case name == "":
			full = c.Name
		case n.Type.Select != nil && i == len(n.Type.Fields):
			full = name // the case is what the structure was named after
		}
		before := len(a.fields)
		if c.Prefix > 0 {
			a.add(int64(c.Prefix), full, strconv.FormatUint(c.Stated, 10), "how many bytes follow", section, "CON-1")
		}
		what := meanings[n.Type.Name+"."+c.Name]
		if c.Name == "" {
			what = meanings[c.Type.Name]
		}
		if what.phrase == "" && strings.HasPrefix(section, "18") {
			what = vaultField(full)
		}
		switch {
		case c.Type.Kind == grammar.Struct || c.Type.Kind == grammar.Vector:
			a.tree(c, full, section, err)
			a.rest(a.base+int64(c.End()), full, section, err)
		case n.Type.Name == "Slot" && c.Name == "body":
			a.slotBody(n.Find("type"), c, full)
		case c.Name == "sealed_key":
			a.message(int64(c.Length), full)
		case a.opaque(full, section, c.Length):
		default:
			a.add(int64(c.Length), full, valueOf(c, what.as), what.phrase, section, what.rule)
		}
		if e := (*grammar.Error)(nil); errors.As(err, &e) && e.Offset == c.Offset && len(a.fields) > before && a.fields[before].Fault == "" {
			a.fields[before].Fault = string(e.Rule)
		}
	}
}

// slotBody takes the body of a slot apart, whose structure is that of its type.
func (a *annotator) slotBody(typ, body *grammar.Node, name string) {
	known, ok := a.g.Lookup(structureOf(typ.Type.ValueName(typ.Number)))
	if !ok {
		a.add(int64(body.Length), name, "", "the body of a type that is not assigned", body.Type.Place.Section, "SLT-2")
		return
	}
	a.nested(known, body.Data, name)
}

// structureOf returns the name of the structure that a value of SlotType stands
// for: "PasswordSlot" for "password".
func structureOf(slotType string) string {
	if slotType == "" {
		return ""
	}
	return strings.ToUpper(slotType[:1]) + slotType[1:] + "Slot"
}

// nested adds what data, after the last field, decodes to.
func (a *annotator) nested(t *grammar.Type, data []byte, name string) {
	inner := annotator{g: a.g, base: a.end()}
	n, err := t.Decode(data)
	inner.tree(n, name, "", err)
	inner.rest(inner.base+int64(len(data)), name, t.Place.Section, err)
	a.fields = append(a.fields, inner.fields...)
}

// notDecoded is the meaning of bytes that no field takes.
const notDecoded = "does not decode"
