package salvage

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/wire"
)

// walk finds entry frames from the first one on, and the segment after the last
// (spec section 10.2). Each frame says where the next one begins, so that lost
// content does not end the walk. [SLV-3] [SLV-26]
func (s *Salvage) walk() {
	s.findFrames()
	segment, err := s.segmentAt(s.WalkEnd)
	s.EndReached = err == nil
	if s.EndReached {
		s.confirm(segment)
	}
}

// frameAt reads the fields of a frame up to what is lost. [ARC-75] does not apply.
func frameAt(c *archive.Cursor, off int64) (archive.Frame, error) {
	return c.FrameAt(off, math.MaxInt64, true)
}

// findFrames takes steps A to D of the walk, and G, which stands if no segment counts.
// [SLV-7] [SLV-27] [SLV-28]
func (s *Salvage) findFrames() {
	c := archive.NewCursor(s.plain)
	for {
		f, err := frameAt(c, s.WalkEnd)
		if err != nil {
			return
		}
		switch {
		case f.Padding:
		case archive.CheckPath(f.Entry.Path) != nil: // [SLV-8]
			s.Unsafe = append(s.Unsafe, s.WalkEnd)
		default:
			s.frames = append(s.frames, s.WalkEnd)
		}
		s.WalkEnd = f.End()
		if f.Padding {
			return
		}
	}
}

// segmentAt reads the segment frame at off, if it counts, with its records in the order
// of their places; the lengths of its two parts say how long it is. [SLV-29]
func (s *Salvage) segmentAt(off int64) (*archive.Segment, error) {
	at := off + 1
	for range 2 {
		var length [4]byte
		if err := wire.ReadFull(s.plain, length[:], at); err != nil {
			return nil, err
		}
		at += 4 + int64(binary.BigEndian.Uint32(length[:]))
	}
	if at > s.plain.size { // [CON-3]
		return nil, errLost
	}
	segment, err := archive.ReadSegment(s.plain, archive.SegmentRef{Offset: off, Length: at - off})
	if err != nil {
		return nil, err
	}
	byPlace := segment.Live
	slices.SortFunc(byPlace, archive.ByPlace)
	for i := 1; i < len(byPlace); i++ {
		if archive.ByPlace(byPlace[i-1], byPlace[i]) == 0 {
			return nil, errLost
		}
	}
	return segment, nil
}

// confirm takes step F of the walk: the records of a segment that counts govern, and a
// frame that none names was abandoned. [SLV-6] [SLV-30] [SLV-31]
func (s *Salvage) confirm(segment *archive.Segment) {
	c := archive.NewCursor(s.plain)
	for _, rec := range segment.Live {
		_, found := slices.BinarySearch(s.frames, rec.Offset)
		_, unsafe := slices.BinarySearch(s.Unsafe, rec.Offset)
		if rec.Container != s.id || !found && !unsafe {
			continue
		}
		n := named{rec, none}
		if f, err := frameAt(c, rec.Offset); err == nil && f.Entry.Size == rec.Entry.Size { // [ARC-26] [SLV-9]
			n.content = f.Content
		}
		s.named = append(s.named, n)
	}
	s.frames, s.Unsafe = nil, nil
}
