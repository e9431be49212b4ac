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

// WriteRange writes the n bytes of plaintext that begin at off to w, in order. On more
// than one processor it does so from goroutines, one at a time, until it returns.
func (r *ReaderAt) WriteRange(w io.Writer, off, n int64) error {
	if r.Err() != nil || n <= 0 || n > r.Size()-off {
		return r.ReaderAt.WriteRange(w, off, n)
	}
	next, last := off/cobblestone.ChunkSize, (off+n-1)/cobblestone.ChunkSize
	var unopened error
	o := newOrder(last-next >= spanChunks)
	for next <= last && !o.failed.Load() {
		s := newSpan(next)
		next += spanChunks
		o.add(func() { r.open(s, last) }, func() error {
			defer s.release()
			if unopened = s.err; unopened != nil {
				return unopened
			}
			part := s.out[off-s.first*cobblestone.ChunkSize:]
			part = part[:min(n, int64(len(part)))]
			off += int64(len(part))
			n -= int64(len(part))
			return writeAll(w, part)
		})
	}
	err := o.wait()
	if unopened != nil {
		return r.ReaderAt.WriteRange(w, off, n) // which meets the error where it lies
	}
	return err
}

// open reads and opens the chunks from s.first on, as many as a span has, but
// none after the chunk last.
func (r *ReaderAt) open(s *span, last int64) {
	chunks := r.Chunks()
	if s.in, s.err = chunks.Sealed(s.in, s.first, min(spanChunks, last+1-s.first)); s.err == nil {
		s.open(chunks.Cipher())
	}
}
