package cobblestone

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"io"
	"slices"
	"testing"
)

// Plaintexts of this size outweigh the start of a message, and stay near the
// processor, so that it is not memory that is measured.
const benchSize = 16 << 20

// rawGCM is AES-256-GCM without anything around it.
func rawGCM(b *testing.B) cipher.AEAD {
	block, err := aes.NewCipher(make([]byte, KeySize))
	if err != nil {
		b.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	return aead
}

// BenchmarkRawSeal is the bound for sealing on one processor: the cipher over
// the same memory, chunk by chunk.
func BenchmarkRawSeal(b *testing.B) {
	aead, nonce := rawGCM(b), make([]byte, nonceSize)
	plain, sealed := make([]byte, benchSize), make([]byte, 0, SealedChunkSize)
	b.SetBytes(benchSize)
	for range b.N {
		for chunk := range slices.Chunk(plain, ChunkSize) {
			aead.Seal(sealed, nonce, chunk, nil)
		}
	}
}

// BenchmarkRawOpen is the bound for opening.
func BenchmarkRawOpen(b *testing.B) {
	aead, nonce := rawGCM(b), make([]byte, nonceSize)
	plain, sealed := make([]byte, 0, ChunkSize), make([]byte, 0, benchSize/ChunkSize*SealedChunkSize)
	for range benchSize / ChunkSize {
		sealed = aead.Seal(sealed, nonce, plain[:ChunkSize], nil)
	}
	b.SetBytes(benchSize)
	for range b.N {
		for chunk := range slices.Chunk(sealed, SealedChunkSize) {
			if _, err := aead.Open(plain, nonce, chunk, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkSeal streams from memory. Not b.Loop: its first run ignores -cpu.
func BenchmarkSeal(b *testing.B) {
	key, salt, plain := make([]byte, KeySize), make([]byte, SaltSize), make([]byte, benchSize)
	b.SetBytes(benchSize)
	for range b.N {
		w := NewWriter(io.Discard, key, salt, "")
		if _, err := w.ReadFrom(bytes.NewReader(plain)); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSealWrites makes the calls of an archive writer: a small one, then a
// larger one.
func BenchmarkSealWrites(b *testing.B) {
	key, salt, plain := make([]byte, KeySize), make([]byte, SaltSize), make([]byte, 32<<10)
	b.SetBytes(benchSize)
	for range b.N {
		w := NewWriter(io.Discard, key, salt, "")
		for n := benchSize; n > 0; n -= len(plain) {
			if _, err := w.Write(plain[:60]); err != nil {
				b.Fatal(err)
			}
			if _, err := w.Write(plain[60:]); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen streams from memory.
func BenchmarkOpen(b *testing.B) {
	key := make([]byte, KeySize)
	message := Seal(key, make([]byte, SaltSize), "", make([]byte, benchSize))
	b.SetBytes(benchSize)
	for range b.N {
		r, err := NewReader(bytes.NewReader(message), key, "")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenRange opens the whole message as a range.
func BenchmarkOpenRange(b *testing.B) {
	key := make([]byte, KeySize)
	message := Seal(key, make([]byte, SaltSize), "", make([]byte, benchSize))
	b.SetBytes(benchSize)
	for range b.N {
		r, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), key, "")
		if err != nil {
			b.Fatal(err)
		}
		if err := r.WriteRange(io.Discard, 0, r.Size()); err != nil {
			b.Fatal(err)
		}
	}
}
