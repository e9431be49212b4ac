package cobblestone

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
)

var errDisk = errors.New("disk on fire")

// random returns a length up to max, half of the time a small one.
func random(r *rand.Rand, max int) int {
	if r.IntN(2) == 0 {
		return r.IntN(100)
	}
	return r.IntN(max)
}

// Whatever the pieces in which plaintext is written and read, the message is
// what Seal gives, and the plaintext comes back.
func TestAnySplit(t *testing.T) {
	properties(t, 40, map[string]gopter.Prop{
		"round trip": prop.ForAll(func(n int, seed uint64) bool {
			r := rand.New(rand.NewPCG(seed, 0))
			var message bytes.Buffer
			w := NewWriter(&message, testKey, testSalt, testContext)
			for rest := pattern(n); len(rest) > 0; {
				k := min(random(r, 2*run), len(rest))
				if got, err := w.Write(rest[:k]); err != nil || got != k {
					return false
				}
				rest = rest[k:]
			}
			if w.Close() != nil || !bytes.Equal(message.Bytes(), sealed(n)) || !bytes.Equal(w.Prefix(), message.Bytes()[:PrefixSize]) {
				return false
			}
			opened, err := NewReader(iotest.HalfReader(&message), testKey, testContext)
			if err != nil {
				return false
			}
			var got bytes.Buffer
			for range r.IntN(4) {
				io.CopyN(&got, opened, int64(random(r, run)))
			}
			before := got.Len()
			k, err := io.Copy(&got, opened)
			return err == nil && k == int64(got.Len()-before) && bytes.Equal(got.Bytes(), pattern(n))
		}, gen.OneGenOf(gen.IntRange(0, 5*run), gen.IntRange(0, 300)), gen.UInt64()),
	})
}

// Readers that deliver byte by byte, or the last bytes together with the end,
// make no difference.
func TestReaderOfOddReaders(t *testing.T) {
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader} {
		r, err := NewReader(wrap(bytes.NewReader(sealed(2*ChunkSize))), testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, pattern(2*ChunkSize)); err != nil {
			t.Error(err)
		}
	}
}

// The chunk with number 2^38 is neither sealed nor opened.
func TestTooManyChunks(t *testing.T) {
	const next = MaxChunks - runChunks
	c := NewCipher(new(Derive(testKey, testSalt, testContext)))
	for size, want := range map[int]fault.Name{run - 1: "", run: fault.LimitExceeded, 2 * run: fault.LimitExceeded} {
		var body bytes.Buffer
		w := &Writer{w: &body, cipher: c, chunk: make([]byte, 0, ChunkSize), next: next}
		w.Write(pattern(size))
		for range 2 {
			if err := w.Close(); fault.NameOf(err) != want {
				t.Errorf("sealing %d bytes from chunk 2^38 - 16: %v", size, err)
			}
		}
		if body.Len() > sealedRun {
			t.Errorf("%d bytes of more than 2^38 chunks were written", body.Len())
		}
		body.Write(make([]byte, TagSize)) // of the chunk that is one too many
		if want == "" {
			body.Truncate(body.Len() - TagSize)
		}
		got, err := io.ReadAll(c.NewReader(&body, next))
		if fault.NameOf(err) != want || !bytes.Equal(got, pattern(size)[:min(size, run)]) {
			t.Errorf("opening %d bytes from chunk 2^38 - 16: %v after %d", size, err, len(got))
		}
	}
}

// Errors of the message's reader come after the whole chunks before them, and stay.
func TestOpenFromFailingReader(t *testing.T) {
	for _, n := range []int{0, 10, 71, 72, 80, PrefixSize + SealedChunkSize, PrefixSize + 17*SealedChunkSize + 9} {
		from := func() io.Reader {
			return io.MultiReader(bytes.NewReader(sealed(20 * ChunkSize)[:n]), iotest.ErrReader(errDisk))
		}
		r, err := NewReader(from(), testKey, testContext)
		if n < PrefixSize+TagSize {
			if !errors.Is(err, errDisk) {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		got, err := io.ReadAll(r)
		if want := (n - PrefixSize) / SealedChunkSize * ChunkSize; !errors.Is(err, errDisk) || len(got) != want {
			t.Errorf("%d bytes: %v after %d", n, err, len(got))
		}
		if again, err := r.Read(make([]byte, 1)); again != 0 || !errors.Is(err, errDisk) {
			t.Errorf("%d bytes: later: %d, %v", n, again, err)
		}
	}
}

// After a chunk has failed, or the end was missing, every call returns that error.
func TestReaderIsSticky(t *testing.T) {
	tampered := sealed(40 * ChunkSize)
	chunkAt(tampered, 20)[0] ^= 1
	for name, message := range map[fault.Name][]byte{
		fault.PayloadTampered: tampered,
		fault.Truncated:       sealed(40 * ChunkSize)[:PrefixSize+20*SealedChunkSize],
	} {
		r, err := NewReader(bytes.NewReader(message), testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		got, first := io.ReadAll(r)
		if fault.NameOf(first) != name || !bytes.Equal(got, pattern(20*ChunkSize)) {
			t.Errorf("%s: %v after %d bytes", name, first, len(got))
		}
		for range 3 {
			if n, err := r.Read(make([]byte, 100)); n != 0 || err != first {
				t.Errorf("%s: Read: %d, %v", name, n, err)
			}
		}
	}
}

// A failing writer gets the plaintext up to its failure, which sticks to nothing.
func TestOpenToFailingWriter(t *testing.T) {
	message := sealed(9 * run)
	for _, n := range []int64{0, 10, run, 3*run + 1} {
		at, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		again := &failAfter{n: n}
		if err := at.WriteRange(again, 0, at.Size()); !errors.Is(err, errDisk) {
			t.Errorf("WriteRange: %v", err)
		}
		if want := pattern(9 * run)[:n]; !bytes.Equal(again.taken.Bytes(), want) {
			t.Errorf("after %d bytes: other bytes", n)
		}
		if err := at.WriteRange(io.Discard, 0, at.Size()); err != nil {
			t.Errorf("the error of a writer has stuck: %v", err)
		}
	}
}
