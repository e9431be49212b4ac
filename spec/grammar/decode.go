package grammar

import (
	"fmt"
	"strings"
)

// MaxUint64 is the greatest number that a uint64 may have. [CON-5]
const MaxUint64 = 1<<52 - 1

// Node is a piece of decoded bytes.
type Node struct {
	Name   string // of the field; "" for the whole, or an element of a vector
	Type   *Type
	Offset int    // of the first byte, that of the length prefix if there is one
	Prefix int    // bytes of the length prefix
	Stated uint64 // the length that the prefix states
	Length int    // in bytes, without the prefix; 0 if they end inside it

	Number   uint64  // of a Number or an Enum
	Data     []byte  // of an Opaque, and of what is neither Struct nor Vector
	Children []*Node // of a Struct or a Vector
}

// Rule is what bytes violate that a grammar does not describe.
type Rule string

// The rules of the language, and of spec section 2.4.
const (
	Ends     Rule = "the bytes end inside it"
	Bound    Rule = "its length is out of bounds"
	Greatest Rule = "it is greater than 2^52 - 1"
	Differs  Rule = "it is not the constant"
	NoCase   Rule = "the value has no case"
	Trailing Rule = "bytes follow it"
)

// Error says what does not decode.
type Error struct {
	Path   string // of the field: "slots[1].body"
	Offset int    // where it begins
	Rule   Rule
}

func (e *Error) Error() string { return fmt.Sprintf("%s at offset %d: %s", e.Path, e.Offset, e.Rule) }

// Decode decodes a value of type t that takes all of data. Error: *Error.
// [CON-1] [CON-2] [CON-3] [CON-5]
func (t *Type) Decode(data []byte) (*Node, error) {
	n, err := t.DecodePrefix(data)
	if err == nil && n.End() < len(data) {
		err = &Error{t.Name, n.End(), Trailing}
	}
	return n, err
}

// DecodePrefix is Decode for a value that may be followed by something else. It
// goes on behind an error as long as it is known where the next field begins: the
// node has all that was decoded, and the error is the first.
func (t *Type) DecodePrefix(data []byte) (*Node, error) {
	d := decoder{data: data}
	n := &Node{Type: t}
	d.decode(n, t.Name, len(data), nil)
	if d.err != nil {
		return n, d.err
	}
	return n, nil
}

// End returns the offset behind the node.
func (n *Node) End() int { return n.Offset + n.Prefix + n.Length }

// Find returns the field of a path: "entry.size". It returns nil if there is none.
func (n *Node) Find(path string) *Node {
	name, rest, more := strings.Cut(path, ".")
	for _, c := range n.Children {
		if c.Name == name {
			if more {
				return c.Find(rest)
			}
			return c
		}
	}
	return nil
}

type decoder struct {
	data []byte
	err  *Error // the first
}

// wrong notes an error. It returns known, which says whether the end of the node
// is known in spite of it.
func (d *decoder) wrong(path string, offset int, rule Rule, known bool) bool {
	if d.err == nil {
		d.err = &Error{path, offset, rule}
	}
	return known
}

// decode fills in a node whose type and offset are set; it must end before end.
// The fields of the structure that it is part of, so far, are siblings. It returns
// whether the end of the node is known.
func (d *decoder) decode(n *Node, path string, end int, siblings *Node) bool {
	switch n.Type.Kind {
	case Number, Enum:
		if end-n.Offset < n.Type.Size {
			return d.wrong(path, n.Offset, Ends, false)
		}
		n.Length = n.Type.Size
		n.Data = d.data[n.Offset:n.End()]
		n.Number = number(n.Data)
		if n.Type.Size == 8 && n.Number > MaxUint64 {
			return d.wrong(path, n.Offset, Greatest, true)
		}
		return true
	case Struct:
		return d.structure(n, path, end)
	}
	return d.sized(n, path, end, siblings)
}

// sized decodes an Opaque or a Vector. How long it is is found out before anything
// is read on account of it.
func (d *decoder) sized(n *Node, path string, end int, siblings *Node) bool {
	b := n.Type.Vector
	length := b.Min
	switch {
	case computed[b.Counted] != nil:
		length = computed[b.Counted](siblings)
	case b.Counted != "":
		length = siblings.Find(b.Counted).Number
	case b.Prefix > 0:
		if end-n.Offset < b.Prefix {
			return d.wrong(path, n.Offset, Ends, false)
		}
		length = number(d.data[n.Offset : n.Offset+b.Prefix])
		n.Prefix, n.Stated = b.Prefix, length
	}
	if length < b.Min || length > b.Max {
		d.wrong(path, n.Offset, Bound, true)
	}
	if length > uint64(end-n.Offset-b.Prefix) {
		return d.wrong(path, n.Offset, Ends, false)
	}
	n.Length = int(length)
	n.Data = d.data[n.Offset+n.Prefix : n.End()]
	if n.Type.Kind == Vector {
		d.elements(n, path)
	}
	return true
}

func (d *decoder) elements(n *Node, path string) {
	for at := n.Offset + n.Prefix; at < n.End(); {
		e := &Node{Type: n.Type.Of, Offset: at}
		n.Children = append(n.Children, e)
		known := d.decode(e, fmt.Sprintf("%s[%d]", path, len(n.Children)-1), n.End(), nil)
		if known && e.End() == at { // an empty structure would go on forever
			known = d.wrong(path, at, Trailing, false)
		}
		if !known {
			return
		}
		at = e.End()
	}
}

func (d *decoder) structure(n *Node, path string, end int) bool {
	at := n.Offset
	add := func(name string, t *Type) (*Node, bool) {
		c := &Node{Name: name, Type: t, Offset: at}
		known := d.decode(c, path+"."+name, end, n)
		n.Children = append(n.Children, c)
		at = c.End()
		n.Length = at - n.Offset
		return c, known
	}
	for _, f := range n.Type.Fields {
		c, known := add(f.Name, f.Type)
		if !known {
			return false
		}
		if f.Constant != nil && c.Number != *f.Constant {
			d.wrong(path+"."+f.Name, c.Offset, Differs, true)
		}
	}
	s := n.Type.Select
	if s == nil {
		return true
	}
	chosen := n.Find(s.Field)
	name := chosen.Type.ValueName(chosen.Number)
	for _, c := range s.Cases {
		if c.Value == name {
			_, known := add(c.Value, c.Type)
			return known
		}
	}
	return d.wrong(path+"."+s.Field, chosen.Offset, NoCase, false)
}

// number decodes at most eight bytes, big-endian.
func number(b []byte) (n uint64) {
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// find returns the type of the field that a path names among some.
func find(fields []Field, path string) *Type {
	name, rest, more := strings.Cut(path, ".")
	for _, f := range fields {
		if f.Name == name {
			if more {
				return find(f.Type.Fields, rest)
			}
			return f.Type
		}
	}
	return nil
}

// Leaves calls visit for every piece of bytes that has no parts, in order, with
// the path to it from n: "slots[1].body".
func (n *Node) Leaves(visit func(path string, leaf *Node)) { n.leaves("", visit) }

func (n *Node) leaves(path string, visit func(string, *Node)) {
	if n.Type.Kind != Struct && n.Type.Kind != Vector {
		visit(path, n)
		return
	}
	for i, c := range n.Children {
		switch {
		case c.Name == "":
			c.leaves(fmt.Sprintf("%s[%d]", path, i), visit)
		case path == "":
			c.leaves(c.Name, visit)
		default:
			c.leaves(path+"."+c.Name, visit)
		}
	}
}
