package cobblestone

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"io"
	"testing"
)

// Plaintexts of this size outweigh the start of a message, and stay near the
// processor, so that it is not memory that is measured.
const benchSize = 16 << 20

// BenchmarkRawGCM is the bound for the others on one processor: AES-256-GCM on
// chunks, and nothing else.
func BenchmarkRawGCM(b *testing.B) {
	block, err := aes.NewCipher(make([]byte, KeySize))
	if err != nil {
		b.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	plain, sealed, nonce := make([]byte, ChunkSize), make([]byte, 0, SealedChunkSize), make([]byte, nonceSize)
	b.SetBytes(benchSize)
	for range b.N {
		for range benchSize / ChunkSize {
			aead.Seal(sealed, nonce, plain, nil)
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
