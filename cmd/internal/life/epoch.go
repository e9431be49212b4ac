package life

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
)

// TurnOn makes a new set where there is none. Errors: set.ErrTaken if another device does
// the same, ErrMoved, those of the store and of the device. [LIF-5]
func (f *Found) TurnOn(ctx context.Context, lock *Lock) error {
	if f.Standing != Empty {
		return ErrMoved
	}
	meta := device.Meta{Store: f.Text}
	if begun := f.Meta.Begun; f.Meta.Epoch == 0 && begun != nil && begun.Epoch == 1 { // it was interrupted before it stored anything
		meta = f.Meta
	} else if err := f.draw(meta.SetID[:], meta.Writer[:], meta.Seed[:]); err != nil { // [LIF-1]
		return err
	}
	ring := &keyring.Keyring{SetID: meta.SetID, Epoch: 1, Writer: meta.Writer, CreatedMS: f.created()}
	err := f.begin(ctx, &meta, ring, lock, nil, 0)
	if errors.Is(err, ErrNotLive) {
		err = f.beginAgain(ctx, lock, err)
	}
	return err
}

// Begin begins the next epoch of the set, of which this device is the writer from then on,
// and deletes the keyrings of those before. Errors: ErrKeyUsed, set.ErrTaken if another
// device has begun the epoch, ErrMoved, malformed_archive for more old keys than a keyring
// has, those of the store and of the device. [LIF-21]
func (s *Set) Begin(ctx context.Context, lock *Lock) error {
	if err := s.mayUse(lock); err != nil {
		return err
	}
	var err error
	if s.former, err = s.ends(lock); err != nil {
		return err
	}
	generation, digest := uint64(0), [sha256.Size]byte{}
	if s.Head != nil {
		if digest, err = s.Head.Digest(ctx); err != nil {
			return err
		}
		generation = s.Head.Number
	}
	meta := s.Meta
	if s.Memory == nil || meta.SetID != s.Ring.SetID {
		meta = device.Meta{SetID: s.Ring.SetID, Store: s.Text}       // the head is its own once the epoch is [LIF-36]
		if err := s.draw(meta.Writer[:], meta.Seed[:]); err != nil { // [LIF-1]
			return err
		}
	}
	ring := s.Ring.Following(meta.Writer, &lock.Key, generation, digest) // [LIF-20]
	if ring.Epoch, err = s.Objects.NextEpoch(ctx, max(s.Ring.Epoch, meta.Epoch)); err != nil {
		return err
	}
	ring.CreatedMS = s.created()
	if err := s.hasStayed(ctx); err != nil {
		return err
	}
	err = s.begin(ctx, &meta, ring, lock, s.Head, max(s.Ring.Epoch, s.above))
	if errors.Is(err, ErrNotLive) {
		err = s.beginAgain(ctx, lock, err)
	}
	return err
}

// mayUse decides about the key of an epoch. [LIF-19]
func (s *Set) mayUse(lock *Lock) error {
	if lock.Key == s.Ring.Key {
		isOnly := s.Ring.Header != nil && len(s.Ring.Header.Slots) == 0 // of all secrets
		goesBack := s.Head == nil && s.Meta.Generation > 0 || s.Head != nil && s.Head.Number < s.Meta.Generation
		if isOnly && (s.Standing != Ours || goesBack) || s.Ring.Header != nil && len(lock.Slots) > len(s.Ring.Header.Slots) && lock.keeps(s.Ring.Header) {
			return nil
		}
		return ErrKeyUsed
	}
	for _, old := range s.Ring.OldKeys {
		if old.Key == lock.Key { // [KRG-4]
			return ErrKeyUsed
		}
	}
	return nil
}

// hasStayed looks whether the store still has the keyrings and commits that were found: the
// holder may have been asked since.
func (f *Found) hasStayed(ctx context.Context) error {
	now, err := set.List(ctx, f.Store)
	if err != nil {
		return err
	}
	newest := func(commits []set.Name) uint64 { // they are in order
		if len(commits) == 0 {
			return 0
		}
		return commits[0].Number
	}
	if now.Greatest() != f.Objects.Greatest() || newest(now.Commits) != newest(f.Objects.Commits) {
		return ErrMoved
	}
	return nil
}

// Finish goes on with an epoch that this device had begun, with the secret that opens it, or
// with what it remembers if that is nil. If the holder leaves records, one that is not live yet
// is given up. Errors: ErrNotLive, those of opening a keyring, set.ErrTaken, those
// of the store and of the device. [LIF-21]
func (f *Found) Finish(ctx context.Context, secret container.Secret) error {
	if f.Standing != Begun {
		return ErrMoved
	}
	s, err := f.Open(ctx, secret, false)
	if fault.NameOf(err) == fault.MissingContainer { // the commit that it was to name
		return display.Both(fmt.Errorf("%w (%w)", ErrMoved, err), f.forgetBegun())
	}
	if err != nil {
		return err
	}
	if secret == nil {
		secret = container.WithKey(&s.Ring.Key)
	}
	release, err := f.remember(&f.Meta)
	if err != nil {
		return err
	}
	defer release()
	f.givenUp = f.LeaveRecord
	lock := &Lock{Key: s.Ring.Key, Slots: s.Ring.Header.Slots, Proof: secret}
	return f.complete(ctx, s.Ring.Keyring, s.Ring.Bytes, lock, s.Head)
}
