package set

import (
	"context"
	"io"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
)

// OpenHead opens the head of the set; it is nil, without an error, if the set has no
// generation yet. The objects that were passed over are commits of greater generations, and
// why they do not count [SET-15]. Errors: missing_container, stale_backup, those of the
// store: a commit that could not be read may be the head. [SET-13]
func (o *Objects) OpenHead(ctx context.Context, ring *Ring, m Memory, p container.Payloads) (*Generation, []PassedOver, error) {
	var passed []PassedOver
	var head *Generation
	for _, name := range o.Commits {
		if name.Number < ring.Generation {
			break
		}
		g, err := o.Eligible(ctx, ring, name.Number, p)
		if err == nil {
			head = g
			break
		}
		if fault.NameOf(err) == "" { // [ERR-2]
			return nil, passed, err
		}
		passed = append(passed, PassedOver{name.String(), err})
	}
	if head == nil && ring.Generation > 0 { // [SET-16]
		return nil, passed, fault.New(fault.MissingContainer, "the store has neither generation %d, which the keyring names, nor a later one", ring.Generation)
	}
	if err := m.checkHead(head); err != nil {
		return nil, passed, err
	}
	return head, passed, nil
}

// checkHead compares the head, or that there is none, with what is remembered. [SET-17]
func (m Memory) checkHead(head *Generation) error {
	number := uint64(0)
	if head != nil {
		number = head.Number
	}
	if number < m.Generation && !m.Stale {
		return fault.New(fault.StaleBackup, "the newest generation in the store is %d, this device has seen %d", number, m.Generation)
	}
	return nil
}

// Eligible opens the commit of a generation as far as its own segment. Its error is why it
// is not eligible, if it has a name: wrong_set, stale_backup (the epoch began later),
// malformed_archive, payload_tampered, missing_container, and those of opening a container.
func (o *Objects) Eligible(ctx context.Context, ring *Ring, number uint64, p container.Payloads) (*Generation, error) {
	r := &reader{o, ring, p}
	object, err := o.object(Name{Kind: Commit, Number: number})
	if err != nil {
		return nil, err
	}
	var c *opened
	switch {
	case number > ring.Generation:
		c, err = r.openNew(object.at(ctx), object.size)
	case number == ring.Generation:
		c, err = r.openNamed(ctx, object)
	default:
		err = fault.New(fault.StaleBackup, "the epoch began after generation %d", ring.Generation)
	}
	if err != nil {
		return nil, err
	}
	g, err := r.generation(object, c)
	if err != nil {
		return nil, err
	}
	if g.Number != number {
		return nil, fault.New(fault.MalformedArchive, "it is the commit of generation %d", g.Number)
	}
	g.head = true
	if number == ring.Generation {
		g.digest = ring.Head
	}
	return g, nil
}

// openNew opens a commit that was made in the keyring's epoch.
func (r *reader) openNew(from io.ReaderAt, size int64) (*opened, error) {
	c, err := r.open(from, size, &r.ring.Key)
	if err == nil && c.index.Epoch != r.ring.Epoch {
		err = fault.New(fault.MalformedArchive, "it is of epoch %d, and the keyring of epoch %d", c.index.Epoch, r.ring.Epoch)
	}
	return c, err
}

// openNamed opens the commit that the keyring names. [SET-14]
func (r *reader) openNamed(ctx context.Context, object *object) (*opened, error) {
	digest, err := object.digest(ctx)
	if err != nil {
		return nil, err
	}
	if digest != r.ring.Head {
		return nil, fault.New(fault.PayloadTampered, "it does not have the SHA-256 that the keyring names")
	}
	h, err := header.Read(object.at(ctx), object.size)
	if err != nil {
		return nil, err
	}
	k := r.ring.fitting(h.KeyCheck)
	c, err := r.open(object.at(ctx), object.size, k)
	if err != nil {
		return nil, err
	}
	if own, _ := r.ring.KeyOf(c.index.Epoch); c.index.Epoch > r.ring.Epoch || *own != *k {
		return nil, fault.New(fault.MalformedArchive, "it is of epoch %d, and not sealed under the key of that epoch", c.index.Epoch)
	}
	return c, nil
}

// fitting returns the key of the set that has a key check, or the current one.
func (r *Ring) fitting(check key.Check) *key.Key {
	for i := range r.OldKeys {
		if r.OldKeys[i].Key.Fits(check) {
			return &r.OldKeys[i].Key
		}
	}
	return &r.Key
}

// generation reads the own segment of a commit of the set, before any other. [SET-36]
func (r *reader) generation(o *object, c *opened) (*Generation, error) {
	switch {
	case c.index.SetID != r.ring.SetID:
		return nil, fault.New(fault.WrongSet, "it belongs to backup set %x, the keyring to %x", c.index.SetID, r.ring.SetID)
	case !c.index.Complete:
		return nil, fault.New(fault.MalformedArchive, "it does not complete a generation")
	}
	own, err := archive.ReadSegment(c.plain, c.index.Segments[len(c.index.Segments)-1])
	if err != nil {
		return nil, err
	}
	return &Generation{Number: c.index.Generation, ID: c.id, Length: o.size, Index: *c.index, Own: own, reader: r, object: o}, nil
}
