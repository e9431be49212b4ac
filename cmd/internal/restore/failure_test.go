package restore

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
)

// A content that fails in its middle leaves no name and no temporary file; what
// was restored before stays whole.
func TestFailure(t *testing.T) {
	contents := map[string]string{"a": strings.Repeat("a", 50000), "b": strings.Repeat("b", 50000), "c": strings.Repeat("c", 50000)}
	message := sealed(t, contents)
	message[len(message)/2] ^= 1
	dir := t.TempDir()
	err := All(context.Background(), open(t, message), dir, Options{})
	if !errors.Is(err, fault.PayloadTampered) {
		t.Errorf("the error is %v", err)
	}
	for name, content := range tree(t, dir) {
		if contents[name] != content {
			t.Errorf("there is %s with %d bytes", name, len(content))
		}
	}
}

// The system's errors name the file that was meant.
func TestFailureOfTheSystem(t *testing.T) {
	dir := t.TempDir()
	broken := &fs.PathError{Op: "write", Path: ".coffer-1-1.tmp", Err: fs.ErrPermission}
	err := restore(context.Background(), []file{{"d/a", 0, 0, func(w io.Writer) error {
		w.Write([]byte("part"))
		return failed("d/a", broken)
	}}}, dir, Options{})
	if err == nil || err.Error() != "restore d/a: permission denied" {
		t.Errorf("the error is %v", err)
	}
	if got := tree(t, dir); len(got) > 0 {
		t.Errorf("there is %q", got)
	}
}

// A folder that somebody removes ends the restore with the name of the file that
// should be in it, whether that is before or after its content is written.
func TestFolderGone(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	w := worker{ctx: context.Background(), root: root}
	defer w.leave()
	gone := func(io.Writer) error { return os.RemoveAll(dir + "/d") }
	nothing := func(io.Writer) error { return nil }
	for _, f := range []file{{"d/a", 0, 0, gone}, {"d/b", 0, 0, nothing}} {
		if err := w.restore(f, f.path); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "restore "+f.path+": ") {
			t.Errorf("the error is %v", err)
		}
	}
}
