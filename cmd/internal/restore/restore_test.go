package restore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/extract"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/salvage"
)

var (
	testKey = bytes.Repeat([]byte{1}, cobblestone.KeySize)
	testID  = archive.ID{2}
)

// sealed returns the message of an archive with these files and contents.
func sealed(t testing.TB, contents map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	payload := cobblestone.NewWriter(&out, testKey, testID[:], "")
	w, err := archive.NewWriter(payload, testID, archive.Index{Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range contents {
		e := archive.Entry{Path: path, ModifiedMS: 1<<51 + 1583298367891, Size: int64(len(content))}
		if err := w.Add(e, strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), payload.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(t testing.TB, message []byte) *archive.Reader {
	t.Helper()
	plain, err := cobblestone.NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.NewReader(plain, testID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tree returns the files below dir and their contents. Links are "-> target".
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			found[rel] = "-> " + target
			return err
		}
		data, err := os.ReadFile(path)
		found[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What was sealed is restored: names, contents and times, and nothing besides.
func TestAll(t *testing.T) {
	contents := map[string]string{"a": "1", "b/c": strings.Repeat("2", 100000), "b/d/e": "", "é": "3"}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	var written, restored atomic.Int64
	opts := Options{
		Progress: func(n int64) { written.Add(n) },
		Restored: func(string) { restored.Add(1) },
		Renamed:  func(path, name string) { t.Errorf("%q was renamed to %q", path, name) },
	}
	if err := All(context.Background(), open(t, sealed(t, contents)), dir, opts); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !maps.Equal(got, contents) {
		t.Errorf("restored %q", got)
	}
	if written.Load() != 100002 || restored.Load() != 4 {
		t.Errorf("%d bytes and %d files were reported", written.Load(), restored.Load())
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.ModTime().UnixMilli() != 1583298367891 {
		t.Errorf("the time is %v, %v", info.ModTime(), err)
	}
}

// Any tree comes back, whatever its names and contents are.
func TestAllProperty(t *testing.T) {
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(2))
	properties.Property("restored as sealed, under the portable names", prop.ForAll(func(paths []string, size int) string {
		paths = slices.DeleteFunc(paths, func(p string) bool { return nfc.String(p) != p }) // the writer takes form C only
		contents, want := map[string]string{}, map[string]string{}
		names := extract.PortableNames(paths, extract.Posix)
		for i, path := range paths {
			contents[path] = strings.Repeat(fmt.Sprint(i), size)
			want[names[i]] = contents[path]
		}
		dir := t.TempDir()
		if err := All(context.Background(), open(t, sealed(t, contents)), dir, Options{}); err != nil {
			return err.Error()
		}
		if got := tree(t, dir); !maps.Equal(got, want) {
			return fmt.Sprintf("restored %q", got)
		}
		return ""
	}, pathSets(), gen.IntRange(0, 20000)))
	properties.TestingRun(t)
}

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

// Calling a restore off ends it with the reason, in the middle of a file, too.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	begun := make(chan struct{})
	go func() {
		<-begun
		cancel()
	}()
	var once atomic.Bool
	files := []file{{"endless", 0, func(w io.Writer) error {
		for {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				return err
			}
			if once.CompareAndSwap(false, true) {
				close(begun)
			}
		}
	}}}
	for i := range 100 {
		files = append(files, file{fmt.Sprint(i), 0, func(w io.Writer) error { time.Sleep(time.Millisecond); return nil }})
	}
	if err := restore(ctx, files, dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	for name := range tree(t, dir) {
		if name == "endless" || strings.HasPrefix(name, ".coffer") {
			t.Errorf("there is %s", name)
		}
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

// An archive of a set of which an entry lies in another container is refused before
// anything of it is restored.
func TestElsewhere(t *testing.T) {
	var plaintext bytes.Buffer
	w, err := archive.NewWriter(&plaintext, testID, archive.Index{SetID: [16]byte{1}, Generation: 1, Epoch: 1, Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		content := make([]byte, 6000) // archives of a set have at least 256 KiB
		if err := w.Add(archive.Entry{Path: fmt.Sprintf("%02d", i), Size: int64(len(content))}, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	restoreAll := func() (map[string]string, error) {
		dir := t.TempDir()
		err := All(context.Background(), open(t, cobblestone.Seal(testKey, testID[:], "", plaintext.Bytes())), dir, Options{})
		return tree(t, dir), err
	}
	if files, err := restoreAll(); err != nil || len(files) != 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	// The last record: container, offset, path.
	at := bytes.LastIndex(plaintext.Bytes(), []byte("\x00\x0249")) - 8 - len(testID)
	plaintext.Bytes()[at+1] = 99
	if files, err := restoreAll(); !errors.Is(err, fault.MissingContainer) || len(files) > 0 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

// All opens what no entry names, too: damage there is damage of the container.
func TestAbandoned(t *testing.T) {
	var out bytes.Buffer
	payload := cobblestone.NewWriter(&out, testKey, testID[:], "")
	w, err := archive.NewWriter(payload, testID, archive.Index{Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	var abandoned *archive.AbandonedError
	if err := w.Add(archive.Entry{Path: "short", Size: 50000}, strings.NewReader("short")); !errors.As(err, &abandoned) {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), payload.Close()); err != nil {
		t.Fatal(err)
	}
	message := out.Bytes()
	if err := All(context.Background(), open(t, message), t.TempDir(), Options{}); err != nil {
		t.Errorf("whole: %v", err)
	}
	message[20000] ^= 1
	if err := All(context.Background(), open(t, message), t.TempDir(), Options{}); !errors.Is(err, fault.PayloadTampered) {
		t.Errorf("damaged: %v", err)
	}
}

// The rules of names are those of the folder; asking leaves nothing in it.
func TestPlatformOf(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	can, err := namesOf(root)
	if err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(strings.ToUpper(dir)) // whether case matters here
	if want := map[bool]extract.Platform{true: extract.Posix, false: extract.Apple}[err != nil]; can.Platform != want || can.Longest != extract.MaxName {
		t.Errorf("names are %v, want platform %v", can, want)
	}
	if names := tree(t, dir); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := namesOf(root); err == nil {
		t.Error("a folder that is gone has rules")
	}
}

// Salvage restores what is whole, and what is damaged only if that is wanted and
// under another name, which is told when it must be yet another one.
func TestSalvaged(t *testing.T) {
	contents := map[string]string{"photo": strings.Repeat("p", 50000), "photo.damaged": "whole", "text": "t"}
	message := sealed(t, contents)
	at := 0
	for i := cobblestone.PrefixSize; i < len(message); i += cobblestone.SealedChunkSize { // a chunk within the photo
		found := salvaged(t, message, i)
		status := map[string]salvage.Status{}
		for e := range found.Entries() {
			status[e.Record.Entry.Path] = e.Status
		}
		if status["photo"] == salvage.Damaged && status["photo.damaged"] == salvage.Whole && status["text"] == salvage.Whole {
			at = i
			break
		}
	}
	if at == 0 {
		t.Fatal("no chunk lies within the photo only")
	}
	found := salvaged(t, message, at)

	dir := t.TempDir()
	if err := Salvaged(context.Background(), found, false, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"photo.damaged": "whole", "text": "t"}) {
		t.Errorf("without partial: %q", slices.Sorted(maps.Keys(got)))
	}

	dir = t.TempDir()
	renamed := map[string]string{}
	opts := Options{Renamed: func(path, name string) { renamed[path] = name }}
	if err := Salvaged(context.Background(), found, true, dir, opts); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	if len(got) != 3 || got["text"] != "t" || len(renamed) != 1 {
		t.Errorf("with partial: %q, renamed %q", slices.Sorted(maps.Keys(got)), renamed)
	}
	damaged := got["photo (2).damaged"]
	if got["photo.damaged"] != "whole" {
		damaged = got["photo.damaged"]
	}
	if len(damaged) != 50000 || strings.Count(damaged, "\x00") == 0 || strings.Trim(damaged, "p\x00") != "" {
		t.Errorf("the damaged file has %d bytes, %d of them lost", len(damaged), strings.Count(damaged, "\x00"))
	}
}

func salvaged(t *testing.T, message []byte, damageAt int) *salvage.Salvage {
	t.Helper()
	damaged := bytes.Clone(message)
	damaged[damageAt] ^= 1
	chunks, err := cobblestone.NewChunks(bytes.NewReader(damaged), int64(len(damaged)), damaged[:56], testKey, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := salvage.Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
