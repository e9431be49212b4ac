package annotate

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/grammar"
	"github.com/coffer-format/coffer/vectors"
)

// Every field that a file can have and that has no parts has a meaning and a requirement, and no other has one.
func TestMeanings(t *testing.T) {
	stated := map[string]bool{}
	for _, r := range spec.Requirements() {
		stated[r.ID] = true
	}
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for name := range meanings {
		left[name] = true
	}
	need := func(name string) {
		if meanings[name].phrase == "" {
			t.Errorf("%s has no meaning", name)
		}
		if rule := meanings[name].rule; !stated[rule] {
			t.Errorf("%s: there is no requirement %q", name, rule)
		}
		delete(left, name)
	}
	for _, typ := range g.Types {
		if typ.Place.File == "18-vault.md" { // messages, which no file holds
			continue
		}
		if typ.Kind == grammar.Opaque {
			need(typ.Name)
		}
		for _, f := range typ.Fields {
			name := typ.Name + "." + f.Name
			if f.Type.Kind != grammar.Struct && f.Type.Kind != grammar.Vector && f.Name != "sealed_key" && name != "Slot.body" {
				need(name)
			}
		}
	}
	for name := range left {
		t.Errorf("%s is no field", name)
	}
}

// The fields of every container among the vectors, damaged ones included, tile it.
func TestTiles(t *testing.T) {
	for id, container := range containers(t) {
		fields, err := Container(bytes.NewReader(container), int64(len(container)))
		if err != nil {
			t.Fatal(id, err)
		}
		checkTiles(t, id, fields, int64(len(container)))
	}
}

func checkTiles(t *testing.T, id string, fields []Field, size int64) {
	t.Helper()
	at := int64(0)
	for _, f := range fields {
		if f.Offset != at || f.Length < 1 || f.Name == "" || f.Meaning == "" {
			t.Errorf("%s: at %d: %+v", id, at, f)
		}
		at = f.Offset + f.Length
	}
	if at != size {
		t.Errorf("%s: the fields take %d of %d bytes", id, at, size)
	}
}

func containers(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, found, take := map[string][]byte{}, 0, thorough.ShortOneIn(t, 4)
	for _, f := range files {
		for _, c := range f.Cases {
			if _, ok := c.Input["container"].(string); !ok { // none, or a recipe for what is too long
				continue
			}
			if found++; !take() {
				continue
			}
			container, err := vectors.Field(c.Input, "container")
			if err != nil {
				t.Fatal(err)
			}
			all[c.ID] = container
		}
	}
	if found < 500 {
		t.Fatalf("%d containers were found", found)
	}
	return all
}

// Of many chunks, those in the middle are one field.
func TestManyChunks(t *testing.T) {
	head, _ := dumped(t, "15.7")
	long := append(head[:322:322], make([]byte, 10*sealedChunkSize+100)...)
	fields, err := Container(bytes.NewReader(long), int64(len(long)))
	if err != nil {
		t.Fatal(err)
	}
	checkTiles(t, "long", fields, int64(len(long)))
	var names []string
	for _, f := range fields {
		if strings.HasPrefix(f.Name, "payload.") {
			names = append(names, strings.TrimPrefix(f.Name, "payload."))
		}
	}
	want := "salt commitment chunks[0].ciphertext chunks[0].tag chunks[1..9] chunks[10].ciphertext chunks[10].tag"
	if diff := cmp.Diff(strings.Fields(want), names); diff != "" {
		t.Error(diff)
	}
}
