package cobblestone

import (
	"bytes"
	"fmt"
	"io"
)

// A Reader opens a message of any length as a stream (spec section 4.6), chunk by
// chunk. It yields bytes of chunks that opened, and io.EOF only after the last chunk.
// Once there is another error, every call returns it.
type Reader struct {
	r      io.Reader
	cipher *Cipher
	next   int64  // the number of the chunk that r stands before
	buf    []byte // of a sealed chunk, which is opened in place
	rest   []byte // opened and not yet yielded
	err    error  // what follows rest, or nil
}

// NewReader reads the first 72 bytes of a message and checks its commitment.
// Errors: truncated, wrong_secret; later truncated, limit_exceeded and
// payload_tampered; errors of r, wrapped.
func NewReader(r io.Reader, inputKey []byte, context string) (*Reader, error) {
	c, chunks, err := ReadPrefix(r, inputKey, context)
	if err != nil {
		return nil, err
	}
	return c.NewReader(chunks, 0), nil
}

// ReadPrefix is the beginning of NewReader. It returns the Cipher of the message and a
// reader of its sealed chunks.
func ReadPrefix(r io.Reader, inputKey []byte, context string) (*Cipher, io.Reader, error) {
	head := make([]byte, minMessageSize)
	if n, err := io.ReadFull(r, head); err == io.EOF || err == io.ErrUnexpectedEOF { // [COB-8]
		return nil, nil, errTooShort(int64(n))
	} else if err != nil {
		return nil, nil, errReading(err)
	}
	c, err := checkPrefix(head[:PrefixSize], inputKey, context) // [COB-16]
	if err != nil {
		return nil, nil, err
	}
	return c, io.MultiReader(bytes.NewReader(head[PrefixSize:]), r), nil
}

// NewReader returns a Reader of the sealed chunks that r yields, of which the first has
// the number next.
func (c *Cipher) NewReader(r io.Reader, next int64) *Reader {
	return &Reader{r: r, cipher: c, next: next, buf: make([]byte, SealedChunkSize)}
}

// Read yields plaintext.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.err != nil { // [COB-14]
			return 0, r.err
		}
		r.rest, r.err = r.open()
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// open reads and opens the next chunk. Beside the last one it returns io.EOF, beside
// any other error nothing.
func (r *Reader) open() ([]byte, error) {
	n, end := io.ReadFull(r.r, r.buf)
	switch {
	case end != nil && end != io.EOF && end != io.ErrUnexpectedEOF:
		return nil, errReading(end)
	case n < TagSize: // [COB-9] [COB-17]
		return nil, errTruncated()
	case end != nil:
		end = io.EOF
	}
	opened, err := r.cipher.Open(r.buf[:0], r.buf[:n], r.next)
	if err != nil { // [COB-13]
		return nil, err
	}
	r.next++
	return opened, end // [COB-15]
}

func errReading(err error) error { return fmt.Errorf("reading the message: %w", err) }
