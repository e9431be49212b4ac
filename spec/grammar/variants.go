package grammar

import (
	"bytes"
	"fmt"
	"slices"
)

// Variant is an encoding that differs from another in one place: in a number, a
// tag, a length, or by a byte. Most variants are malformed.
type Variant struct {
	Field string // "PasswordSlot.lanes"
	What  string // "is 0"
	Bytes []byte
}

// Variants returns the variants of a decoded structure: every length, tag, bound
// and enum in it changed in turn, and every field one byte shorter and longer.
// Lengths around a changed field fit it again.
func (n *Node) Variants() []Variant {
	v := varying{root: n, whole: n.Bytes()}
	v.visit(n, n.Type.Name)
	return v.all
}

// Bytes returns the encoding of a node.
func (n *Node) Bytes() []byte { return n.with(nil, nil, nil) }

// With returns the encoding of a node in which c, a part of it, has other content.
func (n *Node) With(c *Node, content []byte) []byte { return n.with(c, content, nil) }

// with is With; if stated is not nil, it is the length that c's prefix states.
func (n *Node) with(c *Node, content []byte, stated *uint64) []byte {
	var inner []byte
	switch {
	case n == c && content != nil:
		inner = content
	case n.Type.Kind == Struct || n.Type.Kind == Vector:
		for _, child := range n.Children {
			inner = append(inner, child.with(c, content, stated)...)
		}
	default:
		inner = n.Data
	}
	if n.Prefix == 0 {
		return inner
	}
	length := uint64(len(inner))
	if n == c && stated != nil {
		length = *stated
	}
	return slices.Concat(encoded(length, n.Prefix), inner)
}

// encoded returns the last size bytes of n, big-endian.
func encoded(n uint64, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[size-1-i] = byte(n)
		n >>= 8
	}
	return b
}

type varying struct {
	root  *Node
	whole []byte
	all   []Variant
}

func (v *varying) add(field, what string, b []byte) {
	if !bytes.Equal(b, v.whole) {
		v.all = append(v.all, Variant{field, what, b})
	}
}

// visit adds the variants of a node and its parts. The first element of a vector
// stands for all of them.
func (v *varying) visit(n *Node, field string) {
	switch n.Type.Kind {
	case Number, Enum:
		for _, other := range n.others() {
			v.add(field, fmt.Sprintf("is %d", other), v.root.With(n, encoded(other, n.Type.Size)))
		}
	case Opaque, Vector:
		if n.Prefix > 0 {
			v.lengths(n, field)
		}
	}
	if n.Type.Kind != Struct && n != v.root {
		v.add(field, "lacks its last byte", v.root.With(n, cut(n.content())))
		v.add(field, "is followed by a zero byte", v.root.With(n, append(n.content(), 0)))
	}
	for i, c := range n.Children {
		switch {
		case n.Type.Kind == Struct:
			v.visit(c, n.Type.Name+"."+c.Name)
		case i == 0:
			v.visit(c, field)
		}
	}
	if n == v.root {
		v.add(field, "lacks its last byte", cut(slices.Clone(v.whole)))
		v.add(field, "is followed by a zero byte", append(slices.Clone(v.whole), 0))
	}
}

// content returns a copy of a node's bytes, without the prefix and never nil.
func (n *Node) content() []byte { return append([]byte{}, n.Bytes()[n.Prefix:]...) }

func cut(b []byte) []byte { return b[:max(0, len(b)-1)] }

// others are the numbers that a Number or an Enum is given: the ends of its range,
// its neighbours, and the values around those that have names.
func (n *Node) others() []uint64 {
	greatest := uint64(1)<<(8*n.Type.Size-1)<<1 - 1
	all := []uint64{0, n.Number - 1, n.Number + 1, greatest}
	if n.Type.Size == 8 {
		all = append(all, MaxUint64, MaxUint64+1)
	}
	for _, value := range n.Type.Values {
		all = append(all, value.Number, value.Number+1)
	}
	return withinOnce(all, greatest)
}

// lengths adds the variants of a length: those in which only the prefix is
// another, and those in which the content has it.
func (v *varying) lengths(n *Node, field string) {
	b := n.Type.Vector
	representable := uint64(1)<<(8*n.Prefix) - 1
	stated := withinOnce([]uint64{0, n.Stated - 1, n.Stated + 1, b.Min - 1, b.Min, b.Max, b.Max + 1, representable}, representable)
	for _, length := range stated {
		v.add(field, fmt.Sprintf("states %d bytes and has %d", length, n.Length), v.root.with(n, nil, &length))
	}
	if n.Type.Kind == Vector {
		for i, c := range n.Children {
			at, end := c.Offset-n.Offset-n.Prefix, c.End()-n.Offset-n.Prefix
			content := n.content()
			v.add(field, fmt.Sprintf("lacks element %d", i), v.root.With(n, slices.Delete(n.content(), at, end)))
			v.add(field, fmt.Sprintf("has element %d twice", i), v.root.With(n, slices.Insert(n.content(), end, content[at:end]...)))
		}
		return
	}
	for _, length := range withinOnce([]uint64{0, b.Min - 1, b.Min, b.Max, b.Max + 1}, min(representable, longest)) {
		v.add(field, fmt.Sprintf("has %d bytes", length), v.root.With(n, resized(n.content(), int(length))))
	}
}

// longest is up to how many bytes a variant is made longer.
const longest = 1 << 11

// withinOnce returns each of the numbers once, without those that are too great.
func withinOnce(all []uint64, greatest uint64) []uint64 {
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(n uint64) bool { return n > greatest })
}

// resized cuts b, or repeats its last byte.
func resized(b []byte, n int) []byte {
	if n <= len(b) {
		return b[:n]
	}
	last := byte('a')
	if len(b) > 0 {
		last = b[len(b)-1]
	}
	return append(b, bytes.Repeat([]byte{last}, n-len(b))...)
}
