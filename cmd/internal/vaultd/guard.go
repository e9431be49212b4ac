package vaultd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// storeID tells stores apart: random bytes that it is made with.
type storeID [16]byte

// guard is a small file that keeps the number of the last change outside the store, so that a
// store that was set back to an earlier image is found out. [VLT-57]
//
// It has two places, each a block of its own, that are overwritten in turn: to replace the file
// would cost several times as much. A crash damages at most the place that is written, and the
// store has then the change that was to be kept, since it comes first; the other place has the
// change before.
type guard struct {
	path string
	next int // the place that is written next
}

// kept is what a guard knows of a store. Zeros are nothing.
type kept struct {
	Store  storeID
	Change uint64 // the number of the last change
}

const (
	guardFormat = "coffer-vault guard 2\nstore %x\nchange %d\n"
	guardPlaces = 2
	guardBlock  = 4096 // bytes of a place
)

func (k *kept) text() string { return fmt.Sprintf(guardFormat, k.Store[:], k.Change) }

// block is what is in a place.
func (k *kept) block() []byte {
	block := bytes.Repeat([]byte("\n"), guardBlock)
	copy(block, guarded(k.text()))
	return block
}

// parseBlock is the inverse of block, or nil.
func parseBlock(block string) *kept {
	text, ok := unguarded(strings.TrimRight(block, "\n") + "\n")
	var k kept
	var store []byte
	_, err := fmt.Sscanf(text, guardFormat, &store, &k.Change)
	if copy(k.Store[:], store); !ok || err != nil || block != string(k.block()) {
		return nil
	}
	return &k
}

// read returns what the guard keeps, and whether only one of its places is good. Errors:
// ErrNoGuard, one that says what to do.
func (g *guard) read() (known *kept, torn bool, err error) {
	content, err := readGuardFile(g.path)
	if err != nil {
		return nil, false, err
	}
	if len(content) != guardPlaces*guardBlock {
		return nil, false, DamagedGuard(g.path)
	}
	a, b := parseBlock(content[:guardBlock]), parseBlock(content[guardBlock:])
	switch {
	case a == nil && b == nil, a != nil && b != nil && a.Store != b.Store:
		return nil, false, DamagedGuard(g.path)
	case a == nil:
		return b, true, nil
	case b == nil:
		return a, true, nil
	case a.Change < b.Change:
		return b, false, nil
	}
	return a, false, nil
}

// begin makes the guard durably, or replaces it by one that keeps the same in both places.
func (g *guard) begin(k *kept) error {
	return replaceGuardFile(g.path, bytes.Repeat(k.block(), guardPlaces))
}

// write keeps another change durably, in the place that does not have the last one.
func (g *guard) write(k *kept) error {
	f, err := os.OpenFile(g.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteAt(k.block(), int64(g.next)*guardBlock); err != nil {
		return err
	}
	g.next = (g.next + 1) % guardPlaces
	if err := syncData(f); err != nil {
		return err
	}
	return f.Close()
}

// check refuses a store that is not, or not any more, the one that the guard knows. A store
// without changes has the number 0, as has one that is only being made. Where a place of the guard
// is damaged, the store has to be ahead of the other one, as a crash leaves it.
func (g *guard) check(store *kept, anew bool) error {
	known, torn, err := g.read()
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
	case known.Change == 0 && !torn:
		return nil
	case known.Store != store.Store && store.Change == 0:
		return fmt.Errorf("the store is gone, or empty, and the guard %s knows %d changes of it: put the store back as it was last, never an earlier image; if it is lost, all records are: make a new vault, with another guard", where, known.Change)
	case known.Store != store.Store:
		return fmt.Errorf("the guard %s is one of another store: give each store its own", where)
	case store.Change < known.Change:
		return fmt.Errorf("the store was set back: its last change has the number %d, and the guard %s knows of %d; it would answer attempts again that were taken: put the store back as it was last; if it is lost, all records are: make a new vault, with another guard", store.Change, where, known.Change)
	case torn && store.Change == known.Change:
		return DamagedGuard(g.path)
	}
	return nil
}
