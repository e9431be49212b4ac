package salvage

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
)

// errLost says that bytes were asked for that no chunk gives.
var errLost = errors.New("lost")

// lossy is a plaintext some of whose chunks do not open.
type lossy struct {
	chunks *cobblestone.Chunks
	lost   []bool // by chunk
	size   int64  // of the plaintext; a last chunk that is lost counts as a full one
	fault  error  // of the first chunk that was delivered and does not open
	unread error  // of the last chunk that was not delivered
}

// newLossy opens every chunk once to learn which are lost. A chunk that the storage does
// not deliver is lost like one that was altered, but no fault of the container. [SLV-22]
// [SLV-23] [ERR-7]
// The only error is that of the context.
func newLossy(ctx context.Context, chunks *cobblestone.Chunks) (*lossy, error) {
	p := &lossy{
		chunks: chunks,
		lost:   make([]bool, chunks.Count()),
		size:   chunks.Count() * cobblestone.ChunkSize,
	}
	buf := make([]byte, 0, cobblestone.ChunkSize)
	for i := range chunks.Count() {
		opened, err := chunks.Open(buf, i)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			p.lost[i] = true
			if fault.NameOf(err) == "" {
				p.unread = err
			} else if p.fault == nil {
				p.fault = err
			}
		} else if i == chunks.Count()-1 {
			p.size -= cobblestone.ChunkSize - int64(len(opened))
		}
	}
	return p, nil
}

// Size returns the length of the plaintext, lost chunks included.
func (p *lossy) Size() int64 { return p.size }

// ReadAt reads up to the first byte that is lost.
func (p *lossy) ReadAt(b []byte, off int64) (int, error) {
	read := bytes.NewBuffer(b[:0])
	err := p.WriteRange(read, off, int64(len(b)))
	return read.Len(), err
}

// WriteRange writes up to the first byte that is lost. [SLV-2]
func (p *lossy) WriteRange(w io.Writer, off, n int64) error {
	var buf []byte
	for n > 0 {
		i, skip := off/cobblestone.ChunkSize, off%cobblestone.ChunkSize
		if p.isLost(i) {
			return errLost
		}
		chunk, err := p.chunks.Open(buf[:0], i)
		if err != nil {
			return err
		}
		part := chunk[min(skip, int64(len(chunk))):]
		part = part[:min(n, int64(len(part)))]
		if len(part) == 0 {
			return io.EOF
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		off += int64(len(part))
		n -= int64(len(part))
		buf = chunk
	}
	return nil
}

// lostIn returns the ranges, relative to off, of the n bytes from off that are
// lost; what lies beyond the last chunk is. [SLV-22]
func (p *lossy) lostIn(off, n int64) []Range {
	var ranges []Range
	for at := off; at < off+n; {
		next := off + n
		isLost := true
		if at < p.size {
			i := at / cobblestone.ChunkSize
			isLost = p.isLost(i)
			next = min(next, (i+1)*cobblestone.ChunkSize, p.size)
		}
		if isLost {
			if last := len(ranges) - 1; last >= 0 && ranges[last].Offset+ranges[last].Length == at-off {
				ranges[last].Length += next - at
			} else {
				ranges = append(ranges, Range{at - off, next - at})
			}
		}
		at = next
	}
	return ranges
}

func (p *lossy) isLost(i int64) bool {
	return i >= p.chunks.Count() || p.lost[i]
}
