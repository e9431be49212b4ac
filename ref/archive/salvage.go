package archive

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/wire"
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
	Appended   int64   // bytes that follow the end of the container [SLV-35]

	// Fault is the first fault of the payload, nil if it has none.
	Fault error

	plain *lossy
}

// NewSalvage opens every chunk, and finds the entries by the index if it can be
// read and by a walk otherwise. The only error is that of the context. [SLV-5]
func NewSalvage(ctx context.Context, chunks *cobblestone.Chunks, id ID) (*Salvage, error) {
	archive, err := withoutAppended(ctx, chunks)
	if err != nil {
		return nil, err
	}
	plain, err := newLossy(ctx, archive)
	if err != nil {
		return nil, err
	}
	s := &Salvage{plain: plain, Fault: plain.fault, Appended: chunks.Size() - archive.Size()}
	if s.Appended > 0 {
		s.Fault = fault.New(fault.PayloadTampered, "the file goes on after the end of the container")
	}
	near := plain.frontToBack()
	r, err := NewReader(near, id) // reads nothing that is lost, such as the end of a last chunk: [SLV-24]
	if err != nil {
		s.walk(near, id)
	} else {
		s.Indexed, s.EndReached = true, true
		err = s.addIndexed(r)
		err = cmp.Or(r.Walk(), r.CheckComplete(), err)
	}
	if s.Fault == nil { // [SLV-32]
		s.Fault = err
	}
	if err := ctx.Err(); err != nil { // what was not read any more is not lost
		return nil, err
	}
	return s, nil
}

// Opened reports whether a chunk opened.
func (s *Salvage) Opened() bool { return slices.Contains(s.plain.lost, false) }

// Size returns the length of the plaintext that the container has room for. The frames
// of a cut one claim more.
func (s *Salvage) Size() int64 { return s.plain.size }

// addIndexed adds the entries of an index, and looks for their frames in the order in
// which these lie. The error is that of the first that is missing. [SLV-25] [SLV-33]
func (s *Salvage) addIndexed(r *Reader) error {
	s.Entries = make([]Found, len(r.records))
	byPlace := make([]*Found, 0, len(r.own))
	for i, rec := range r.records {
		s.Entries[i] = Found{Record: rec, Status: Missing, Confirmed: true}
		if rec.Container == r.id {
			byPlace = append(byPlace, &s.Entries[i])
		}
	}
	slices.SortFunc(byPlace, func(a, b *Found) int { return compareOffsets(a.Record, b.Record) })
	var first error
	for _, f := range byPlace {
		content, err := r.locate(f.Record)
		if err == nil {
			f.content = content
			s.assess(f)
		}
		first = cmp.Or(first, err)
	}
	return first
}

// walk finds entry frames from the first one on, and the segment after the last
// (spec section 10.2). Each frame says where the next one begins, so that lost
// content does not end the walk. [SLV-3] [SLV-26]
func (s *Salvage) walk(near *lossy, id ID) {
	s.findFrames(near, id)
	segment, err := s.segmentAt(s.WalkEnd)
	s.EndReached = err == nil
	if s.EndReached {
		s.confirm(segment, id)
	} else {
		s.leaveOutUnsafe()
	}
}

// findFrames takes steps A to D of the walk. [SLV-7] [SLV-27] [SLV-28]
func (s *Salvage) findFrames(near *lossy, id ID) {
	buf := make([]byte, maxEntryHeader)
	for {
		n, _ := near.ReadAt(buf, s.WalkEnd) // up to what is lost, or the end
		f, err := parseFrame(buf[:n], s.WalkEnd)
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

// segmentAt reads the segment frame at off, if it counts; the lengths of its two
// parts say how long it is. [SLV-29]
func (s *Salvage) segmentAt(off int64) (*Segment, error) {
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
