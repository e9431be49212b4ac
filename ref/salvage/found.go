package salvage

import (
	"iter"

	"github.com/coffer-format/coffer/ref/archive"
)

// Status says how much of an entry salvage has found.
type Status string

// The statuses of spec section 10.3.
const (
	Whole   Status = "whole"
	Damaged Status = "damaged"
	Missing Status = "missing"
)

// Range is a range of bytes.
type Range struct{ Offset, Length int64 }

// Found is an entry as salvage found it. Lost holds the ranges of its content
// that could not be opened, in order. Confirmed says that an index or a segment
// names the entry. [SLV-6] [SLV-9] [SLV-10]
type Found struct {
	Record    archive.Record
	Status    Status
	Confirmed bool
	Lost      []Range

	content *archive.Content // nil if it is missing
}

// Entries yields what was found, in the order of the paths if the index was used,
// otherwise in that of the frames. [SLV-33]
func (s *Salvage) Entries() iter.Seq[Found] {
	return func(yield func(Found) bool) {
		for _, n := range s.named {
			f := Found{Record: n.record, Status: Missing, Confirmed: true, content: n.content}
			if n.content != nil {
				s.assess(&f)
			}
			if !yield(f) {
				return
			}
		}
		c := archive.NewCursor(s.plain)
		for _, off := range s.frames {
			frame, err := frameAt(c, off)
			f := Found{Record: archive.RecordAt(s.id, off, frame.Entry), Status: Missing}
			if err == nil { // the storage may give it no more
				f.content = archive.ContentOf(s.plain, frame)
				s.assess(&f)
			}
			if !yield(f) {
				return
			}
		}
	}
}

// Size returns the length of the plaintext that the container has room for. The frames
// of a cut one claim more.
func (s *Salvage) Size() int64 { return s.plain.size }

// assess compares an entry's content with what is lost, and with what its frame does not
// have. [SLV-9] [SLV-40]
func (s *Salvage) assess(f *Found) {
	size := f.content.Size()
	for off := int64(0); off < size; {
		at, n, ok := f.content.Span(off)
		if !ok {
			f.lose(off, n)
		} else {
			for _, r := range s.plain.lostIn(at, n) {
				f.lose(off+r.Offset, r.Length)
			}
		}
		off += n
	}
	lost := int64(0)
	for _, r := range f.Lost {
		lost += r.Length
	}
	switch {
	case lost == 0:
		f.Status = Whole
	case lost == size:
		f.Status = Missing
	default:
		f.Status = Damaged
	}
}

// lose adds a range after those that are lost already. [SLV-10]
func (f *Found) lose(off, n int64) {
	if last := len(f.Lost) - 1; last >= 0 && f.Lost[last].Offset+f.Lost[last].Length == off {
		f.Lost[last].Length += n
	} else {
		f.Lost = append(f.Lost, Range{off, n})
	}
}
