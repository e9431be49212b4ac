//go:build !wasm && !plan9

package vaultd

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// The buckets of the file, and the keys of the first.
var (
	aboutBucket    = []byte("about")
	accountsBucket = []byte("accounts")

	vaultKey  = []byte("vault")
	storeKey  = []byte("store")
	changeKey = []byte("change") // the number of the last change
)

// bolt is a Store in one file.
type bolt struct {
	db    *bbolt.DB
	guard guard
	last  kept
	turns Turns

	changes chan *change
	ended   chan struct{} // closed when no change is stored any more
	failed  atomic.Pointer[error]
	stored  func(group int, number uint64)
}

var _ Store = (*bolt)(nil)

// BoltOptions say where a store in one file is.
type BoltOptions struct {
	Path     string // is made if it is not there
	Guard    string // in another folder
	NewGuard bool   // whether the guard was lost
	Vault    vault.ID
	// Stored is told how many changes were stored at once, and the number of the last one; 0 when
	// the store is opened. It may be nil.
	Stored func(group int, number uint64)
}

// lockPatience is how long another process that is ending may still have the file. Tests have less.
var lockPatience = 2 * time.Second

// OpenBolt opens a store in one file, which it locks. Errors say what to do: the store was set
// back, the guard was lost [VLT-57], another process has the store, or it is one of another
// vault.
func OpenBolt(o *BoltOptions) (Store, error) {
	for _, path := range []string{o.Path, o.Guard} {
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("there is no folder %s to have %s in: make it, or give another", display.Name(filepath.Dir(path)), display.Name(filepath.Base(path)))
		}
	}
	if sameFolder(o.Path, o.Guard) {
		return nil, fmt.Errorf("the guard is in the folder of the store, and would be set back with it: give another folder, best on another disk")
	}
	g := guard{path: o.Guard}
	if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) { // before a new one is made
		if err := g.check(&kept{}, o.NewGuard); err != nil {
			return nil, err
		}
	}
	b := &bolt{guard: g, changes: make(chan *change), ended: make(chan struct{}), stored: o.Stored}
	if b.stored == nil {
		b.stored = func(int, uint64) {}
	}
	if err := b.carefully(func() error { return b.open(o) }); err != nil {
		return nil, err
	}
	go b.store()
	return b, nil
}

// carefully does something with the database, which is mapped into memory and trusted: a file
// that is damaged or cut ends in a panic, and after that the store answers nothing more.
func (b *bolt) carefully(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: it was cut, or changed by something else", ErrDamaged)
			b.failed.Store(&err)
		}
	}()
	return do()
}

func (b *bolt) open(o *BoltOptions) (err error) {
	b.db, err = bbolt.Open(o.Path, 0o600, &bbolt.Options{Timeout: lockPatience, FreelistType: bbolt.FreelistMapType})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("another process has the store %s: only one can", display.Name(o.Path))
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %s: %w", ErrDamaged, display.Name(o.Path), err)
	case err != nil:
		return err
	}
	if err = b.begin(o); err != nil {
		return display.Both(err, b.db.Close())
	}
	return nil
}

// begin makes the store if it is empty, and compares it with the guard.
func (b *bolt) begin(o *BoltOptions) error {
	err := b.db.Update(func(tx *bbolt.Tx) error {
		if tx.Bucket(aboutBucket) == nil {
			return b.make(tx, &o.Vault)
		}
		about := tx.Bucket(aboutBucket)
		id, store, number := about.Get(vaultKey), about.Get(storeKey), about.Get(changeKey)
		if len(id) != len(o.Vault) || len(store) != len(b.last.Store) || len(number) != 8 || tx.Bucket(accountsBucket) == nil {
			return fmt.Errorf("%w: %s is not the file of a vault", ErrDamaged, display.Name(o.Path))
		}
		if vault.ID(id) != o.Vault {
			return fmt.Errorf("the store is one of another vault than the certificate: each root key has its own store")
		}
		b.last = kept{storeID(store), binary.BigEndian.Uint64(number)}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.guard.check(&b.last, o.NewGuard); err != nil {
		return err
	}
	if err := b.guard.begin(&b.last); err != nil { // a crash may have come between a change and its number
		return fmt.Errorf("the guard cannot be written: %w", err)
	}
	b.stored(0, b.last.Change)
	return nil
}

func (b *bolt) make(tx *bbolt.Tx, id *vault.ID) error {
	rand.Read(b.last.Store[:])
	about, err := tx.CreateBucket(aboutBucket)
	if err != nil {
		return err
	}
	if _, err := tx.CreateBucket(accountsBucket); err != nil {
		return err
	}
	return errors.Join(about.Put(vaultKey, id[:]), about.Put(storeKey, b.last.Store[:]), about.Put(changeKey, make([]byte, 8)))
}

// sameFolder reports whether two files are in the same folder.
func sameFolder(a, b string) bool {
	x, errA := os.Stat(filepath.Dir(a))
	y, errB := os.Stat(filepath.Dir(b))
	return errA == nil && errB == nil && os.SameFile(x, y)
}

// Update implements Store.
func (b *bolt) Update(ctx context.Context, id *vault.AccountID, transition Transition) error {
	release, err := b.turns.Take(ctx, id)
	if err != nil {
		return err
	}
	defer release() // once the change is durable: no answer depends on one that is not
	if err := b.Err(); err != nil {
		return err
	}
	var account *record.Account
	err = b.carefully(func() (err error) {
		account, err = b.read(id)
		return err
	})
	if err != nil {
		return err
	}
	changed, err := transition(account)
	if err != nil || !changed {
		return err
	}
	c := &change{id, Seal(account), make(chan error, 1)}
	select {
	case b.changes <- c:
		return <-c.done
	case <-b.ended:
		return errClosed
	}
}

var errClosed = errors.New("the store is closed")

func (b *bolt) read(id *vault.AccountID) (account *record.Account, err error) {
	err = b.db.View(func(tx *bbolt.Tx) error {
		account, err = Unseal(id, tx.Bucket(accountsBucket).Get(id[:]))
		return err
	})
	return account, err
}

// Err implements Store.
func (b *bolt) Err() error {
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}
