package archive

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/cobblestone"
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
	Record    Record
	Status    Status
	Confirmed bool
	Lost      []Range

	content int64
}

// Salvage is what could be found in an archive whose container may be damaged
// (spec chapter 10).
type Salvage struct {
	Entries    []Found
	Indexed    bool    // by the index, otherwise by a walk
	EndReached bool    // the end of the archive was reached
	WalkEnd    int64   // the offset at which a walk ended
	Unsafe     []int64 // offsets of entries left out because of their path

	// Fault is the first fault of the payload, nil if it has none.
	Fault error

	plain *lossy
}

// NewSalvage opens every chunk, and finds the entries by the index if it can be
// read and by a walk otherwise. [SLV-5]
func NewSalvage(chunks *cobblestone.Chunks, id ID) *Salvage {
	plain := newLossy(chunks)
	s := &Salvage{plain: plain, Fault: plain.fault}
	r, err := NewReader(plain, id) // reads nothing that is lost, such as the end of a last chunk: [SLV-24]
	if err != nil {
		s.walk(id)
	} else {
		s.Indexed, s.EndReached = true, true
		for _, rec := range r.records { // [SLV-25] [SLV-33]
			err = cmp.Or(err, s.addIndexed(r, rec))
		}
		err = cmp.Or(r.Walk(), r.CheckComplete(), err)
	}
	if s.Fault == nil { // [SLV-32]
		s.Fault = err
	}
	return s
}

// Size returns the length of the plaintext that the container has room for. The frames
// of a cut one claim more.
func (s *Salvage) Size() int64 { return s.plain.size }

// addIndexed adds an entry that the index names. With an error it is missing.
func (s *Salvage) addIndexed(r *Reader, rec Record) error {
	found := Found{Record: rec, Status: Missing, Confirmed: true}
	content, err := r.locate(rec)
	if err == nil {
		found.content = content
		s.assess(&found)
	}
	s.Entries = append(s.Entries, found)
	return err
}

// walk finds entry frames from the first one on, and the segment after the last
// (spec section 10.2). Each frame says where the next one begins, so that lost
// content does not end the walk. [SLV-3] [SLV-26]
func (s *Salvage) walk(id ID) {
	s.findFrames(id)
	segment, err := s.segmentAt(s.WalkEnd)
	s.EndReached = err == nil
	if s.EndReached {
		s.confirm(segment, id)
	} else {
		s.leaveOutUnsafe()
	}
}

// findFrames takes steps A to D of the walk. [SLV-7] [SLV-27] [SLV-28]
func (s *Salvage) findFrames(id ID) {
	for {
		f, err := s.frameAt(s.WalkEnd)
		if err != nil {
			return
		}
		if f.typ == frameEntry {
			found := Found{Record: Record{Container: id, Offset: s.WalkEnd, Entry: f.entry}, content: f.content}
			s.assess(&found)
			s.Entries = append(s.Entries, found)
		}
		s.WalkEnd = f.end()
		if f.typ == framePadding {
			return
		}
	}
}

// leaveOutUnsafe takes step G of the walk. [SLV-8]
func (s *Salvage) leaveOutUnsafe() {
	s.Entries = slices.DeleteFunc(s.Entries, func(f Found) bool {
		unsafe := CheckPath(f.Record.Entry.Path) != nil
		if unsafe {
			s.Unsafe = append(s.Unsafe, f.Record.Offset)
		}
		return unsafe
	})
}

// frameAt is Reader.frameAt for a plaintext with losses: what is lost after the
// fields does not matter.
func (s *Salvage) frameAt(off int64) (frame, error) {
	buf := make([]byte, maxEntryHeader)
	n, _ := s.plain.ReadAt(buf, off) // up to what is lost, or the end
	return parseFrame(buf[:n], off)
}

// segmentAt reads the segment frame at off, if it counts; the lengths of its two
// parts say how long it is. [SLV-29]
func (s *Salvage) segmentAt(off int64) (*Segment, error) {
	at := off + 1
	for range 2 {
		var length [4]byte
		if err := readFull(s.plain, length[:], at); err != nil {
			return nil, err
		}
		at += 4 + int64(binary.BigEndian.Uint32(length[:]))
	}
	if at > s.plain.size { // [CON-3]
		return nil, errLost
	}
	segment, err := readSegment(s.plain, SegmentRef{Offset: off, Length: at - off}, func(string) {})
	if err != nil {
		return nil, err
	}
	byPlace := slices.SortedFunc(slices.Values(segment.Live), compareOffsets)
	for i := 1; i < len(byPlace); i++ {
		if compareOffsets(byPlace[i-1], byPlace[i]) == 0 {
			return nil, malformed("the records of %q and %q name one frame", byPlace[i-1].Entry.Path, byPlace[i].Entry.Path)
		}
	}
	return segment, nil
}

// confirm applies the records of a segment that counts: they govern, and a frame
// that none names was abandoned. [SLV-6] [SLV-30] [SLV-31]
func (s *Salvage) confirm(segment *Segment, id ID) {
	records := map[int64]Record{}
	for _, rec := range segment.Live {
		if rec.Container == id {
			records[rec.Offset] = rec
		}
	}
	s.Entries = slices.DeleteFunc(s.Entries, func(f Found) bool {
		_, named := records[f.Record.Offset]
		return !named
	})
	for i := range s.Entries {
		f := &s.Entries[i]
		rec := records[f.Record.Offset]
		if rec.Entry.Size != f.Record.Entry.Size { // [ARC-26] [SLV-9]
			f.Status, f.Lost = Missing, nil
		}
		f.Record, f.Confirmed = rec, true
	}
}

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

// WriteContent writes the content of a whole or damaged entry to w, with zero
// bytes for what is lost before the last byte that is not. [SLV-2] [SLV-13]
func (s *Salvage) WriteContent(w io.Writer, f Found) error {
	if f.Status == Whole {
		return s.plain.WriteRange(w, f.content, f.Record.Entry.Size)
	}
	return s.writeDamaged(w, f)
}

func (s *Salvage) writeDamaged(w io.Writer, f Found) error {
	if f.Status == Missing {
		return fmt.Errorf("%s: nothing of it is left", f.Record.Entry.Path)
	}
	off := int64(0)
	for _, lost := range append(slices.Clone(f.Lost), Range{f.Record.Entry.Size, 0}) {
		if err := s.plain.WriteRange(w, f.content+off, lost.Offset-off); err != nil {
			return err
		}
		off = lost.Offset + lost.Length
		if off == f.Record.Entry.Size {
			return nil
		}
		if _, err := io.CopyN(w, zeroReader{}, lost.Length); err != nil {
			return err
		}
	}
	return nil
}
