package extract

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

	"github.com/coffer-format/coffer/ref/fault"
)

// Nothing that exists is replaced or followed, whatever it is, and what it leads
// to stays as it is. With Replace a file or a link is replaced, and a folder is
// still neither replaced nor entered through a link.
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
				if c.refused && !c.refusedAnyway && !replace && !maps.Equal(before, after) {
					t.Errorf("%q was restored beside what was there", after)
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
	for range 30 {
		All(context.Background(), r, base+"/in", Options{Replace: true}) // may fail
	}
	close(stop)
	<-done
	if got := tree(t, base+"/outside"); len(got) > 0 {
		t.Errorf("outside there is %q", got)
	}
}

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
	err := restore(context.Background(), []file{{"d/a", 0, func(w io.Writer) error {
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

// A name that appears while its content is written is not replaced.
func TestLateObstacle(t *testing.T) {
	dir := t.TempDir()
	err := restore(context.Background(), []file{{"a", 0, func(w io.Writer) error {
		w.Write([]byte("new"))
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
	if pathErr := (*fs.PathError)(nil); !errors.As(err, &pathErr) || pathErr.Op != "mkdir" {
		t.Errorf("a file is no folder: %v", err)
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
	for _, f := range []file{{"d/a", 0, gone}, {"d/b", 0, nothing}} {
		if err := w.restore(f, f.path); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "restore "+f.path+": ") {
			t.Errorf("the error is %v", err)
		}
	}
}
