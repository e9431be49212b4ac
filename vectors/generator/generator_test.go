package generator

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
	"github.com/coffer-format/coffer/vectors/agreement"
)

const root = "../.."

// outputOf is the file of a subject, made by itself.
func outputOf(t *testing.T, subject string) output {
	t.Helper()
	f, err := fileOf(subject, agreement.WithReference)
	if err != nil {
		t.Fatal(err)
	}
	o, err := encoded(f)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The committed files are what the generator makes, each by itself, and the reference answers
// every case as it is stated. "vectors check" compares all that is generated together, so no case
// depends on another subject, or on anything that changes between two runs.
func TestCommittedFiles(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 8)
	for _, subject := range slices.Sorted(maps.Keys(subjects)) {
		if !take() {
			continue
		}
		if err := compare(root, []output{outputOf(t, subject)}); err != nil {
			t.Error(err)
		}
	}
}

// The folder with the vectors stays below 12 MiB, everything in it counted.
func TestSize(t *testing.T) {
	size := 0
	entries, err := os.ReadDir(root + "/vectors")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if !e.IsDir() {
			size += int(info.Size())
		}
	}
	if size >= 12<<20 {
		t.Errorf("the folder has %d bytes", size)
	}
	t.Logf("the folder has %d bytes", size)
}

// Check names the file and the case that was changed.
func TestCheckNamesTheCase(t *testing.T) {
	thorough.NotShort(t)
	dir := t.TempDir()
	for _, folder := range []string{"vectors", "spec"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	all := []output{outputOf(t, "password"), outputOf(t, "path")}
	if err := write(dir, all); err != nil {
		t.Fatal(err)
	}
	if err := compare(dir, all); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "vectors", "password.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), "One space is a password.", "One space is no password.", 1)
	if err := os.WriteFile(path, []byte(changed), 0o666); err != nil {
		t.Fatal(err)
	}
	err = compare(dir, all)
	if err == nil || !strings.Contains(err.Error(), "vectors/password.json") ||
		!strings.Contains(err.Error(), "password/only-a-space") {
		t.Errorf("the error is %v", err)
	}
}

// A case whose author states something else than the reference answers is an
// error, whatever it is that differs.
func TestDisagreementIsAnError(t *testing.T) {
	m := messageOf("test", payloadContext, []byte("text"))
	plaintext := vectors.Object{"plaintext": vectors.Bytes(m.plaintext)}
	for name, add := range map[string]func(s *suite){
		"valid, stated invalid": func(s *suite) {
			s.add("x", "COB-2", "A.", "cobblestone.open", m.openInput(), refused(fault.Truncated))
		},
		"another output": func(s *suite) {
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), vectors.Object{"plaintext": "00"})
		},
		"another error": func(s *suite) {
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), plaintext).
				but("y", "COB-11", "B.", flip("key", 0, 1), refused(fault.PayloadTampered))
		},
		"invalid, stated valid": func(s *suite) {
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), plaintext).
				but("y", "COB-11", "B.", flip("key", 0, 1), accepted(plaintext))
		},
		"another intermediate": func(s *suite) {
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), plaintext).
				via(vectors.Object{"commitment": strings.Repeat("00", 32)})
		},
		"an edit that changes nothing": func(s *suite) {
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), plaintext).
				but("y", "COB-11", "B.", flip("key", 0, 0), accepted(plaintext))
		},
		"an id twice": func(s *suite) {
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), plaintext)
			s.valid("x", "COB-2", "A.", "cobblestone.open", m.openInput(), plaintext)
		},
		"an unknown flag": func(s *suite) {
			s.valid("x", "COB-2 (strange)", "A.", "cobblestone.open", m.openInput(), plaintext)
		},
		"more released than may be": func(s *suite) {
			two := quietOf("test two", chunkSize)
			s.openedAs("x", "COB-2", "A.", two).
				but("y", "COB-12", "B.", flip("message", -1, 1), refused(fault.PayloadTampered))
		},
	} {
		s := &suite{subject: "cobblestone", agree: agreement.WithReference}
		add(s)
		if _, err := s.file(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	s := &suite{subject: "cobblestone", agree: agreement.WithReference}
	s.openedAs("x", "COB-2", "A.", m)
	if _, err := s.file(); err != nil {
		t.Errorf("a case that is right: %v", err)
	}
}

// Differences gives splices that make one text of another, for pieces of equal
// and of other lengths.
func TestDifferences(t *testing.T) {
	for _, c := range [][2][]string{
		{{"abc", "def"}, {"abc", "dxf"}},
		{{"abc", "def"}, {"abbc", "def"}},
		{{"abcdefghijklmnop"}, {"xbcdefghijklmnoy"}},
		{{"abc"}, {"ab", "c", "d"}},
		{{"aaa"}, {"aaaa"}},
		{{"", "x", ""}, {"y", "x", "z"}},
		{{"ab", "cd"}, {"a", "d"}},
	} {
		var pieces [2][][]byte
		for i, texts := range c {
			for _, text := range texts {
				pieces[i] = append(pieces[i], []byte(text))
			}
		}
		e := vectors.Edit{Kind: "splice", Field: "x", Splices: differences(pieces[0], pieces[1])}
		a, b := strings.Join(c[0], ""), strings.Join(c[1], "")
		if got, err := e.Apply([]byte(a)); err != nil || string(got) != b {
			t.Errorf("%q to %q: %q, %v", a, b, got, err)
		}
		if got, err := e.Undo([]byte(b)); err != nil || string(got) != a {
			t.Errorf("%q back to %q: %q, %v", b, a, got, err)
		}
	}
}
