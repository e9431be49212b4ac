// Package folder is a store in a folder: of a local disk, a USB stick or a network share.
//
// An object is a file with the object's name. It is written under a temporary name, which
// begins with a dot, and gets its own when it is whole and durable.
package folder

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/coffer-format/coffer/ref/store"
)

// Store is a store in a folder. Close it when it is no longer needed.
type Store struct {
	root *os.Root

	mu    sync.Mutex
	found *naming // how files get their names here, once it is known
}

var _ store.Store = (*Store)(nil)

// Open returns the store in a folder, which must exist: where a disk is not mounted, a
// folder made in its place would fill another disk. It writes nothing.
func Open(dir string) (*Store, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Store{root: root}, nil
}

// Create makes the folder unless it is there, and opens it. What it lies in must exist, for
// the same reason.
func Create(dir string) (*Store, error) {
	if err := os.Mkdir(dir, 0o700); err == nil {
		if err := syncPath(filepath.Dir(filepath.Clean(dir))); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Open(dir)
}

// Close releases the folder.
func (s *Store) Close() error { return s.root.Close() }

// Traits tries what the file system can do, and so writes to the folder the first time; a
// folder that cannot be written to is not Atomic.
func (s *Store) Traits() store.Traits {
	naming, err := s.naming()
	return store.Traits{Atomic: err == nil && naming.atomic}
}

func (s *Store) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) (err error) {
	if err := check(ctx, name); err != nil {
		return err
	}
	naming, err := s.naming()
	if err != nil {
		return err
	}
	if _, err := s.root.Lstat(name); err == nil { // spares the writing, mostly
		return s.exists(name)
	}
	d, ok := body.(*draft)
	if !ok || d.store != s {
		if d, err = s.newDraft(); err != nil {
			return err
		}
		defer d.Close()
		err = store.Copy(ctx, d.file, body, size, sum)
	} else {
		err = d.is(size, sum)
	}
	if err == nil {
		err = d.finish()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	switch err := naming.give(ctx, s, d.temp, name); {
	case errors.Is(err, fs.ErrExist) && !s.same(d.temp, name):
		return s.exists(name)
	case err != nil && !errors.Is(err, fs.ErrExist): // otherwise a network file system has asked twice
		return err
	}
	if err := s.syncFolder(); err != nil {
		s.root.Remove(name)
		return err
	}
	return nil
}

// exists returns ErrExists, once the name is as durable as the object that has it.
func (s *Store) exists(name string) error {
	if err := s.syncFolder(); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", store.ErrExists, name)
}

func (s *Store) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	if _, err := s.Stat(ctx, name); err != nil { // opening a pipe would wait
		return 0, err
	}
	f, err := s.root.Open(name)
	if err != nil {
		return 0, s.missing(name, err)
	}
	defer f.Close()
	return f.ReadAt(p, off)
}

// Stat returns no checksum: a folder keeps none.
func (s *Store) Stat(ctx context.Context, name string) (store.Object, error) {
	if err := check(ctx, name); err != nil {
		return store.Object{}, err
	}
	info, err := s.root.Lstat(name)
	switch {
	case err != nil:
		return store.Object{}, s.missing(name, err)
	case !info.Mode().IsRegular():
		return store.Object{}, fmt.Errorf("%s is not a regular file (%v)", name, info.Mode().Type())
	}
	return store.Object{Name: name, Size: info.Size()}, nil
}

func (s *Store) List(ctx context.Context, prefix string) ([]store.Object, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := s.entries()
	if err != nil {
		return nil, err
	}
	var all []store.Object
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, prefix) || store.CheckName(name) != nil || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist): // it has just been deleted
			continue
		case err != nil:
			return nil, err
		}
		all = append(all, store.Object{Name: entry.Name(), Size: info.Size()})
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b store.Object) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

func (s *Store) Delete(ctx context.Context, name string) error {
	if _, err := s.Stat(ctx, name); err != nil { // a folder of this name is no object
		if errors.Is(err, store.ErrMissing) {
			return nil
		}
		return err
	}
	if err := s.root.Remove(name); err != nil {
		if errors.Is(s.missing(name, err), store.ErrMissing) {
			return nil
		}
		return err
	}
	return s.syncFolder()
}

// missing returns ErrMissing if there is no such file in a folder that is still there.
func (s *Store) missing(name string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(s.root.Name()); err != nil {
		return err
	}
	return fmt.Errorf("%w: %s", store.ErrMissing, name)
}

func (s *Store) entries() ([]fs.DirEntry, error) {
	dir, err := s.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if _, err := os.Stat(s.root.Name()); err != nil { // one that has been removed is empty
		return nil, err
	}
	return dir.ReadDir(-1)
}

// same reports whether two names lead to one file.
func (s *Store) same(a, b string) bool {
	x, err := s.root.Lstat(a)
	if err != nil {
		return false
	}
	y, err := s.root.Lstat(b)
	return err == nil && os.SameFile(x, y)
}

func check(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	return ctx.Err()
}

func tempName() string { return tempPrefix + rand.Text() + tempSuffix }
