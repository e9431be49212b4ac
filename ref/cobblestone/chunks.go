package cobblestone

import (
	"io"
	"slices"
)

// Chunks opens single chunks of a message that may be damaged or have lost its
// end, for salvage (spec chapter 10). Unlike a ReaderAt it does not authenticate
// the length, and it goes on after an error. It is safe for concurrent use.
type Chunks struct {
	r      io.ReaderAt
	size   int64
	cipher *Cipher
}

// NewChunks checks the commitment of a message of size bytes, at least 56, that r has
// after its prefix (56 bytes), whatever r has in its place. Errors: wrong_secret.
func NewChunks(r io.ReaderAt, size int64, prefix, inputKey []byte, context string) (*Chunks, error) {
	c, err := checkPrefix(prefix, inputKey, context)
	if err != nil {
		return nil, err
	}
	return &Chunks{r, size, c}, nil
}

// Count returns the number of pieces of 16400 bytes after the prefix and one more,
// the last, of which nothing may be left. [SLV-21]
func (c *Chunks) Count() int64 { return (c.size-PrefixSize)/SealedChunkSize + 1 }

// Size returns the length of the message.
func (c *Chunks) Size() int64 { return c.size }

// Cipher returns the Cipher of the message.
func (c *Chunks) Cipher() *Cipher { return c.cipher }

// Cut returns the chunks of the message of n bytes with which this one begins.
func (c *Chunks) Cut(n int64) *Chunks { return &Chunks{c.r, n, c.cipher} }

// Open appends the plaintext of chunk i, from 0 to Count() - 1, to dst, which it
// returns unchanged with an error. Errors: payload_tampered; errors of the
// underlying reader, wrapped.
func (c *Chunks) Open(dst []byte, i int64) ([]byte, error) {
	sealed, err := c.Sealed(nil, i, 1)
	if err != nil {
		return dst, err
	}
	return c.cipher.Open(dst, sealed, i)
}

// Sealed reads n sealed chunks from the number first on, of which the last may be
// shorter, into the memory of buf or into more. Errors: those of the underlying reader,
// wrapped.
func (c *Chunks) Sealed(buf []byte, first, n int64) ([]byte, error) {
	off := PrefixSize + first*SealedChunkSize
	size := int(min(n*SealedChunkSize, c.size-off))
	sealed := slices.Grow(buf[:0], size)[:size]
	return sealed, readFullAt(c.r, sealed, off)
}
