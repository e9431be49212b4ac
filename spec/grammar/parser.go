package grammar

import (
	"fmt"
	"strconv"
	"strings"
	"text/scanner"

	"github.com/coffer-format/coffer/spec"
)

// undefined is the kind of a type that was used and not defined yet.
const undefined Kind = -1

// parser reads one block. Its methods panic with a syntaxError.
type parser struct {
	g     *Grammar
	place spec.Place
	s     scanner.Scanner
	token rune
}

type syntaxError struct{ error }

func newParser(g *Grammar, b spec.Code) *parser {
	p := &parser{g: g, place: b.Place}
	p.s.Init(strings.NewReader(b.Text))
	p.s.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanComments | scanner.SkipComments
	p.s.Error = func(*scanner.Scanner, string) {} // what it complains of is a token that nothing expects
	return p
}

func (p *parser) fail(format string, args ...any) {
	line := p.place.Line + p.s.Position.Line // the fence stands on the line before the text
	panic(syntaxError{fmt.Errorf("%s:%d: %s", p.place.File, line, fmt.Sprintf(format, args...))})
}

func (p *parser) next() { p.token = p.s.Scan() }

func (p *parser) definitions() (err error) {
	defer func() {
		if e, ok := recover().(syntaxError); ok {
			err = e.error
		}
	}()
	for p.next(); p.token != scanner.EOF; {
		switch p.s.TokenText() {
		case "enum":
			p.enum()
		case "struct":
			p.structure()
		default:
			f := p.field(nil)
			p.define(f.Name, *f.Type)
		}
		p.expect(";")
	}
	return nil
}

// enum { password(1), vault(2), (65535) } Name
func (p *parser) enum() {
	p.next()
	t := Type{Kind: Enum}
	greatest := uint64(0)
	p.expect("{")
	for {
		name := ""
		if p.token == scanner.Ident {
			name = p.name()
		}
		p.expect("(")
		n := p.number()
		p.expect(")")
		greatest = max(greatest, n)
		if name != "" {
			if t.ValueName(n) != "" {
				p.fail("the value %d has two names", n)
			}
			t.Values = append(t.Values, Value{name, n})
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	t.Size = bytesFor(greatest)
	p.define(p.name(), t)
}

// struct { fields; select (field) { case value: Type; } } Name
func (p *parser) structure() {
	p.next()
	t := Type{Kind: Struct}
	p.expect("{")
	for !p.accept("}") {
		if t.Select != nil {
			p.fail("nothing may follow a select")
		}
		if p.token == scanner.Ident && p.s.TokenText() == "select" {
			t.Select = p.selection()
		} else {
			t.Fields = append(t.Fields, p.field(t.Fields))
		}
		p.expect(";")
	}
	p.define(p.name(), t)
}

func (p *parser) selection() *Select {
	p.next()
	p.expect("(")
	s := &Select{Field: p.name()}
	p.expect(")")
	p.expect("{")
	for !p.accept("}") {
		p.expect("case")
		c := Case{Value: p.name()}
		p.expect(":")
		c.Type = p.reference(p.name())
		p.expect(";")
		s.Cases = append(s.Cases, c)
	}
	return s
}

// field reads "T x", "T x = 1", "T x[8]", "T x<0..8>" and "T x[size]", where size
// is one of the fields before.
func (p *parser) field(before []Field) Field {
	typeName := p.name()
	f := Field{Name: p.name()}
	bounds := p.bounds(before)
	switch {
	case typeName == "opaque" && bounds == nil:
		p.fail("opaque %s has no length", f.Name)
	case typeName == "opaque":
		f.Type = &Type{Kind: Opaque, Vector: bounds}
	case bounds != nil:
		f.Type = &Type{Kind: Vector, Vector: bounds, Of: p.reference(typeName)}
	default:
		f.Type = p.reference(typeName)
	}
	if p.accept("=") {
		if f.Type.Kind != Number {
			p.fail("%s is a constant and not a number", f.Name)
		}
		n := p.number()
		f.Constant = &n
	}
	return f
}

func (p *parser) bounds(before []Field) *Bounds {
	switch {
	case p.accept("["):
		b := &Bounds{}
		if p.token == scanner.Ident {
			b.Counted = p.name()
			for p.accept(".") {
				b.Counted += "." + p.name()
			}
			b.Max = 1<<64 - 1
		} else {
			b.Min = p.number()
			b.Max = b.Min
		}
		p.expect("]")
		return b
	case p.accept("<"):
		b := &Bounds{Min: p.number()}
		p.expect(".")
		p.expect(".")
		b.Max = p.number()
		p.expect(">")
		if b.Min > b.Max {
			p.fail("the bounds %d..%d contain nothing", b.Min, b.Max)
		}
		b.Prefix = bytesFor(b.Max)
		return b
	}
	return nil
}

// reference returns the type of a name, which may be defined later.
func (p *parser) reference(name string) *Type {
	t := p.g.names[name]
	if t == nil {
		t = &Type{Name: name, Kind: undefined, Place: p.here()}
		p.g.names[name] = t
	}
	return t
}

func (p *parser) here() spec.Place {
	place := p.place
	place.Line += p.s.Position.Line
	return place
}

// define fills in the type of a name, to which fields may point already.
func (p *parser) define(name string, t Type) {
	known := p.reference(name)
	if known.Kind != undefined {
		p.fail("%s is defined twice", name)
	}
	t.Name, t.Place = name, p.place
	*known = t
	p.g.Types = append(p.g.Types, known)
}

func (p *parser) accept(text string) bool {
	if p.s.TokenText() != text {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.fail("%q stands where %q is expected", p.s.TokenText(), text)
	}
}

func (p *parser) name() string {
	name := p.s.TokenText()
	if p.token != scanner.Ident {
		p.fail("%q stands where a name is expected", name)
	}
	p.next()
	return name
}

func (p *parser) number() uint64 {
	n, err := strconv.ParseUint(p.s.TokenText(), 10, 64)
	if err != nil {
		p.fail("%q stands where a number is expected", p.s.TokenText())
	}
	p.next()
	return n
}

// bytesFor returns the fewest bytes that can hold n.
func bytesFor(n uint64) int {
	size := 1
	for n >>= 8; n > 0; n >>= 8 {
		size++
	}
	return size
}
