// Package cobblestone seals and opens Cobblestone-256 messages: C2SP
// chunked-encryption v1 with HKDF-Expand-SHA-512 and AES-256-GCM (spec chapter
// 4, c2sp.org/chunked-encryption).
//
// Input keys and salts are made by the callers. A slice of another length than
// KeySize or SaltSize is a mistake in the program, and panics.
package cobblestone

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// The parameters of spec section 4.1. Sizes are in bytes.
const (
	KeySize         = 32
	SaltSize        = 24
	CommitmentSize  = 32
	PrefixSize      = SaltSize + CommitmentSize
	ChunkSize       = 16384
	TagSize         = 16
	SealedChunkSize = ChunkSize + TagSize
	MaxChunks       = 1 << 38

	nonceSize      = 12
	minMessageSize = PrefixSize + TagSize
	MaxMessageSize = PrefixSize + MaxChunks*SealedChunkSize - 1

	infoLabel = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
)

// Derived holds what spec section 4.2 derives for one message.
type Derived struct {
	Key        [KeySize]byte
	BaseNonce  [nonceSize]byte
	Commitment [CommitmentSize]byte
}

// Derive returns every value that a message's input key (32 bytes), salt (24
// bytes) and context lead to.
func Derive(inputKey, salt []byte, context string) Derived {
	if len(inputKey) != KeySize { // [COB-1]
		panic(fmt.Sprintf("cobblestone: an input key of %d bytes", len(inputKey)))
	}
	if len(salt) != SaltSize {
		panic(fmt.Sprintf("cobblestone: a salt of %d bytes", len(salt)))
	}
	info := infoLabel + string(salt) + context
	okm, err := hkdf.Expand(sha512.New, inputKey, info, KeySize+nonceSize+CommitmentSize) // [COB-2]
	if err != nil {
		panic(err) // only for more than 255 blocks
	}
	var d Derived
	copy(d.Key[:], okm)
	copy(d.BaseNonce[:], okm[KeySize:])
	copy(d.Commitment[:], okm[KeySize+nonceSize:])
	return d
}

// PlaintextSize returns the length of the plaintext of a message of n bytes.
// Errors: truncated if no message has that length, limit_exceeded if the message
// had more than 2^38 chunks.
func PlaintextSize(n int64) (int64, error) {
	full, last := (n-PrefixSize)/SealedChunkSize, (n-PrefixSize)%SealedChunkSize
	if last < TagSize { // [COB-8], since less than a prefix leaves less than nothing; [COB-9]
		return 0, errTruncated()
	}
	if n > MaxMessageSize { // [COB-10]
		return 0, errTooLong()
	}
	return full*ChunkSize + last - TagSize, nil
}

// MessageSize returns the length of the message that seals n bytes.
func MessageSize(n int64) int64 { return PrefixSize + n + TagSize*(n/ChunkSize+1) }

// Seal returns the message that seals plaintext, for plaintexts that fit in
// memory. The salt (24 bytes) is fresh from a random number generator and never
// used again with the same input key and context: [COB-3] [COB-4].
func Seal(inputKey, salt []byte, context string, plaintext []byte) []byte {
	d := Derive(inputKey, salt, context)
	return newChunkCipher(&d).seal(slices.Concat(salt, d.Commitment[:]), plaintext, 0, true)
}

// Open returns the plaintext of a message that fits in memory, or nil and an
// error. Errors: truncated, limit_exceeded, wrong_secret, payload_tampered.
func Open(inputKey []byte, context string, message []byte) ([]byte, error) {
	if _, err := PlaintextSize(int64(len(message))); err != nil {
		return nil, err
	}
	c, err := checkPrefix(message[:PrefixSize], inputKey, context)
	if err != nil {
		return nil, err
	}
	plaintext, err := c.open(nil, message[PrefixSize:], 0)
	if err != nil {
		return nil, err
	}
	return plaintext, nil
}

// A chunkCipher seals and opens the chunks of one message. It is safe for
// concurrent use.
type chunkCipher struct {
	aead cipher.AEAD
	base [nonceSize]byte
}

func newChunkCipher(d *Derived) *chunkCipher {
	block, err := aes.NewCipher(d.Key[:])
	if err != nil {
		panic(err) // only for another key size
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for another block size
	}
	return &chunkCipher{aead, d.BaseNonce}
}

// checkPrefix returns the cipher of the message that begins with prefix (56
// bytes), or wrong_secret.
func checkPrefix(prefix, inputKey []byte, context string) (*chunkCipher, error) {
	d := Derive(inputKey, prefix[:SaltSize], context)
	if subtle.ConstantTimeCompare(d.Commitment[:], prefix[SaltSize:]) != 1 { // [COB-11] [CON-8]
		return nil, fault.New(fault.WrongSecret, "the key does not fit the message's commitment")
	}
	return newChunkCipher(&d), nil
}

// nonce sets n to the nonce of chunk i.
func (c *chunkCipher) nonce(n *[nonceSize]byte, i int64) {
	*n = c.base
	low := n[nonceSize-8:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^uint64(i))
}

// seal appends to dst the chunks of plaintext, numbered from first. Without
// last, plaintext is a multiple of ChunkSize; with it, the message ends here.
func (c *chunkCipher) seal(dst, plaintext []byte, first int64, last bool) []byte {
	var nonce [nonceSize]byte
	for i := first; last || len(plaintext) > 0; i++ {
		n := min(len(plaintext), ChunkSize)
		c.nonce(&nonce, i)                      // [COB-7]
		dst = slices.Grow(dst, SealedChunkSize) // the cipher would make room for this chunk only
		dst = c.aead.Seal(dst, nonce[:], plaintext[:n], nil)
		if n < ChunkSize { // [COB-5]
			break
		}
		plaintext = plaintext[n:]
	}
	return dst
}

// open appends to dst the plaintext of sealed chunks, numbered from first. Every
// piece of 16400 bytes is a chunk, and so is a shorter last piece. With an error
// it returns what the chunks before the one at fault hold.
func (c *chunkCipher) open(dst, sealed []byte, first int64) ([]byte, error) {
	for i := first; len(sealed) > 0; i++ {
		n := min(len(sealed), SealedChunkSize)
		opened, err := c.openChunk(dst, sealed[:n], i)
		if err != nil { // [COB-13] [ERR-4]
			return dst, err
		}
		dst, sealed = opened, sealed[n:]
	}
	return dst, nil
}

// openChunk appends to dst the plaintext of the sealed chunk i. With an error it
// returns dst.
func (c *chunkCipher) openChunk(dst, sealed []byte, i int64) ([]byte, error) {
	var nonce [nonceSize]byte
	c.nonce(&nonce, i)
	opened, err := c.aead.Open(slices.Grow(dst, len(sealed)), nonce[:], sealed, nil)
	if err != nil { // [COB-12]
		return dst, fault.New(fault.PayloadTampered, "chunk %d was altered, damaged, moved or cut", i)
	}
	return opened, nil
}

func errTooShort(n int64) error {
	return fault.New(fault.Truncated, "a message has at least %d bytes, this one has %d", minMessageSize, n)
}

func errTruncated() error {
	return fault.New(fault.Truncated, "the end of the message is missing")
}

func errTooLong() error {
	return fault.New(fault.LimitExceeded, "a message has at most 2^38 chunks of %d bytes", ChunkSize)
}
