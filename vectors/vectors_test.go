package vectors_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

func load(t *testing.T) (files []vectors.File, byID map[string]vectors.Case) {
	t.Helper()
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	byID = map[string]vectors.Case{}
	for _, f := range files {
		for _, c := range f.Cases {
			if _, twice := byID[c.ID]; twice {
				t.Errorf("%s: the id occurs twice", c.ID)
			}
			byID[c.ID] = c
		}
	}
	return files, byID
}

// Every case file is one by the schema.
func TestFilesMatchSchema(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 2)
	for _, subject := range vectors.Subjects {
		if !take() {
			continue
		}
		f, err := vectors.FS().Open(subject + ".json")
		if err != nil {
			t.Error(err)
			continue
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(f); err != nil {
			t.Fatal(err)
		}
		if err := vectors.Validate(data.Bytes()); err != nil {
			t.Errorf("%s: %v", subject, err)
		}
	}
}

// What a case names exists: its requirements, flags and parent.
func TestNames(t *testing.T) {
	files, byID := load(t)
	for _, f := range files {
		used := map[string]bool{}
		for _, c := range f.Cases {
			if !strings.HasPrefix(c.ID, f.Subject+"/") {
				t.Errorf("%s: lies in %s.json", c.ID, f.Subject)
			}
			for _, id := range c.Requirements {
				if _, ok := spec.Lookup(id); !ok {
					t.Errorf("%s: there is no [%s]", c.ID, id)
				}
			}
			for _, flag := range c.Flags {
				used[flag] = true
				if f.Notes[flag].Description == "" {
					t.Errorf("%s: the flag %s is not explained", c.ID, flag)
				}
			}
			if c.Parent == "" {
				continue
			}
			if parent, ok := byID[c.Parent]; !ok || parent.Result != vectors.Valid || parent.Op != c.Op {
				t.Errorf("%s: its parent %q is not a valid case of the same op", c.ID, c.Parent)
			}
		}
		for flag := range f.Notes {
			if !used[flag] {
				t.Errorf("%s.json: no case has the flag %s", f.Subject, flag)
			}
		}
	}
}

// Every byte string is written as Bytes writes it.
func TestBytesAreCanonical(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	_, byID := load(t)
	take := thorough.OneIn(t, 4)
	for _, c := range byID {
		if !take() {
			continue
		}
		for _, o := range []vectors.Object{c.Input, c.Output} {
			eachString(o, "", func(name, s string) {
				if vectors.IsBytes(name) {
					checkCanonical(t, c.ID+" "+name, s)
				}
			})
		}
		eachString(c.Intermediates, "", func(name, s string) { checkCanonical(t, c.ID+" "+name, s) })
		if c.Edit != nil {
			for _, s := range c.Edit.Splices {
				checkCanonical(t, c.ID+" remove", s.Remove)
				checkCanonical(t, c.ID+" insert", s.Insert)
			}
		}
	}
}

func eachString(v any, name string, f func(name, s string)) {
	switch v := v.(type) {
	case vectors.Object:
		for k, e := range v {
			eachString(e, k, f)
		}
	case []any:
		for _, e := range v {
			eachString(e, name, f)
		}
	case string:
		f(name, v)
	}
}

func checkCanonical(t *testing.T, where, s string) {
	t.Helper()
	b, err := vectors.Decoded(s)
	if err != nil || vectors.Bytes(b) != s {
		t.Errorf("%s: %.60q is not the notation of its bytes (%v)", where, s, err)
	}
}

// Undoing a case's edit gives its parent, in the field that was edited; every
// other field is the parent's already.
func TestEdits(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	_, byID := load(t)
	take := thorough.OneIn(t, 3)
	for _, c := range byID {
		if c.Edit == nil || !take() {
			continue
		}
		parent := byID[c.Parent]
		before, after := edited(t, parent, c.Edit.Field), edited(t, c, c.Edit.Field)
		if bytes.Equal(before, after) {
			t.Errorf("%s: the edit changes nothing", c.ID)
		}
		undone, err := c.Edit.Undo(after)
		if err != nil || !bytes.Equal(undone, before) {
			t.Errorf("%s: undoing the edit does not give the parent (%v)", c.ID, err)
		}
		done, err := c.Edit.Apply(before)
		if err != nil || !bytes.Equal(done, after) {
			t.Errorf("%s: the edit of the parent does not give the case (%v)", c.ID, err)
		}
		field := c.Edit.Field
		if field == "plaintext" && c.Input["plaintext"] == nil {
			field = "container"
			if a, b := headerOf(t, parent), headerOf(t, c); !bytes.Equal(a, b) {
				t.Errorf("%s: it was sealed under another key or salt, or has another header", c.ID)
			}
		}
		if diff := cmp.Diff(without(t, parent.Input, field), without(t, c.Input, field)); diff != "" {
			t.Errorf("%s: more than the field %s differs from the parent:\n%s", c.ID, c.Edit.Field, diff)
		}
	}
}

// edited returns the bytes that edits of a field are made to.
func edited(t *testing.T, c vectors.Case, field string) []byte {
	t.Helper()
	if field == "plaintext" && c.Input["plaintext"] == nil {
		return payload(t, c)
	}
	b, err := vectors.Field(c.Input, field)
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return b
}

func containerOf(t *testing.T, c vectors.Case) ([]byte, *header.Header) {
	t.Helper()
	b, err := vectors.Field(c.Input, "container")
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	h, err := header.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return b, h
}

func headerOf(t *testing.T, c vectors.Case) []byte {
	t.Helper()
	b, h := containerOf(t, c)
	return b[:h.Size()+cobblestone.PrefixSize]
}

// payload returns the plaintext of a case's container.
func payload(t *testing.T, c vectors.Case) []byte {
	t.Helper()
	b, h := containerOf(t, c)
	input, err := vectors.ExpandObject(vectors.Object{"container": c.Input["container"], "secret": c.Input["secret"]})
	if err != nil {
		t.Fatal(err)
	}
	unlocked := reference.Handle("container.unlock", input)
	if unlocked.Output == nil {
		t.Fatalf("%s: %s %s", c.ID, unlocked.Error, unlocked.Detail)
	}
	k, err := hex.DecodeString(unlocked.Output["key"].(string))
	if err != nil {
		t.Fatal(err)
	}
	payloadKey := new(key.Key(k)).Derive(key.LabelPayload)
	plaintext, err := cobblestone.Open(payloadKey[:], h.Purpose.Context(), b[h.Size():])
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return plaintext
}

// without returns an input without a field, which may lie inside another.
func without(t *testing.T, input vectors.Object, path string) any {
	t.Helper()
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var copied vectors.Object
	if err := json.Unmarshal(data, &copied); err != nil {
		t.Fatal(err)
	}
	var v any = copied
	parts := strings.Split(path, ".")
	for i, part := range parts {
		switch in := v.(type) {
		case vectors.Object:
			if i == len(parts)-1 {
				delete(in, part)
			}
			v = in[part]
		case []any:
			n, err := strconv.Atoi(part)
			if err != nil {
				t.Fatal(err)
			}
			v = in[n]
			if i == len(parts)-1 {
				in[n] = nil
			}
		}
	}
	return copied
}
