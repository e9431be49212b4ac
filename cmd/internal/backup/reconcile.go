package backup

import (
	"errors"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

// reconcile makes the memory that of the head: after a commit whose answer was lost, and
// after a set was taken over. What it does not have of an entry costs sealing it again.
func (r *run) reconcile(digest [32]byte) error {
	if err := r.head.Load(r.ctx); err != nil {
		return err
	}
	committed, err := r.memory.Files()
	if err != nil {
		return err
	}
	_, made, err := r.memory.Run()
	if err != nil {
		return err
	}
	outcome := device.Outcome{Files: map[string]device.File{}}
	for _, rec := range r.head.List.Entries() {
		path := rec.Entry.Path
		switch {
		case slices.Equal(made[path].Record.Places, rec.Places):
		case slices.Equal(committed[path].Record.Places, rec.Places) && !has(made, path):
		default:
			outcome.Files[path] = device.File{Record: rec}
		}
	}
	for _, files := range []map[string]device.File{committed, made} {
		for path := range files {
			if _, err := r.head.List.Find(path); err != nil {
				outcome.Removed = append(outcome.Removed, path)
			}
		}
	}
	if outcome.Kept, err = r.allKept(digest); err != nil {
		return err
	}
	if outcome.Doomed, err = r.memory.Doomed(); err != nil {
		return err
	}
	r.remember(digest, r.head.Number, r.head.ID, r.head.Length, r.head.Index.CreatedMS)
	r.meta.Dirty = append(idsOf(r.head.Own.Stored), r.head.ID)
	outcome.Meta = r.meta
	return r.memory.Commit(&outcome)
}

func has(files map[string]device.File, path string) bool {
	_, ok := files[path]
	return ok
}

// remember takes a commit for this device's last one.
func (r *run) remember(digest [32]byte, generation uint64, id archive.ID, length int64, created archive.Time) {
	r.meta.Generation, r.meta.Head, r.meta.HeadID, r.meta.HeadLength, r.meta.Created = generation, digest, id, length, created
	r.meta.Pending = nil
}

// allKept returns the generations that the head keeps, itself among them.
func (r *run) allKept(digest [32]byte) ([]device.Kept, error) {
	known, err := r.memory.Kept()
	if err != nil {
		return nil, err
	}
	all := []device.Kept{keptOf(r.head, archive.Stored{
		ID: r.head.ID, Generation: r.head.Number, Epoch: r.head.Index.Epoch, Length: r.head.Length, Digest: digest,
	})}
	for _, x := range r.head.Earlier() {
		if i := slices.IndexFunc(known, func(k device.Kept) bool { return k.Stored == x }); i >= 0 {
			all = append(all, known[i])
			continue
		}
		g, err := r.head.OpenEarlier(r.ctx, x.Generation)
		if err == nil {
			err = g.Load(r.ctx)
		}
		if errors.Is(err, fault.MissingContainer) { // a store may show it again: what it may need is kept as long
			needs := needs{}
			for _, y := range r.head.Own.Stored {
				needs[y.ID] = y.Length
			}
			all = append(all, device.Kept{Stored: x, Created: r.head.Index.CreatedMS, Needs: needs})
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, keptOf(g, x))
	}
	return all, nil
}

func idsOf(all []archive.Stored) []archive.ID {
	var ids []archive.ID
	for _, x := range all {
		ids = append(ids, x.ID)
	}
	return ids
}

// keptOf returns a generation with the containers that it needs.
func keptOf(g *set.Generation, x archive.Stored) device.Kept {
	needs := needsOf(g.Index.Segments)
	for _, rec := range g.List.Entries() {
		needs.add(device.File{Record: rec})
	}
	return device.Kept{Stored: x, Created: g.Index.CreatedMS, Needs: needs}
}
