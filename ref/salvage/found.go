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

	content int64
}

// Entries yields what was found, in the order of the paths if the index was used,
// otherwise in that of the frames. [SLV-33]
func (s *Salvage) Entries() iter.Seq[Found] {
	return func(yield func(Found) bool) {
		for _, n := range s.named {
			f := Found{Record: n.record, Status: Missing, Confirmed: true, content: n.content}
			if n.content != none {
				s.assess(&f)
			}
			if !yield(f) {
				return
			}
		}
		c := archive.NewCursor(s.plain)
		for _, off := range s.frames {
			frame, err := frameAt(c, off)
			f := Found{Record: archive.Record{Container: s.id, Offset: off, Entry: frame.Entry}, Status: Missing, content: frame.Content}
			if err == nil { // the storage may give it no more
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

// assess compares an entry's content with what is lost. [SLV-9]
func (s *Salvage) assess(f *Found) {
	f.Lost = s.plain.lostIn(f.content, f.Record.Entry.Size)
	lost := int64(0)
	for _, r := range f.Lost {
		lost += r.Length
	}
	switch {
	case lost == 0:
		f.Status = Whole
	case lost == f.Record.Entry.Size:
		f.Status = Missing
	default:
		f.Status = Damaged
	}
}
