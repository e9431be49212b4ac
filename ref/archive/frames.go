package archive

import (
	"bytes"
	"io"
	"slices"
)

// Frames reads the frames of one container. A list says which of them are live.
type Frames struct {
	plain    Plaintext
	id       ID
	own      []Record // of the list in this container, by offset
	entryEnd int64    // the end of the entry region
}

// NewFrames returns the frames of the container whose plaintext and index these are.
func NewFrames(plain Plaintext, index *Index, list *List) *Frames {
	id := index.ownSegment().Container
	return &Frames{plain, id, list.in(id), index.entryEnd()}
}

// Placed returns the live entries of this container in the order of their
// frames, in which reading them all is fastest. The caller must not change them.
func (r *Frames) Placed() []Record { return r.own }

// WriteContent writes the content of an entry to w, as far as it is authentic.
// Errors: malformed_archive, missing_container, and those of the plaintext and
// of w. [ARC-26] [ARC-28]
func (r *Frames) WriteContent(w io.Writer, rec Record) error {
	f, err := r.Frame(NewCursor(r.plain), rec)
	if err != nil {
		return err
	}
	return r.plain.WriteRange(w, f.Content, rec.Entry.Size)
}

// Content returns the content of an entry, authenticated as it is read. Errors: as
// WriteContent.
func (r *Frames) Content(rec Record) (*io.SectionReader, error) {
	f, err := r.Frame(NewCursor(r.plain), rec)
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(r.plain, f.Content, rec.Entry.Size), nil
}

// Frame reads the fields of a record's frame and compares them with the
// record, which governs what they differ in otherwise. [ARC-26] [ARC-46] [ARC-47]
func (r *Frames) Frame(c *Cursor, rec Record) (Frame, error) {
	if rec.Container != r.id { // [ARC-24]
		return Frame{}, missing(rec)
	}
	next, _ := slices.BinarySearchFunc(r.own, rec, ByPlace)
	limit := r.entryEnd
	if next+1 < len(r.own) {
		limit = r.own[next+1].Offset
	}
	f, err := c.FrameAt(rec.Offset, limit, false)
	if err == nil && (f.Entry.Size != rec.Entry.Size || f.End() > limit) {
		err = malformed("the frame of %q contradicts the index", rec.Entry.Path)
	}
	return f, err
}

// Walk reads all frames from the first to the padding and checks that they tile
// the plaintext, that every record has its frame, and the content of what no
// record names; it leaves the contents of the entries to others (spec section
// 8.7). Errors: malformed_archive, and those of the plaintext. [ARC-30] [ARC-48]
func (r *Frames) Walk() error {
	_, err := r.walk()
	return err
}

// walk returns the offset of the padding frame. From there on, all chunks have
// been opened.
func (r *Frames) walk() (int64, error) {
	c := NewCursor(r.plain)
	next := 0 // the first record whose frame has not come
	for off := int64(0); ; {
		if next < len(r.own) && r.own[next].Offset == off {
			f, err := r.Frame(c, r.own[next])
			if err != nil {
				return 0, err
			}
			off = f.End()
			next++
			continue
		}
		f, err := c.FrameAt(off, r.entryEnd+minPaddingFrame, true)
		if err != nil {
			return 0, err
		}
		if f.Padding {
			if f.End() != r.entryEnd+minPaddingFrame {
				return 0, malformed("the padding at offset %d does not end where the segment begins", off)
			}
			if next < len(r.own) { // [ARC-73]
				return 0, malformed("there is no frame where %q should be", r.own[next].Entry.Path)
			}
			return off, r.checkPadding(f)
		}
		if f.End() > r.entryEnd { // [ARC-71]
			return 0, malformed("the entry frame at offset %d reaches beyond the entries", off)
		}
		if next < len(r.own) && r.own[next].Offset < f.End() { // [ARC-73]
			return 0, malformed("there is no frame where %q should be", r.own[next].Entry.Path)
		}
		if err := c.pass(f.Content, f.Entry.Size); err != nil { // abandoned by the writer
			return 0, err
		}
		off = f.End()
	}
}

// Verify opens every chunk and checks every frame (spec section 8.7). Errors:
// as for Walk; that entries lie in other containers is none. [ARC-29] [ARC-48]
// [ARC-70]
func (r *Frames) Verify() error {
	end, err := r.walk()
	if err != nil {
		return err
	}
	return r.plain.WriteRange(io.Discard, 0, end)
}

// checkPadding opens the whole padding before it says that it is not zero, so
// that the name does not depend on how many chunks are opened at a time. [ARC-10]
// [ARC-72]
func (r *Frames) checkPadding(f Frame) error {
	var z zeroChecker
	if err := r.plain.WriteRange(&z, f.Content, f.Entry.Size); err != nil {
		return err
	}
	if z.other {
		return malformed("the padding is not zero")
	}
	return nil
}

// zeroChecker notes whether a byte that is written to it is not zero.
type zeroChecker struct{ other bool }

func (z *zeroChecker) Write(p []byte) (int, error) {
	z.other = z.other || bytes.Count(p, []byte{0}) != len(p)
	return len(p), nil
}
