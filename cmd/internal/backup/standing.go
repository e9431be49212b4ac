package backup

import (
	"errors"
	"slices"
	"time"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
)

// openHead opens the head, as far as this device remembers it.
func (r *run) openHead() (*set.Generation, []set.PassedOver, error) {
	memory := set.Memory{SetID: r.meta.SetID, Epoch: r.meta.Epoch, Generation: r.meta.Generation}
	return r.objects.OpenHead(r.ctx, r.ring, memory, parallel.Containers)
}

// isIncomplete reports whether a store that is not atomic may have more than it has shown: a
// commit that it lists and does not have may be that of another device.
func isIncomplete(passed []set.PassedOver, err error) bool {
	isMissing := func(p set.PassedOver) bool { return errors.Is(p.Err, fault.MissingContainer) }
	return slices.ContainsFunc(passed, isMissing) || errors.Is(err, fault.StaleBackup) || errors.Is(err, fault.MissingContainer)
}

// wait lets a store that is not atomic show what others have written. [LIF-11]
func (r *run) wait() error {
	if r.store.Traits().Atomic {
		return nil
	}
	select {
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-time.After(r.opts.Settle):
		return nil
	}
}

// gone is the answer where the store does not have what this device made: another device that
// has taken over since the store was listed may have deleted it.
func (r *run) gone() (set.Answer, error) {
	now, err := set.List(r.ctx, r.store)
	if err != nil {
		return "", err
	}
	if now.Greatest() > r.meta.Epoch {
		return set.AnswerOther, nil
	}
	return set.AnswerGone, nil
}

// mendKeyring stores the keyring of this device's epoch under a name of which the store has
// nothing: it may not count without. [LIF-16]
func (r *run) mendKeyring() error {
	_, first := r.objects.Has(set.Name{Kind: set.Keyring, Number: r.meta.Epoch})
	_, second := r.objects.Has(set.Name{Kind: set.KeyringCopy, Number: r.meta.Epoch})
	if first == second {
		return nil
	}
	ring, err := r.objects.OpenEpoch(r.ctx, r.meta.Epoch, container.WithKey(&r.meta.Key))
	switch {
	case err != nil && fault.NameOf(err) == "":
		return err
	case err != nil || ring.Writer != r.meta.Writer || ring.SetID != r.meta.SetID: // what it is shows when it is opened
		return nil
	}
	if err := set.StoreKeyring(r.ctx, r.store, ring.Epoch, ring.Bytes); err != nil {
		return err
	}
	r.objects, err = set.List(r.ctx, r.store)
	return err
}
