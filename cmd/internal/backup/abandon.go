package backup

import (
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
)

// abandon gives up the containers of an interrupted run in which nothing is that this run
// needs: they are not stored, so that a store that is full can be backed up to with less. Those
// that are stored stay, and are deleted if the holder asks for it: a copy of this device may be
// about to list them. A run that was about to make a commit may have made it, and then it lists
// them. [LIF-23] [LIF-24]
func (r *run) abandon(sealed []device.Sealed, files map[string]device.File) ([]device.Sealed, error) {
	wanted := map[archive.ID]bool{}
	for _, s := range r.sources {
		if f, ok := files[s.Entry.Path]; ok && isSame(f, stated(s.Info)) {
			for _, p := range f.Record.Places {
				wanted[p.Container] = true
			}
		}
	}
	var rest []device.Sealed
	for _, x := range sealed {
		name, ok := set.ParseName(x.Name)
		_, isThere := r.objects.Has(name)
		switch {
		case !ok || name.Kind != set.Data: // a commit, which is given up anyway
		case wanted[x.ID], isThere && (!r.opts.Abandon || r.meta.Pending != nil):
			rest = append(rest, x)
		case isThere && !r.isKnown(x.ID):
			if err := r.store.Delete(r.ctx, x.Name); err != nil {
				return nil, fmt.Errorf("deleting what an interrupted run has stored: %w", err)
			}
			r.report.Deleted++
		}
	}
	return rest, nil
}

// isKnown reports whether the head lists a container.
func (r *run) isKnown(id archive.ID) bool {
	_, known := r.known[id]
	return known
}

// abandonAll gives up an interrupted run, as far as it can be known that no commit needs it.
func (r *run) abandonAll() error {
	sealed, _, err := r.memory.Run()
	if err != nil {
		return err
	}
	rest, err := r.abandon(sealed, nil)
	if err != nil || len(rest) > 0 {
		return err
	}
	if err := r.memory.DropRun(); err != nil {
		return err
	}
	if r.objects, err = set.List(r.ctx, r.store); err != nil {
		return err
	}
	return r.sweep()
}
