package vectors

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/spec"
)

// diff returns the difference of two objects once decoded.
func diff(a, b Object) string { return cmp.Diff(a, b) }

// example is a file with a case of every shape.
func example() File {
	key := strings.Repeat("00", 32)
	return File{
		Format: Format, Subject: "cobblestone", Notes: map[string]Note{"cut": {"bytes are missing"}},
		Cases: []Case{
			{
				ID: "cobblestone/empty", Comment: "An empty message.", Requirements: []string{"CON-1"}, Profiles: []string{"reader"},
				Op: "cobblestone.open", Input: Object{"key": key, "context": "<&>", "message": "00*72"},
				Result: Valid, Output: Object{"plaintext": ""}, Intermediates: Object{"commitment": "0011"},
			},
			{
				ID: "cobblestone/cut", Comment: "A message that was cut.", Requirements: []string{"CON-1"}, Flags: []string{"cut"},
				Profiles: []string{"reader"}, Op: "cobblestone.open", Input: Object{"key": key, "context": "<&>", "message": "00*71"},
				Result: Invalid, Error: "truncated", Released: &Released{0, strings.Repeat("00", 64)},
				Parent: "cobblestone/empty", Edit: &Edit{"cut", "message", []Splice{{71, "00", ""}}},
			},
		},
	}
}

