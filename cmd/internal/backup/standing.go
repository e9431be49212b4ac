package backup

import (
	"errors"
	"slices"
	"time"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
)

// writer is what this device writes as.
func (r *run) writer() *set.Writer {
	memory := set.Memory{SetID: r.meta.SetID, Epoch: r.meta.Epoch, Generation: r.meta.Generation}
	return &set.Writer{Memory: memory, ID: r.meta.Writer, Key: r.meta.Key}
}

// openHead opens the head, as far as this device remembers it.
func (r *run) openHead() (*set.Generation, []set.PassedOver, error) {
	return r.objects.OpenHead(r.ctx, r.ring, r.writer().Memory, parallel.Containers)
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
