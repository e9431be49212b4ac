package set

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
)

// maxKeyring is the length of the longest keyring container.
var maxKeyring = header.MaxSize + cobblestone.MessageSize(keyring.MaxSize)

// Memory is what a device remembers of a set; the zero Memory is nothing.
type Memory struct {
	SetID             [16]byte
	Epoch, Generation uint64 // the greatest that it has seen
	Stale             bool   // the holder asks for an earlier state
}

// remembers reports whether there is a set that is remembered.
func (m Memory) remembers() bool { return m.SetID != [16]byte{} }

// PassedOver is an object that does not count, and why.
type PassedOver struct {
	Name string
	Err  error
}

// withPassedOver is an error that says what was passed over before it. [SET-10]
func withPassedOver(err error, passed []PassedOver) error {
	if len(passed) == 0 {
		return err
	}
	var b strings.Builder
	for i, p := range passed {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %v", p.Name, p.Err)
	}
	return fmt.Errorf("%w (passed over: %s)", err, b.String())
}

// Ring is the keyring that counts.
type Ring struct {
	*keyring.Keyring
	Key    key.Key
	Header *header.Header
	Bytes  []byte // of the whole container

	PassedOver []PassedOver // before it [SET-10]
}

// KeyOf returns the key of an epoch, and whether it is an old key.
func (r *Ring) KeyOf(epoch uint64) (k *key.Key, old bool) {
	for i := range r.OldKeys { // by epoch
		if r.OldKeys[i].Epoch >= epoch {
			return &r.OldKeys[i].Key, true
		}
	}
	return &r.Key, false
}

// candidate is a keyring that is not passed over before it is opened.
type candidate struct {
	bytes  []byte
	header *header.Header
}

// examine reads an object that may be the keyring that counts. Its error is why it is
// passed over.
func (o *Objects) examine(ctx context.Context, name Name) (*candidate, error) {
	object, err := o.object(name)
	if err != nil {
		return nil, err
	}
	if object.size > maxKeyring { // [KRG-5] [CON-3]
		return nil, fault.New(fault.LimitExceeded, "the object has %d bytes, a keyring has at most %d", object.size, maxKeyring)
	}
	c := &candidate{bytes: make([]byte, object.size)}
	if err := object.read(ctx, c.bytes, 0); err != nil {
		return nil, err
	}
	if c.header, err = header.Read(bytes.NewReader(c.bytes), object.size); err != nil {
		return nil, err
	}
	if c.header.Purpose != header.Keyring {
		return nil, fault.New(fault.MalformedArchive, "the container holds a payload of purpose %v", c.header.Purpose)
	}
	return c, nil
}

// open opens a keyring with a secret. Errors: those of spec section 11.2.
func (c *candidate) open(secret container.Secret) (*Ring, error) {
	opened, err := container.Open(bytes.NewReader(c.bytes), int64(len(c.bytes)), secret)
	if err != nil {
		return nil, err
	}
	ring, err := opened.Keyring()
	if err != nil {
		return nil, err
	}
	return &Ring{Keyring: ring, Key: opened.Key, Header: opened.Header, Bytes: c.bytes}, nil
}

// Public returns what needs no secret: the header of the first keyring that is not passed
// over, and the epoch in its name. Nothing of it is authenticated [HDR-16]. Errors:
// missing_container, those of the store. [SET-9]
func (o *Objects) Public(ctx context.Context) (*header.Header, uint64, error) {
	var passed []PassedOver
	for i, name := range o.Keyrings {
		if err := o.mayPass(passed, i); err != nil {
			return nil, 0, err
		}
		c, err := o.examine(ctx, name)
		if err == nil {
			return c.header, name.Number, nil
		}
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		passed = append(passed, PassedOver{name.String(), err})
	}
	return nil, 0, noKeyring(passed)
}

// OpenKeyring opens the keyring that counts. Errors: missing_container, wrong_set,
// stale_backup, those of opening a container, those of the store. [SET-7] [SET-8] [SET-9]
func (o *Objects) OpenKeyring(ctx context.Context, secret container.Secret, m Memory) (*Ring, error) {
	var passed []PassedOver
	var last *Ring // that was opened, and passed over
	for i, name := range o.Keyrings {
		if err := o.mayPass(passed, i); err != nil {
			return nil, err
		}
		c, err := o.examine(ctx, name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			passed = append(passed, PassedOver{name.String(), err})
			continue
		}
		if last != nil && last.Key.Fits(c.header.KeyCheck) {
			secret = container.WithKey(&last.Key) // the same, without the work of finding it again
		}
		ring, err := c.open(secret)
		if err != nil {
			passed = append(passed, PassedOver{name.String(), err})
			if ring, err = o.openCopy(ctx, name, c, secret, err); err != nil {
				return nil, withPassedOver(err, passed[:len(passed)-1])
			}
		}
		if ring.Epoch != name.Number { // [SET-8]
			passed = append(passed, PassedOver{name.String(), fault.New(fault.MalformedArchive, "it is the keyring of epoch %d", ring.Epoch)})
			last = ring
			continue
		}
		if err := m.checkRing(ring); err != nil {
			return nil, withPassedOver(err, passed)
		}
		ring.PassedOver = passed
		return ring, nil
	}
	return nil, noKeyring(passed)
}

