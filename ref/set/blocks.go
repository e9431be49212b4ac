package set

import (
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
)

// Layout says in which frames the blocks of an entry lie, by the numbers of the places of
// its record.
type Layout struct {
	Contents []int64  // for each place: how many bytes of content its frame has
	Winners  []uint16 // for each block: the place that counts; nil if there is one place
}

// Change is what is to be sealed of an entry, and what is kept of its places.
type Change struct {
	Keep   []int         // the places of the earlier version that are kept, in order
	Runs   []archive.Run // the blocks of the new piece; nil if all of the entry is sealed again
	Layout Layout        // of the new version, of which the new piece is the last place
}

// Changed plans how to seal a new version of an entry whose earlier one has a layout.
// changed has an element for each block of the new version, of size bytes: whether the
// block differs from that of the earlier version. The result has at least one block, since
// the last frame states the size, and obeys the bounds of [ARC-90]: where they would be
// passed, those frames of which the least counts are sealed again. [ARC-86] [ARC-87]
func Changed(old Layout, changed []bool, size int64) Change {
	blocks := len(changed)
	if blocks == 0 {
		return anew(size)
	}
	seal := slices.Clone(changed)
	if !slices.Contains(seal, true) {
		seal[blocks-1] = true
	}
	dropped := make([]bool, len(old.Contents))
	for {
		live := make([]int64, len(old.Contents))
		for b := range seal {
			if !seal[b] {
				live[old.winner(b)]++
			}
		}
		content, places := supplied(seal, size), 1
		least := -1
		for i, n := range live {
			if n == 0 {
				dropped[i] = true
			}
			if dropped[i] {
				continue
			}
			content += old.Contents[i]
			places++
			if least < 0 || n*old.Contents[least] < live[least]*old.Contents[i] {
				least = i
			}
		}
		if least < 0 || 2*supplied(seal, size) > size {
			return anew(size)
		}
		if content <= archive.MostContent(size) && places <= archive.MostPlaces(size) {
			return old.change(dropped, seal, size)
		}
		for b := range seal {
			seal[b] = seal[b] || old.winner(b) == least
		}
	}
}

// anew is the change of an entry that is sealed anew.
func anew(size int64) Change { return Change{Layout: Layout{Contents: []int64{size}}} }

// winner returns the place that counts for a block.
func (l Layout) winner(block int) int {
	if l.Winners == nil {
		return 0
	}
	return int(l.Winners[block])
}

// change seals some blocks as the last place, after those that were not dropped.
func (l Layout) change(dropped, seal []bool, size int64) Change {
	var c Change
	number := make([]uint16, len(dropped))
	for i := range dropped {
		if !dropped[i] {
			number[i] = uint16(len(c.Keep))
			c.Keep = append(c.Keep, i)
			c.Layout.Contents = append(c.Layout.Contents, l.Contents[i])
		}
	}
	c.Runs = runsOf(seal)
	c.Layout.Contents = append(c.Layout.Contents, archive.SuppliedBy(c.Runs, size))
	c.Layout.Winners = make([]uint16, len(seal))
	for b := range seal {
		c.Layout.Winners[b] = uint16(len(c.Keep))
		if !seal[b] {
			c.Layout.Winners[b] = number[l.winner(b)]
		}
	}
	return c
}

// runsOf returns the runs of the blocks that are chosen.
func runsOf(chosen []bool) []archive.Run {
	var runs []archive.Run
	for b, is := range chosen {
		switch {
		case !is:
		case b > 0 && chosen[b-1]:
			runs[len(runs)-1].Count++
		default:
			runs = append(runs, archive.Run{First: uint32(b), Count: 1})
		}
	}
	return runs
}

// supplied returns how many bytes the chosen blocks of an entry of some bytes have.
func supplied(chosen []bool, size int64) int64 { return archive.SuppliedBy(runsOf(chosen), size) }
