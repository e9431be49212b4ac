package backup

import (
	"errors"
	"slices"
	"time"

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
	if len(now.Keyrings) > 0 && now.Keyrings[0].Number > r.meta.Epoch {
		return set.AnswerOther, nil
	}
	return set.AnswerGone, nil
}

// mendKeyring stores the keyring under a name of which the store has nothing. [LIF-16]
func (r *run) mendKeyring() error {
	for _, kind := range []set.Kind{set.Keyring, set.KeyringCopy} {
		if _, ok := r.objects.Has(set.Name{Kind: kind, Number: r.ring.Epoch}); !ok {
			return set.StoreKeyring(r.ctx, r.store, r.ring.Epoch, r.ring.Bytes)
		}
	}
	return nil
}
