// Package grammar reads the structures of the specification from its blocks in
// the TLS presentation language (RFC 8446, section 3; spec section 2.4), and
// decodes bytes by them. It knows nothing of Coffer but what these blocks say,
// and is there to be compared with programs that do.
package grammar

import (
	"fmt"
	"sync"

	"github.com/coffer-format/coffer/spec"
)

// Grammar is a set of types that refer to each other by name.
type Grammar struct {
	Types []*Type // in the order of their definition
	names map[string]*Type
}

// Kind says what a type is.
type Kind int

// The kinds of types.
const (
	Number Kind = iota // uint8, uint16, uint32, uint64
	Opaque             // bytes without a meaning here
	Enum               // a number whose values have names
	Struct             // fields, one after the other
	Vector             // another type, as often as its bytes go
)

// Type is a type of the language. Which fields are set depends on the kind.
type Type struct {
	Name  string // "" for a vector that only one field has
	Kind  Kind
	Place spec.Place // of the block that defines it; zero for a built-in type

	Size   int     // in bytes, of a Number or an Enum
	Values []Value // of an Enum
	Fields []Field // of a Struct
	Select *Select // of a Struct: what follows the fields, or nil
	Vector *Bounds // of an Opaque or a Vector: how long it is
	Of     *Type   // of a Vector
}

// Value is a value of an Enum.
type Value struct {
	Name   string
	Number uint64
}

// Field is a field of a Struct.
type Field struct {
	Name     string
	Type     *Type
	Constant *uint64 // the only value that the field may have, or nil
}

// Bounds are the length of an Opaque or a Vector in bytes.
type Bounds struct {
	Min, Max uint64 // equal if the length is fixed
	Prefix   int    // bytes of the length that precedes it, 0 if there is none
	Counted  string // the earlier number of the same Struct that has the length, as "size" or "entry.size", or a name in computed
}

// Select is the end of a Struct that depends on an earlier field of it.
type Select struct {
	Field string
	Cases []Case
}

// Case is what a Struct ends in when the field has the value of this name.
type Case struct {
	Value string
	Type  *Type
}

// Lookup returns the type of a name.
func (g *Grammar) Lookup(name string) (*Type, bool) {
	t, ok := g.names[name]
	return t, ok
}

// Load returns the grammar of the specification. Error: a block does not follow
// the language, with the file and the line.
func Load() (*Grammar, error) { return load() }

var load = sync.OnceValues(func() (*Grammar, error) {
	var blocks []spec.Code
	for _, c := range spec.CodeBlocks() {
		if c.Language == "tls" {
			blocks = append(blocks, c)
		}
	}
	return Read(blocks)
})

// Read returns the grammar of some blocks. A type may be used before it is
// defined.
func Read(blocks []spec.Code) (*Grammar, error) {
	g := &Grammar{names: map[string]*Type{}}
	for name, size := range map[string]int{"uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8} {
		g.names[name] = &Type{Name: name, Kind: Number, Size: size}
	}
	for _, b := range blocks {
		p := newParser(g, b)
		if err := p.definitions(); err != nil {
			return nil, err
		}
	}
	if len(g.Types) == 0 {
		return nil, fmt.Errorf("there is no block marked tls")
	}
	for name, t := range g.names {
		if t.Kind == undefined {
			return nil, fmt.Errorf("%s:%d: there is no type %s", t.Place.File, t.Place.Line, name)
		}
	}
	return g, g.checkReferences()
}

// checkReferences makes sure that what names a field or a value names one.
func (g *Grammar) checkReferences() error {
	for _, t := range g.Types {
		if t.Kind != Struct {
			continue
		}
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("%s: the block at line %d: %s: %s", t.Place.File, t.Place.Line, t.Name, fmt.Sprintf(format, args...))
		}
		for i, f := range t.Fields {
			if v := f.Type.Vector; v != nil && v.Counted != "" {
				counter := find(t.Fields[:i], v.Counted)
				if computed[v.Counted] == nil && (counter == nil || counter.Kind != Number) {
					return wrong("%s is as long as %q says, which is no number before it", f.Name, v.Counted)
				}
			}
		}
		if s := t.Select; s != nil {
			enum := find(t.Fields, s.Field)
			if enum == nil || enum.Kind != Enum {
				return wrong("select (%s) is not of an enum", s.Field)
			}
			for _, c := range s.Cases {
				if _, ok := enum.number(c.Value); !ok {
					return wrong("case %s is no value of %s", c.Value, enum.Name)
				}
			}
		}
	}
	return nil
}

func (t *Type) number(name string) (uint64, bool) {
	for _, v := range t.Values {
		if v.Name == name {
			return v.Number, true
		}
	}
	return 0, false
}

// ValueName returns the name of an Enum's value, "" if it has none.
func (t *Type) ValueName(n uint64) string {
	for _, v := range t.Values {
		if v.Number == n {
			return v.Name
		}
	}
	return ""
}
