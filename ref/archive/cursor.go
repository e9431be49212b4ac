package archive

import (
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/wire"
)

// Cursor reads the fields of frames front to back, each only when it is asked for
// [ARC-74]. It opens the chunks in which they lie and no others: damage elsewhere is
// none of its business [ARC-28] [ARC-38]. It keeps the last one, so that many small
// frames cost a chunk and not one each. It is not safe for concurrent use.
type Cursor struct {
	plain Plaintext
	off   int64 // of the next byte
	limit int64 // where the frame must have ended
	err   error // of the plaintext

	first int64 // the offset of the chunk that was opened last
	chunk []byte
}

// NewCursor returns a Cursor that reads the frames of plain.
func NewCursor(plain Plaintext) *Cursor { return &Cursor{plain: plain} }

// Frame is what the fields of an entry, piece or padding frame say.
type Frame struct {
	Padding bool
	Entry   Entry // of a padding frame only Size, its n
	Runs    []Run // of a piece frame
	Content int64 // the offset of what follows the fields
}

// Length returns the length of what follows the fields.
func (f Frame) Length() int64 {
	if f.Runs != nil {
		return SuppliedBy(f.Runs, f.Entry.Size)
	}
	return f.Entry.Size
}

// End returns the offset at which the frame ends.
func (f Frame) End() int64 { return f.Content + f.Length() }

// Allowed says which frames may stand at a place beside an entry frame.
type Allowed struct{ Pieces, Padding bool }

// FrameAt reads the fields of the entry frame at off, or of another one that may stand
// there. They end before limit. Errors: malformed_archive, those of the plaintext.
func (c *Cursor) FrameAt(off, limit int64, allowed Allowed) (Frame, error) {
	c.off, c.limit, c.err = off, limit, nil
	var f Frame
	var typ []byte
	ok := c.ReadBytes(&typ, 1)
	switch {
	case ok && typ[0] == frameEntry:
		ok = readEntry(c, &f.Entry)
	case ok && typ[0] == framePiece && allowed.Pieces: // [ARC-26] [ARC-89]
		if ok = readEntry(c, &f.Entry); ok {
			f.Runs, ok = readRuns(c, f.Entry.Size)
		}
	case ok && typ[0] == framePadding && allowed.Padding: // [ARC-26]
		f.Padding = true
		ok = readLength(c, &f.Entry.Size)
	default:
		ok = false
	}
	switch {
	case c.err != nil:
		return Frame{}, c.err
	case !ok:
		return Frame{}, malformed("there is no frame at offset %d that may stand there", off)
	}
	f.Content = c.off
	return f, nil
}

// ReadBytes implements wire.Reader.
func (c *Cursor) ReadBytes(out *[]byte, n int) bool {
	if c.off+int64(n) > c.limit { // [ARC-75]
		return false
	}
	var field []byte
	for len(field) < n {
		if !c.open() {
			return false
		}
		part := c.chunk[c.off-c.first:]
		part = part[:min(n-len(field), len(part))]
		field = append(field, part...)
		c.off += int64(len(part))
	}
	*out = field
	return true
}

// open opens the chunk of the next byte, unless it is the last one that was opened.
func (c *Cursor) open() bool {
	if c.off >= c.first && c.off < c.first+int64(len(c.chunk)) {
		return true
	}
	first := c.off / cobblestone.ChunkSize * cobblestone.ChunkSize
	if c.off >= c.plain.Size() {
		c.err = io.ErrUnexpectedEOF
		return false
	}
	chunk := make([]byte, min(cobblestone.ChunkSize, c.plain.Size()-first))
	if c.err = wire.ReadFull(c.plain, chunk, first); c.err != nil {
		return false
	}
	c.first, c.chunk = first, chunk
	return true
}

// pass opens the chunks of the n bytes at off.
func (c *Cursor) pass(off, n int64) error {
	for c.off = off; c.off < off+n; c.off = c.first + int64(len(c.chunk)) {
		if !c.open() {
			return c.err
		}
	}
	return nil
}
