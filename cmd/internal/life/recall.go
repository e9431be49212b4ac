package life

import (
	"context"
	"errors"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
)

// ErrLater says that there are generations that this device's key does not open.
var ErrLater = errors.New("there are later generations that this device cannot open: another device has taken the backup over, and has the key")

// CanRecall reports whether this device keeps the key of a set whose keyrings the store has
// lost or damaged.
func (f *Found) CanRecall() bool {
	return f.Standing == Rest && f.Memory != nil && f.Meta.Epoch > 0 && !f.Meta.Ended
}

// Recall opens a set whose keyrings the store has lost or damaged, with what this device keeps instead:
// Begin then makes a keyring anew. stale goes on from what there is even if the newest
// generation is lost, too, or is not this device's. Errors: ErrMoved, ErrLater,
// missing_container, stale_backup, those of the store. [LIF-32]
func (f *Found) Recall(ctx context.Context, stale bool) (*Set, error) {
	if !f.CanRecall() {
		return nil, ErrMoved
	}
	m := &f.Meta
	ring := &set.Ring{
		Keyring: &keyring.Keyring{
			SetID: m.SetID, Epoch: m.Epoch, Writer: m.Writer, Generation: m.Generation, Head: m.Head, OldKeys: m.OldKeys,
		},
		Key: m.Key,
	}
	head, passed, err := f.Objects.OpenHead(ctx, ring, f.remembered(stale), f.Payloads)
	if stale && fault.NameOf(err) == fault.MissingContainer {
		ring.Generation, ring.Head = 0, [32]byte{}
		head, passed, err = f.Objects.OpenHead(ctx, ring, f.remembered(stale), f.Payloads)
	}
	switch {
	case err != nil:
		return nil, err
	case len(passed) > 0 && !stale:
		return nil, ErrLater
	}
	return &Set{Found: f, Ring: ring, Head: head, PassedOver: passed}, nil
}
