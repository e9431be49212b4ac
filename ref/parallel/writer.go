package parallel

import (
	"bytes"
	"cmp"
	"errors"
	"io"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

var (
	errClosed  = errors.New("parallel: the writer is closed")
	errAborted = errors.New("parallel: the writer was aborted")
)

// A Writer seals a message as a cobblestone.Writer. On more than one processor it writes
// to the underlying writer from goroutines, one at a time and in order, until Close or
// Abort has returned.
type Writer struct {
	w      io.Writer
	cipher *cobblestone.Cipher
	prefix []byte
	span   *span // being filled; nil after Close, Abort or an error
	order  *order
	err    error
}

// NewWriter is as cobblestone.NewWriter. Nothing is written to w before the first whole
// span or Close.
func NewWriter(w io.Writer, inputKey, salt []byte, context string) *Writer {
	return newWriter(w, cobblestone.NewWriter(w, inputKey, salt, context))
}

// newWriter goes on in place of a Writer of which nothing was written yet.
func newWriter(w io.Writer, begun *cobblestone.Writer) *Writer {
	sealer := &Writer{
		w:      w,
		cipher: begun.Cipher(),
		prefix: begun.Prefix(),
		span:   newSpan(0),
		order:  newOrder(true),
	}
	sealer.span.out = append(sealer.span.out, sealer.prefix...)
	return sealer
}

// Prefix returns the first 56 bytes of the message: salt and commitment.
func (w *Writer) Prefix() []byte { return bytes.Clone(w.prefix) }

// Write seals p. Once there is an error, every call returns it. Errors: those of
// cobblestone.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	n := 0
	for n < len(p) && w.err == nil {
		s := w.span
		c := copy(s.in[len(s.in):spanPlain], p[n:])
		s.in = s.in[:len(s.in)+c]
		n += c
		w.flushFull()
	}
	return n, w.err
}

// ReadFrom seals what r yields up to its end, without an intermediate copy. An
// error of r does not end the Writer.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	n := int64(0)
	for w.err == nil {
		s := w.span
		c, err := io.ReadFull(r, s.in[len(s.in):spanPlain])
		s.in = s.in[:len(s.in)+c]
		n += int64(c)
		w.flushFull()
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return n, err
		}
	}
	return n, w.err
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

// flushFull flushes the span if it is full.
func (w *Writer) flushFull() {
	if len(w.span.in) == spanPlain {
		if w.flush(false); w.order.failed.Load() {
			w.finish(nil)
		}
	}
}

// flush seals the span, writes it in its turn, and begins the next one.
func (w *Writer) flush(last bool) {
	s := w.span
	w.span = newSpan(s.first + spanChunks)
	w.order.add(func() { s.seal(w.cipher, last) }, func() error {
		defer s.release()
		return cmp.Or(writeAll(w.w, s.out), s.err)
	})
}

// finish waits until all spans are written, and makes the first error, or else err,
// the result of every later call.
func (w *Writer) finish(err error) {
	w.err = cmp.Or(w.order.wait(), err)
	w.span.release()
	w.span = nil
}

func writeAll(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}
