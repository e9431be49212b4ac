package life

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// Vault is what this package asks of a vault for an account; *client.Vault is one.
type Vault interface {
	State(context.Context, vault.Credential) (*vault.StateAnswer, error)
	Register(context.Context, io.Reader, password.Prepared, *key.Key) (*client.Registered, error)
	Commit(context.Context, vault.Credential, vault.Registration, client.Proof) error
	Destroy(context.Context, client.Proof) error
	StoreAnchor(context.Context, io.Reader, *key.Key, vault.Credential, *client.Anchor) error
	Close()
}

// Errors that callers tell apart, by errors.Is.
var (
	// ErrNotLive says that a record was registered and can no longer become live. [VLT-43]
	ErrNotLive = errors.New("the vault has not made the record of the password live")
	// ErrWhichVault says that a record is to be destroyed at a vault that this device does not know.
	ErrWhichVault = errors.New("the backup opens with a password at a vault that this device does not know")
	// ErrRecordStays says that a record could not be destroyed, and that nothing else is left to do.
	ErrRecordStays = errors.New("the vault has not destroyed the record of the password")
)

// WithVault registers a password at a vault, and returns a lock with a new K that the password
// opens through it. The record is pending until Begin or TurnOn has committed it. Errors: those
// of the vault and of rand. [VLT-41]
func (p *Place) WithVault(ctx context.Context, at *device.Vault, prepared password.Prepared) (*Lock, error) {
	k, err := key.New(p.Rand) // [KEY-2] [LIF-19]
	if err != nil {
		return nil, err
	}
	lock, err := p.register(ctx, at, &k, nil, prepared)
	if err == nil {
		lock.again = func(ctx context.Context) (*Lock, error) { return p.WithVault(ctx, at, prepared) }
	}
	return lock, err
}

// AddVault is WithVault for a keyring with one slot more, under the same K.
func (p *Place) AddVault(ctx context.Context, at *device.Vault, k *key.Key, old *header.Header, prepared password.Prepared) (*Lock, error) {
	return p.register(ctx, at, k, old.Slots, prepared)
}

