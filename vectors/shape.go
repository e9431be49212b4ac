package vectors

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// shape says in the words of the protocol where a value does not have the shape
// that a definition of schema.json gives it.
type shape struct {
	defs map[string]*jsonschema.Schema
}

// differs returns the first place, in the order of the fields' names, at which v
// differs, and how; at is the name of v's own place. It is "" for what has the
// shape.
func (s shape) differs(at string, v any, want *jsonschema.Schema) string {
	want = s.resolved(want)
	if len(want.OneOf) > 0 {
		return s.differsFromAll(at, v, want.OneOf)
	}
	switch v := v.(type) {
	case Object:
		if want.Type == "object" {
			return s.fieldsDiffer(at, v, want)
		}
	case []any:
		if want.Type == "array" && want.Items != nil {
			for i, item := range v {
				if d := s.differs(fmt.Sprintf("%s[%d]", at, i), item, want.Items); d != "" {
					return d
				}
			}
		}
	}
	if s.fits(v, want) {
		return ""
	}
	return fmt.Sprintf("%s: %s, want %s", at, s.named(v), s.wanted(want))
}

// fits reports whether a value fits a shape but for what it holds.
func (s shape) fits(v any, want *jsonschema.Schema) bool {
	if list, ok := v.([]any); ok {
		for i, item := range list[:min(len(list), len(want.PrefixItems))] {
			if s.differs("", item, want.PrefixItems[i]) != "" {
				return false
			}
		}
	}
	alone := *want.CloneSchemas()
	alone.Items, alone.PrefixItems, alone.Properties, alone.Required, alone.AdditionalProperties = nil, nil, nil, nil, nil
	return resolve(&alone).Validate(v) == nil
}

func (s shape) fieldsDiffer(at string, v Object, want *jsonschema.Schema) string {
	for _, name := range want.Required {
		if _, ok := v[name]; !ok {
			return fmt.Sprintf("%s lacks %s", at, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		field, ok := want.Properties[name]
		if !ok {
			return fmt.Sprintf("%s has %q, and may have only %s", at, name, strings.Join(slices.Sorted(maps.Keys(want.Properties)), ", "))
		}
		if d := s.differs(at+"."+name, v[name], field); d != "" {
			return d
		}
	}
	return ""
}

// differsFromAll is differs for a value that may have one of several shapes. Of
// objects that may be of several kinds, the difference is that from the shape
// with the same kind or type.
func (s shape) differsFromAll(at string, v any, shapes []*jsonschema.Schema) string {
	var wanted []string
	for _, one := range shapes {
		d := s.differs(at, v, one)
		if d == "" {
			return ""
		}
		if s.sameKind(v, s.resolved(one)) {
			return d
		}
		wanted = append(wanted, s.wanted(s.resolved(one)))
	}
	return fmt.Sprintf("%s: %s, want %s", at, s.named(v), strings.Join(slices.Compact(wanted), " or "))
}

// sameKind reports whether an object has the constant by which a shape is told
// from the others.
func (s shape) sameKind(v any, want *jsonschema.Schema) bool {
	o, ok := v.(Object)
	if !ok {
		return false
	}
	for name, field := range want.Properties {
		if field.Const != nil && fmt.Sprint(*field.Const) == fmt.Sprint(o[name]) {
			return true
		}
	}
	return false
}

func (s shape) resolved(want *jsonschema.Schema) *jsonschema.Schema {
	for want.Ref != "" {
		want = s.defs[strings.TrimPrefix(want.Ref, "#/$defs/")]
	}
	return want
}

// named says what a value of JSON is.
func (s shape) named(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case string:
		if len(v) > 40 {
			return fmt.Sprintf("a string of %d characters (%.40q...)", len(v), v)
		}
		return fmt.Sprintf("the string %q", v)
	case []any:
		return "an array"
	case Object:
		return "an object"
	}
	return fmt.Sprintf("the number %v", v)
}

// wanted says what a shape is.
func (s shape) wanted(want *jsonschema.Schema) string {
	switch {
	case want.Const != nil:
		return fmt.Sprintf("%q", fmt.Sprint(*want.Const))
	case len(want.Enum) > 0:
		var values []string
		for _, v := range want.Enum {
			values = append(values, fmt.Sprint(v))
		}
		return "one of " + strings.Join(values, ", ")
	case want.Type == "array" && want.Items != nil:
		return "an array, each element " + s.wanted(s.resolved(want.Items))
	case want.Type == "object":
		return "an object with " + strings.Join(want.Required, ", ")
	case want.Type == "integer":
		return "an integer from 0 on"
	case want.Type == "null":
		return "null"
	case want.Type == "string" && want.Pattern != "":
		var digits int
		if n, _ := fmt.Sscanf(want.Pattern, "^[0-9a-f]{%d}$", &digits); n == 1 {
			return fmt.Sprintf("%d bytes in lower-case hexadecimal", digits/2)
		}
		return "bytes in lower-case hexadecimal"
	case want.Type == "boolean":
		return "true or false"
	}
	return "a " + want.Type
}
