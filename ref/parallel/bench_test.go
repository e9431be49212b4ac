package parallel

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// Plaintexts of this size outweigh the start of a message.
const benchSize = 16 << 20

var (
	benchKey, benchSalt = make([]byte, cobblestone.KeySize), make([]byte, cobblestone.SaltSize)
	benchPlain          = bytes.Repeat(pattern(1<<20), benchSize>>20)
	benchMessage        = cobblestone.Seal(benchKey, benchSalt, "", benchPlain)
)

// raw is AES-256-GCM over memory, chunk by chunk, without anything around it.
type raw struct {
	memory []byte
	span   int               // how much of it is a span
	do     func(part []byte) // on spans
}

// on shares the work between so many goroutines.
func (r raw) on(n int) func() error {
	part := len(r.memory) / r.span / n * r.span
	return func() error {
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() { r.do(r.memory[i*part:][:part]) })
		}
		all.Wait()
		return nil
	}
}

// read copies a span before it works on it, as reading it from a source does.
func (r raw) read() error {
	span := make([]byte, r.span)
	for part := range slices.Chunk(r.memory, r.span) {
		copy(span, part)
		r.do(span)
	}
	return nil
}

func rawSeal() raw {
	aead, nonce := rawGCM()
	return raw{benchPlain, spanPlain, func(part []byte) {
		sealed := make([]byte, 0, cobblestone.SealedChunkSize)
		for chunk := range slices.Chunk(part, cobblestone.ChunkSize) {
			aead.Seal(sealed, nonce, chunk, nil)
		}
	}}
}

func rawOpen() raw {
	aead, nonce := rawGCM()
	sealed := make([]byte, 0, benchSize/cobblestone.ChunkSize*cobblestone.SealedChunkSize)
	for chunk := range slices.Chunk(benchPlain, cobblestone.ChunkSize) {
		sealed = aead.Seal(sealed, nonce, chunk, nil)
	}
	return raw{sealed, spanSealed, func(part []byte) {
		plain := make([]byte, 0, cobblestone.ChunkSize)
		for chunk := range slices.Chunk(part, cobblestone.SealedChunkSize) {
			if _, err := aead.Open(plain, nonce, chunk, nil); err != nil {
				panic(err)
			}
		}
	}}
}

func rawGCM() (aead cipher.AEAD, nonce []byte) {
	block, err := aes.NewCipher(benchKey)
	if err == nil {
		aead, err = cipher.NewGCM(block)
	}
	if err != nil {
		panic(err)
	}
	return aead, make([]byte, aead.NonceSize())
}

// compare measures the plain and the parallel way to do the same work beside the raw one,
// on one processor and on two. All take turns, so that what else the machine does falls
// on all or on none. Of five turns the best counts, and of the ratios of the best the
// median. What read/raw is below 1 is the price of copying each byte once.
func compare(b *testing.B, r raw, plain, parallel func() error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	metrics := map[string][]float64{}
	for range b.N {
		one := turns(b, 1, r.on(1), r.read, plain, parallel)
		two := turns(b, 2, r.on(2), parallel)
		for unit, x := range map[string]float64{
			"raw-MB/s":     benchSize / 1e6 / one[0],
			"read/raw":     one[0] / one[1],
			"plain/raw":    one[0] / one[2],
			"parallel/raw": one[0] / one[3],
			"raw-2/1":      one[0] / two[0],
			"parallel-2/1": one[3] / two[1],
		} {
			metrics[unit] = append(metrics[unit], x)
		}
	}
	b.ReportMetric(0, "ns/op")
	for unit, all := range metrics {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], unit)
	}
}

// turns returns the shortest time of each way on so many processors, in seconds.
func turns(b *testing.B, processors int, ways ...func() error) []float64 {
	runtime.GOMAXPROCS(processors)
	best := slices.Repeat([]float64{math.Inf(1)}, len(ways))
	for turn := range 6 {
		for i, f := range ways {
			start := time.Now()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			if turn > 0 { // the first gets the memory
				best[i] = min(best[i], time.Since(start).Seconds())
			}
		}
	}
	return best
}

// BenchmarkSeal streams from memory.
func BenchmarkSeal(b *testing.B) {
	compareSealing(b, func(w io.WriteCloser) error {
		if _, err := io.Copy(w, struct{ io.Reader }{bytes.NewReader(benchPlain)}); err != nil {
			return err
		}
		return w.Close()
	})
}

// BenchmarkSealWrites makes the calls of an archive writer: a small one, then a
// larger one.
func BenchmarkSealWrites(b *testing.B) {
	compareSealing(b, func(w io.WriteCloser) error {
		for piece := range slices.Chunk(benchPlain, 32<<10) {
			if _, err := w.Write(piece[:60]); err != nil {
				return err
			}
			if _, err := w.Write(piece[60:]); err != nil {
				return err
			}
		}
		return w.Close()
	})
}

func compareSealing(b *testing.B, seal func(io.WriteCloser) error) {
	compare(b, rawSeal(),
		func() error { return seal(cobblestone.NewWriter(io.Discard, benchKey, benchSalt, "")) },
		func() error { return seal(NewWriter(io.Discard, benchKey, benchSalt, "")) })
}

// BenchmarkOpen opens the whole message as a range.
func BenchmarkOpen(b *testing.B) {
	message := bytes.NewReader(benchMessage)
	open := func(r archive.Plaintext, err error) error {
		if err != nil {
			return err
		}
		return r.WriteRange(io.Discard, 0, r.Size())
	}
	compare(b, rawOpen(),
		func() error { return open(cobblestone.NewReaderAt(message, message.Size(), benchKey, "")) },
		func() error { return open(NewReaderAt(message, message.Size(), benchKey, "")) })
}
