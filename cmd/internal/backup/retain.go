package backup

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
)

// How long generations are kept, and what no generation needs.
const (
	keepGenerations = 3
	keepTime        = 7 * 24 * time.Hour
	keepAfterLoss   = 30 * 24 * time.Hour // [LIF-17]

	graceGenerations = 2 // [LIF-23]
	graceTime        = 24 * time.Hour
)

// retain decides which earlier generations are kept, and returns the containers that the commit
// lists besides those of this run. [SET-28]
func (r *run) retain(packer *set.Packer, p *plan, others []archive.SegmentRef) ([]device.Kept, []archive.Stored, error) {
	kept, err := r.keep()
	if err != nil {
		return nil, nil, err
	}
	known := maps.Clone(r.known)
	p.listed = map[archive.ID]archive.Stored{}
	for _, x := range p.resumed {
		known[x.ID], p.listed[x.ID] = x, x
	}
	ours := map[archive.ID]bool{}
	for _, x := range p.stored {
		ours[x.ID] = true
	}
	var needed []archive.ID
	for _, f := range p.all() {
		for _, place := range f.Record.Places {
			needed = append(needed, place.Container)
		}
	}
	for _, ref := range others {
		needed = append(needed, ref.Container)
	}
	for _, k := range kept {
		known[k.Stored.ID] = k.Stored
		needed = slices.AppendSeq(append(needed, k.Stored.ID), maps.Keys(k.Needs))
	}
	for _, id := range needed {
		if ours[id] || packer.IsOpen(id) {
			continue
		}
		x, ok := known[id]
		if !ok {
			return nil, nil, fmt.Errorf("internal error: container %x is needed, and nothing is known of it", id)
		}
		p.listed[id] = x
	}
	stored := slices.SortedFunc(maps.Values(p.listed), func(a, b archive.Stored) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return kept, stored, nil
}

// keep returns the earlier generations that are kept from now on, from the latest.
func (r *run) keep() ([]device.Kept, error) {
	earlier, err := r.memory.Kept()
	if err != nil || r.opts.Forget {
		return nil, err
	}
	slices.SortFunc(earlier, func(a, b device.Kept) int { return cmp.Compare(b.Stored.Generation, a.Stored.Generation) })
	var kept []device.Kept
	for i, k := range earlier {
		if i == 0 && r.agreed {
			k.Until = r.opts.Now().Add(keepAfterLoss)
		}
		if i < keepGenerations-1 || r.isYoung(k) {
			kept = append(kept, k)
		}
	}
	return kept, nil
}

// isYoung reports whether a generation is kept for its age.
func (r *run) isYoung(k device.Kept) bool {
	now := r.opts.Now()
	ms, known := k.Created.UnixMilli()
	age := now.Sub(time.UnixMilli(ms))
	return known && age < keepTime && age > -keepTime || now.Before(k.Until) // a clock may have been far ahead
}

// save notes that the generation is committed. [LIF-4] [LIF-10]
func (r *run) save() error {
	p, commit := r.plan, r.commit.sealed.Stored
	doomed, err := r.doom(p, commit)
	if err != nil {
		return err
	}
	r.remember(commit.Digest, commit.Generation, commit.ID, commit.Length, p.created)
	r.meta.Dirty, r.meta.Paths = r.dirtyOf(p, commit.ID), r.opts.Paths
	r.meta.Damaged = slices.DeleteFunc(r.meta.Damaged, func(id archive.ID) bool { return !p.lists(id) })
	r.meta.Commits++
	err = r.memory.Commit(&device.Outcome{
		Meta:    r.meta,
		Files:   p.noted,
		Removed: p.removed,
		Kept:    append(p.kept, device.Kept{Stored: commit, Created: p.created, Needs: p.needs}),
		Doomed:  doomed,
	})
	if err != nil {
		return err
	}
	r.describe(p)
	return r.commit.remove()
}

// describe says what the generation of the memory is.
func (r *run) describe(p *plan) {
	r.report.Generation, r.report.Created, r.report.Removed = r.meta.Generation, r.meta.Created, len(p.removed)
	for _, f := range p.all() {
		r.report.Entries++
		r.report.Bytes += f.Record.Entry.Size
	}
}

// doom returns what no generation that is kept needs any more: what was to be deleted before,
// and what the head listed and this commit does not.
func (r *run) doom(p *plan, commit archive.Stored) ([]device.Doomed, error) {
	before, err := r.memory.Doomed()
	if err != nil {
		return nil, err
	}
	doomed := slices.DeleteFunc(before, func(d device.Doomed) bool { return p.lists(d.ID) })
	for _, x := range slices.SortedFunc(maps.Values(r.known), func(a, b archive.Stored) int { return bytes.Compare(a.ID[:], b.ID[:]) }) {
		if !p.lists(x.ID) {
			doomed = append(doomed, device.Doomed{Name: set.NameOf(x).String(), ID: x.ID, SinceCommits: r.meta.Commits + 1, Since: r.opts.Now()})
		}
	}
	return doomed, nil
}

// lists reports whether the commit lists a container.
func (p *plan) lists(id archive.ID) bool {
	_, listed := p.listed[id]
	return listed || slices.ContainsFunc(p.stored, func(x archive.Stored) bool { return x.ID == id })
}

// tidy deletes what has not been needed for long enough. The generation is there already: what
// cannot be deleted now is deleted another time. [LIF-23] [LIF-24]
func (r *run) tidy() error {
	doomed, err := r.memory.Doomed()
	if err != nil {
		return err
	}
	r.report.unknown(r.objects, r.known, doomed)
	var later []device.Doomed
	for _, d := range doomed {
		if r.meta.Commits < d.SinceCommits+graceGenerations || r.opts.Now().Sub(d.Since) < graceTime {
			later = append(later, d)
			continue
		}
		if err := r.store.Delete(r.ctx, d.Name); err != nil {
			r.report.NotDeleted = append(r.report.NotDeleted, fmt.Errorf("%s: %w", d.Name, err))
			later = append(later, d)
			continue
		}
		r.report.Deleted++
	}
	if len(later) == len(doomed) {
		return nil
	}
	return r.memory.SetDoomed(later)
}
