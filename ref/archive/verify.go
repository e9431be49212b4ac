package archive

import (
	"bytes"
	"io"
)

// Walk reads all frames from the first to the padding and checks that they tile
// the plaintext, that every record has its frame, and the content of what no
// record names; it leaves the contents of the entries to others (spec section
// 8.7). Errors: malformed_archive, and those of the plaintext. [ARC-30] [ARC-48]
func (r *Reader) Walk() error {
	_, err := r.walk()
	return err
}

// walk returns the offset of the padding frame. From there on, all chunks have
// been opened.
func (r *Reader) walk() (int64, error) {
	walker := *r
	walker.plain = &nearby{Plaintext: r.plain}
	return walker.frames()
}

func (r *Reader) frames() (int64, error) {
	next := 0 // the first record whose frame has not come
	for off := int64(0); ; {
		if next < len(r.own) && r.own[next].Offset == off {
			f, err := r.recordFrame(r.own[next])
			if err != nil {
				return 0, err
			}
			off = f.end()
			next++
			continue
		}
		f, err := r.frameAt(off, r.entryEnd+minPaddingFrame, true)
		if err != nil {
			return 0, err
		}
		if f.typ == framePadding {
			if f.end() != r.entryEnd+minPaddingFrame {
				return 0, malformed("the padding at offset %d does not end where the segment begins", off)
			}
			if next < len(r.own) { // [ARC-73]
				return 0, malformed("there is no frame where %q should be", r.own[next].Entry.Path)
			}
			return off, r.checkPadding(f)
		}
		if f.end() > r.entryEnd { // [ARC-71]
			return 0, malformed("the entry frame at offset %d reaches beyond the entries", off)
		}
		if next < len(r.own) && r.own[next].Offset < f.end() { // [ARC-73]
			return 0, malformed("there is no frame where %q should be", r.own[next].Entry.Path)
		}
		if err := r.plain.WriteRange(io.Discard, f.content, f.entry.Size); err != nil { // abandoned by the writer
			return 0, err
		}
		off = f.end()
	}
}

// Verify opens every chunk and checks every frame (spec section 8.7). Errors:
// as for Walk; that entries lie in other containers is none. [ARC-29] [ARC-48]
// [ARC-70]
func (r *Reader) Verify() error {
	end, err := r.walk()
	if err != nil {
		return err
	}
	return r.plain.WriteRange(io.Discard, 0, end)
}

// checkPadding opens the whole padding before it says that it is not zero, so
// that the name does not depend on how many chunks are opened at a time. [ARC-10]
// [ARC-72]
func (r *Reader) checkPadding(f frame) error {
	var z zeroChecker
	if err := r.plain.WriteRange(&z, f.content, f.entry.Size); err != nil {
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
