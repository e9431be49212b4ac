package vaultd

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// storeID tells stores apart: random bytes that it is made with.
type storeID [16]byte

// guard is a small file that keeps the number of the last change outside the store, so that a
// store that was set back to an earlier image is found out. [VLT-57]
type guard struct{ path string }

// kept is what a guard knows of a store. Zeros are nothing.
type kept struct {
	Store  storeID
	Change uint64 // the number of the last change
}

const guardFormat = "coffer-vault guard 1\nstore %x\nchange %d\n"

// bytes ends with a checksum, so that a file that was damaged is no guard.
func (k *kept) bytes() []byte {
	text := fmt.Appendf(nil, guardFormat, k.Store[:], k.Change)
	sum := sha256.Sum256(text)
	return fmt.Appendf(text, "sum %x\n", sum[:8])
}

var errNoGuard = errors.New("there is no guard")

// read returns what the guard keeps. Errors: errNoGuard, one that says what to do.
func (g *guard) read() (*kept, error) {
	text, err := os.ReadFile(g.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errNoGuard
	case err != nil:
		return nil, fmt.Errorf("the guard cannot be read: %w", err)
	}
	var k kept
	var store []byte
	_, err = fmt.Fscanf(bytes.NewReader(text), guardFormat, &store, &k.Change)
	if copy(k.Store[:], store); err != nil || !bytes.Equal(text, k.bytes()) {
		return nil, fmt.Errorf("the guard %s is damaged, and nobody knows which state of the store is the last: if you know that the store was never set back to an earlier image, remove the guard, and start once with --new-guard", display.Name(g.path))
	}
	return &k, nil
}

// write replaces the guard durably.
func (g *guard) write(k *kept) error {
	folder, name := filepath.Split(g.path)
	folder = filepath.Clean(folder)
	next := filepath.Join(folder, "."+name+".new") // one process has the store, and the guard with it
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(k.bytes()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(next, g.path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // which opens no folder
		return nil
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// check refuses a store that is not, or not any more, the one that the guard knows. A store
// without changes has the number 0, as has one that is only being made.
func (g *guard) check(store *kept, anew bool) error {
	known, err := g.read()
	where := display.Name(g.path)
	switch {
	case errors.Is(err, errNoGuard):
		if store.Change == 0 || anew {
			return nil
		}
		return fmt.Errorf("there is no guard %s, and the store has changes: if the guard was lost, and you know that the store was never set back to an earlier image, start once with --new-guard", where)
	case err != nil:
		return err
	case anew:
		return fmt.Errorf("there is a guard %s: --new-guard is for when it was lost", where)
	case known.Change == 0:
		return nil
	case known.Store != store.Store && store.Change == 0:
		return fmt.Errorf("the store is gone, or empty, and the guard %s knows %d changes of it: put the store back as it was last, never an earlier image; if it is lost, all records are: make a new vault, with another guard", where, known.Change)
	case known.Store != store.Store:
		return fmt.Errorf("the guard %s is one of another store: give each store its own", where)
	case store.Change < known.Change:
		return fmt.Errorf("the store was set back: its last change has the number %d, and the guard %s knows of %d; it would answer attempts again that were taken: put the store back as it was last; if it is lost, all records are: make a new vault, with another guard", store.Change, where, known.Change)
	}
	return nil
}
