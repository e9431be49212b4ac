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
	return c.FrameAt(off, math.MaxInt64, archive.Allowed{Pieces: true, Padding: true})
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

// segmentAt reads the segment frame at off, if it counts; the lengths of its three parts
// say how long it is. [SLV-29]
func (s *Salvage) segmentAt(off int64) (*archive.Segment, error) {
	at := off + 1
	for _, size := range []int64{4, 4, 3} { // of the lengths
		var length [4]byte
		if err := wire.ReadFull(s.plain, length[4-size:], at); err != nil {
			return nil, err
		}
		at += size + int64(binary.BigEndian.Uint32(length[:]))
	}
	if at > s.plain.size { // [CON-3]
		return nil, errLost
	}
	segment, err := archive.ReadSegment(s.plain, archive.SegmentRef{Offset: off, Length: at - off})
	if err != nil {
		return nil, err
	}
	if archive.ArePlacesShared(segment.Live) {
		return nil, errLost
	}
	slices.SortFunc(segment.Live, archive.ByPlace)
	return segment, nil
}

// confirm takes step F of the walk: the records of a segment that counts govern, and a
// frame that none names was abandoned. [SLV-6] [SLV-30] [SLV-31]
func (s *Salvage) confirm(segment *archive.Segment) {
	c := archive.NewCursor(s.plain)
	for _, rec := range segment.Live {
		if s.hasFrames(rec) {
			content, err := s.overlayOf(c, rec)
			if err != nil {
				content = nil
			}
			s.named = append(s.named, named{rec, content})
		}
	}
	s.frames, s.Unsafe = nil, nil
}

// hasFrames reports whether the walk has found a frame at every place of a record.
func (s *Salvage) hasFrames(rec archive.Record) bool {
	for _, place := range rec.Places {
		_, found := slices.BinarySearch(s.frames, place.Offset)
		_, unsafe := slices.BinarySearch(s.Unsafe, place.Offset)
		if place.Container != s.id || !found && !unsafe {
			return false
		}
	}
	return true
}

// overlayOf puts an entry together from frames that the walk has found. [ARC-26] [SLV-9]
func (s *Salvage) overlayOf(c *archive.Cursor, rec archive.Record) (*archive.Content, error) {
	var frames []archive.Frame
	for _, place := range rec.Places {
		f, err := frameAt(c, place.Offset)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	if frames[len(frames)-1].Entry.Size != rec.Entry.Size {
		return nil, errLost
	}
	return archive.OverlayOf(rec.Entry, s.plain, frames)
}
