package life

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
)

// begin stores the keyring of an epoch, which goes on from another one, in an order that can
// be gone on with.
func (f *Found) begin(ctx context.Context, meta *device.Meta, ring *keyring.Keyring, lock *Lock, head *set.Generation, from uint64) error {
	sealed, err := f.seal(ring, lock)
	if err != nil {
		return err
	}
	meta.Begun = &device.Begun{Epoch: ring.Epoch, From: from, Key: lock.Key, Record: lock.record, Former: f.former}
	release, err := f.remember(meta) // [LIF-6] [LIF-21]
	if err != nil {
		return err
	}
	defer func() { release() }()
	return f.complete(ctx, ring, sealed, lock, head)
}

// seal seals a keyring, and makes sure that the secret opens it.
func (f *Found) seal(ring *keyring.Keyring, lock *Lock) ([]byte, error) {
	sealed, err := set.SealKeyring(f.Rand, &lock.Key, lock.Slots, ring)
	if err != nil {
		return nil, err
	}
	if _, err := container.Open(bytes.NewReader(sealed), int64(len(sealed)), lock.Proof); err != nil {
		return nil, fmt.Errorf("the new keyring does not open with the secret, and was not stored: %w", err)
	}
	return sealed, nil
}

// remember saves what is about to be begun, in the memory that was found or a new one, and
// locks it.
func (f *Found) remember(meta *device.Meta) (release func(), err error) {
	m := f.Memory
	isNew := m == nil || f.Meta.SetID != meta.SetID
	if isNew {
		err := f.saved(func() error {
			var err error
			m, err = device.Create(f.Dir, meta)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if release, err = m.Lock(); err != nil {
		return nil, err
	}
	if !isNew {
		var now device.Meta
		switch now, err = m.Meta(); {
		case err == nil && !sameState(&now, &f.Meta):
			err = ErrMoved
		case err == nil:
			err = f.saved(func() error { return m.SetMeta(meta) })
		}
	}
	if err != nil {
		release()
		return nil, err
	}
	f.Memory, f.Meta = m, *meta
	return release, nil
}

// sameState reports whether no run has gone between two states of a memory.
func sameState(a, b *device.Meta) bool {
	same := func(p, q *device.Begun) bool {
		return (p == nil) == (q == nil) && (p == nil || p.Epoch == q.Epoch && p.From == q.From && p.Key == q.Key)
	}
	return a.Epoch == b.Epoch && a.Generation == b.Generation && a.Head == b.Head && same(a.Begun, b.Begun) &&
		(a.Pending == nil) == (b.Pending == nil)
}

// complete stores a keyring under its first name, then its copy once no commit was overlooked,
// and ends the epochs before. What was about to be is remembered until that is done, so that a
// crash leaves no keyring that an old secret opens. [LIF-21]
func (f *Found) complete(ctx context.Context, ring *keyring.Keyring, sealed []byte, lock *Lock, head *set.Generation) error {
	for {
		if err := f.claim(ctx, ring.Epoch, sealed); err != nil {
			return err
		}
		opened := &set.Ring{Keyring: ring, Key: lock.Key}
		missed, err := f.missed(ctx, opened)
		if err != nil {
			return f.unlessMoved(ctx, ring.Epoch, err)
		}
		if missed == nil {
			break
		}
		digest, err := missed.Digest(ctx)
		if err != nil {
			return err
		}
		head, ring = missed, opened.Following(ring.Writer, &lock.Key, missed.Number, digest)
		ring.CreatedMS = f.created()
		if sealed, err = f.seal(ring, lock); err != nil {
			return err
		}
		begun := *f.Meta.Begun
		begun.Epoch = ring.Epoch
		f.Meta.Begun = &begun
		if err := f.saved(func() error { return f.Memory.SetMeta(&f.Meta) }); err != nil {
			return err
		}
	}
	if err := set.MakeKeyring(ctx, f.Store, set.Name{Kind: set.KeyringCopy, Number: ring.Epoch}, sealed); err != nil {
		return f.unlessTaken(err)
	}
	now, err := f.counts(ctx, ring.Epoch, sealed, lock)
	if err != nil {
		return err
	}
	switch err := f.commitRecord(ctx); { // [VLT-41]
	case errors.Is(err, ErrNotLive):
		return display.Both(err, f.notLive(ring, head))
	case err != nil:
		return err
	}
	if err := now.DeleteKeyrings(ctx, ring.Epoch); err != nil {
		return err
	}
	f.committed()
	return f.adopt(ring, head)
}

// forgetBegun takes back what was to be begun, and the whole memory if there is nothing else
// in it.
func (f *Found) forgetBegun() error {
	if f.Meta.Epoch == 0 {
		return f.saved(f.Memory.Remove)
	}
	f.Meta.Begun = nil
	return f.saved(func() error { return f.Memory.SetMeta(&f.Meta) })
}

// adopt makes the epoch that was begun the one of the memory, whose files stay if the epoch
// begins with the commit that they belong to. [LIF-36]
func (f *Found) adopt(ring *keyring.Keyring, head *set.Generation) error {
	meta := f.Meta
	meta.Epoch, meta.Key, meta.OldKeys, meta.Store = ring.Epoch, meta.Begun.Key, ring.OldKeys, f.Text
	meta.Begun, meta.Ended = nil, false
	save := f.Memory.SetMeta
	if ring.Head != meta.Head && (meta.Pending == nil || ring.Head != meta.Pending.Digest) {
		goFrom(&meta, head, &ring.Head)
		save = f.restart
	}
	err := f.saved(func() error { return save(&meta) })
	if err == nil {
		f.Meta, f.Standing = meta, Ours
	}
	return err
}

// restart gives a memory another last commit, and forgets what belongs to the one before.
func (f *Found) restart(meta *device.Meta) error {
	if err := f.Memory.Restart(meta); err != nil {
		return err
	}
	return os.RemoveAll(f.Memory.Spool())
}

// goFrom makes the head, nil if there is none, the last commit of a memory.
func goFrom(meta *device.Meta, head *set.Generation, digest *[sha256.Size]byte) {
	meta.Pending, meta.Head = nil, *digest
	meta.Generation, meta.HeadID, meta.HeadLength, meta.Created = 0, archive.ID{}, 0, 0
	if head != nil {
		meta.Generation, meta.HeadID, meta.HeadLength, meta.Created = head.Number, head.ID, head.Length, head.Index.CreatedMS
	}
}

// draw fills what is drawn once for all.
func (p *Place) draw(into ...[]byte) error {
	for _, b := range into {
		if _, err := io.ReadFull(p.Rand, b); err != nil {
			return err
		}
	}
	return nil
}

func (p *Place) created() archive.Time {
	t, err := archive.TimeOf(p.Now().UnixMilli())
	if err != nil { // not known
		return 0
	}
	return t
}
