package parallel

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// Plaintexts of this size outweigh the start of a message, and stay near the
// processor, so that it is not memory that is measured.
const benchSize = 16 << 20

var (
	benchKey, benchSalt = make([]byte, cobblestone.KeySize), make([]byte, cobblestone.SaltSize)
	benchPlain          = make([]byte, benchSize)
	benchMessage        = cobblestone.Seal(benchKey, benchSalt, "", benchPlain)
)

// compare measures ways to do the same work beside a raw one, which is AES-256-GCM on
// one processor without anything around it. The two take turns, and the best run of each
// counts, so that what else the machine does falls on both or on none.
func compare(b *testing.B, raw func(), ways map[string]func() error) {
	ways["raw"] = func() error { raw(); return nil }
	for _, name := range []string{"raw", "plain", "parallel"} {
		b.Run(name, func(b *testing.B) {
			best := func(before time.Duration, f func()) time.Duration {
				start := time.Now()
				f()
				return min(before, time.Since(start))
			}
			bestRaw, bestOwn := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for range b.N { // not b.Loop: its first run ignores -cpu
				bestRaw = best(bestRaw, raw)
				bestOwn = best(bestOwn, func() {
					if err := ways[name](); err != nil {
						b.Fatal(err)
					}
				})
			}
			b.ReportMetric(float64(bestOwn.Nanoseconds()), "ns/op")
			b.ReportMetric(benchSize/1e6/bestOwn.Seconds(), "MB/s")
			b.ReportMetric(bestRaw.Seconds()/bestOwn.Seconds(), "of-raw")
		})
	}
}

func rawGCM(b *testing.B) (aead cipher.AEAD, nonce []byte) {
	block, err := aes.NewCipher(benchKey)
	if err != nil {
		b.Fatal(err)
	}
	if aead, err = cipher.NewGCM(block); err != nil {
		b.Fatal(err)
	}
	return aead, make([]byte, aead.NonceSize())
}

// rawSeal is the cipher over the same memory, chunk by chunk.
func rawSeal(b *testing.B) func() {
	aead, nonce := rawGCM(b)
	sealed := make([]byte, 0, cobblestone.SealedChunkSize)
	return func() {
		for chunk := range slices.Chunk(benchPlain, cobblestone.ChunkSize) {
			aead.Seal(sealed, nonce, chunk, nil)
		}
	}
}

func rawOpen(b *testing.B) func() {
	aead, nonce := rawGCM(b)
	plain, sealed := make([]byte, 0, cobblestone.ChunkSize), make([]byte, 0, benchSize/cobblestone.ChunkSize*cobblestone.SealedChunkSize)
	for range benchSize / cobblestone.ChunkSize {
		sealed = aead.Seal(sealed, nonce, plain[:cobblestone.ChunkSize], nil)
	}
	return func() {
		for chunk := range slices.Chunk(sealed, cobblestone.SealedChunkSize) {
			if _, err := aead.Open(plain, nonce, chunk, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkSeal streams from memory.
func BenchmarkSeal(b *testing.B) {
	seal := func(w io.WriteCloser) error {
		if _, err := io.Copy(w, struct{ io.Reader }{bytes.NewReader(benchPlain)}); err != nil {
			return err
		}
		return w.Close()
	}
	compare(b, rawSeal(b), map[string]func() error{
		"plain":    func() error { return seal(cobblestone.NewWriter(io.Discard, benchKey, benchSalt, "")) },
		"parallel": func() error { return seal(NewWriter(io.Discard, benchKey, benchSalt, "")) },
	})
}

// BenchmarkSealWrites makes the calls of an archive writer: a small one, then a
// larger one.
func BenchmarkSealWrites(b *testing.B) {
	seal := func(w io.WriteCloser) error {
		for piece := range slices.Chunk(benchPlain, 32<<10) {
			if _, err := w.Write(piece[:60]); err != nil {
				return err
			}
			if _, err := w.Write(piece[60:]); err != nil {
				return err
			}
		}
		return w.Close()
	}
	compare(b, rawSeal(b), map[string]func() error{
		"plain":    func() error { return seal(cobblestone.NewWriter(io.Discard, benchKey, benchSalt, "")) },
		"parallel": func() error { return seal(NewWriter(io.Discard, benchKey, benchSalt, "")) },
	})
}

// BenchmarkOpen streams from memory.
func BenchmarkOpen(b *testing.B) {
	open := func(r io.Reader, err error) error {
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		return err
	}
	compare(b, rawOpen(b), map[string]func() error{
		"plain":    func() error { return open(cobblestone.NewReader(bytes.NewReader(benchMessage), benchKey, "")) },
		"parallel": func() error { return open(NewReader(bytes.NewReader(benchMessage), benchKey, "")) },
	})
}

// BenchmarkOpenRange opens the whole message as a range.
func BenchmarkOpenRange(b *testing.B) {
	message := bytes.NewReader(benchMessage)
	compare(b, rawOpen(b), map[string]func() error{
		"plain": func() error {
			r, err := cobblestone.NewReaderAt(message, message.Size(), benchKey, "")
			if err != nil {
				return err
			}
			return r.WriteRange(io.Discard, 0, r.Size())
		},
		"parallel": func() error {
			r, err := NewReaderAt(message, message.Size(), benchKey, "")
			if err != nil {
				return err
			}
			return r.WriteRange(io.Discard, 0, r.Size())
		},
	})
}
