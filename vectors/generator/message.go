package generator

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha512"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

// Sizes of spec section 4.1, in bytes.
const (
	chunkSize  = 16384
	tagSize    = 16
	sealedSize = chunkSize + tagSize
	prefixSize = 56
)

// message is a Cobblestone-256 message with every value on the way to it. It is
// made here without the reference, so that the two check each other.
type message struct {
	inputKey, salt []byte
	context        string
	plaintext      []byte

	derivedKey, baseNonce, commitment []byte
	chunks                            [][]byte
}

// sealed returns the message that seals plaintext (spec chapter 4).
func sealed(inputKey, salt []byte, context string, plaintext []byte) *message {
	m := &message{inputKey: inputKey, salt: salt, context: context}
	m.derive()
	m.seal(plaintext)
	return m
}

// quiet returns a message of n bytes whose ciphertext is zero: it seals the
// keystream, so that a long message is short in a case file.
func quiet(inputKey, salt []byte, context string, n int) *message {
	m := sealed(inputKey, salt, context, nil)
	m.seal(m.keystream(0, n))
	return m
}

func (m *message) derive() {
	info := slices.Concat([]byte("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"), m.salt, []byte(m.context))
	t1 := hmacSHA512(m.inputKey, info, []byte{1})
	t2 := hmacSHA512(m.inputKey, t1, info, []byte{2})
	okm := slices.Concat(t1, t2)
	m.derivedKey, m.baseNonce, m.commitment = okm[:32], okm[32:44], okm[44:76]
}

func (m *message) seal(plaintext []byte) {
	m.plaintext, m.chunks = plaintext, nil
	aead := newAEAD(m.derivedKey)
	for i := 0; ; i++ {
		n := min(len(plaintext), chunkSize)
		m.chunks = append(m.chunks, aead.Seal(nil, m.nonce(int64(i)), plaintext[:n], nil))
		plaintext = plaintext[n:]
		if n < chunkSize {
			return
		}
	}
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // unreachable: the key has 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // unreachable: AES has blocks of 16 bytes
	}
	return aead
}

// nonce returns the base nonce XOR i.
func (m *message) nonce(i int64) []byte {
	nonce := slices.Clone(m.baseNonce)
	for at := 11; i > 0; at-- {
		nonce[at] ^= byte(i)
		i >>= 8
	}
	return nonce
}

// keystream returns the n bytes that AES-256-GCM combines with the plaintext
// from offset on. Sealing them gives zeros.
func (m *message) keystream(offset int64, n int) []byte {
	block, err := aes.NewCipher(m.derivedKey)
	if err != nil {
		panic(err) // unreachable: the key has 32 bytes
	}
	var out []byte
	for i := offset / chunkSize; len(out) < int(offset%chunkSize)+n; i++ {
		chunk := make([]byte, chunkSize)
		counter := append(m.nonce(i), 0, 0, 0, 2)
		cipher.NewCTR(block, counter).XORKeyStream(chunk, chunk)
		out = append(out, chunk...)
	}
	return out[offset%chunkSize:][:n]
}

func (m *message) prefix() []byte { return slices.Concat(m.salt, m.commitment) }

func (m *message) bytes() []byte {
	return append(m.prefix(), bytes.Join(m.chunks, nil)...)
}

// chunkAt returns the offset of a chunk in the message.
func chunkAt(i int) int { return prefixSize + i*sealedSize }

func (m *message) intermediates() vectors.Object {
	return vectors.Object{
		"derived_key": vectors.Bytes(m.derivedKey),
		"base_nonce":  vectors.Bytes(m.baseNonce),
		"commitment":  vectors.Bytes(m.commitment),
	}
}

func hmacSHA512(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha512.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func sha512Of(b []byte) []byte {
	sum := sha512.Sum512(b)
	return sum[:]
}
