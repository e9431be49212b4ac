package conformance

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/key"
)

// forgery changes a part of a container.
type forgery struct {
	part string
	pick int  // which of the frames or the records
	bare bool // nothing else is made to fit
	alteration
}

// The parts that a forgery can change.
const (
	rawPart       = "container" // as somebody can who has no key
	headPart      = "head"      // and the header is signed again
	slotsPart     = "slots"
	plaintextPart = "plaintext" // and it is sealed again
	framePart     = "frame"     // of the plaintext of an archive, and the rest is laid out again
	oneRecordPart = "record"
	removedPart   = "removed"
	indexPart     = "index"
	framesPart    = "frames" // one is left out, repeated or moved
	recordsPart   = "records"
)

// shape returns about how long the part is, and where its fields end.
func (f forgery) shape(seal func() []byte) (length int, borders []int) {
	switch f.part {
	case rawPart:
		container := seal()
		return len(container), append(containerBorders(container), len(container)-16, len(container))
	case headPart:
		return 43, []int{0, 8, 10, 11, 43}
	case slotsPart:
		for _, b := range containerBorders(seal()) {
			if b >= slotsAt {
				borders = append(borders, b-slotsAt)
			}
		}
		return max(borders[max(0, len(borders)-6)], 4), borders[:max(1, len(borders)-5)]
	case framePart:
		return 60, []int{0, 1, 3, 4, 12, 20}
	case oneRecordPart:
		return 60, []int{0, 24, 32, 34, 35, 43, 51}
	case indexPart:
		return 125, []int{0, 1, 17, 25, 33, 41, 42, 66, 67, 68, 70, 94, 102, 110}
	}
	return 500, []int{0, 8}
}

func (f forgery) String() string {
	s := fmt.Sprintf("in the %s (%d): %v", f.part, f.pick, f.alteration)
	if f.bare {
		s += ", and nothing made to fit"
	}
	return s
}

func (f forgery) smaller() []forgery {
	var all []forgery
	for _, pick := range lessThan(f.pick) {
		all = append(all, forgery{f.part, pick, f.bare, f.alteration})
	}
	for _, a := range f.alteration.smaller() {
		all = append(all, forgery{f.part, f.pick, f.bare, a})
	}
	return all
}

// forge returns the changed container.
func (f forgery) forge(container []byte, k key.Key) []byte {
	switch f.part {
	case rawPart:
		return f.apply(container)
	case headPart:
		return resigned(container, k, func(head, slots []byte) ([]byte, []byte) { return f.apply(head), slots })
	case slotsPart:
		return resigned(container, k, func(head, slots []byte) ([]byte, []byte) { return head, f.apply(slots) })
	case plaintextPart:
		return resealed(container, k, f.apply)
	}
	return resealed(container, k, func(plaintext []byte) []byte {
		p, ok := partsOf(plaintext)
		if !ok {
			return f.apply(plaintext)
		}
		f.change(p)
		if !f.bare {
			p.layOut()
		}
		return p.bytes()
	})
}

// change changes a part of an archive.
func (f forgery) change(p *archiveParts) {
	switch {
	case f.part == framePart && len(p.frames) > 0:
		i := f.pick % len(p.frames)
		p.frames[i] = f.apply(p.frames[i])
	case f.part == oneRecordPart && len(p.records) > 0:
		i := f.pick % len(p.records)
		p.records[i].bytes = f.apply(p.records[i].bytes)
		if f.at == 24 || f.to == 24 {
			p.records[i].frame = -1 // the offset stays as it was altered
		}
	case f.part == removedPart:
		p.removed = f.apply(p.removed)
	case f.part == framesPart && len(p.frames) > 0:
		p.frames = listed(f, p.frames)
	case f.part == recordsPart && len(p.records) > 0:
		p.records = listed(f, p.records)
	default:
		p.index = f.apply(p.index)
	}
}

// listed leaves an element out, repeats it, or exchanges it with another.
func listed[T any](f forgery, list []T) []T {
	out := slices.Clone(list)
	i, j := f.pick%len(list), f.to%len(list)
	switch f.n % 3 {
	case 0:
		return slices.Delete(out, i, i+1)
	case 1:
		return slices.Insert(out, j, list[i])
	}
	out[i], out[j] = list[j], list[i]
	return out
}
