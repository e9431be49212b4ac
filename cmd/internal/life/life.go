// Package life turns backup sets on, begins their epochs and turns them off, in the orders
// of spec chapter 17: a crash, a lost answer or a second device at any point loses nothing,
// and the same call again goes on. It asks nobody anything.
package life

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// Errors that callers tell apart, by errors.Is; set.ErrTaken is another one.
var (
	// ErrMoved says that the store or the memory is not as it was looked at.
	ErrMoved = errors.New("the backup has changed meanwhile: run this again")
	// ErrKeyUsed says that a new key is not new.
	ErrKeyUsed = errors.New("this key opens the backup already, or has opened it before: take another one")
)

// Place is a store, and where this device keeps what it remembers of it.
type Place struct {
	Store    store.Store
	Text     string    // of the store, canonical
	Dir      string    // of memories
	Rand     io.Reader // cryptographically secure
	Now      func() time.Time
	Settle   time.Duration // how long a store that is not atomic takes to show what was written
	Payloads container.Payloads
	Vaults   func(*device.Vault) (Vault, error) // opens one; it sends nothing

	save func() error // of tests: fails as a crash before a save of the memory, or after it
}

// Standing is how this device stands to what lies in a store.
type Standing int

// The standings.
const (
	Empty  Standing = iota // there is no backup
	Rest                   // there is no keyring that can be read, but other objects: the store has lost or damaged it, or the set was not turned off to the end
	Ours                   // this device writes to the set
	Begun                  // this device was about to begin an epoch, and was interrupted
	Others                 // another device writes to the set, or nobody knows of any that does
)

// Found is what lies in a store.
type Found struct {
	Place
	Standing Standing
	Objects  *set.Objects
	Header   *header.Header // of the keyring that counts, which is not authenticated [HDR-16], or of the one that was Begun; nil if there is none
	Epoch    uint64         // in its name

	Memory *device.Memory // nil if this device remembers nothing
	Meta   device.Meta    // what it had when it was read

	Named       *device.Vault // by the holder, beside those in the memory; nil if none is
	LeaveRecord bool          // the holder goes on though the record at a vault cannot be destroyed
	Destroyed   int           // records at vaults that TurnOff and GoOnOff have destroyed

	ring    *set.Ring      // if the memory's key opens it
	counted *set.Objects   // those among which the keyring is looked for
	above   uint64         // the greatest epoch that PassOver has passed over
	former  *device.Record // that ends with the epoch that is begun
	givenUp bool           // the record of the epoch that was begun is not committed
}

// PassOver leaves out keyrings that a password is not to open [VLT-31], and returns the header of
// the one that counts then. Errors: those of set.Objects.Public.
func (f *Found) PassOver(ctx context.Context, counted *set.Objects, over []set.PassedOver) error {
	h, epoch, err := counted.Public(ctx)
	if err != nil {
		return err
	}
	f.counted, f.Header, f.Epoch = counted, h, epoch
	for _, p := range over {
		if name, ok := set.ParseName(p.Name); ok {
			f.above = max(f.above, name.Number)
		}
	}
	return nil
}

// Look finds out what lies in a store, without a secret. [LIF-5] Errors: those of the store
// and of the device, missing_container and others if no keyring can be read.
func Look(ctx context.Context, p Place) (*Found, error) {
	f := &Found{Place: p}
	if err := f.list(ctx); err != nil {
		return nil, err
	}
	var check key.Check
	if f.Header != nil {
		check = f.Header.KeyCheck
	}
	var err error
	switch f.Memory, err = device.Find(p.Dir, p.Text, check); {
	case errors.Is(err, device.ErrNone), errors.Is(err, device.ErrDamaged), errors.Is(err, device.ErrNewer):
		err = nil // what cannot be read is nothing: taking over sets it aside
	case err != nil:
		return nil, err
	default:
		if f.Meta, err = f.Memory.Meta(); err != nil {
			return nil, err
		}
	}
	switch {
	case f.Header != nil:
		f.Standing, err = f.stand(ctx)
	case len(f.Objects.Keyrings)+len(f.Objects.Commits)+len(f.Objects.Data) > 0:
		f.Standing = Rest
	}
	return f, err
}

// list asks the store what it has, again if the keyrings are replaced meanwhile.
func (f *Found) list(ctx context.Context) error {
	for {
		var err error
		if f.Objects, err = set.List(ctx, f.Store); err != nil || len(f.Objects.Keyrings) == 0 {
			return err
		}
		if f.Header, f.Epoch, err = f.Objects.Public(ctx); err == nil {
			return nil
		}
		switch err := f.isMoved(ctx, err); {
		case errors.Is(err, ErrMoved):
		case fault.NameOf(err) == fault.MissingContainer: // each of them is damaged
			return nil
		default:
			return err
		}
	}
}

