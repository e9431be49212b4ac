package cobblestone

import (
	"errors"
	"io"
)

var (
	errClosed  = errors.New("cobblestone: the writer is closed")
	errAborted = errors.New("cobblestone: the writer was aborted")
)

// A Writer seals a message of any length as a stream (spec section 4.6), chunk by
// chunk. A Writer without Close leaves a message that does not open.
type Writer struct {
	w      io.Writer
	cipher *Cipher
	prefix [PrefixSize]byte
	chunk  []byte // what is not sealed yet; always less than a whole chunk between calls
	next   int64  // its number
	out    []byte // what goes before it: at first the prefix, then nothing
	err    error
}

// NewWriter returns a Writer of the message under an input key (32 bytes), a
// salt (24 bytes) and a context. The salt is fresh from a random number generator
// and never used again with them: [COB-3] [COB-4]. Nothing is written to w before
// the first whole chunk or Close.
func NewWriter(w io.Writer, inputKey, salt []byte, context string) *Writer {
	d := Derive(inputKey, salt, context)
	sealer := &Writer{w: w, cipher: NewCipher(&d), prefix: d.Prefix(salt), chunk: make([]byte, 0, ChunkSize)}
	sealer.out = append(make([]byte, 0, PrefixSize+SealedChunkSize), sealer.prefix[:]...)
	return sealer
}

// Prefix returns the first 56 bytes of the message: salt and commitment.
func (w *Writer) Prefix() []byte { return append([]byte(nil), w.prefix[:]...) }

// Cipher returns the Cipher of the message.
func (w *Writer) Cipher() *Cipher { return w.cipher }

// Write seals p. Once there is an error, every call returns it. Errors:
// limit_exceeded beyond 2^52 - 1 bytes, which Close may be the first to return; those
// of the underlying writer.
func (w *Writer) Write(p []byte) (int, error) {
	n := 0
	for n < len(p) && w.err == nil {
		c := copy(w.chunk[len(w.chunk):ChunkSize], p[n:])
		w.chunk = w.chunk[:len(w.chunk)+c]
		n += c
		if len(w.chunk) == ChunkSize { // [COB-5]
			w.err = w.flush()
		}
	}
	return n, w.err
}

// Close seals the last chunk. It does not close the underlying writer. Closing
// again returns the same result.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = w.flush() // less than a whole chunk, or even nothing: [COB-5]
		if w.err == nil {
			w.err = errClosed
		}
	}
	if w.err == errClosed {
		return nil
	}
	return w.err
}

// Abort leaves the message unfinished. After Close or an error it does nothing.
func (w *Writer) Abort() {
	if w.err == nil {
		w.err = errAborted
	}
}

// flush seals and writes the chunk.
func (w *Writer) flush() error {
	sealed, err := w.cipher.Seal(w.out, w.chunk, w.next)
	if err != nil {
		return err
	}
	w.chunk, w.out = w.chunk[:0], w.out[:0]
	w.next++
	return writeAll(w.w, sealed)
}

func writeAll(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return err
}
