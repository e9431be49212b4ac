package cobblestone

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

// countingAt counts the bytes that are read, and fails from a certain offset on.
type countingAt struct {
	io.ReaderAt
	mu    sync.Mutex
	bytes int
	calls int
	fail  int64
}

func (r *countingAt) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes += len(p)
	r.calls++
	if r.fail > 0 && off >= r.fail {
		return 0, errDisk
	}
	return r.ReaderAt.ReadAt(p, off)
}

func readerAt(t *testing.T, message []byte) *ReaderAt {
	t.Helper()
	r, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Any range, read at once or written out, is the range of the plaintext; the
// standard library's checks of io.ReaderAt hold.
func TestAnyRange(t *testing.T) {
	thorough.NotShort(t)
	const size = 3*run + 1234
	plaintext, r := pattern(size), readerAt(t, sealed(size))
	properties(t, 150, map[string]gopter.Prop{
		"range": prop.ForAll(func(off, n int) bool {
			want := plaintext[off:min(off+n, size)]
			p := make([]byte, n)
			k, err := r.ReadAt(p, int64(off))
			if k != len(want) || (k < n) != (err == io.EOF) || !bytes.Equal(p[:k], want) {
				return false
			}
			var b bytes.Buffer
			return r.WriteRange(&b, int64(off), int64(k)) == nil && bytes.Equal(b.Bytes(), want)
		}, gen.IntRange(0, size), gen.OneGenOf(gen.IntRange(0, size), gen.IntRange(0, 40))),
	})
	for _, n := range []int{0, 1, ChunkSize, ChunkSize + 1} {
		r := readerAt(t, sealed(n))
		if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), pattern(n)); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Beyond the plaintext there is nothing to read, which sticks to nothing.
func TestReadBeyond(t *testing.T) {
	r := readerAt(t, sealed(100))
	for _, off := range []int64{100, 101, 1<<63 - 1} {
		if n, err := r.ReadAt(make([]byte, 1), off); n != 0 || err != io.EOF {
			t.Errorf("offset %d: %d, %v", off, n, err)
		}
	}
	if n, err := r.ReadAt(make([]byte, 100), 0); n != 100 || err != nil {
		t.Errorf("later: %d, %v", n, err)
	}
}

// What is to be written out lies within the plaintext, or is refused; that sticks to
// nothing.
func TestWriteBeyond(t *testing.T) {
	r := readerAt(t, sealed(100))
	for _, c := range [][2]int64{{0, 101}, {99, 2}, {100, 1}, {1 << 62, 1}, {1, 1<<63 - 1}} {
		if err := r.WriteRange(io.Discard, c[0], c[1]); err == nil {
			t.Errorf("%d bytes at %d were written", c[1], c[0])
		}
	}
	if err := r.WriteRange(io.Discard, 0, 100); err != nil {
		t.Errorf("later: %v", err)
	}
}

// Only the chunks that are asked for are read, besides the prefix and the last chunk.
func TestReadsOnlyWhatIsNeeded(t *testing.T) {
	message := sealed(40*ChunkSize + 7)
	counted := &countingAt{ReaderAt: bytes.NewReader(message)}
	r, err := NewReaderAt(counted, int64(len(message)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	if want := PrefixSize + TagSize + 7; counted.bytes != want || counted.calls != 2 {
		t.Errorf("opening reads %d bytes in %d calls, want %d in 2", counted.bytes, counted.calls, want)
	}
	counted.bytes = 0
	r.ReadAt(make([]byte, 2), 5*ChunkSize-1)
	if counted.bytes != 2*SealedChunkSize {
		t.Errorf("two bytes in two chunks take %d", counted.bytes)
	}
}

// A bad last chunk is found before anything else is given out; a bad chunk
// elsewhere when it is met, after which nothing more comes, except from Chunks,
// which answers for each chunk alone.
func TestReaderAtIsSticky(t *testing.T) {
	message := sealed(40*ChunkSize + 7)
	message[len(message)-1] ^= 1
	if _, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, testContext); fault.NameOf(err) != fault.PayloadTampered {
		t.Errorf("bad last chunk: %v", err)
	}

	message = sealed(40*ChunkSize + 7)
	chunkAt(message, 20)[9] ^= 4
	chunkAt(message, 23)[9] ^= 4
	r := readerAt(t, message)
	if n, err := r.ReadAt(make([]byte, 20*ChunkSize), 0); n != 20*ChunkSize || err != nil {
		t.Errorf("before the bad chunk: %d, %v", n, err)
	}
	var written bytes.Buffer
	first := r.WriteRange(&written, 100, r.Size()-100)
	if fault.NameOf(first) != fault.PayloadTampered || !bytes.Equal(written.Bytes(), pattern(20 * ChunkSize)[100:]) {
		t.Errorf("across the bad chunk: %v after %d bytes", first, written.Len())
	}
	for range 3 {
		if n, err := r.ReadAt(make([]byte, 9), 0); n != 0 || err != first {
			t.Errorf("ReadAt later: %d, %v", n, err)
		}
		written.Reset()
		if err := r.WriteRange(&written, 0, 9); written.Len() != 0 || err != first {
			t.Errorf("WriteRange later: %d, %v", written.Len(), err)
		}
	}

	chunks, err := NewChunks(bytes.NewReader(message), int64(len(message)), message[:56], testKey, testContext)
	if err != nil || chunks.Count() != 41 {
		t.Fatalf("Chunks: %v", err)
	}
	for i := range chunks.Count() {
		got, err := chunks.Open([]byte("x"), i)
		if i == 20 || i == 23 {
			if string(got) != "x" || fault.NameOf(err) != fault.PayloadTampered {
				t.Errorf("chunk %d: %d bytes, %v", i, len(got), err)
			}
		} else if want := pattern(40*ChunkSize + 7)[i*ChunkSize:]; err != nil || !bytes.Equal(got, append([]byte("x"), want[:min(ChunkSize, len(want))]...)) {
			t.Errorf("chunk %d: %d bytes, %v", i, len(got), err)
		}
	}
}

// Chunks are opened each time they are read, so that a file which changes after
// it was opened is found out; one that shrinks is truncated.
func TestFileChangesWhileOpen(t *testing.T) {
	message := sealed(3 * ChunkSize)
	r := readerAt(t, message)
	p := make([]byte, 5)
	if _, err := r.ReadAt(p, 0); err != nil {
		t.Fatal(err)
	}
	message[PrefixSize] ^= 1
	if _, err := r.ReadAt(p, 0); fault.NameOf(err) != fault.PayloadTampered {
		t.Errorf("changed: %v", err)
	}
	message[PrefixSize] ^= 1
	file := &struct{ io.ReaderAt }{bytes.NewReader(message)}
	r, err := NewReaderAt(file, int64(len(message)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	file.ReaderAt = bytes.NewReader(message[:100])
	if _, err := r.ReadAt(p, 0); fault.NameOf(err) != fault.Truncated {
		t.Errorf("shrunk: %v", err)
	}
}

// An error of the storage is passed on, with what could be read before it, and
// stays.
func TestStorageErrors(t *testing.T) {
	message := sealed(5 * run)
	storage := &countingAt{ReaderAt: bytes.NewReader(message), fail: 1}
	if _, err := NewReaderAt(storage, int64(len(message)), testKey, testContext); !errors.Is(err, errDisk) {
		t.Errorf("opening: %v", err)
	}
	storage.fail = 0
	r, err := NewReaderAt(storage, int64(len(message)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	storage.fail = PrefixSize + 2*sealedRun
	var written bytes.Buffer
	if err := r.WriteRange(&written, 0, r.Size()); !errors.Is(err, errDisk) || written.Len() != 2*run {
		t.Errorf("WriteRange: %v after %d bytes", err, written.Len())
	}
	storage.fail = 0
	if err := r.WriteRange(io.Discard, 0, r.Size()); !errors.Is(err, errDisk) {
		t.Errorf("later: %v", err)
	}

	chunks, err := NewChunks(storage, int64(len(message)), message[:56], testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	storage.fail = 1
	if _, err := chunks.Open(nil, 1); !errors.Is(err, errDisk) {
		t.Errorf("a chunk: %v", err)
	}
}

// Many goroutines can read one ReaderAt.
func TestConcurrentReads(t *testing.T) {
	const size = 2*run + 99
	plaintext, r := pattern(size), readerAt(t, sealed(size))
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 8 {
				off := (g*8 + i) * 8000
				p := make([]byte, 40000)
				n, err := r.ReadAt(p, int64(off))
				if (err != nil && err != io.EOF) || !bytes.Equal(p[:n], plaintext[off:min(off+len(p), size)]) {
					t.Errorf("at %d: %d, %v", off, n, err)
				}
				var b bytes.Buffer
				if err := r.WriteRange(&b, 0, size); err != nil || !bytes.Equal(b.Bytes(), plaintext) {
					t.Errorf("WriteRange: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

// Chunks opens what is whole in messages that have no end, or no valid length.
func TestChunksOfDamagedMessages(t *testing.T) {
	whole := sealed(2*ChunkSize + 5)
	for _, c := range []struct {
		size, count int64
		names       []fault.Name
	}{
		{56, 1, []fault.Name{fault.PayloadTampered}},
		{57, 1, []fault.Name{fault.PayloadTampered}},
		{72, 1, []fault.Name{fault.PayloadTampered}},
		{56 + 16400, 2, []fault.Name{"", fault.PayloadTampered}},
		{56 + 16415, 2, []fault.Name{"", fault.PayloadTampered}},
		{56 + 2*16400 + 21, 3, []fault.Name{"", "", ""}},
	} {
		chunks, err := NewChunks(bytes.NewReader(whole), c.size, whole[:56], testKey, testContext)
		if err != nil || chunks.Count() != c.count {
			t.Fatalf("%d bytes: %v", c.size, err)
		}
		for i, want := range c.names {
			if _, err := chunks.Open(nil, int64(i)); fault.NameOf(err) != want {
				t.Errorf("%d bytes: chunk %d: %v", c.size, i, err)
			}
		}
	}
	if _, err := NewChunks(bytes.NewReader(whole), 56, whole[:56], testKey, ""); fault.NameOf(err) != fault.WrongSecret {
		t.Errorf("wrong context: %v", err)
	}
}
