package restore

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A folder that is moved, removed or replaced by a link while files are restored to it
// does not hold them in the end: that is an error.
func TestMoved(t *testing.T) {
	for name, move := range map[string]func(dir string) error{
		"moved":   func(dir string) error { return os.Rename(dir, dir+"2") },
		"removed": os.RemoveAll,
		"linked":  func(dir string) error { return errors.Join(os.Rename(dir, dir+"2"), os.Symlink(".", dir)) },
	} {
		dir := filepath.Join(t.TempDir(), "out")
		files := []file{{"a", 0, 0, func(io.Writer) error { return nil }}}
		opts := Options{Restored: func(string) {
			if err := move(dir); err != nil {
				t.Error(err)
			}
		}}
		if err := restore(context.Background(), files, dir, opts); !errors.Is(err, ErrMoved) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
