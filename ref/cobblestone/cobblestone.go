// Package cobblestone seals and opens Cobblestone-256 messages: C2SP
// chunked-encryption v1 with HKDF-Expand-SHA-512 and AES-256-GCM (spec chapter
// 4, c2sp.org/chunked-encryption).
//
// Input keys and salts are made by the callers. A slice of another length than
// KeySize or SaltSize is a mistake in the program, and panics.
package cobblestone

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha512"
	"fmt"

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

// Prefix returns the first 56 bytes of a message: its salt and commitment.
func (d *Derived) Prefix(salt []byte) (prefix [PrefixSize]byte) {
	copy(prefix[:], salt)
	copy(prefix[SaltSize:], d.Commitment[:])
	return prefix
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
	message := bytes.NewBuffer(make([]byte, 0, MessageSize(int64(len(plaintext)))))
	w := NewWriter(message, inputKey, salt, context)
	w.Write(plaintext) // a buffer takes everything
	w.Close()
	return message.Bytes()
}

// Open returns the plaintext of a message that fits in memory, or nil and an
// error. Errors: truncated, limit_exceeded, wrong_secret, payload_tampered.
func Open(inputKey []byte, context string, message []byte) ([]byte, error) {
	r, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), inputKey, context)
	if err != nil {
		return nil, err
	}
	plaintext := make([]byte, r.Size())
	if _, err := r.ReadAt(plaintext, 0); err != nil {
		return nil, err
	}
	return plaintext, nil
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
