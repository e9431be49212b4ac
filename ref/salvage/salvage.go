// Package salvage gets back what is whole in a container that a reader refuses (spec
// chapter 10).
package salvage

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
)

// Salvage is what could be found in an archive whose container may be damaged. Of what
// only a walk finds it keeps the places, and reads what lies there when asked for it: so
// its memory does not exceed the bytes of the container, however small its frames are.
type Salvage struct {
	Indexed    bool    // by the index, otherwise by a walk
	EndReached bool    // the end of the archive was reached
	WalkEnd    int64   // the offset at which a walk ended
	Unsafe     []int64 // offsets of entries left out because of their path
	Appended   int64   // bytes that follow the end of the container [SLV-35]

	// Fault is the first fault of the payload, nil if it has none.
	Fault error

	// Unread is why the storage did not deliver a part of the payload, which counts as
	// lost, nil if it delivered all. It is no fault: another copy may have that part. [ERR-7]
	Unread error

	plain  *lossy
	id     archive.ID
	named  []named // by an index or a segment
	frames []int64 // the offsets of those that nothing names
}

// named is an entry that an index or a segment names.
type named struct {
	record  archive.Record
	content *archive.Content // nil if a frame is not there or contradicts the record
}

// Payload opens every chunk of an archive's payload, and finds the entries by the index if it can be
// read and by a walk otherwise. The only error is that of the context. [SLV-5]
func Payload(ctx context.Context, chunks *cobblestone.Chunks, id archive.ID) (*Salvage, error) {
	whole, err := withoutAppended(ctx, chunks)
	if err != nil {
		return nil, err
	}
	plain, err := newLossy(ctx, whole)
	if err != nil {
		return nil, err
	}
	s := &Salvage{plain: plain, id: id, Fault: plain.fault, Unread: plain.unread, Appended: chunks.Size() - whole.Size()}
	if s.Appended > 0 {
		s.Fault = fault.New(fault.PayloadTampered, "the file goes on after the end of the container")
	}
	r, err := archive.NewReader(plain, id) // reads nothing that is lost, such as the end of a last chunk: [SLV-24]
	if err != nil {
		s.walk()
	} else {
		s.Indexed, s.EndReached = true, true
		err = s.addIndexed(r)
		err = cmp.Or(r.Walk(), r.CheckComplete(), err)
	}
	if s.Unread != nil {
		err = nil // of what is not delivered, or else not the first thing to mend
	}
	if s.Fault == nil { // [SLV-32]
		s.Fault = err
	}
	if err := ctx.Err(); err != nil { // what was not read any more is not lost
		return nil, err
	}
	return s, nil
}

// addIndexed adds the entries of an index, and looks for their frames in the order in
// which these lie. The error is that of the first that is missing. [SLV-25] [SLV-33]
func (s *Salvage) addIndexed(r *archive.Reader) error {
	s.named = make([]named, len(r.Entries()))
	byPlace := make([]*named, len(s.named))
	for i, rec := range r.Entries() {
		s.named[i] = named{record: rec}
		byPlace[i] = &s.named[i]
	}
	slices.SortFunc(byPlace, func(a, b *named) int { return archive.ByPlace(a.record, b.record) })
	var first error
	c := archive.NewCursor(s.plain)
	for _, n := range byPlace {
		content, err := r.Open(c, n.record)
		if err == nil {
			n.content = content
		}
		first = cmp.Or(first, err)
	}
	return first
}

// WriteContent writes the content of a whole or damaged entry to w, with zero
// bytes for what is lost before the last byte that is not. [SLV-2] [SLV-13]
func (s *Salvage) WriteContent(w io.Writer, f Found) error {
	if f.Status == Missing {
		return fmt.Errorf("%s: nothing of it is left", f.Record.Entry.Path)
	}
	off := int64(0)
	for _, lost := range append(slices.Clone(f.Lost), Range{f.Record.Entry.Size, 0}) {
		if err := f.content.WriteRange(w, off, lost.Offset-off); err != nil {
			return err
		}
		off = lost.Offset + lost.Length
		if off == f.Record.Entry.Size {
			return nil
		}
		if _, err := io.CopyN(w, archive.Zeros{}, lost.Length); err != nil {
			return err
		}
	}
	return nil
}
