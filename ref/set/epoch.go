package set

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store"
)

// ErrTaken says that the name of a keyring is taken by other bytes: another device has
// begun the epoch.
var ErrTaken = errors.New("another device has begun this epoch of the backup")

// Following returns the keyring of the epoch after that of a ring, for a writer. head is the
// newest commit: its generation and SHA-256, zero if there is none. k is the key of the new
// epoch. [KRG-7] [LIF-20]
func (r *Ring) Following(writer [16]byte, k *key.Key, generation uint64, head [32]byte) *keyring.Keyring {
	next := &keyring.Keyring{
		SetID:      r.SetID,
		Epoch:      r.Epoch + 1,
		Writer:     writer,
		Generation: generation,
		Head:       head,
		OldKeys:    append([]keyring.OldKey(nil), r.OldKeys...),
	}
	if r.Key != *k {
		next.OldKeys = append(next.OldKeys, keyring.OldKey{Epoch: r.Epoch, Key: r.Key})
	}
	return next
}

// Overlooked returns the newest commit that was made in the epoch from which a ring goes on and
// that the ring does not name, or nil: a writer that has stored the ring's keyring asks for it,
// since the device that wrote to the set before may have made one meanwhile. The key before must
// still be the one that the holder trusts. Errors: those of the store. [LIF-30]
func (o *Objects) Overlooked(ctx context.Context, r *Ring, from uint64, p container.Payloads) (*Generation, error) {
	k, _ := r.KeyOf(from)
	ring := *r.Keyring
	ring.Epoch = from
	previous := &Ring{Keyring: &ring, Key: *k}
	for _, name := range o.Commits {
		if name.Number <= r.Generation {
			break
		}
		g, err := o.Eligible(ctx, previous, name.Number, p)
		if err == nil {
			return g, nil
		}
		if fault.NameOf(err) == "" {
			return nil, err
		}
	}
	return nil, nil
}

// SealKeyring returns the bytes of a keyring's container. Errors: those of
// container.SealKeyring.
func SealKeyring(rand io.Reader, k *key.Key, slots []slot.Slot, ring *keyring.Keyring) ([]byte, error) {
	var sealed bytes.Buffer
	err := container.SealKeyring(&sealed, rand, k, slots, ring)
	return sealed.Bytes(), err
}

// StoreKeyring stores a keyring under both names of its epoch. Errors: those of MakeKeyring.
// [SET-4]
func StoreKeyring(ctx context.Context, s store.Store, epoch uint64, sealed []byte) error {
	err := MakeKeyring(ctx, s, Name{Kind: Keyring, Number: epoch}, sealed)
	if err == nil {
		err = MakeKeyring(ctx, s, Name{Kind: KeyringCopy, Number: epoch}, sealed)
	}
	return err
}

// MakeKeyring stores a keyring under one name. It is no error that the name has these bytes
// already. Errors: ErrTaken, those of the store. [SET-3]
func MakeKeyring(ctx context.Context, s store.Store, name Name, sealed []byte) error {
	made, err := Make(ctx, s, name.String(), bytes.NewReader(sealed), int64(len(sealed)), sha256.Sum256(sealed))
	if err == nil && !made {
		err = ErrTaken
	}
	return err
}

// Make makes an object, and reports whether it is there with these bytes: otherwise the
// name is taken. Errors: those of the store. [LIF-9]
func Make(ctx context.Context, s store.Store, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) (bool, error) {
	err := s.PutNew(ctx, name, body, size, sum)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, store.ErrExists):
		return store.Holds(ctx, s, name, size, sum)
	}
	return false, err
}

// CheckKeyring reads back both objects of an epoch's keyring, and opens the first with the
// secret that the holder has given. Errors: ErrTaken if one does not have the bytes that were
// stored, those of opening a container, those of the store. [LIF-7]
func CheckKeyring(ctx context.Context, s store.Store, epoch uint64, sealed []byte, secret container.Secret) error {
	for _, kind := range []Kind{Keyring, KeyringCopy} {
		name := Name{Kind: kind, Number: epoch}.String()
		back := make([]byte, len(sealed)+1) // an object that is longer has other bytes
		n, err := s.ReadAt(ctx, name, back, 0)
		if err != nil && err != io.EOF {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !bytes.Equal(back[:n], sealed) {
			return ErrTaken
		}
	}
	opened, err := container.Open(bytes.NewReader(sealed), int64(len(sealed)), secret)
	if err != nil {
		return err
	}
	ring, err := opened.Keyring()
	if err == nil && ring.Epoch != epoch {
		err = fault.New(fault.MalformedArchive, "the keyring is of epoch %d, not %d", ring.Epoch, epoch)
	}
	return err
}

// KeyringsInOrderOfDeletion returns the listed keyrings in the order in which a set is deleted: it
// opens with its present secret until the last of them is gone. [LIF-29]
func (o *Objects) KeyringsInOrderOfDeletion() []Name {
	all := slices.Clone(o.Keyrings)
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b Name) int { return cmp.Compare(a.Kind, b.Kind) })
	return all
}

// DeleteKeyrings deletes the listed keyrings of epochs before one. Errors: those of the
// store. [LIF-22]
func (o *Objects) DeleteKeyrings(ctx context.Context, before uint64) error {
	for _, name := range o.Keyrings {
		if name.Number < before {
			if err := o.store.Delete(ctx, name.String()); err != nil {
				return err
			}
		}
	}
	return nil
}
