package archive

import (
	"io"
	"iter"
	"sort"
)

// Content is the content of an entry, put together from the frames in which it lies. It
// holds their runs, and two bytes for each block of an entry that lies in several. It is
// safe for concurrent use.
type Content struct {
	size   int64
	parts  []*part
	winner []uint16 // for each block the number of the part that counts; nil if there is one part
}

// part is a frame that supplies blocks of an entry.
type part struct {
	plain    Plaintext
	size     int64   // of the entry, as the frame has it
	content  int64   // where the frame's content lies
	runs     []Run   // what it supplies; nil if that is all of the entry
	supplied []int64 // before each of the runs, in bytes
}

func newPart(plain Plaintext, f Frame) *part {
	p := &part{plain: plain, size: f.Entry.Size, content: f.Content, runs: f.Runs}
	n := int64(0)
	for _, r := range p.runs {
		p.supplied = append(p.supplied, n)
		n += int64(r.Count) * BlockSize
	}
	return p
}

// all yields the blocks that a part supplies.
func (p *part) all() iter.Seq2[int64, int64] {
	return func(yield func(first, end int64) bool) {
		if p.runs == nil {
			yield(0, blocksOf(p.size))
		}
		for _, r := range p.runs {
			if !yield(int64(r.First), r.end()) {
				return
			}
		}
	}
}

// from returns the offset at which a part has the content from a block on, and the block
// after the last that follows it there. If it does not have the block, at is none, and
// end the next block that it has, or the last of all.
func (p *part) from(block int64) (at, end int64) {
	if p.runs == nil { // an entry frame
		return p.content + block*BlockSize, blocksOf(p.size)
	}
	i := sort.Search(len(p.runs), func(i int) bool { return p.runs[i].end() > block })
	switch {
	case i == len(p.runs):
		return none, blocksOf(p.size)
	case int64(p.runs[i].First) > block:
		return none, int64(p.runs[i].First)
	}
	return p.content + p.supplied[i] + (block-int64(p.runs[i].First))*BlockSize, p.runs[i].end()
}

// none is the offset of what is not there.
const none = -1

// ContentOf returns what a frame by itself has of its entry.
func ContentOf(plain Plaintext, f Frame) *Content {
	return &Content{size: f.Entry.Size, parts: []*part{newPart(plain, f)}}
}

// OpenContent puts an entry together from its frames. at gives the frames of a container,
// and a cursor on its plaintext, or nil if the container is not here. Errors:
// malformed_archive, missing_container, and those of the plaintexts. [ARC-95]
func OpenContent(rec Record, at func(ID) (*Frames, *Cursor)) (*Content, error) {
	for _, place := range rec.Places {
		if frames, _ := at(place.Container); frames == nil { // [ARC-24]
			return nil, missing(rec.Entry.Path, place.Container)
		}
	}
	content := &Content{size: rec.Entry.Size}
	for _, n := range rec.places() {
		frames, c := at(n.Container)
		f, err := frames.frame(c, n)
		if err != nil {
			return nil, err
		}
		content.parts = append(content.parts, newPart(frames.plain, f))
	}
	return content, content.overlay(rec.Entry.Path)
}

// OverlayOf puts an entry together from its frames in a container, the oldest first, of
// which the last states its size. Error: malformed_archive.
func OverlayOf(e Entry, plain Plaintext, frames []Frame) (*Content, error) {
	content := &Content{size: e.Size}
	for _, f := range frames {
		content.parts = append(content.parts, newPart(plain, f))
	}
	return content, content.overlay(e.Path)
}

// overlay decides which part counts for each block of an entry. Error: malformed_archive
// if a block is not supplied, or not in full. [ARC-86] [ARC-87]
func (c *Content) overlay(path string) error {
	n := blocksOf(c.size)
	supplied := int64(0)
	for _, p := range c.parts {
		for first, end := range p.all() {
			supplied += end - first
		}
	}
	if supplied < n { // [CON-3]
		return malformed("the frames of %q have %d blocks of the %d that the entry has", path, supplied, n)
	}
	if len(c.parts) > 1 {
		c.winner = make([]uint16, n)
		for i, p := range c.parts {
			for first, end := range p.all() {
				for block := first; block < min(end, n); block++ {
					c.winner[block] = uint16(i + 1)
				}
			}
		}
	}
	for off := int64(0); off < c.size; {
		p, _, length := c.span(off)
		if p == nil || off+length > p.size {
			return malformed("no frame of %q has all of the bytes from %d on", path, off)
		}
		off += length
	}
	return nil
}

// span returns the part that has the content from off on, where it has it, and how many
// bytes lie there together. If no part has them, it is nil.
func (c *Content) span(off int64) (p *part, at, n int64) {
	block := off / BlockSize
	p = c.parts[0]
	if c.winner != nil {
		if c.winner[block] == 0 {
			return nil, none, BlockSize
		}
		p = c.parts[c.winner[block]-1]
	}
	at, end := p.from(block)
	if c.winner != nil {
		next := block + 1
		for next < min(end, int64(len(c.winner))) && c.winner[next] == c.winner[block] {
			next++
		}
		end = next
	}
	n = min(end*BlockSize, c.size) - off
	if at == none {
		return nil, none, n
	}
	return p, at + off%BlockSize, n
}

// Span returns where in the plaintext of its frame the content from off on lies, off
// being less than the size, and how many bytes follow each other there. ok is false if
// no frame has them.
func (c *Content) Span(off int64) (at, n int64, ok bool) {
	p, at, n := c.span(off)
	return at, n, p != nil
}

// Size returns the length of the content in bytes.
func (c *Content) Size() int64 { return c.size }

// WriteRange writes the n bytes from offset off to w, as far as they are authentic.
// Errors: those of the plaintexts and of w.
func (c *Content) WriteRange(w io.Writer, off, n int64) error {
	for n > 0 {
		p, at, length := c.span(off)
		length = min(length, n)
		if err := p.plain.WriteRange(w, at, length); err != nil {
			return err
		}
		off += length
		n -= length
	}
	return nil
}
