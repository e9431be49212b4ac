package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

func TestMain(m *testing.M) {
	thorough.InMemory()
	os.Exit(m.Run())
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// with opens a store that gives names in one of the ways.
func with(t *testing.T, way naming) *Store {
	s := open(t, t.TempDir())
	if err := s.try(way); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	s.found = &way
	return s
}

var ways = map[string]naming{"link": namings[0], "rename": namings[1], "claim": namings[2]}

func TestContract(t *testing.T) {
	thorough.NotShort(t)
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) store.Store {
				if name != "link" && strings.HasSuffix(t.Name(), "/large_list") {
					thorough.Only(t)
				}
				return with(t, way)
			})
		})
	}
}

// drafting puts each body as a draft.
type drafting struct{ *Store }

func (s drafting) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	d, err := s.NewDraft(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := io.Copy(d, io.NewSectionReader(body, 0, size)); err != nil {
		return err
	}
	return s.Store.PutNew(ctx, name, d, size, sum)
}

func TestContractOfDrafts(t *testing.T) {
	thorough.NotShort(t)
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) store.Store {
				if strings.HasSuffix(t.Name(), "/large_list") {
					thorough.Only(t)
				}
				return drafting{with(t, way)}
			})
		})
	}
}

// A draft is nobody's object until it is put, and can be put again after a put that failed;
// another store copies it. What is closed leaves nothing.
func TestDraft(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s, other := with(t, way), with(t, way)
			d, err := s.NewDraft(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(d, "some ")
			io.WriteString(d, "bytes")
			if all, err := s.List(t.Context(), ""); err != nil || len(all) > 0 {
				t.Errorf("before it is put, there are %v, %v", all, err)
			}
			size, sum := d.Sum()
			if want := sha256.Sum256([]byte("some bytes")); size != 10 || sum != want {
				t.Errorf("Sum: %d, %x", size, sum)
			}
			if err := s.PutNew(t.Context(), "a", d, size-1, sum); !errors.Is(err, store.ErrBody) {
				t.Errorf("PutNew of a part of it: %v", err)
			}
			for _, to := range []*Store{other, s} {
				if err := to.PutNew(t.Context(), "a", d, size, sum); err != nil {
					t.Error(err)
				}
				if ok, err := store.Holds(t.Context(), to, "a", size, sum); !ok || err != nil {
					t.Errorf("Holds: %t, %v", ok, err)
				}
			}
			if n, err := d.Write([]byte("x")); err == nil {
				t.Errorf("Write after PutNew: %d bytes", n)
			}
			for range 2 {
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
			if diff := cmp.Diff([]string{"a"}, files(t, s)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func put(s *Store, ctx context.Context, name, body string) error {
	return s.PutNew(ctx, name, strings.NewReader(body), int64(len(body)), sha256.Sum256([]byte(body)))
}

// files returns the names of all files in a store's folder, temporary ones too.
func files(t *testing.T, s *Store) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(s.root.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// Whatever comes of a put, it leaves the object and nothing else, or nothing.
func TestNothingIsLeft(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s := with(t, way)
			body := bytes.Repeat([]byte("x"), 9<<20)
			size, sum := int64(len(body)), sha256.Sum256(body)
			ending, end := context.WithCancel(t.Context())
			for what, err := range map[string]error{
				"another checksum": s.PutNew(t.Context(), "a", bytes.NewReader(body), size, [32]byte{}),
				"called off":       s.PutNew(ending, "a", endingBody{bytes.NewReader(body), end}, size, sum),
			} {
				if err == nil {
					t.Errorf("%s: no error", what)
				}
			}
			if got := files(t, s); got != nil {
				t.Errorf("after puts that fail there are %q", got)
			}
			for range 2 {
				put(s, t.Context(), "a", "x")
			}
			if diff := cmp.Diff([]string{"a"}, files(t, s)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

type endingBody struct {
	io.ReaderAt
	end context.CancelFunc
}

func (e endingBody) ReadAt(p []byte, off int64) (int, error) {
	e.end()
	return e.ReaderAt.ReadAt(p, off)
}

// Temporary files of killed runs go when they are a day old by the clock of the disk.
func TestStaleFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	stale, fresh, link := tempName(), tempName(), tempName()
	old := time.Now().Add(-staleAfter - time.Hour)
	for _, name := range []string{stale, fresh, ".new-1.tmp", "old", ".other"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if name != fresh {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Mkdir(filepath.Join(dir, link), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, link), old, old); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if _, err := s.List(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if len(files(t, s)) != 6 {
		t.Error("reading has removed files")
	}
	if err := put(s, t.Context(), "new", "x"); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, name := range files(t, s) {
		got[name] = true
	}
	want := map[string]bool{fresh: true, link: true, ".new-1.tmp": true, "old": true, ".other": true, "new": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// What is no regular file, or has another name, is no object; it is not replaced either.
func TestOtherFiles(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{
		os.Mkdir(filepath.Join(dir, "folder"), 0o700),
		os.Symlink("object", filepath.Join(dir, "link")),
		os.Symlink("nowhere", filepath.Join(dir, "dangling")),
		os.WriteFile(filepath.Join(dir, "Other File"), nil, 0o600),
		os.WriteFile(filepath.Join(dir, "._object"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s := open(t, dir)
			s.found = &way
			if err := put(s, t.Context(), "object", "x"); err != nil {
				t.Fatal(err)
			}
			want := []store.Object{{Name: "object", Size: 1}}
			if got, err := s.List(t.Context(), ""); err != nil || !cmp.Equal(want, got) {
				t.Errorf("List: %v, %v", got, err)
			}
			for _, name := range []string{"folder", "link", "dangling"} {
				if err := put(s, t.Context(), name, "y"); !errors.Is(err, store.ErrExists) {
					t.Errorf("PutNew(%q): %v", name, err)
				}
				if _, err := s.ReadAt(t.Context(), name, make([]byte, 1), 0); err == nil || errors.Is(err, store.ErrMissing) {
					t.Errorf("ReadAt(%q): %v", name, err)
				}
				if err := s.Delete(t.Context(), name); err == nil {
					t.Errorf("Delete(%q): no error", name)
				}
			}
			if err := s.Delete(t.Context(), "object"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A folder that is gone is not an empty store.
func TestFolderThatIsGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stick")
	if _, err := Open(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a folder that is not there: %v", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Skip("the system keeps folders that are open")
	}
	_, readErr := s.ReadAt(t.Context(), "a", make([]byte, 1), 0)
	_, statErr := s.Stat(t.Context(), "a")
	_, listErr := s.List(t.Context(), "")
	for method, err := range map[string]error{
		"ReadAt": readErr, "Stat": statErr, "List": listErr, "PutNew": put(s, t.Context(), "a", "x"), "Delete": s.Delete(t.Context(), "a"),
	} {
		if err == nil || errors.Is(err, store.ErrMissing) {
			t.Errorf("%s: %v", method, err)
		}
	}
	if s.Traits().Atomic {
		t.Error("it is atomic")
	}
}

// A network file system that asks twice is told that the name is taken, by the file itself.
func TestAnswerOfLinkIsLost(t *testing.T) {
	s := open(t, t.TempDir())
	s.found = &naming{true, func(_ context.Context, s *Store, temp, name string) error {
		return errors.Join(s.root.Link(temp, name), s.root.Link(temp, name))
	}}
	if err := put(s, t.Context(), "a", "x"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"a"}, files(t, s)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// A file system that replaces although it was asked not to is found out.
func TestReplacingIsFoundOut(t *testing.T) {
	s := open(t, t.TempDir())
	err := s.try(naming{true, func(_ context.Context, s *Store, temp, name string) error { return s.root.Rename(temp, name) }})
	if err == nil {
		t.Error("a way that replaces is taken")
	}
	if got := files(t, s); got != nil {
		t.Errorf("after a try there are %q", got)
	}
}

// A folder is made only in one that is there, and one that is there stays as it is.
func TestCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if _, err := Create(filepath.Join(dir, "below")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
	for range 2 {
		s, err := Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := put(s, t.Context(), "a", "body"); err != nil && !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		if all, err := s.List(t.Context(), ""); err != nil || len(all) != 1 {
			t.Errorf("List: %v, %v", all, err)
		}
	}
	if _, err := Create(filepath.Join(dir, "a")); err == nil {
		t.Error("in the place of a file: no error")
	}
}
