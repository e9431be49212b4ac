package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// Nothing that exists is replaced or followed, whatever it is, and what it leads
// to stays as it is; the other file is restored. With Replace a file or a link is
// replaced, and a folder is still neither replaced nor entered through a link.
func TestObstacles(t *testing.T) {
	message := sealed(t, map[string]string{"a": "new", "dir/b": "new"})
	for _, c := range []struct {
		name                   string
		prepare                func(dir string) error
		refused, refusedAnyway bool // without Replace, and with it
	}{
		{"nothing", func(dir string) error { return nil }, false, false},
		{"a folder", func(dir string) error { return os.Mkdir(dir+"/dir", 0o777) }, false, false},
		{"a file", func(dir string) error { return os.WriteFile(dir+"/a", []byte("old"), 0o666) }, true, false},
		{"a file below", func(dir string) error {
			return errors.Join(os.Mkdir(dir+"/dir", 0o777), os.WriteFile(dir+"/dir/b", []byte("old"), 0o666))
		}, true, false},
		{"a link to a file outside", func(dir string) error { return os.Symlink("../outside/file", dir+"/a") }, true, false},
		{"an absolute link", func(dir string) error { return os.Symlink(filepath.Dir(dir)+"/outside/file", dir+"/a") }, true, false},
		{"a link to nowhere", func(dir string) error { return os.Symlink("../outside/none", dir+"/a") }, true, false},
		{"a link to a folder outside", func(dir string) error { return os.Symlink("../outside", dir+"/dir") }, true, true},
		{"an absolute link to a folder outside", func(dir string) error { return os.Symlink(filepath.Dir(dir)+"/outside", dir+"/dir") }, true, true},
		{"a link to a folder inside", func(dir string) error {
			return errors.Join(os.Mkdir(dir+"/inside", 0o777), os.Symlink("inside", dir+"/dir"))
		}, true, true},
		{"a link to itself", func(dir string) error { return os.Symlink("dir", dir+"/dir") }, true, true},
		{"a file instead of a folder", func(dir string) error { return os.WriteFile(dir+"/dir", []byte("old"), 0o666) }, true, true},
		{"a folder instead of a file", func(dir string) error { return os.Mkdir(dir+"/a", 0o777) }, true, true},
	} {
		for _, replace := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, replace %v", c.name, replace), func(t *testing.T) {
				base := t.TempDir()
				outside := map[string]string{"file": "untouched"}
				if err := errors.Join(os.Mkdir(base+"/outside", 0o777), os.WriteFile(base+"/outside/file", []byte("untouched"), 0o666), os.Mkdir(base+"/dir", 0o777), c.prepare(base+"/dir")); err != nil {
					t.Fatal(err)
				}
				before := tree(t, base+"/dir")
				err := All(context.Background(), open(t, message), base+"/dir", Options{Replace: replace})
				after := tree(t, base+"/dir")
				if got := tree(t, base+"/outside"); !maps.Equal(got, outside) {
					t.Errorf("outside is %q", got)
				}
				refused := c.refused && !replace || c.refusedAnyway
				if (err != nil) != refused {
					t.Fatalf("the error is %v", err)
				}
				if err == nil && !maps.Equal(after, map[string]string{"a": "new", "dir/b": "new"}) {
					t.Errorf("restored %q", after)
				}
				for name, content := range before {
					if refused && after[name] != content && !(replace && name == "a") {
						t.Errorf("%s was %q and is %q", name, content, after[name])
					}
				}
				if left := (*IncompleteError)(nil); refused && (!errors.As(err, &left) || len(left.Left) != 1) {
					t.Errorf("the error is %v", err)
				}
				if restored := after["a"] == "new" || after["dir/b"] == "new"; !restored {
					t.Errorf("nothing is restored beside what was there: %q", after)
				}
				for name := range after {
					if strings.Contains(name, ".coffer") || strings.HasPrefix(name, "inside") {
						t.Errorf("there is %s", name)
					}
				}
			})
		}
	}
}

// The folders of a restore are swapped for links all the time, by somebody else
// who may write in the folder: nothing ever lands outside. [ARC-32]
func TestLinkRace(t *testing.T) {
	base := t.TempDir()
	if err := os.Mkdir(base+"/outside", 0o777); err != nil {
		t.Fatal(err)
	}
	contents := map[string]string{}
	for i := range 60 {
		contents[fmt.Sprintf("d%d/%d", i%3, i)] = "x"
	}
	r := open(t, sealed(t, contents))
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			dir := fmt.Sprintf("%s/in/d%d", base, i%3)
			os.Rename(dir, fmt.Sprintf("%s/moved%d", base, i))
			os.Symlink(base+"/outside", dir)
			os.Remove(dir)
		}
	}()
	for range thorough.Number(10, 30) {
		All(context.Background(), r, base+"/in", Options{Replace: true}) // may fail
	}
	close(stop)
	<-done
	if got := tree(t, base+"/outside"); len(got) > 0 {
		t.Errorf("outside there is %q", got)
	}
}

// A name that appears while its content is written is not replaced.
func TestLateObstacle(t *testing.T) {
	dir := t.TempDir()
	err := restore(context.Background(), []file{{"a", 0, 0, func(w io.Writer) error {
		if _, err := w.Write([]byte("new")); err != nil {
			return err
		}
		return os.WriteFile(dir+"/a", []byte("old"), 0o666)
	}}}, dir, Options{})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("the error is %v", err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"a": "old"}) {
		t.Errorf("there is %q", got)
	}
}

// The folder that is restored to must be one.
func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	err := restore(context.Background(), nil, file, Options{})
	if !errors.Is(err, ErrNotFolder) {
		t.Errorf("a file is no folder: %v", err)
	}
}