func (p *Place) register(ctx context.Context, at *device.Vault, k *key.Key, others []slot.Slot, prepared password.Prepared) (*Lock, error) {
	v, err := p.Vaults(at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	made, err := v.Register(ctx, p.Rand, prepared, k)
	if err != nil {
		return nil, err
	}
	s, err := slot.NewVault(p.Rand, k, made.Secret.Vault, made.Secret.Credential, made.Secret.ExportKey[:])
	if err != nil {
		return nil, err
	}
	return &Lock{
		Key: *k, Slots: append(slices.Clone(others), s), Proof: container.WithSlot(&made.Secret),
		record: &device.Record{Vault: *at, Credential: made.Secret.Credential, Registration: made.Registration, Key: *k},
	}, nil
}

// VaultSlot returns the vault slot of a header, nil if there is none, or no header.
func VaultSlot(h *header.Header) *slot.Vault {
	if h == nil {
		return nil
	}
	for _, s := range h.Slots {
		if s, ok := s.(*slot.Vault); ok {
			return s
		}
	}
	return nil
}

// idOf returns the identifier of a vault.
func idOf(v *device.Vault) vault.ID { return vault.IDOf(ed25519.PublicKey(v.Root[:])) }

// RecordOf returns the record of the vault slot in the keyring, nil if there is none. named are
// the vaults that the holder has named beside those that this device knows. Error:
// ErrWhichVault.
func (s *Set) RecordOf(named ...*device.Vault) (*device.Record, error) {
	known := []*device.Record{s.Meta.Record}
	if begun := s.Meta.Begun; begun != nil {
		known = append(known, begun.Record, begun.Former)
	}
	if s.Ring.Header == nil { // the store has lost it
		return s.Meta.Record, nil
	}
	inSlot := VaultSlot(s.Ring.Header)
	if inSlot == nil {
		return nil, nil
	}
	for _, r := range known {
		if r != nil && r.Credential == inSlot.Credential {
			return r, nil
		}
	}
	for _, v := range named {
		if v != nil && idOf(v) == inSlot.Vault {
			return &device.Record{Vault: *v, Credential: inSlot.Credential, Key: s.Ring.Key}, nil
		}
	}
	return nil, ErrWhichVault
}

// ends returns the record that ends with the epoch of a lock, nil if there is none.
func (s *Set) ends(lock *Lock) (*device.Record, error) {
	var named *device.Vault
	if lock.record != nil {
		named = &lock.record.Vault
	}
	r, err := s.RecordOf(named, s.Named)
	if errors.Is(err, ErrWhichVault) && s.LeaveRecord {
		return nil, nil
	}
	return r, err
}

// commitRecord makes the record of the epoch live that was begun, whose keyring is stored and read
// back [VLT-41]. Errors: ErrNotLive, those of the vault; then the epochs before stay.
func (f *Found) commitRecord(ctx context.Context) error {
	r := f.Meta.Begun.Record
	switch {
	case r == nil:
		return nil
	case f.givenUp:
		return fmt.Errorf("%w: it was not asked any more", ErrNotLive)
	}
	v, err := f.Vaults(&r.Vault)
	if err != nil {
		return err
	}
	defer v.Close()
	state, err := v.State(ctx, r.Credential) // it may have been committed before an interruption [VLT-44]
	if err != nil {
		return err
	}
	var proof client.Proof
	former := f.Meta.Begun.Former
	switch {
	case state.State == vault.Superseded: // by somebody else since [VLT-48]
		proof = client.Holding(&r.Key, r.Credential)
	case former != nil && former.Vault.Root == r.Vault.Root && former.Vault.Account == r.Vault.Account:
		proof = client.Holding(&former.Key, former.Credential) // [VLT-45]
	}
	err = v.Commit(ctx, r.Credential, r.Registration, proof)
	var refusal *client.Refusal
	if errors.As(err, &refusal) && refusal.Status != vault.Stale && refusal.Status != vault.Full {
		err = fmt.Errorf("%w: %w", ErrNotLive, err)
	}
	return err
}

// committed notes the record of the epoch that was begun as that of the memory, and the one before
// as one to be destroyed; adopt saves it.
func (f *Found) committed() {
	begun := f.Meta.Begun
	f.Meta.Record = begun.Record
	switch {
	case f.LeaveRecord:
		f.Meta.Leaving = nil
	case begun.Former != nil:
		f.Meta.Leaving = append(slices.Clone(f.Meta.Leaving), *begun.Former)
	}
}

// notLive makes the epoch that was begun the one of the memory though its record is not live: the
// next one follows on it, and the keyrings before stay until then. [VLT-43]
func (f *Found) notLive(ring *keyring.Keyring, head *set.Generation) error {
	f.committed()
	dead := *f.Meta.Record
	dead.Pending = true
	f.Meta.Record = &dead
	return f.adopt(ring, head)
}

// IsLocked reports whether nothing may be written to the epoch, since the record in its keyring is
// not live and cannot become so: the epoch after it is to be begun, with another secret. [VLT-42]
func (f *Found) IsLocked() bool { return f.Meta.Record != nil && f.Meta.Record.Pending }

// beginAgain begins the epoch after one whose record was not made live, with the same password and
// a new registration. [VLT-43]
func (f *Found) beginAgain(ctx context.Context, lock *Lock, failed error) error {
	if lock.again == nil {
		return failed
	}
	next, err := lock.again(ctx)
	if err != nil {
		return display.Both(failed, err)
	}
	now, err := Look(ctx, f.Place)
	if err != nil {
		return err
	}
	s, err := now.Open(ctx, nil, false)
	if err != nil {
		return err
	}
	next.again = nil
	err = s.Begin(ctx, next)
	*lock, *f = *next, *now
	return err
}
