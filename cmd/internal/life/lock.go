package life

import (
	"context"
	"io"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

// Lock is what opens a keyring that is to be made.
type Lock struct {
	Key   key.Key          // K of the epoch
	Slots []slot.Slot      // that open it besides K
	Proof container.Secret // what the holder has given: a keyring that it does not open is not stored

	record *device.Record                       // that a slot was registered with, and that is not committed yet
	again  func(context.Context) (*Lock, error) // registers the same password anew [VLT-43]
}

// WithKey returns the lock that a 64-digit key opens, and nothing else.
func WithKey(k *key.Key) *Lock { return &Lock{Key: *k, Proof: container.WithKey(k)} }

// WithPassword returns a lock with a new K that a password opens. Errors: those of rand.
func WithPassword(rand io.Reader, prepared password.Prepared) (*Lock, error) {
	k, err := key.New(rand) // [KEY-2] [LIF-19]
	if err != nil {
		return nil, err
	}
	return withPassword(rand, &k, nil, prepared)
}

// AddPassword returns the lock of a keyring with one slot more, under the same K. Errors:
// those of rand.
func AddPassword(rand io.Reader, k *key.Key, old *header.Header, prepared password.Prepared) (*Lock, error) {
	return withPassword(rand, k, old.Slots, prepared)
}

func withPassword(rand io.Reader, k *key.Key, others []slot.Slot, prepared password.Prepared) (*Lock, error) {
	s, err := slot.NewPassword(rand, k, prepared, slot.DefaultParams)
	if err != nil {
		return nil, err
	}
	return &Lock{Key: *k, Slots: append(slices.Clone(others), s), Proof: container.WithSlot(slot.PasswordSecret(prepared.Bytes()))}, nil
}

// keeps reports whether a lock has all slots of a header.
func (l *Lock) keeps(h *header.Header) bool {
	return !slices.ContainsFunc(h.Slots, func(s slot.Slot) bool { return !slices.Contains(l.Slots, s) })
}
