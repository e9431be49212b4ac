package annotate

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// Where something does not decode, it says so, and what comes behind it is shown
// when its place is known.
func TestDamage(t *testing.T) {
	data, _ := dumped(t, "15.7")
	for _, c := range []struct {
		what  string
		edit  func([]byte) []byte
		fault string
		then  string // a field that is still there
	}{
		{"a slot's body is a byte too long", func(b []byte) []byte { b[48]++; return b }, "the bytes end inside it", "mac"},
		{"a slot's body is a byte too short", func(b []byte) []byte { b[48]--; return b }, "PasswordSlot.sealed_key: the bytes end inside it", "mac"},
		{"the slots are longer than the file", func(b []byte) []byte { b[43] = 255; return b }, "the bytes end inside it", "key_check"},
		{"the file ends in the MAC", func(b []byte) []byte { return b[:220] }, "Header.mac: the bytes end inside it", "digest"},
		{"the file ends in the version", func(b []byte) []byte { return b[:9] }, "Header.version: the bytes end inside it", "magic"},
	} {
		damaged := c.edit(slices.Clone(data))
		fields, err := Container(bytes.NewReader(damaged), int64(len(damaged)))
		if err != nil {
			t.Fatal(err)
		}
		checkTiles(t, c.what, fields, int64(len(damaged)))
		fault, there := "", false
		for _, f := range fields {
			if fault == "" {
				fault = f.Fault
			}
			there = there || f.Name == c.then
		}
		if fault != c.fault || !there {
			t.Errorf("%s: fault %q, %s there: %v", c.what, fault, c.then, there)
		}
	}
}

// What is no container, or one of another version, is not taken for one.
func TestAnotherFile(t *testing.T) {
	data, _ := dumped(t, "15.7")
	later := slices.Clone(data)
	later[9] = 2
	for _, c := range []struct {
		data []byte
		want string
	}{
		{[]byte("PK\x03\x04 and what an archive of another kind has"), "file"},
		{data[:5], "file"},
		{append([]byte("\n"), data...), "file"},
		{later, "magic version rest"},
		{data[:8], "magic"},
	} {
		fields, err := Container(bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil {
			t.Fatal(err)
		}
		checkTiles(t, c.want, fields, int64(len(c.data)))
		var names []string
		for _, f := range fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: %s", c.data[:5], got)
		}
	}
}

// Nothing that is fed to the annotator makes it fail or leave a byte out.
func FuzzAnnotate(f *testing.F) {
	for _, section := range []string{"15.4", "15.7"} {
		b, _ := dumped(&testing.T{}, section)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, annotate := range map[string]func([]byte) ([]Field, error){
			"container": func(b []byte) ([]Field, error) { return Container(bytes.NewReader(b), int64(len(b))) },
			"archive":   Archive,
			"keyring":   Keyring,
		} {
			fields, err := annotate(b)
			if err != nil {
				t.Fatal(name, err)
			}
			checkTiles(t, name, fields, int64(len(b)))
		}
	})
}
