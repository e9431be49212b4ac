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
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// A restore goes on where an earlier one ended: what is there stays, whatever part of
// the files that is, what differs is named and stays, too, and the rest is restored.
func TestResumeProperty(t *testing.T) {
	contents := map[string]string{"a": "1", "b/c": strings.Repeat("2", 100000), "b/d/e": "", "f": strings.Repeat("\x00", 70000), "g": "123"}
	names := slices.Sorted(maps.Keys(contents))
	message := sealed(t, contents)
	parameters := gopter.DefaultTestParametersWithSeed(3)
	parameters.MinSuccessfulTests = thorough.Runs(100)
	properties := gopter.NewProperties(parameters)
	properties.Property("resumed", prop.ForAll(func(states []int) string {
		dir := t.TempDir()
		want, inodes, differ := maps.Clone(contents), map[string]fs.FileInfo{}, []string{}
		for i, state := range states {
			name := names[i]
			path := filepath.Join(dir, name)
			switch state {
			case 0:
				continue
			case 2:
				want[name] = contents[name] + "longer"
			case 3:
				want[name] = contents[name][:len(contents[name])/2]
			case 4:
				want[name] = strings.Repeat("x", len(contents[name]))
			}
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(want[name]), 0o600)); err != nil {
				return err.Error()
			}
			inodes[name], _ = os.Stat(path)
			if want[name] != contents[name] {
				differ = append(differ, name)
			}
		}
		var present, restored atomic.Int64
		opts := Options{Present: func(string) { present.Add(1) }, Restored: func(string) { restored.Add(1) }}
		err := All(context.Background(), open(t, message), dir, opts)
		var incomplete *IncompleteError
		left := []string{}
		if errors.As(err, &incomplete) {
			for _, l := range incomplete.Left {
				left = append(left, l.Path)
				if !errors.Is(l.Err, ErrDiffers) {
					return l.Err.Error()
				}
			}
		} else if err != nil {
			return err.Error()
		}
		slices.Sort(left)
		for name, before := range inodes {
			if after, err := os.Stat(filepath.Join(dir, name)); err != nil || !os.SameFile(before, after) {
				return name + " was written again"
			}
		}
		switch {
		case !slices.Equal(left, differ):
			return "left: " + strings.Join(left, ", ")
		case !maps.Equal(tree(t, dir), want):
			return "other contents"
		case int(present.Load()) != len(inodes)-len(differ) || int(restored.Load()) != len(names)-len(inodes):
			return "counted otherwise"
		}
		return ""
	}, gen.SliceOfN(len(names), gen.IntRange(0, 4))))
	properties.TestingRun(t)
}

// What the system refuses for some files does not keep the others from being restored.
func TestGoesOn(t *testing.T) {
	dir := t.TempDir()
	refuse := func(io.Writer) error { return failed("x", syscall.EFBIG) }
	take := func(w io.Writer) error { _, err := w.Write([]byte("content")); return err }
	files := []file{{"a", 0, 0, refuse}, {"b", 0, 0, take}, {"d/c", 0, 0, refuse}, {"d/e", 0, 0, take}}
	err := restore(context.Background(), files, dir, Options{})
	var incomplete *IncompleteError
	if !errors.As(err, &incomplete) || len(incomplete.Left) != 2 || incomplete.Left[0].Path != "a" || incomplete.Left[1].Path != "d/c" {
		t.Errorf("the error is %v", err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"b": "content", "d/e": "content"}) {
		t.Errorf("restored %q", got)
	}
}

// What is restored is the holder's only, while it is written, too; or what the umask
// gives, if that was asked for.
func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such permissions")
	}
	for _, shared := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		mode := func(path string) fs.FileMode {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			return info.Mode().Perm()
		}
		temps := 0
		write := func(io.Writer) error {
			return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err == nil && isTemp(d.Name()) && !shared {
					temps++
					if m := mode(path); m != 0o600 {
						t.Errorf("a temporary file has mode %o", m)
					}
				}
				return err
			})
		}
		if err := restore(context.Background(), []file{{"d/a", 0, 0, write}}, dir, Options{Shared: shared}); err != nil {
			t.Fatal(err)
		}
		if !shared && temps != 1 {
			t.Errorf("%d temporary files", temps)
		}
		private := mode(dir+"/d/a") == 0o600 && mode(dir+"/d") == 0o700 && mode(dir) == 0o700 && mode(filepath.Dir(dir)) == 0o700
		if open := mode(dir+"/d/a")&0o400 == 0o400 && mode(dir)&0o500 == 0o500; private == shared && open {
			t.Errorf("shared %v: modes %o %o %o", shared, mode(dir+"/d/a"), mode(dir+"/d"), mode(dir))
		}
	}
}

// What killed runs left is removed wherever files are restored; what a running one
// writes, what a link leads to and what is no file of this program stays.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	first, second, link, elsewhere := tempName("77-1"), "d/"+tempName("77-2"), tempName("1-9"), "elsewhere/"+tempName("1-1")
	const likeOne = ".coffer-open-1-1-0123456789ab.tmp"
	keep := map[string]string{"a": "1", ".coffer-open-1.tmp": "other", likeOne: "named by hand", elsewhere: "not restored here", link: "-> a"}
	for name, content := range map[string]string{
		first:                "plaintext",
		second:               "plaintext",
		".coffer-open-1.tmp": "other",
		likeOne:              "named by hand",
		elsewhere:            "not restored here",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a", dir+"/"+link); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	name, running, err := createTemp(root, privateFile)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	if !tryLock(running) {
		t.Skip("no locks here")
	}
	keep[name] = ""
	removed := []string{}
	opts := Options{Removed: func(name string, size int64) { removed = append(removed, name) }}
	entry := "d/" + tempName("5-5") // of a container that another program wrote
	contents := map[string]string{"a": "1", "d/b": "2", entry: "3"}
	if err := All(context.Background(), open(t, sealed(t, contents)), dir, opts); err != nil {
		t.Fatal(err)
	}
	if err := All(context.Background(), open(t, sealed(t, contents)), dir, opts); err != nil { // again
		t.Fatal(err)
	}
	maps.Copy(keep, contents)
	if got := tree(t, dir); !maps.Equal(got, keep) {
		t.Errorf("there is %q", got)
	}
	slices.Sort(removed)
	if !slices.Equal(removed, []string{first, second}) {
		t.Errorf("told as removed: %q", removed)
	}
}

// Several restores of one archive to one folder at the same time, by this program or
// others, all end well: none takes the temporary files of another for stale ones, and a
// file that another has restored meanwhile is there.
func TestConcurrentRestores(t *testing.T) {
	thorough.NotShort(t)
	contents := map[string]string{}
	for i := range 150 {
		contents[fmt.Sprintf("%d/%d", i%3, i)] = strings.Repeat("x", i)
	}
	contents["large"] = strings.Repeat("y", 1<<20)
	message := sealed(t, contents)
	for range thorough.Number(2, 5) {
		dir := t.TempDir()
		var runs sync.WaitGroup
		for range 4 {
			runs.Go(func() {
				opts := Options{Removed: func(name string, _ int64) { t.Errorf("%s was removed", name) }}
				if err := All(context.Background(), open(t, message), dir, opts); err != nil {
					t.Error(err)
				}
			})
		}
		runs.Wait()
		if got := tree(t, dir); !maps.Equal(got, contents) {
			t.Errorf("there are %d files", len(got))
		}
	}
}
