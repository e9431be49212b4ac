package cobblestone

import (
	"io"
	"sync"

	"github.com/coffer-format/coffer/ref/fault"
)

// A ReaderAt opens parts of a message whose length is known (spec section 4.7).
// It is safe for concurrent use. Once a chunk did not open, or could not be
// read, every call returns that error.
type ReaderAt struct {
	r      io.ReaderAt
	sealed int64 // the length of the message
	size   int64 // the length of its plaintext
	cipher *chunkCipher

	mu  sync.Mutex
	err error
}

// NewReaderAt checks the length and the commitment of a message of size bytes,
// and opens its last chunk. Errors: truncated, limit_exceeded, wrong_secret,
// payload_tampered; errors of r, wrapped.
func NewReaderAt(r io.ReaderAt, size int64, inputKey []byte, context string) (*ReaderAt, error) {
	plain, err := PlaintextSize(size)
	if err != nil {
		return nil, err
	}
	c, err := readPrefix(r, inputKey, context)
	if err != nil {
		return nil, err
	}
	opener := &ReaderAt{r: r, sealed: size, size: plain, cipher: c}
	s := newSpan()
	defer s.release()
	s.first = plain / ChunkSize
	if opener.open(s, s.first); s.err != nil { // [COB-19]
		return nil, s.err
	}
	return opener, nil
}

// Size returns the length of the plaintext in bytes.
func (r *ReaderAt) Size() int64 { return r.size }

// ReadAt implements io.ReaderAt on the plaintext. Errors: payload_tampered,
// errors of the underlying reader, and those of io.ReaderAt.
func (r *ReaderAt) ReadAt(p []byte, off int64) (int, error) {
	n := max(0, min(int64(len(p)), r.size-off)) // [COB-20]
	w := sliceWriter{p: p}
	if err := r.WriteRange(&w, off, n); err != nil {
		return w.n, err
	}
	if n < int64(len(p)) {
		return w.n, io.EOF
	}
	return w.n, nil
}

type sliceWriter struct {
	p []byte
	n int
}

func (w *sliceWriter) Write(p []byte) (int, error) {
	n := copy(w.p[w.n:], p)
	w.n += n
	return n, nil
}

// WriteRange writes the n bytes of plaintext that begin at off to w, in order. They
// are within the plaintext, which is for the caller to see to.
// It opens spans of 256 KiB in parallel if there is more than one. Errors: as
// ReadAt, and those of w, which do not affect later calls.
func (r *ReaderAt) WriteRange(w io.Writer, off, n int64) error {
	if err := r.failed(); err != nil { // [COB-14]
		return err
	}
	next, last := off/ChunkSize, (off+n-1)/ChunkSize
	skip := off % ChunkSize
	ahead := spansFor(next, last)
	var q queue
	defer q.drain()
	for n > 0 {
		for next <= last && len(q.started) < ahead {
			s := newSpan()
			s.first = next
			q.start(s, ahead, func(s *span) { r.open(s, last) })
			next += spanChunks
		}
		s := q.take()
		part := s.out[min(skip, int64(len(s.out))):]
		part = part[:min(n, int64(len(part)))]
		var err error
		if len(part) > 0 {
			err = writeAll(w, part)
		}
		if s.err != nil {
			err = r.fail(s.err) // [COB-14]
		}
		skip = 0
		n -= int64(len(part))
		s.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// open reads and opens the chunks from s.first on, as many as a span has, but
// none after the chunk last. [COB-21]
func (r *ReaderAt) open(s *span, last int64) {
	off := PrefixSize + s.first*SealedChunkSize
	chunks := min(spanChunks, last+1-s.first)
	s.in = s.in[:min(chunks*SealedChunkSize, r.sealed-off)]
	if s.err = readFullAt(r.r, s.in, off); s.err == nil {
		s.out, s.err = r.cipher.open(s.out, s.in, s.first)
	}
}

func (r *ReaderAt) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// fail makes err the error of every later call, unless there is one already.
func (r *ReaderAt) fail(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	return r.err
}

// readPrefix reads and checks salt and commitment.
func readPrefix(r io.ReaderAt, inputKey []byte, context string) (*chunkCipher, error) {
	prefix := make([]byte, PrefixSize)
	if err := readFullAt(r, prefix, 0); err != nil {
		return nil, err
	}
	return checkPrefix(prefix, inputKey, context)
}

// readFullAt fills p. Errors: truncated if r ends before the length that was
// given for it, and errors of r, wrapped.
func readFullAt(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	switch {
	case n == len(p):
		return nil
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return fault.New(fault.Truncated, "the message has become shorter: it ends at byte %d", off+int64(n))
	}
	return errReading(err)
}