// Decode returns what was encoded, and the schema accepts it.
func TestEncodeDecode(t *testing.T) {
	data, err := Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	if err := Validate(data); err != nil {
		t.Error(err)
	}
	f, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), f, cmp.Comparer(func(a, b json.Number) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

// Decode refuses what is not exactly an encoding: each change to a good file.
func TestDecodeStrict(t *testing.T) {
	good, err := Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a duplicate key":           {`"subject": "cobblestone"`, `"subject": "x", "subject": "cobblestone"`},
		"a duplicate key of a case": {`"op": "cobblestone.open"`, `"op": "key.parse", "op": "cobblestone.open"`},
		"a duplicate key of input":  {`"context": "<&>"`, `"context": "", "context": "<&>"`},
		"a key in other case":       {`"subject"`, `"Subject"`},
		"an unknown key":            {`"subject"`, `"extra": 1, "subject"`},
		"an unknown key of a case":  {`"result": "valid"`, `"result": "valid", "tcId": 1`},
		"null":                      {`"result": "valid"`, `"result": "valid", "error": null`},
		"white space":               {`"op": `, `"op":  `},
		"another format":            {Format, "coffer-vectors/2"},
		"an escape":                 {"<&>", `\u003c&>`},
		"something behind":          {"}\n]\n}\n", "}\n]\n}\n{}"},
		"no line feed":              {"  ]\n}\n", "  ]\n}"},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if name == "something behind" {
			bad = string(good) + "{}"
		} else if bad == string(good) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// The schema ties the fields of a case together: each change makes it refuse.
func TestSchemaRefuses(t *testing.T) {
	for name, change := range map[string]func(*File){
		"no cases":                      func(f *File) { f.Cases = nil },
		"an unknown subject":            func(f *File) { f.Subject = "vaults" },
		"a note of no flag's form":      func(f *File) { f.Notes["A b"] = Note{"x"} },
		"an id without subject":         func(f *File) { f.Cases[0].ID = "empty" },
		"an id with a capital":          func(f *File) { f.Cases[0].ID = "cobblestone/Empty" },
		"a comment without a full stop": func(f *File) { f.Cases[0].Comment = "x" },
		"no requirement":                func(f *File) { f.Cases[0].Requirements = []string{} },
		"an unknown profile":            func(f *File) { f.Cases[0].Profiles = []string{"set"} },
		"an unknown op":                 func(f *File) { f.Cases[0].Op = "cobblestone.close" },
		"an input of another op":        func(f *File) { f.Cases[0].Op = "cobblestone.read" },
		"an input too many":             func(f *File) { f.Cases[0].Input["x"] = 1 },
		"a short key":                   func(f *File) { f.Cases[0].Input["key"] = "00" },
		"bytes in capitals":             func(f *File) { f.Cases[0].Input["message"] = "AB" },
		"an output of another op":       func(f *File) { f.Cases[0].Output = Object{"key": strings.Repeat("00", 32)} },
		"valid without an output":       func(f *File) { f.Cases[0].Output = nil },
		"valid with an error":           func(f *File) { f.Cases[0].Error = "truncated" },
		"valid with released":           func(f *File) { f.Cases[0].Released = f.Cases[1].Released },
		"invalid with an output":        func(f *File) { f.Cases[1].Output = f.Cases[0].Output },
		"invalid without an error":      func(f *File) { f.Cases[1].Error = "" },
		"an unknown error":              func(f *File) { f.Cases[1].Error = "bad" },
		"invalid without released":      func(f *File) { f.Cases[1].Released = nil },
		"invalid without a parent":      func(f *File) { f.Cases[1].Parent = "" },
		"invalid without an edit":       func(f *File) { f.Cases[1].Edit = nil },
		"invalid without either":        func(f *File) { f.Cases[1].Parent, f.Cases[1].Edit = "", nil },
		"an unknown edit":               func(f *File) { f.Cases[1].Edit.Kind = "break" },
		"an edit that changes nothing":  func(f *File) { f.Cases[1].Edit.Splices = []Splice{} },
		"an intermediate of text":       func(f *File) { f.Cases[0].Intermediates["commitment"] = "x" },
		"released of an op that does not": func(f *File) {
			f.Cases[1].Op = "container.unlock"
			f.Cases[1].Input = Object{"container": "", "secret": Object{"kind": "key", "key": strings.Repeat("00", 32)}}
		},
	} {
		f := example()
		change(&f)
		data, err := Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := Validate(data); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// The schema knows the errors of chapter 11, and the subjects and byte strings
// that this package knows.
func TestSchemaAgrees(t *testing.T) {
	var s struct {
		Properties struct {
			Subject struct{ Enum []string }
		}
		Defs map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Subjects, s.Properties.Subject.Enum); diff != "" {
		t.Errorf("subjects: %s", diff)
	}
	names := s.Defs["error"].(Object)["enum"].([]any)
	var errors []string
	for _, n := range names {
		errors = append(errors, n.(string))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(spec.ErrorNames())), slices.Sorted(slices.Values(errors))); diff != "" {
		t.Errorf("errors: %s", diff)
	}

	isBytes := map[string]bool{}
	for name, def := range s.Defs {
		if strings.HasPrefix(name, "input:") || strings.HasPrefix(name, "output:") ||
			slices.Contains([]string{"secret", "newSlot", "slot", "salvaged", "restored", "data", "excerpted"}, name) {
			collectStrings(t, def, "", isBytes)
		}
	}
	for name, is := range isBytes {
		if is != IsBytes(name) {
			t.Errorf("%s: the schema says bytes: %v, IsBytes: %v", name, is, IsBytes(name))
		}
	}
	for name := range byteFields {
		if !isBytes[name] {
			t.Errorf("no field of the schema is called %s", name)
		}
	}
}

// collectStrings notes for every property that may be a string whether it is a
// byte string.
func collectStrings(t *testing.T, def any, name string, found map[string]bool) {
	note := func(is bool) {
		if before, ok := found[name]; ok && before != is {
			t.Errorf("%s is a byte string here and a text there", name)
		}
		if name != "" {
			found[name] = is
		}
	}
	switch def := def.(type) {
	case []any:
		for _, d := range def {
			collectStrings(t, d, name, found)
		}
	case Object:
		switch ref, _ := def["$ref"].(string); {
		case strings.HasPrefix(ref, "#/$defs/bytes"), ref == "#/$defs/data", ref == "#/$defs/excerpted":
			note(true)
		}
		if def["type"] == "string" {
			note(false)
		}
		for key, d := range def {
			switch key {
			case "properties":
				for property, d := range d.(Object) {
					collectStrings(t, d, property, found)
				}
			case "items", "oneOf", "prefixItems":
				collectStrings(t, d, name, found)
			}
		}
	}
}

// Only case files and the schema lie in this folder.
func TestFolder(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, isJSON := strings.CutSuffix(e.Name(), ".json")
		if isJSON && name != "schema" && !slices.Contains(Subjects, name) {
			t.Errorf("%s is of no subject", e.Name())
		}
	}
}

// README.md lists the names of byte strings.
func TestReadmeByteFields(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(data), "these fields hold byte strings, and all others text: ")
	list, _, _ = strings.Cut(list, ". `coffer-dev conform`")
	var names []string
	for _, name := range strings.Split(list, ",") {
		names = append(names, strings.Trim(name, " \n`"))
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(byteFields)), names); diff != "" {
		t.Error(diff)
	}
}
