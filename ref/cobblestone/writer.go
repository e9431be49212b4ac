package cobblestone

import (
	"errors"
	"io"
)

var (
	errClosed  = errors.New("cobblestone: the writer is closed")
	errAborted = errors.New("cobblestone: the writer was aborted")
)

// A Writer seals a message of any length as a stream (spec section 4.6). On more
// than one processor it seals spans of 256 KiB in parallel, and writes to the
// underlying writer from goroutines, one at a time and in order, until Close or
// Abort has returned. A Writer without Close leaves a message that does not open.
type Writer struct {
	w      io.Writer
	cipher *chunkCipher
	prefix [PrefixSize]byte
	span   *span      // being filled; nil after Close, Abort or an error
	next   int64      // the number of the chunk that it begins with
	ahead  int        // spans that may be in work beside it
	spans  supply     // of spans to fill
	turn   chan error // yields the outcome once all spans up to now are written
	err    error
}

// NewWriter returns a Writer of the message under an input key (32 bytes), a
// salt (24 bytes) and a context. The salt is fresh from a random number generator
// and never used again with them: [COB-3] [COB-4]. Nothing is written to w before
// the first 256 KiB or Close.
func NewWriter(w io.Writer, inputKey, salt []byte, context string) *Writer {
	d := Derive(inputKey, salt, context)
	ahead := spansAhead()
	sealer := &Writer{
		w:      w,
		cipher: newChunkCipher(&d),
		span:   newSpan(),
		ahead:  ahead,
		spans:  newSupply(ahead),
		turn:   make(chan error, 1),
	}
	copy(sealer.prefix[:], salt)
	copy(sealer.prefix[SaltSize:], d.Commitment[:])
	sealer.span.out = append(sealer.span.out, sealer.prefix[:]...)
	sealer.turn <- nil
	return sealer
}

// Prefix returns the first 56 bytes of the message: salt and commitment.
func (w *Writer) Prefix() []byte { return append([]byte(nil), w.prefix[:]...) }

// Write seals p. An error of the underlying writer may show up in a later call;
// once there is an error, every call returns it. Errors: limit_exceeded beyond
// 2^52 - 1 bytes.
func (w *Writer) Write(p []byte) (int, error) {
	for n := 0; ; {
		if w.err != nil {
			return n, w.err
		}
		if n == len(p) {
			return n, nil
		}
		s := w.span
		c := copy(s.in[len(s.in):spanPlain], p[n:])
		s.in = s.in[:len(s.in)+c]
		n += c
		w.flushFull()
	}
}

// ReadFrom seals what r yields up to its end, without an intermediate copy. An
// error of r does not end the Writer.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	for n := int64(0); ; {
		if w.err != nil {
			return n, w.err
		}
		s := w.span
		c, err := io.ReadFull(r, s.in[len(s.in):spanPlain])
		s.in = s.in[:len(s.in)+c]
		n += int64(c)
		w.flushFull()
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return n, w.err
		}
		if err != nil {
			return n, err
		}
	}
}

// Close seals the last chunk and waits until the message is written. It does not
// close the underlying writer. Closing again returns the same result.
func (w *Writer) Close() error {
	if w.err == nil {
		w.flush(true)
		w.finish(errClosed)
	}
	if w.err == errClosed {
		return nil
	}
	return w.err
}

// Abort leaves the message unfinished and waits for output that is under way.
// After Close or an error it does nothing.
func (w *Writer) Abort() {
	if w.err == nil {
		w.finish(errAborted)
	}
}

// flushFull sends the span off once it is full, and gets the next one.
func (w *Writer) flushFull() {
	if len(w.span.in) < spanPlain {
		return
	}
	if w.next+spanChunks >= MaxChunks { // [COB-6]: the last chunk would be one too many
		w.finish(errTooLong())
		return
	}
	w.flush(false)
	w.next += spanChunks
	if w.span = w.spans.next(); w.span.err != nil {
		w.finish(w.span.err)
		return
	}
	w.span.in, w.span.out = w.span.in[:0], w.span.out[:0]
}

// flush seals the span and writes it after those before it.
func (w *Writer) flush(last bool) {
	s, first, before, after := w.span, w.next, w.turn, make(chan error, 1)
	w.span, w.turn = nil, after
	work := func() {
		s.out = w.cipher.seal(s.out, s.in, first, last)
		if s.err = <-before; s.err == nil {
			s.err = writeAll(w.w, s.out)
		}
		err := s.err
		w.spans.free <- s
		after <- err
	}
	overlap(w.ahead, work)
}

// finish waits until all spans are written, gives them back, and makes the
// first error, or else err, the result of every later call.
func (w *Writer) finish(err error) {
	if w.err = <-w.turn; w.err == nil {
		w.err = err
	}
	if w.span != nil {
		w.span.release()
		w.span = nil
	}
	w.spans.drain()
}

func writeAll(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}
