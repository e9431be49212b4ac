package cobblestone

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"

	"github.com/coffer-format/coffer/ref/fault"
)

// A Cipher seals and opens the chunks of one message (spec section 4.3), each by
// itself and in any order. It is safe for concurrent use.
type Cipher struct {
	aead cipher.AEAD
	base [nonceSize]byte
}

// NewCipher returns the Cipher of a message for which d was derived.
func NewCipher(d *Derived) *Cipher {
	block, err := aes.NewCipher(d.Key[:])
	if err != nil {
		panic(err) // only for another key size
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for another block size
	}
	return &Cipher{aead, d.BaseNonce}
}

// checkPrefix returns the Cipher of the message that begins with prefix (56
// bytes), or wrong_secret.
func checkPrefix(prefix, inputKey []byte, context string) (*Cipher, error) {
	d := Derive(inputKey, prefix[:SaltSize], context)
	if subtle.ConstantTimeCompare(d.Commitment[:], prefix[SaltSize:]) != 1 { // [COB-11] [CON-8]
		return nil, fault.New(fault.WrongSecret, "the key does not fit the message's commitment")
	}
	return NewCipher(&d), nil
}

// nonce returns the nonce of chunk i.
func (c *Cipher) nonce(i int64) [nonceSize]byte {
	n := c.base
	low := n[nonceSize-8:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^uint64(i))
	return n
}

// Seal appends chunk i to dst, sealed. With an error it returns dst. Errors:
// limit_exceeded.
func (c *Cipher) Seal(dst, chunk []byte, i int64) ([]byte, error) {
	if i >= MaxChunks { // [COB-6]
		return dst, errTooLong()
	}
	nonce := c.nonce(i) // [COB-7]
	return c.aead.Seal(dst, nonce[:], chunk, nil), nil
}

// Open appends the plaintext of the sealed chunk i to dst, which may be
// sealed[:0]. With an error it returns dst. Errors: limit_exceeded,
// payload_tampered.
func (c *Cipher) Open(dst, sealed []byte, i int64) ([]byte, error) {
	if i >= MaxChunks { // [COB-18]
		return dst, errTooLong()
	}
	nonce := c.nonce(i) // [COB-7]
	opened, err := c.aead.Open(dst, nonce[:], sealed, nil)
	if err != nil { // [COB-12] [COB-13] [ERR-4]
		return dst, fault.New(fault.PayloadTampered, "chunk %d was altered, damaged, moved or cut", i)
	}
	return opened, nil
}
