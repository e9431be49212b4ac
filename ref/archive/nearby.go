package archive

import (
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/wire"
)

// nearby is a plaintext for reading small parts one after the other: what lies in one
// chunk is read from it, and the chunk is opened once and not for each part. It is not
// safe for concurrent use.
type nearby struct {
	Plaintext
	number int64  // of the chunk
	chunk  []byte // none yet if nil
}

func (p *nearby) ReadAt(b []byte, off int64) (int, error) {
	number, begin := off/cobblestone.ChunkSize, off%cobblestone.ChunkSize
	if off+int64(len(b)) > p.Size() || begin+int64(len(b)) > cobblestone.ChunkSize {
		return p.Plaintext.ReadAt(b, off)
	}
	if p.chunk == nil || p.number != number {
		first := number * cobblestone.ChunkSize
		chunk := make([]byte, min(cobblestone.ChunkSize, p.Size()-first))
		if err := wire.ReadFull(p.Plaintext, chunk, first); err != nil {
			return 0, err
		}
		p.number, p.chunk = number, chunk
	}
	return copy(b, p.chunk[begin:]), nil
}

func (p *nearby) WriteRange(w io.Writer, off, n int64) error {
	if n > cobblestone.ChunkSize || off/cobblestone.ChunkSize != (off+n-1)/cobblestone.ChunkSize {
		return p.Plaintext.WriteRange(w, off, n)
	}
	b := make([]byte, n)
	if err := wire.ReadFull(p, b, off); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}
