package restore

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
)

func text(content string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

// Sources are restored whatever becomes of others; each is dealt with once; what has no
// content keeps its name from others, and an outdated file is replaced without Replace.
func TestSources(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"stays", "outdated", "other"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lost := errors.New("lost")
	sources := []Source{
		{Entry: archive.Entry{Path: "new"}, Write: text("new")},
		{Entry: archive.Entry{Path: "stays"}},
		{Entry: archive.Entry{Path: "outdated"}, Write: text("after")},
		{Entry: archive.Entry{Path: "other"}, Write: text("after")},
		{Entry: archive.Entry{Path: "lost"}, Write: func(io.Writer) error { return &FileError{"lost", lost} }},
	}
	var mu sync.Mutex
	var dealt []string
	err := Sources(context.Background(), sources, dir, Options{
		Outdated: func(path string) bool { return path == "outdated" },
		Dealt: func(path string) {
			mu.Lock()
			defer mu.Unlock()
			dealt = append(dealt, path)
		},
	})
	var incomplete *IncompleteError
	if !errors.As(err, &incomplete) || len(incomplete.Left) != 2 || !errors.Is(incomplete.Left[0].Err, ErrDiffers) || !errors.Is(incomplete.Left[1].Err, lost) {
		t.Errorf("Sources: %v", err)
	}
	slices.Sort(dealt)
	if diff := cmp.Diff([]string{"lost", "new", "other", "outdated"}, dealt); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{"new": "new", "stays": "before", "outdated": "after", "other": "before"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s has %q, not %q (%v)", name, got, want, err)
		}
	}
}

// Of files that are there, those of the size and time of their entries are told from others.
func TestUnchanged(t *testing.T) {
	dir := t.TempDir()
	when := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	made, err := archive.TimeOf(when.UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	var entries []archive.Entry
	var want []bool
	for _, c := range []struct {
		path string
		size int64
		time archive.Time
		off  time.Duration
		want bool
	}{
		{"folder/same", 4, made, 0, true},
		{"near", 4, made, 2 * time.Second, true},
		{"earlier", 4, made, -3 * time.Second, false},
		{"later", 4, made, 3 * time.Second, false},
		{"longer", 3, made, 0, false},
		{"unknown", 4, 0, 0, false},
	} {
		path := filepath.Join(dir, c.path)
		if err := errors.Join(os.WriteFile(path, []byte("text"), 0o600), os.Chtimes(path, when, when.Add(c.off))); err != nil {
			t.Fatal(err)
		}
		entries, want = append(entries, archive.Entry{Path: c.path, Size: c.size, ModifiedMS: c.time}), append(want, c.want)
	}
	if err := os.Symlink("near", filepath.Join(dir, "link")); err == nil {
		entries, want = append(entries, archive.Entry{Path: "link", Size: 4, ModifiedMS: made}), append(want, false)
	}
	if err := os.Symlink("folder", filepath.Join(dir, "linked")); err == nil {
		entries, want = append(entries, archive.Entry{Path: "linked/same", Size: 4, ModifiedMS: made}), append(want, false)
	}
	entries, want = append(entries, archive.Entry{Path: "nosuch"}), append(want, false)
	got, err := Unchanged(dir, entries)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".coffer*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if got, err := Unchanged(filepath.Join(dir, "nosuch"), entries); err != nil || slices.Contains(got, true) {
		t.Errorf("where there is no folder: %v, %v", got, err)
	}
}