// isMoved returns ErrMoved for an error that comes from what has changed in the store since it
// was listed, or the error.
func (f *Found) isMoved(ctx context.Context, err error) error {
	if fault.NameOf(err) == fault.MissingContainer {
		if moved := f.hasStayed(ctx); moved != nil {
			return moved
		}
	}
	return err
}

// stand opens the keyring with what this device remembers.
func (f *Found) stand(ctx context.Context) (Standing, error) {
	if f.Memory == nil {
		return Others, nil
	}
	if isBegun, err := f.standsAtBegun(ctx); err != nil || isBegun {
		return Begun, err
	}
	if f.Meta.Epoch != f.Epoch || !f.Meta.Key.Fits(f.Header.KeyCheck) {
		return Others, nil
	}
	newer, _, err := f.Objects.Newer(ctx, f.Epoch)
	if err != nil || newer > 0 {
		return Others, err
	}
	ring, err := f.Objects.OpenKeyring(ctx, container.WithKey(&f.Meta.Key), f.remembered(false))
	switch name := fault.NameOf(err); {
	case err != nil && name == "":
		return 0, err
	case isDamage(name): // [LIF-32]
		f.Header = nil
		return Rest, nil
	case err != nil || ring.Writer != f.Meta.Writer || ring.Epoch != f.Epoch:
		return Others, nil
	}
	f.ring = ring
	return Ours, nil
}

// isDamage reports whether a keyring that has the key check of the key does not open under it for
// this reason, and for none that says that it is another one, or gone.
func isDamage(name fault.Name) bool {
	switch name {
	case "", fault.WrongSecret, fault.WrongSet, fault.StaleBackup, fault.MissingContainer:
		return false
	}
	return true
}

// standsAtBegun reports whether this device can go on with the epoch that it was about to
// begin: its keyring is there, and no other epoch was begun since.
func (f *Found) standsAtBegun(ctx context.Context) (bool, error) {
	begun := f.Meta.Begun
	if begun == nil || f.Epoch != begun.From && f.Epoch != begun.Epoch {
		return false, nil
	}
	newer, _, err := f.Objects.Newer(ctx, begun.Epoch)
	if err != nil || newer > 0 {
		return false, err
	}
	w := set.Writer{Memory: set.Memory{SetID: f.Meta.SetID, Epoch: begun.Epoch}, ID: f.Meta.Writer, Key: begun.Key}
	ring, err := w.Own(ctx, f.Objects)
	if err != nil || ring == nil {
		return false, err
	}
	f.ring, f.Header, f.Epoch = ring, ring.Header, ring.Epoch
	return true, nil
}

// remembered is what this device has seen, or nothing.
func (f *Found) remembered(stale bool) set.Memory {
	if stale {
		return set.Memory{}
	}
	return set.Memory{SetID: f.Meta.SetID, Epoch: f.Meta.Epoch, Generation: f.Meta.Generation}
}

// Set is a set that has been opened.
type Set struct {
	*Found
	Ring       *set.Ring
	Head       *set.Generation // nil if there is no generation yet, or after Prove
	PassedOver []set.PassedOver
}

// Prove opens the keyring with its secret, or with what this device remembers if that is
// nil. stale asks for what lies there even if this device remembers a later state of the
// set, or another set. Errors: those of set.OpenKeyring, ErrMoved.
func (f *Found) Prove(ctx context.Context, secret container.Secret, stale bool) (*Set, error) {
	ring := f.ring
	if secret != nil {
		objects := f.Objects
		if f.counted != nil {
			objects = f.counted
		}
		open := func() (*set.Ring, error) { return objects.OpenKeyring(ctx, secret, f.remembered(stale)) }
		if f.Standing == Begun { // which may not count yet
			open = func() (*set.Ring, error) { return f.Objects.OpenEpoch(ctx, f.Epoch, secret) }
		}
		var err error
		if ring, err = open(); err != nil {
			return nil, f.isMoved(ctx, err)
		}
	}
	if ring == nil {
		return nil, fmt.Errorf("%w that opens it", device.ErrNone)
	}
	return &Set{Found: f, Ring: ring, PassedOver: ring.PassedOver}, nil
}

// Open is Prove that opens the head, too. Errors: those of set.OpenHead as well.
func (f *Found) Open(ctx context.Context, secret container.Secret, stale bool) (*Set, error) {
	s, err := f.Prove(ctx, secret, stale)
	if err != nil {
		return nil, err
	}
	head, passed, err := f.Objects.OpenHead(ctx, s.Ring, f.remembered(stale), f.Payloads)
	if err != nil {
		return nil, f.isMoved(ctx, err)
	}
	s.Head, s.PassedOver = head, append(s.PassedOver, passed...)
	return s, nil
}

// saved runs what makes a memory durable.
func (p *Place) saved(do func() error) error {
	if p.save == nil {
		return do()
	}
	if err := p.save(); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return p.save()
}

// wait lets a store that is not atomic show what others have written.
func (p *Place) wait(ctx context.Context) error {
	if p.Store.Traits().Atomic {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(p.Settle):
		return nil
	}
}