// openCopy is what opening the copy of a keyring comes to that failed to open, or that
// failure if the copy does not count, or is what failed. [SET-7]
func (o *Objects) openCopy(ctx context.Context, name Name, first *candidate, secret container.Secret, failed error) (*Ring, error) {
	c, err := o.examine(ctx, Name{Kind: KeyringCopy, Number: name.Number})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || bytes.Equal(c.bytes, first.bytes) {
		return nil, failed
	}
	ring, err := c.open(secret)
	if err == nil && ring.Epoch != name.Number { // [SET-8]
		return nil, failed
	}
	return ring, err
}

// OpenEpoch opens the keyring of one epoch, whether it counts or not. Errors: as for
// OpenKeyring.
func (o *Objects) OpenEpoch(ctx context.Context, epoch uint64, secret container.Secret) (*Ring, error) {
	failed := fault.New(fault.MissingContainer, "the store has no keyring of epoch %d", epoch)
	for _, kind := range []Kind{Keyring, KeyringCopy} {
		c, err := o.examine(ctx, Name{Kind: kind, Number: epoch})
		if err == nil {
			var ring *Ring
			if ring, err = c.open(secret); err == nil && ring.Epoch == epoch {
				return ring, nil
			}
		}
		if err != nil && fault.NameOf(err) != fault.MissingContainer {
			failed = err
		}
	}
	return nil, failed
}

// Newer returns the greatest epoch after one of which a keyring is there, 0 if there is none.
// isGone says that the store listed a keyring of such an epoch and then did not have it. Errors:
// those of the store. [LIF-8]
func (o *Objects) Newer(ctx context.Context, epoch uint64) (newest uint64, isGone bool, err error) {
	for _, name := range o.Keyrings {
		if name.Number <= epoch {
			continue
		}
		_, err := o.examine(ctx, name)
		switch why := fault.NameOf(err); {
		case err == nil:
			newest = max(newest, name.Number)
		case why == "":
			return 0, false, err
		case why == fault.MissingContainer:
			isGone = true
		}
	}
	return newest, isGone, nil
}

// NextEpoch returns the least number for an epoch that begins after one: it is greater than
// those of all keyrings that are there, and the store lists none under it. Errors: those of the
// store. [LIF-33]
func (o *Objects) NextEpoch(ctx context.Context, after uint64) (uint64, error) {
	newest, _, err := o.Newer(ctx, after)
	if err != nil {
		return 0, err
	}
	next := max(after, newest) + 1
	for slices.ContainsFunc(o.Keyrings, func(n Name) bool { return n.Number == next }) {
		next++
	}
	return next, nil
}

// mayPass returns the error of the store if that is why no keyring was read of the epoch
// before the i-th keyring's. [SET-34]
func (o *Objects) mayPass(passed []PassedOver, i int) (err error) {
	if i == 0 || o.Keyrings[i-1].Number == o.Keyrings[i].Number {
		return nil
	}
	for _, p := range passed {
		if name, _ := ParseName(p.Name); name.Number != o.Keyrings[i-1].Number {
			continue
		}
		switch fault.NameOf(p.Err) {
		case "":
			err = p.Err
		case fault.MissingContainer:
		default:
			return nil
		}
	}
	return err
}

// noKeyring says that no keyring is left, or that the store kept one back. [SET-9]
func noKeyring(passed []PassedOver) error {
	for _, p := range passed {
		if fault.NameOf(p.Err) == "" { // [ERR-7]
			return p.Err
		}
	}
	return withPassedOver(fault.New(fault.MissingContainer, "the store has no keyring that can be opened"), passed)
}

// checkRing compares the keyring that counts with what is remembered.
func (m Memory) checkRing(r *Ring) error {
	switch {
	case !m.remembers():
		return nil
	case r.SetID != m.SetID: // [SET-11]
		return fault.New(fault.WrongSet, "the store has the keyring of backup set %x, this device remembers %x", r.SetID, m.SetID)
	case r.Epoch < m.Epoch && !m.Stale: // [SET-12]
		return fault.New(fault.StaleBackup, "the newest keyring in the store is of epoch %d, this device has seen epoch %d", r.Epoch, m.Epoch)
	}
	return nil
}
