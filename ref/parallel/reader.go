package parallel

import (
	"bytes"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// A Reader opens a message as a cobblestone.Reader. It reads and opens a few spans ahead
// on more than one processor.
type Reader struct {
	r      io.Reader // of the sealed chunks
	cipher *cobblestone.Cipher
	next   int64 // the number of the chunk that r stands before
	ahead  int   // spans that may be in work
	queue  queue
	end    *cobblestone.Reader // of what follows the spans that were started, or nil
	span   *span               // the span that rest belongs to, or nil
	rest   []byte              // opened and not yet yielded
	err    error               // what follows rest, or nil
}

// NewReader is as cobblestone.NewReader.
func NewReader(r io.Reader, inputKey []byte, context string) (*Reader, error) {
	c, chunks, err := cobblestone.ReadPrefix(r, inputKey, context)
	if err != nil {
		return nil, err
	}
	return &Reader{r: chunks, cipher: c, ahead: spansAhead()}, nil
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
		if r.err != nil {
			return false
		}
		for r.end == nil && len(r.queue.started) < r.ahead {
			r.start()
		}
		if len(r.queue.started) > 0 {
			r.span = r.queue.take()
			r.rest, r.err = r.span.out, r.span.err
		} else {
			r.span = newSpan(r.next)
			n, err := r.end.Read(r.span.out[:spanPlain])
			r.rest, r.err = r.span.out[:n], err
		}
		if r.err != nil {
			r.queue.drain()
		}
	}
	return true
}

// start reads a span and begins to open it. If there is no whole span any more, it sets
// r.end.
func (r *Reader) start() {
	s := newSpan(r.next)
	n, err := io.ReadFull(r.r, s.in[:spanSealed])
	if err != nil {
		left := io.MultiReader(bytes.NewReader(bytes.Clone(s.in[:n])), failing{err})
		r.end = r.cipher.NewReader(left, r.next)
		s.release()
		return
	}
	s.in = s.in[:n]
	r.next += spanChunks
	r.queue.start(s, r.ahead, func(s *span) { s.open(r.cipher) })
}

// failing is a reader that has met an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
