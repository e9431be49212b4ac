package archive

import (
	"io"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// What only an archive of a backup set has. [ARC-22] [ARC-89]
var errStandAlone = malformed("a stand-alone archive holds whole entries, and lists nothing else")

// AddPiece writes the blocks of an entry that some runs say, with as many bytes of content,
// and returns the place of their frame, for AddRecord. Errors: as for Add, and
// malformed_archive for runs that readers refuse.
func (w *Writer) AddPiece(e Entry, runs []Run, content io.Reader) (Place, error) {
	if w.err != nil {
		return Place{}, w.err
	}
	if w.index.StandAlone() {
		return Place{}, errStandAlone
	}
	if err := w.check(e); err != nil {
		return Place{}, err
	}
	if len(runs) < 1 || len(runs) > MaxRunsSize/RunSize {
		return Place{}, malformed("a piece of %q has %d runs, not 1 to %d", e.Path, len(runs), MaxRunsSize/RunSize)
	}
	after := int64(-1)
	for _, r := range runs { // [ARC-88]
		if !checkRun(after, r, e.Size) {
			return Place{}, malformed("a piece of %q has the run %v in a wrong place", e.Path, r)
		}
		after = r.end()
	}
	place := Place{w.id, w.off}
	return place, w.frame(e, runs, content)
}

// AddRecord lists an entry whose frames are written, in this container or in others: the
// caller knows that they supply all of it, and how many bytes of content they have
// together. [ARC-85] Errors: as for Add, malformed_archive for no place, and limit_exceeded
// for so many places or bytes that some of the entry should be sealed again. [ARC-90]
func (w *Writer) AddRecord(rec Record, content int64) error {
	if w.err != nil {
		return w.err
	}
	if w.index.StandAlone() {
		return errStandAlone
	}
	if err := w.check(rec.Entry); err != nil {
		return err
	}
	if len(rec.Places) < 1 {
		return malformed("the entry %q has no place", rec.Entry.Path)
	}
	if most := MostPlaces(rec.Entry.Size); len(rec.Places) > most {
		return fault.New(fault.LimitExceeded, "the entry %q lies in %d frames, at most %d should hold it", rec.Entry.Path, len(rec.Places), most)
	}
	if most := MostContent(rec.Entry.Size); content > most {
		return fault.New(fault.LimitExceeded, "the frames of %q have %d bytes, they should have at most %d", rec.Entry.Path, content, most)
	}
	if err := w.checkRecord(rec); err != nil {
		return err
	}
	w.list(rec)
	return nil
}

// Lists reports whether the archive lists an entry with a path.
func (w *Writer) Lists(path string) bool {
	_, ok := w.paths.entries[path]
	return ok
}

// MostPlaces returns in how many frames an entry of so many bytes should lie. [ARC-90]
func MostPlaces(size int64) int { return int(min(64+size/(16<<20), MaxPlaces)) }

// MostContent returns how many bytes of content the frames of an entry of so many bytes
// should have together. [ARC-90]
func MostContent(size int64) int64 { return size + size/4 + 1<<20 }

// Others lists the paths that no longer exist, and the other containers of the set. Errors:
// malformed_archive (a stand-alone archive). What readers refuse in it is refused by Close.
func (w *Writer) Others(removed []string, stored []Stored) error {
	if w.index.StandAlone() {
		return errStandAlone
	}
	w.segment.Removed, w.segment.Stored = slices.Sorted(slices.Values(removed)), slices.Clone(stored) // [ARC-11]
	slices.SortFunc(w.segment.Stored, func(a, b Stored) int { return a.compare(b.ID) })
	return nil
}

// ID returns the id of the container.
func (w *Writer) ID() ID { return w.id }

// Offset returns where the next frame begins.
func (w *Writer) Offset() int64 { return w.off }

// Complete makes the archive a commit, which names every live entry with the segments of
// others, the oldest first. [ARC-79] [ARC-80]
func (w *Writer) Complete(segments []SegmentRef) {
	w.index.Complete = true
	w.index.Segments = slices.Clone(segments)
}

// Least returns the length that the plaintext has if the archive ends here and PadTo
// asks for nothing else. Errors: as for Close.
func (w *Writer) Least() (int64, error) {
	if w.err != nil {
		return 0, w.err
	}
	_, length, err := w.end()
	return w.target(length), err
}

// PadTo makes Close pad the plaintext to n bytes, a Padmé length. Close returns
// limit_exceeded if the archive is longer, or n is no such length. [ARC-8]
func (w *Writer) PadTo(n int64) { w.padTo = n }

// RecordSize returns how many bytes of a segment a record takes.
func RecordSize(rec Record) int64 { return recordSize(rec) }

// checkSegment makes sure that readers do not refuse the segment, which lies at offset:
// its places, removed paths and containers come from the caller. [CON-10]
func (w *Writer) checkSegment(frame []byte, offset int64) error {
	segment, err := parseSegment(frame)
	if err != nil {
		return err
	}
	index := w.index
	index.Segments = []SegmentRef{{w.id, offset, int64(len(frame))}}
	if _, err := NewList(&index, segment); err != nil || !index.Complete {
		return err
	}
	others := w.index.Segments
	for _, rec := range segment.Live {
		for _, place := range rec.Places {
			others = append(others, SegmentRef{Container: place.Container})
		}
	}
	for _, ref := range others { // [ARC-94]
		if _, ok := segment.FindStored(ref.Container); !ok && ref.Container != w.id {
			return malformed("the archive refers to container %x, and does not list it", ref.Container)
		}
	}
	return nil
}
