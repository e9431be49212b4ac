package vaultd

import (
	"errors"
	"fmt"

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

func (k *kept) text() string { return fmt.Sprintf(guardFormat, k.Store[:], k.Change) }

// read returns what the guard keeps. Errors: ErrNoGuard, one that says what to do.
func (g *guard) read() (*kept, error) {
	text, err := ReadGuard(g.path)
	if err != nil {
		return nil, err
	}
	var k kept
	var store []byte
	_, err = fmt.Sscanf(text, guardFormat, &store, &k.Change)
	if copy(k.Store[:], store); err != nil || text != k.text() {
		return nil, DamagedGuard(g.path)
	}
	return &k, nil
}

// write replaces the guard durably.
func (g *guard) write(k *kept) error { return WriteGuard(g.path, k.text()) }

// check refuses a store that is not, or not any more, the one that the guard knows. A store
// without changes has the number 0, as has one that is only being made.
func (g *guard) check(store *kept, anew bool) error {
	known, err := g.read()
	where := display.Name(g.path)
	switch {
	case errors.Is(err, ErrNoGuard):
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
