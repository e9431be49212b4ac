package backup

import (
	"cmp"
	"maps"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
)

// When what is alive in a container is sealed again, so that the container can be deleted.
const (
	leastNeededNum = 1 // less than 1/2 of it is needed
	leastNeededDen = 2
	small          = 1 << 20  // a container of so many bytes is a small one
	mostSmall      = 32       // so many small ones are left alone
	mostAtOnce     = 64 << 20 // bytes that a run seals again for this
)

// lose finds out which containers are not in the store as they should be. What lies in them is
// sealed again while this device has it, into others; those that the head needs are reported.
func (r *run) lose(needed needs) {
	for _, x := range r.known {
		object, ok := r.objects.Has(set.NameOf(x))
		if ok && object.Size == x.Length && !slices.Contains(r.meta.Damaged, x.ID) {
			continue
		}
		r.avoid[x.ID] = true
		if _, ok := needed[x.ID]; ok {
			r.report.Lost = append(r.report.Lost, set.NameOf(x).String())
		}
	}
	slices.Sort(r.report.Lost)
}

// repack chooses containers of which little is needed, and those with content that no entry has
// any more if the holder wants it forgotten. What generations that are kept need counts, too:
// their containers stay, and what is sealed again is then stored twice.
func (r *run) repack(before map[string]device.File, there map[string]bool) error {
	kept, err := r.keep()
	if err != nil {
		return err
	}
	alive := needs{}
	if r.head != nil {
		alive = needsOf(r.head.Index.Segments)
	}
	for name, f := range before {
		if there[name] {
			alive.add(f)
		}
	}
	needed := maps.Clone(alive)
	for _, k := range kept {
		for id, n := range k.Needs {
			needed[id] = max(needed[id], n) // what a container loses it never gets back
		}
	}
	var few, smallOnes []archive.Stored
	for _, x := range r.known {
		_, isAlive := alive[x.ID]
		switch {
		case !isAlive || r.avoid[x.ID]:
		case r.opts.Forget && slices.Contains(r.meta.Dirty, x.ID):
			r.avoid[x.ID] = true
		case slices.ContainsFunc(kept, func(k device.Kept) bool { return k.Stored.ID == x.ID }): // it stays
		case leastNeededDen*needed[x.ID] < leastNeededNum*x.Length:
			few = append(few, x)
		case x.Length <= small:
			smallOnes = append(smallOnes, x)
		}
	}
	slices.SortFunc(few, func(a, b archive.Stored) int { return cmp.Compare(alive[a.ID], alive[b.ID]) })
	if len(smallOnes) > mostSmall {
		few = append(smallOnes, few...)
	}
	budget := int64(mostAtOnce)
	for _, x := range few {
		if budget -= alive[x.ID]; budget < 0 {
			break
		}
		r.avoid[x.ID] = true
	}
	return nil
}

// avoids reports whether some of a file lies where it must not stay.
func (r *run) avoids(f device.File) bool {
	return slices.ContainsFunc(f.Record.Places, func(p archive.Place) bool { return r.avoid[p.Container] })
}

// avoidBlocks marks the blocks of a file that lie where they must not stay.
func (r *run) avoidBlocks(changed []bool, f device.File) {
	for b := range changed {
		place := 0
		switch {
		case f.Winners == nil:
		case b < len(f.Winners):
			place = int(f.Winners[b])
		default:
			continue // it is new
		}
		changed[b] = changed[b] || r.avoid[f.Record.Places[place].Container]
	}
}

// soil notes the containers of places that an entry had and has no more, or has only a part of.
func (r *run) soil(before, now []archive.Place) {
	same := slices.Equal(before, now)
	for _, p := range before {
		if !same {
			r.dirty[p.Container] = true
		}
	}
}

// dirtyOf returns the containers with content that no entry has, of those that are listed.
func (r *run) dirtyOf(p *plan, commit archive.ID) []archive.ID {
	for _, id := range r.meta.Dirty {
		r.dirty[id] = true
	}
	if p.untidy { // frames without an entry, in any of them
		for _, x := range p.stored {
			r.dirty[x.ID] = true
		}
		r.dirty[commit] = true
	}
	for _, x := range p.resumed {
		r.dirty[x.ID] = true
	}
	for _, name := range p.removed {
		r.soil(p.before[name].Record.Places, nil)
	}
	for name, f := range p.sealed {
		if was, ok := p.before[name]; ok {
			r.soil(was.Record.Places, f.Record.Places)
		}
	}
	dirty := slices.Collect(maps.Keys(r.dirty))
	dirty = slices.DeleteFunc(dirty, func(id archive.ID) bool { return id != commit && !p.lists(id) })
	slices.SortFunc(dirty, func(a, b archive.ID) int { return slices.Compare(a[:], b[:]) })
	return dirty
}
