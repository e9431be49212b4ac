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
	list     *List
	own      []named // the places of the list in this container, by offset
	pieces   bool    // there may be piece frames
	entryEnd int64   // the end of the entry region
}

// NewFrames returns the frames of the container whose plaintext and index these are.
func NewFrames(plain Plaintext, index *Index, list *List) *Frames {
	id := index.ownSegment().Container
	return &Frames{plain, id, list, list.in(id), !index.StandAlone(), index.entryEnd()}
}

// Cursor returns a Cursor on the container's plaintext.
func (r *Frames) Cursor() *Cursor { return NewCursor(r.plain) }

// Placed returns the live entries of which all lies in this container, in the order of
// their first frames, in which reading them all is fastest.
func (r *Frames) Placed() []Record {
	records := slices.DeleteFunc(slices.Clone(r.list.records), func(rec Record) bool { return !rec.IsIn(r.id) })
	slices.SortFunc(records, ByPlace)
	return records
}

// WriteContent writes the content of an entry to w, as far as it is authentic.
// Errors: malformed_archive, missing_container, and those of the plaintext and
// of w. [ARC-26] [ARC-28]
func (r *Frames) WriteContent(w io.Writer, rec Record) error {
	c, err := r.Open(NewCursor(r.plain), rec)
	if err != nil {
		return err
	}
	return c.WriteRange(w, 0, c.Size())
}

// Open finds the content of an entry, with a cursor on this container's plaintext.
// Errors: malformed_archive, missing_container, and those of the plaintext.
func (r *Frames) Open(c *Cursor, rec Record) (*Content, error) {
	return OpenContent(rec, func(id ID) (*Frames, *Cursor) {
		if id != r.id {
			return nil, nil
		}
		return r, c
	})
}

// frame reads the fields of a frame that a record names and compares them with the
// record, which governs what they differ in otherwise. [ARC-26] [ARC-46] [ARC-47]
func (r *Frames) frame(c *Cursor, n named) (Frame, error) {
	i, _ := slices.BinarySearchFunc(r.own, n.Place, func(n named, p Place) int { return n.compare(p) })
	limit := r.entryEnd
	if i+1 < len(r.own) {
		limit = min(limit, r.own[i+1].Offset)
	}
	f, err := c.FrameAt(n.Offset, limit, Allowed{Pieces: r.pieces})
	if err == nil && (n.size != notLast && f.Entry.Size != n.size || f.End() > limit) {
		err = malformed("the frame of %q at offset %d contradicts the index", n.path, n.Offset)
	}
	return f, err
}

// Walk reads all frames from the first to the padding and checks that they tile
// the plaintext, that every record has its frame, and the content of what no
// record names; it leaves the contents of the entries to others (spec section
// 8.7), unless some of it may not count. Errors: malformed_archive, and those of the
// plaintext. [ARC-30] [ARC-48]
func (r *Frames) Walk() error {
	if r.pieces {
		return r.Verify()
	}
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
			f, err := r.frame(c, r.own[next])
			if err != nil {
				return 0, err
			}
			off = f.End()
			next++
			continue
		}
		f, err := c.FrameAt(off, r.entryEnd+minPaddingFrame, Allowed{r.pieces, true})
		if err != nil {
			return 0, err
		}
		if f.Padding {
			if f.End() != r.entryEnd+minPaddingFrame {
				return 0, malformed("the padding at offset %d does not end where the segment begins", off)
			}
			if next < len(r.own) { // [ARC-73]
				return 0, malformed("there is no frame where %q should be", r.own[next].path)
			}
			return off, r.checkPadding(f)
		}
		if f.End() > r.entryEnd { // [ARC-71]
			return 0, malformed("the frame at offset %d reaches beyond the entries", off)
		}
		if next < len(r.own) && r.own[next].Offset < f.End() { // [ARC-73]
			return 0, malformed("there is no frame where %q should be", r.own[next].path)
		}
		if err := c.pass(f.Content, f.Length()); err != nil { // abandoned by the writer
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
	if err := r.plain.WriteRange(io.Discard, 0, end); err != nil {
		return err
	}
	return r.checkContents()
}

// checkContents checks that all of every entry is there whose frames lie in this
// container. In a stand-alone archive the walk has shown it. [ARC-96]
func (r *Frames) checkContents() error {
	if !r.pieces {
		return nil
	}
	c := NewCursor(r.plain)
	for _, rec := range r.list.records {
		if rec.IsIn(r.id) {
			if _, err := r.Open(c, rec); err != nil {
				return err
			}
		}
	}
	return nil
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
