package fuzz

import (
	"encoding/json"
	"maps"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// unaltered are the fields whose values are names.
var unaltered = []string{"kind", "type", "platform"}

// leaf is a value within an input, and what puts another in its place.
type leaf struct {
	name string
	at   []any // the names and indices that lead to it
	v    any
}

// leaves returns the values of an input that can be altered, in a fixed order.
func leaves(v any, name string, at []any) []leaf {
	var all []leaf
	switch v := v.(type) {
	case vectors.Object:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if _, isName := v[k].(string); !isName || !slices.Contains(unaltered, k) {
				all = append(all, leaves(v[k], k, append(slices.Clone(at), k))...)
			}
		}
	case []any:
		all = append(all, leaf{name, at, v})
		for i, e := range v {
			all = append(all, leaves(e, name, append(slices.Clone(at), i))...)
		}
	case string, json.Number:
		all = append(all, leaf{name, at, v})
	}
	return all
}

// put puts a value in the place of the leaf at the names and indices.
func put(v any, at []any, by any) any {
	if len(at) == 0 {
		return by
	}
	switch v := v.(type) {
	case vectors.Object:
		if e, ok := v[at[0].(string)]; ok {
			v[at[0].(string)] = put(e, at[1:], by)
		}
	case []any:
		if i := at[0].(int); i < len(v) {
			v[i] = put(v[i], at[1:], by)
		}
	}
	return v
}

// get returns the value at the names and indices, nil if there is none.
func get(v any, at []any) any {
	for _, step := range at {
		switch in := v.(type) {
		case vectors.Object:
			v = in[step.(string)]
		case []any:
			v = nil
			if i := step.(int); i < len(in) {
				v = in[i]
			}
		default:
			v = nil
		}
	}
	return v
}

var (
	interestingNumbers = []string{"0", "1", "2", "255", "16383", "16384", "16385", "4503599627370495", "4503599627370496", "9007199254740991", "-1", "-2251799813685247", "-2251799813685248", "2251799813685247", "2251799813685248"}
	interestingTexts   = []string{
		"\x00", "/", "..", ".", "\\", ":", "\x7f", "\u0080", "\u009f", "\u00a0", "e\u0301", "\u0301", "漢", "😀", "\u2028", "A", "f", "g", "-", " ", "\t", "CON", "0",
	}
)

// alter returns what alters a value of the leaf's type.
func (l leaf) alter(r *rand.Rand) func(v any) any {
	switch v := l.v.(type) {
	case json.Number:
		n := json.Number(drawn.OneOf(r, interestingNumbers...))
		return func(any) any { return n }
	case []any:
		f := forge.Forgery{Pick: r.Intn(16), Alteration: forge.Alteration{To: r.Intn(16), N: r.Intn(3)}}
		return func(v any) any {
			if list, ok := v.([]any); ok && len(list) > 0 {
				return copied(forge.Listed(f, list))
			}
			return v
		}
	case string:
		if vectors.IsBytes(l.name) {
			b := inputs.Unhex(v)
			a := forge.DrawAlteration(r, len(b), bordersOf(l.name, b))
			return func(v any) any { return inputs.Hex(a.Apply(inputs.Unhex(v))) }
		}
		a, more := forge.DrawAlteration(r, len(v), nil), drawn.OneOf(r, interestingTexts...)
		return func(v any) any { return alterText(v.(string), a, more) }
	}
	return func(v any) any { return v } // unreachable: leaves has no others
}

func bordersOf(name string, b []byte) []int {
	switch name {
	case "container":
		return append(forge.ContainerBorders(b), len(b)-cobblestone.TagSize, len(b))
	case "message":
		return append(forge.MessageBorders(0), len(b)-cobblestone.TagSize, len(b))
	}
	return []int{0, len(b)}
}

// alterText alters a text, which stays UTF-8.
func alterText(text string, a forge.Alteration, more string) string {
	b := []byte(text)
	if a.Kind == "set" || a.Kind == "insert" || a.Kind == "count" {
		at := a.At % (len(b) + 1)
		b = slices.Insert(b, at, []byte(more)...)
	} else {
		b = a.Apply(b)
	}
	return strings.ToValidUTF8(string(b), "?")
}
