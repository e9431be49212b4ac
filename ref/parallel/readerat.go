package parallel

import (
	"bytes"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// A ReaderAt opens parts of a message as a cobblestone.ReaderAt, in memory that it uses
// again from one range to the next.
type ReaderAt struct {
	*cobblestone.ReaderAt
}

// NewReaderAt is as cobblestone.NewReaderAt.
func NewReaderAt(r io.ReaderAt, size int64, inputKey []byte, context string) (*ReaderAt, error) {
	plain, err := cobblestone.NewReaderAt(r, size, inputKey, context)
	if err != nil {
		return nil, err
	}
	return &ReaderAt{plain}, nil
}

// ReadAt implements io.ReaderAt on the plaintext.
func (r *ReaderAt) ReadAt(p []byte, off int64) (int, error) {
	read := bytes.NewBuffer(p[:0:len(p)])
	n := max(0, min(int64(len(p)), r.Size()-off))
	if err := r.WriteRange(read, off, n); err != nil {
		return read.Len(), err
	}
	if read.Len() < len(p) {
		return read.Len(), io.EOF
	}
	return read.Len(), nil
}

// WriteRange writes the n bytes of plaintext that begin at off to w, in order.
func (r *ReaderAt) WriteRange(w io.Writer, off, n int64) error {
	if r.Err() != nil || n <= 0 || n > r.Size()-off {
		return r.ReaderAt.WriteRange(w, off, n)
	}
	next, last := off/cobblestone.ChunkSize, (off+n-1)/cobblestone.ChunkSize
	ahead := 1
	if last-next >= spanChunks {
		ahead = spansAhead()
	}
	var q queue
	defer q.drain()
	for n > 0 {
		for next <= last && len(q.started) < ahead {
			s := newSpan(next)
			q.start(s, ahead, func(s *span) { r.open(s, last) })
			next += spanChunks
		}
		s := q.take()
		if s.err != nil {
			s.release()
			return r.ReaderAt.WriteRange(w, off, n) // which meets the error where it lies
		}
		part := s.out[off-s.first*cobblestone.ChunkSize:]
		part = part[:min(n, int64(len(part)))]
		err := writeAll(w, part)
		off += int64(len(part))
		n -= int64(len(part))
		s.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// open reads and opens the chunks from s.first on, as many as a span has, but
// none after the chunk last.
func (r *ReaderAt) open(s *span, last int64) {
	chunks := r.Chunks()
	if s.in, s.err = chunks.Sealed(s.in, s.first, min(spanChunks, last+1-s.first)); s.err == nil {
		s.open(chunks.Cipher())
	}
}
