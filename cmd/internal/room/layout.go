package room

import (
	"fmt"
	"html/template"
	"math"
	"math/bits"
	"regexp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec/grammar"
)

var (
	structureWord = regexp.MustCompile(`//[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9]+`)
	languageWords = []string{"struct", "enum", "select", "case", "opaque"}
)

// structures shows definitions in the TLS presentation language, with links to
// the types.
func (b *builder) structures(code string) string {
	var out strings.Builder
	at := 0
	for _, m := range structureWord.FindAllStringIndex(code, -1) {
		out.WriteString(template.HTMLEscapeString(code[at:m[0]]))
		at = m[1]
		word := code[m[0]:m[1]]
		t, isType := b.grammar.Lookup(word)
		switch {
		case strings.HasPrefix(word, "//"):
			fmt.Fprintf(&out, `<span class="c">%s</span>`, template.HTMLEscapeString(word))
		case slices.Contains(languageWords, word), isType && t.Place.File == "":
			fmt.Fprintf(&out, `<span class="k">%s</span>`, word)
		case isType:
			fmt.Fprintf(&out, `<a href="%s">%s</a>`, typePlace(t), word)
		case word[0] <= '9':
			fmt.Fprintf(&out, `<span class="n">%s</span>`, word)
		default:
			out.WriteString(word)
		}
	}
	out.WriteString(template.HTMLEscapeString(code[at:]))
	return out.String()
}

// typePlace returns where the layout of a type is drawn.
func typePlace(t *grammar.Type) string { return pageOf(t.Place.File) + "#t-" + t.Name }

// layout draws the bytes of a type.
func (b *builder) layout(t *grammar.Type) string {
	var out strings.Builder
	fmt.Fprintf(&out, `<figure class="layout" id="t-%s"><figcaption><b>%s</b> <span class="soft">%s</span></figcaption>`, t.Name, t.Name, inBytes(t))
	switch t.Kind {
	case grammar.Enum:
		out.WriteString(`<div class="bytes">`)
		for _, v := range t.Values {
			fmt.Fprintf(&out, `<div class="box enum value"><span class="name">%s</span><span class="size">%d</span></div>`, v.Name, v.Number)
		}
		out.WriteString(`</div>`)
	case grammar.Struct:
		if t.Select == nil {
			boxes(&out, t.Fields)
			break
		}
		for _, c := range t.Select.Cases {
			boxes(&out, chosen(t, c))
		}
	default:
		boxes(&out, []grammar.Field{{Name: t.Name, Type: t}})
	}
	out.WriteString(`</figure>`)
	return out.String()
}

// chosen returns the fields of a structure in one case of its select, which is
// where the field that decides has one value only.
func chosen(t *grammar.Type, c grammar.Case) []grammar.Field {
	fields := slices.Clone(t.Fields)
	for i, f := range fields {
		for _, v := range f.Type.Values {
			if f.Name == t.Select.Field && v.Name == c.Value {
				fields[i].Constant = &v.Number
			}
		}
	}
	return append(fields, grammar.Field{Name: c.Value, Type: c.Type})
}

// boxes draws fields one after the other, each with its offset above, its name,
// and its length in bytes below.
func boxes(out *strings.Builder, fields []grammar.Field) {
	out.WriteString(`<div class="bytes">`)
	known, lengths := uint64(0), "" // the offset: bytes, and the names of lengths
	offset := func() string {
		if known == 0 && lengths != "" {
			return strings.TrimPrefix(lengths, " + ")
		}
		return fmt.Sprint(known) + lengths
	}
	for _, f := range fields {
		least, most := size(f.Type)
		if v := f.Type.Vector; v != nil && v.Prefix > 0 {
			box(out, "prefix", offset(), "length", "", fmt.Sprint(v.Prefix), uint64(v.Prefix))
			known += uint64(v.Prefix)
			least, most = least-uint64(v.Prefix), most-uint64(v.Prefix)
		}
		label := extent(least, most)
		if v := f.Type.Vector; v != nil && v.Counted != "" {
			label = v.Counted
		}
		box(out, kindClass(f.Type), offset(), f.Name, typeLink(f), label, most)
		if least == most {
			known += least
		} else {
			lengths += " + " + f.Name
		}
	}
	out.WriteString(`</div>`)
}

func box(out *strings.Builder, class, offset, name, about, size string, weight uint64) {
	// Logarithms: a field of 64 bytes is wider than one of 2, and both can be read.
	fmt.Fprintf(out, `<div class="box %s w%d"><span class="offset">%s</span><span class="name">%s</span>%s<span class="size">%s</span></div>`,
		class, min(bits.Len64(weight), 8), offset, name, about, size)
}

// typeLink names the type or the constant of a field.
func typeLink(f grammar.Field) string {
	t := f.Type
	if t.Kind == grammar.Vector && t.Of != nil && t.Name == "" {
		t = t.Of
	}
	switch {
	case f.Constant != nil:
		return fmt.Sprintf(`<span class="type">= %d</span>`, *f.Constant)
	case t.Place.File != "" && t.Name != "" && t.Name != f.Name:
		return fmt.Sprintf(`<a class="type" href="%s">%s</a>`, typePlace(t), t.Name)
	case t.Kind == grammar.Number:
		return fmt.Sprintf(`<span class="type">%s</span>`, t.Name)
	}
	return ""
}

func kindClass(t *grammar.Type) string {
	return [...]string{grammar.Number: "number", grammar.Opaque: "opaque", grammar.Enum: "enum", grammar.Struct: "struct", grammar.Vector: "vector"}[t.Kind]
}

// size returns the least and the greatest length of a type in bytes; the latter
// is math.MaxUint64 if only another field bounds it.
func size(t *grammar.Type) (least, most uint64) {
	switch {
	case t.Kind == grammar.Number || t.Kind == grammar.Enum:
		return uint64(t.Size), uint64(t.Size)
	case t.Vector != nil && t.Vector.Counted != "":
		return 0, math.MaxUint64
	case t.Vector != nil:
		return uint64(t.Vector.Prefix) + t.Vector.Min, uint64(t.Vector.Prefix) + t.Vector.Max
	}
	for _, f := range t.Fields {
		l, m := size(f.Type)
		least, most = least+l, sum(most, m)
	}
	if t.Select != nil {
		leastCase, mostCase := uint64(math.MaxUint64), uint64(0)
		for _, c := range t.Select.Cases {
			l, m := size(c.Type)
			leastCase, mostCase = min(leastCase, l), max(mostCase, m)
		}
		least, most = least+leastCase, sum(most, mostCase)
	}
	return least, most
}

func sum(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}

// inBytes says how long a type is.
func inBytes(t *grammar.Type) string {
	least, most := size(t)
	if most == 1 {
		return "1 byte"
	}
	return extent(least, most) + " bytes"
}

func extent(least, most uint64) string {
	switch {
	case least == most:
		return fmt.Sprint(least)
	case most == math.MaxUint64:
		return fmt.Sprintf("from %d", least)
	default:
		return fmt.Sprintf("%d to %s", least, figure(most))
	}
}

// figure writes a number, and a power of two above 2^20 as one.
func figure(n uint64) string {
	if n > 1<<20 && bits.OnesCount64(n) == 1 {
		return fmt.Sprintf("2<sup>%d</sup>", bits.Len64(n)-1)
	}
	return fmt.Sprint(n)
}
