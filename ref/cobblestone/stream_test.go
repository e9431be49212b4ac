package cobblestone

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"
	"time"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
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
				k := min(random(r, 2*spanPlain), len(rest))
				if r.IntN(3) == 0 {
					if got, err := w.ReadFrom(iotest.HalfReader(bytes.NewReader(rest[:k]))); err != nil || got != int64(k) {
						return false
					}
				} else if got, err := w.Write(rest[:k]); err != nil || got != k {
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
				io.CopyN(&got, struct{ io.Reader }{opened}, int64(random(r, spanPlain)))
			}
			before := got.Len()
			k, err := opened.WriteTo(&got)
			return err == nil && k == int64(got.Len()-before) && bytes.Equal(got.Bytes(), pattern(n))
		}, gen.OneGenOf(gen.IntRange(0, 5*spanPlain), gen.IntRange(0, 300)), gen.UInt64()),
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
	w := NewWriter(io.Discard, testKey, testSalt, testContext)
	w.next = MaxChunks - spanChunks
	w.Write(pattern(spanPlain - 1))
	if err := w.Close(); err != nil {
		t.Errorf("2^38 chunks: %v", err)
	}
	w = NewWriter(io.Discard, testKey, testSalt, testContext)
	w.next = MaxChunks - spanChunks
	w.Write(pattern(spanPlain))
	for range 2 {
		if err := w.Close(); fault.NameOf(err) != fault.LimitExceeded {
			t.Errorf("2^38 + 1 chunks: %v", err)
		}
	}

	c := newChunkCipher(new(Derive(testKey, testSalt, testContext)))
	for size, want := range map[int]fault.Name{spanPlain - 1: "", spanPlain: fault.LimitExceeded, 2 * spanPlain: fault.LimitExceeded} {
		body := c.seal(nil, pattern(size), MaxChunks-spanChunks, true)
		for _, direct := range []bool{false, true} {
			r := &Reader{cipher: c, r: bytes.NewReader(body), next: MaxChunks - spanChunks, ahead: spansAhead()}
			var from io.Reader = r
			if !direct {
				from = struct{ io.Reader }{r}
			}
			var got bytes.Buffer
			_, err := io.Copy(&got, from)
			if fault.NameOf(err) != want || !bytes.Equal(got.Bytes(), pattern(size)[:min(size, spanPlain)]) {
				t.Errorf("%d bytes from chunk 2^38 - 16: %v after %d", size, err, got.Len())
			}
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
		if r, err = NewReader(from(), testKey, testContext); err != nil {
			t.Fatal(err)
		}
		var written bytes.Buffer
		k, err := r.WriteTo(&written)
		if !errors.Is(err, errDisk) || k != int64(len(got)) || !bytes.Equal(written.Bytes(), got) {
			t.Errorf("%d bytes: WriteTo: %v after %d", n, err, k)
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
			if n, err := r.WriteTo(io.Discard); n != 0 || err != first {
				t.Errorf("%s: WriteTo: %d, %v", name, n, err)
			}
		}
	}
}

// A failing writer gets the plaintext up to its failure, and nothing is lost by it:
// opening can go on with another.
func TestOpenToFailingWriter(t *testing.T) {
	message := sealed(9 * spanPlain)
	for _, n := range []int64{0, 10, spanPlain, 3*spanPlain + 1} {
		r, err := NewReader(bytes.NewReader(message), testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		disk := &failAfter{n: n}
		if k, err := r.WriteTo(disk); !errors.Is(err, errDisk) || k != n {
			t.Errorf("WriteTo: %d, %v", k, err)
		}
		if rest, err := io.ReadAll(r); err != nil || !bytes.Equal(rest, pattern(9 * spanPlain)[n:]) {
			t.Errorf("after %d bytes: %d more, %v", n, len(rest), err)
		}
		at, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, testContext)
		if err != nil {
			t.Fatal(err)
		}
		again := &failAfter{n: n}
		if err := at.WriteRange(again, 0, at.Size()); !errors.Is(err, errDisk) {
			t.Errorf("WriteRange: %v", err)
		}
		if want := pattern(9 * spanPlain)[:n]; !bytes.Equal(disk.taken.Bytes(), want) || !bytes.Equal(again.taken.Bytes(), want) {
			t.Errorf("after %d bytes: other bytes", n)
		}
		if err := at.WriteRange(io.Discard, 0, at.Size()); err != nil {
			t.Errorf("the error of a writer has stuck: %v", err)
		}
	}
}

// Writers and readers that fail or are abandoned leave no goroutine behind.
func TestNoGoroutinesAreLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		NewWriter(io.Discard, testKey, testSalt, testContext).Write(pattern(5 * spanPlain))
		if r, err := NewReader(bytes.NewReader(sealed(9*spanPlain)), testKey, testContext); err == nil {
			r.Read(make([]byte, 9))
		}
		NewWriter(&failAfter{n: 9}, testKey, testSalt, testContext).Write(pattern(9 * spanPlain))
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		}
	}
}
