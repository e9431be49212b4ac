package cobblestone

import (
	"fmt"
	"io"
	"sync"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/wire"
)

// A ReaderAt opens parts of a message whose length is known (spec section 4.7).
// It is safe for concurrent use. Once a chunk did not open, or could not be
// read, every call returns that error.
type ReaderAt struct {
	chunks *Chunks
	size   int64 // the length of the plaintext

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
	prefix := make([]byte, PrefixSize)
	if err := readFullAt(r, prefix, 0); err != nil {
		return nil, err
	}
	chunks, err := NewChunks(r, size, prefix, inputKey, context)
	if err != nil {
		return nil, err
	}
	opener := &ReaderAt{chunks: chunks, size: plain}
	if _, err := opener.open(nil, plain/ChunkSize); err != nil { // [COB-19]
		return nil, err
	}
	return opener, nil
}

// Size returns the length of the plaintext in bytes.
func (r *ReaderAt) Size() int64 { return r.size }

// Chunks returns the chunks of the message, each by itself.
func (r *ReaderAt) Chunks() *Chunks { return r.chunks }

// ReadAt implements io.ReaderAt on the plaintext. Errors: payload_tampered,
// errors of the underlying reader, and those of io.ReaderAt.
func (r *ReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if err := r.Err(); err != nil { // [COB-14]
		return 0, err
	}
	n := 0
	for chunk := []byte(nil); n < len(p) && off < r.size; {
		var err error
		if chunk, err = r.open(chunk, off/ChunkSize); err != nil {
			return n, err
		}
		c := copy(p[n:], chunk[off%ChunkSize:])
		n += c
		off += int64(c)
	}
	if n < len(p) { // [COB-20]
		return n, io.EOF
	}
	return n, nil
}

// WriteRange writes the n bytes of plaintext that begin at off to w, in order. A range
// that is not within the plaintext is refused. Errors: as ReadAt, and those of w, which
// do not affect later calls.
func (r *ReaderAt) WriteRange(w io.Writer, off, n int64) error {
	if err := r.Err(); err != nil { // [COB-14]
		return err
	}
	if n > r.size-off {
		return fmt.Errorf("cobblestone: a plaintext of %d bytes has no %d bytes at offset %d", r.size, n, off)
	}
	for chunk := []byte(nil); n > 0; {
		var err error
		if chunk, err = r.open(chunk, off/ChunkSize); err != nil {
			return err
		}
		part := chunk[off%ChunkSize:]
		part = part[:min(n, int64(len(part)))]
		if err := writeAll(w, part); err != nil {
			return err
		}
		off += int64(len(part))
		n -= int64(len(part))
	}
	return nil
}

// open opens chunk i in the memory of buf, or in more. Its error is that of every later
// call. [COB-21]
func (r *ReaderAt) open(buf []byte, i int64) ([]byte, error) {
	sealed, err := r.chunks.Sealed(buf, i, 1)
	if err == nil {
		sealed, err = r.chunks.cipher.Open(sealed[:0], sealed, i)
	}
	if err != nil {
		return nil, r.fail(err)
	}
	return sealed, nil
}

// Err returns the error of every later call, or nil.
func (r *ReaderAt) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// fail makes err the error of every later call, unless there is one already.
func (r *ReaderAt) fail(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err // [COB-14]
	}
	return r.err
}

// readFullAt fills p. Errors: truncated if r ends before the length that was
// given for it, and errors of r, wrapped.
func readFullAt(r io.ReaderAt, p []byte, off int64) error {
	switch err := wire.ReadFull(r, p, off); err {
	case nil:
		return nil
	case io.ErrUnexpectedEOF:
		return fault.New(fault.Truncated, "the message has become shorter")
	default:
		return errReading(err)
	}
}
