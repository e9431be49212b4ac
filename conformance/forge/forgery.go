package forge

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/key"
)

// Forgery changes a part of a container.
type Forgery struct {
	Part string
	Pick int  // which of the frames or the records
	Bare bool // nothing else is made to fit
	Alteration
}

// The parts that a forgery can change.
const (
	RawPart       = "container" // as somebody can who has no key
	HeadPart      = "head"      // and the header is signed again
	SlotsPart     = "slots"
	PlaintextPart = "plaintext" // and it is sealed again
	FramePart     = "frame"     // of the plaintext of an archive, and the rest is laid out again
	OneRecordPart = "record"
	RemovedPart   = "removed"
	IndexPart     = "index"
	FramesPart    = "frames" // one is left out, repeated or moved
	RecordsPart   = "records"
)

// Shape returns about how long the part is, and where its fields end.
func (f Forgery) Shape(seal func() []byte) (length int, borders []int) {
	switch f.Part {
	case RawPart:
		container := seal()
		return len(container), append(ContainerBorders(container), len(container)-16, len(container))
	case HeadPart:
		return 43, []int{0, 8, 10, 11, 43}
	case SlotsPart:
		for _, b := range ContainerBorders(seal()) {
			if b >= SlotsAt {
				borders = append(borders, b-SlotsAt)
			}
		}
		return max(borders[max(0, len(borders)-6)], 4), borders[:max(1, len(borders)-5)]
	case FramePart:
		return 60, []int{0, 1, 3, 4, 12, 20}
	case OneRecordPart:
		return 60, []int{0, 24, 32, 34, 35, 43, 51}
	case IndexPart:
		return 125, []int{0, 1, 17, 25, 33, 41, 42, 66, 67, 68, 70, 94, 102, 110}
	}
	return 500, []int{0, 8}
}

func (f Forgery) String() string {
	s := fmt.Sprintf("in the %s (%d): %v", f.Part, f.Pick, f.Alteration)
	if f.Bare {
		s += ", and nothing made to fit"
	}
	return s
}

func (f Forgery) Smaller() []Forgery {
	var all []Forgery
	for _, pick := range LessThan(f.Pick) {
		all = append(all, Forgery{f.Part, pick, f.Bare, f.Alteration})
	}
	for _, a := range f.Alteration.Smaller() {
		all = append(all, Forgery{f.Part, f.Pick, f.Bare, a})
	}
	return all
}

// Forge returns the changed container.
func (f Forgery) Forge(container []byte, k key.Key) []byte {
	switch f.Part {
	case RawPart:
		return f.Apply(container)
	case HeadPart:
		return Resigned(container, k, func(head, slots []byte) ([]byte, []byte) { return f.Apply(head), slots })
	case SlotsPart:
		return Resigned(container, k, func(head, slots []byte) ([]byte, []byte) { return head, f.Apply(slots) })
	case PlaintextPart:
		return Resealed(container, k, f.Apply)
	}
	return Resealed(container, k, func(plaintext []byte) []byte {
		p, ok := PartsOf(plaintext)
		if !ok {
			return f.Apply(plaintext)
		}
		f.change(p)
		if !f.Bare {
			p.LayOut()
		}
		return p.Bytes()
	})
}

// change changes a part of an archive.
func (f Forgery) change(p *Parts) {
	switch {
	case f.Part == FramePart && len(p.Frames) > 0:
		i := f.Pick % len(p.Frames)
		p.Frames[i] = f.Apply(p.Frames[i])
	case f.Part == OneRecordPart && len(p.Records) > 0:
		i := f.Pick % len(p.Records)
		p.Records[i].Bytes = f.Apply(p.Records[i].Bytes)
		if f.At == 24 || f.To == 24 {
			p.Records[i].frame = -1 // the offset stays as it was altered
		}
	case f.Part == RemovedPart:
		p.removed = f.Apply(p.removed)
	case f.Part == FramesPart && len(p.Frames) > 0:
		p.Frames = Listed(f, p.Frames)
	case f.Part == RecordsPart && len(p.Records) > 0:
		p.Records = Listed(f, p.Records)
	default:
		p.Index = f.Apply(p.Index)
	}
}

// Listed leaves an element out, repeats it, or exchanges it with another.
func Listed[T any](f Forgery, list []T) []T {
	out := slices.Clone(list)
	i, j := f.Pick%len(list), f.To%len(list)
	switch f.N % 3 {
	case 0:
		return slices.Delete(out, i, i+1)
	case 1:
		return slices.Insert(out, j, list[i])
	}
	out[i], out[j] = list[j], list[i]
	return out
}
