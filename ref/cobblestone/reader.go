package cobblestone

import (
	"bytes"
	"fmt"
	"io"
)

// A Reader opens a message of any length as a stream (spec section 4.6). It
// yields bytes of chunks that opened, and io.EOF only after the last chunk. Once
// there is another error, every call returns it. On more than one processor it
// reads and opens a few spans of 256 KiB ahead.
type Reader struct {
	r      io.Reader
	cipher *chunkCipher
	next   int64 // the number of the chunk that r stands before
	ahead  int   // spans that may be in work
	queue  queue
	end    error  // what follows the spans that were started, or nil
	span   *span  // the span that rest belongs to, or nil
	rest   []byte // opened and not yet yielded
	err    error  // what follows rest, or nil
}

// NewReader reads the first 72 bytes of a message and checks its commitment.
// Errors: truncated, wrong_secret; later truncated, limit_exceeded and
// payload_tampered; errors of r, wrapped.
func NewReader(r io.Reader, inputKey []byte, context string) (*Reader, error) {
	head := make([]byte, minMessageSize)
	if n, err := io.ReadFull(r, head); err == io.EOF || err == io.ErrUnexpectedEOF { // [COB-8]
		return nil, errTooShort(int64(n))
	} else if err != nil {
		return nil, errReading(err)
	}
	c, err := checkPrefix(head[:PrefixSize], inputKey, context) // [COB-16]
	if err != nil {
		return nil, err
	}
	return &Reader{
		r:      io.MultiReader(bytes.NewReader(head[PrefixSize:]), r),
		cipher: c,
		ahead:  spansAhead(),
	}, nil
}

// Read yields plaintext.
func (r *Reader) Read(p []byte) (int, error) {
	if !r.advance() {
		return 0, r.err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// WriteTo writes the plaintext to w up to its end. An error of w does not end
// the Reader.
func (r *Reader) WriteTo(w io.Writer) (int64, error) {
	total := int64(0)
	for r.advance() {
		n, err := w.Write(r.rest)
		if err == nil && n < len(r.rest) {
			err = io.ErrShortWrite
		}
		r.rest = r.rest[n:]
		total += int64(n)
		if err != nil {
			return total, err
		}
	}
	if r.err == io.EOF {
		return total, nil
	}
	return total, r.err
}

// advance makes sure that there is something in r.rest. If it returns false,
// there is nothing more, and r.err says why.
func (r *Reader) advance() bool {
	for len(r.rest) == 0 {
		if r.span != nil {
			r.span.release()
			r.span = nil
		}
		if r.err != nil { // [COB-14]
			return false
		}
		for r.end == nil && len(r.queue.started) < r.ahead {
			r.start()
		}
		if len(r.queue.started) == 0 {
			r.err = r.end
			return false
		}
		r.span = r.queue.take()
		r.rest, r.err = r.span.out, r.span.err
		if r.err != nil {
			r.queue.drain() // [COB-13]
		}
	}
	return true
}

// start reads a span and begins to open it. It sets r.end if nothing that could
// be opened follows.
func (r *Reader) start() {
	s := newSpan()
	n, err := io.ReadFull(r.r, s.in[:spanSealed])
	switch last := n % SealedChunkSize; {
	case err == nil:
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		r.end = errReading(err)
		n -= last
	case last < TagSize: // [COB-9] [COB-17]
		r.end = errTruncated()
		n -= last
	default: // the last chunk: [COB-15]
		r.end = io.EOF
	}
	if r.next >= MaxChunks && n > 0 { // [COB-18]
		r.end = errTooLong()
		n = 0
	}
	s.in, s.first = s.in[:n], r.next
	r.next += spanChunks
	r.queue.start(s, r.ahead, func(s *span) {
		s.out, s.err = r.cipher.open(s.out, s.in, s.first)
	})
}

func errReading(err error) error { return fmt.Errorf("reading the message: %w", err) }
