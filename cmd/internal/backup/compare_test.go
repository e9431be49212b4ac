package backup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/coffer-format/coffer/ref/store/memory"
)

// While some of the source cannot be looked at, entries stay that are not there, unless they
// cannot be beside those that are. [ARC-13]
func TestIncompleteSource(t *testing.T) {
	s := memory.New()
	w := newWorld(t, s)
	for _, name := range []string{"a", "b/c", "d", "e/f/g"} {
		w.write(name, []byte(name))
	}
	w.mustRun(s)
	want := w.contents()
	for _, name := range []string{"a", "b", "d", "e"} {
		if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	w.write("a/x", []byte("in the place of a file"))
	w.write("e", []byte("in the place of a folder"))
	opts := w.options()
	opts.Incomplete = true
	if _, err := Run(t.Context(), s, w.memory, w.sources(), opts); err != nil {
		t.Fatal(err)
	}
	for name, content := range w.contents() {
		want[name] = content
	}
	delete(want, "a")
	delete(want, "e/f/g")
	if err := checkHead(s, &w.k, want); err != nil {
		t.Error(err)
	}
}
