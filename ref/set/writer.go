package set

import (
	"context"
	"slices"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/store"
)

// Writer is what a device knows that writes to a set (spec section 17.1).
type Writer struct {
	Memory
	ID  [16]byte
	Key key.Key // of the epoch
}

// Keyring is the state StateKeyring: it looks whether the keyring that counts is the writer's,
// stores it again where the store has lost one of its names, and deletes those of epochs before.
// The ring is nil if none was opened. Errors: wrong_set, those of the store.
func (w *Writer) Keyring(ctx context.Context, s store.Store) (*Objects, *Ring, Answer, error) {
	o, err := List(ctx, s)
	if err != nil {
		return nil, nil, "", err
	}
	if newer, _, err := o.Newer(ctx, w.Epoch); err != nil || newer != 0 {
		return o, nil, AnswerOther, err
	}
	if o, err = w.mend(ctx, s, o); err != nil {
		return nil, nil, "", err
	}
	ring, err := o.OpenKeyring(ctx, container.WithKey(&w.Key), w.Memory)
	switch name := fault.NameOf(err); {
	case err == nil:
	case name == "", name == fault.WrongSet:
		return o, nil, "", err
	case name == fault.WrongSecret: // of the epoch that another device has begun as well
		return o, nil, AnswerOther, nil
	default:
		answer, err := w.Gone(ctx, s)
		return o, nil, answer, err
	}
	if ring.Epoch != w.Epoch || ring.Writer != w.ID {
		return o, ring, AnswerOther, nil
	}
	return o, ring, AnswerOurs, o.DeleteKeyrings(ctx, w.Epoch) // [LIF-22]
}

// Gone is the answer where the store does not have what the writer has stored: another device that
// has begun an epoch since the store was listed may have deleted it. Errors: those of the store.
func (w *Writer) Gone(ctx context.Context, s store.Store) (Answer, error) {
	now, err := List(ctx, s)
	switch {
	case err != nil:
		return "", err
	case now.Greatest() > w.Epoch:
		return AnswerOther, nil
	}
	return AnswerGone, nil
}

// mend stores the keyring of the epoch under a name of which the store has nothing: it may not
// count without. [LIF-16]
func (w *Writer) mend(ctx context.Context, s store.Store, o *Objects) (*Objects, error) {
	_, first := o.Has(Name{Kind: Keyring, Number: w.Epoch})
	_, second := o.Has(Name{Kind: KeyringCopy, Number: w.Epoch})
	if first == second {
		return o, nil
	}
	ring, err := w.Own(ctx, o)
	if err != nil || ring == nil {
		return o, err
	}
	if err := StoreKeyring(ctx, s, ring.Epoch, ring.Bytes); err != nil {
		return nil, err
	}
	return List(ctx, s)
}

// Own opens the keyring of the writer's epoch, whether it counts or not; nil if none opens that
// is the writer's. Errors: those of the store.
func (w *Writer) Own(ctx context.Context, o *Objects) (*Ring, error) {
	ring, err := o.OpenEpoch(ctx, w.Epoch, container.WithKey(&w.Key))
	switch {
	case err != nil && fault.NameOf(err) == "":
		return nil, err
	case err != nil || ring.Writer != w.ID || ring.SetID != w.SetID:
		return nil, nil
	}
	return ring, nil
}

// Counts reports whether the keyring that counts is of an epoch, or of one of others before it,
// 0 if there is none, and that of no later epoch is there: nor was when the store was listed.
// Errors: those of the store. [LIF-34]
func (o *Objects) Counts(ctx context.Context, epoch uint64, others ...uint64) (bool, error) {
	_, counts, err := o.Public(ctx)
	switch {
	case err != nil && fault.NameOf(err) == "":
		return false, err
	case counts != epoch && !slices.Contains(others, counts):
		return false, nil
	}
	newer, isGone, err := o.Newer(ctx, epoch)
	return newer == 0 && !isGone, err
}
