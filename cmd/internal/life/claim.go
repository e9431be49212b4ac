package life

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// claim stores a keyring under its first name, which decides which of several devices has
// begun the epoch, and reads it back: on a store that is not atomic that shows after a while.
// [LIF-30]
func (f *Found) claim(ctx context.Context, epoch uint64, sealed []byte) error {
	name := set.Name{Kind: set.Keyring, Number: epoch}
	err := set.MakeKeyring(ctx, f.Store, name, sealed)
	if err == nil {
		err = f.wait(ctx)
	}
	if err == nil {
		var is bool
		if is, err = store.Holds(ctx, f.Store, name.String(), int64(len(sealed)), sha256.Sum256(sealed)); err == nil && !is {
			err = set.ErrTaken
		}
	}
	return f.unlessTaken(err)
}

// unlessTaken takes back what was to be begun if a name was taken by another device.
func (f *Found) unlessTaken(err error) error {
	if errors.Is(err, set.ErrTaken) {
		err = display.Both(err, f.forgetBegun())
	}
	return err
}

// unlessMoved takes back what was to be begun, and the first name of its keyring, if another
// epoch has begun meanwhile. [LIF-38]
func (f *Found) unlessMoved(ctx context.Context, epoch uint64, err error) error {
	if errors.Is(err, ErrMoved) {
		deleted := f.Store.Delete(ctx, set.Name{Kind: set.Keyring, Number: epoch}.String())
		err = display.Both(display.Both(err, deleted), f.forgetBegun())
	}
	return err
}

// missed returns a commit that was made in the epoch from which this one goes on after that
// was looked at, nil if there is none. Errors: ErrMoved if another epoch has been begun
// meanwhile, those of the store. [LIF-30]
func (f *Found) missed(ctx context.Context, ring *set.Ring) (*set.Generation, error) {
	now, err := set.List(ctx, f.Store)
	if err != nil {
		return nil, err
	}
	if _, isStored := now.Has(set.Name{Kind: set.KeyringCopy, Number: ring.Epoch}); isStored { // it was looked for
		return nil, nil
	}
	from := f.Meta.Begun.From
	switch counts, err := now.Counts(ctx, ring.Epoch, from); {
	case err != nil:
		return nil, err
	case !counts:
		return nil, ErrMoved
	}
	switch is, err := f.hasNamed(ctx, now, ring); {
	case err != nil:
		return nil, err
	case !is:
		return nil, ErrMoved
	}
	return now.Overlooked(ctx, ring, from, f.Payloads)
}

// hasNamed reports whether a store has the commit that a keyring names: one that is not atomic
// may have shown another one for a while.
func (f *Found) hasNamed(ctx context.Context, now *set.Objects, ring *set.Ring) (bool, error) {
	if f.Store.Traits().Atomic || ring.Generation == 0 {
		return true, nil
	}
	name := set.Name{Kind: set.Commit, Number: ring.Generation}
	object, ok := now.Has(name)
	if !ok {
		return false, nil
	}
	is, err := store.Holds(ctx, f.Store, name.String(), object.Size, ring.Head)
	if errors.Is(err, store.ErrMissing) {
		err = nil
	}
	return is, err
}

// counts makes sure that a keyring whose copy was stored counts, and opens with the secret that
// the holder has given. It returns what the store then lists. Errors: superseded if another
// device has begun a later epoch meanwhile, ErrMoved, those of the store. [LIF-34]
func (f *Found) counts(ctx context.Context, epoch uint64, sealed []byte, lock *Lock) (*set.Objects, error) {
	if err := f.wait(ctx); err != nil {
		return nil, err
	}
	if err := set.CheckKeyring(ctx, f.Store, epoch, sealed, lock.Proof); err != nil { // [LIF-7]
		if errors.Is(err, store.ErrMissing) { // another device has begun a later epoch, and ended this one
			err = fmt.Errorf("%w (%v)", ErrMoved, err)
		}
		return nil, f.unlessTaken(err)
	}
	now, err := set.List(ctx, f.Store)
	if err != nil {
		return nil, err
	}
	counts, err := now.Counts(ctx, epoch)
	if err == nil && !counts {
		err = fault.New(fault.Superseded, "another device has begun to take the backup over meanwhile")
	}
	return now, err
}
