package cobblestone

import (
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/fault"
)

// Chunks opens single chunks of a message that may be damaged or have lost its
// end, for salvage (spec chapter 10). Unlike a ReaderAt it does not authenticate
// the length, and it goes on after an error. It is safe for concurrent use.
type Chunks struct {
	r      io.ReaderAt
	size   int64
	cipher *chunkCipher
}

// NewChunks checks the commitment of a message of size bytes. Errors: truncated
// if size is less than 56, wrong_secret; errors of r, wrapped.
func NewChunks(r io.ReaderAt, size int64, inputKey []byte, context string) (*Chunks, error) {
	if size < PrefixSize { // [SLV-4]
		return nil, fault.New(fault.Truncated, "a message begins with %d bytes, this one has %d", PrefixSize, size)
	}
	c, err := readPrefix(r, inputKey, context)
	if err != nil {
		return nil, err
	}
	return &Chunks{r, size, c}, nil
}

// Count returns the number of pieces of 16400 bytes after the prefix, a shorter
// last one included.
func (c *Chunks) Count() int64 {
	return (c.size - PrefixSize + SealedChunkSize - 1) / SealedChunkSize
}

// Open appends the plaintext of chunk i, from 0 to Count() - 1, to dst, which it
// returns unchanged with an error. Errors: payload_tampered, truncated if the
// piece is shorter than a tag; errors of the underlying reader, wrapped.
func (c *Chunks) Open(dst []byte, i int64) ([]byte, error) {
	if i < 0 || i >= c.Count() {
		return dst, fmt.Errorf("cobblestone: there is no chunk %d among %d", i, c.Count())
	}
	off := PrefixSize + i*SealedChunkSize
	sealed := make([]byte, min(SealedChunkSize, c.size-off))
	if err := readFullAt(c.r, sealed, off); err != nil {
		return dst, err
	}
	return c.cipher.open(dst, sealed, i)
}
