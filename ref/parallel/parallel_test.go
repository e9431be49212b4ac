package parallel

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

const testContext = "coffer/v1 test"

var (
	testKey  = bytes.Repeat([]byte{7}, cobblestone.KeySize)
	testSalt = bytes.Repeat([]byte{9}, cobblestone.SaltSize)
	errDisk  = errors.New("disk on fire")
)

// pattern returns n bytes no two chunks of which are alike, not to be changed.
func pattern(n int) []byte { return patterned[:n] }

var patterned = func() []byte {
	b := make([]byte, 20*spanPlain)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}()

func sealed(n int) []byte { return cobblestone.Seal(testKey, testSalt, testContext, pattern(n)) }

// A trial is a plaintext and what is done to it, all of it drawn from a seed: a way that
// is like cobblestone's has the same outcome.
type trial struct {
	seed uint64
	size int
}

func (x trial) random() *rand.Rand { return rand.New(rand.NewPCG(x.seed, 0)) }

// length draws a length up to most, often a small one.
func length(r *rand.Rand, most int) int {
	if r.IntN(2) == 0 {
		most = min(most, 100)
	}
	return r.IntN(most + 1)
}

// ended is how something ended: what came out of it, and the errors on the way.
type ended struct {
	Bytes  []byte
	Errors []string
}

func (e *ended) met(err error) {
	e.Errors = append(e.Errors, strings.ReplaceAll(fmt.Sprint(err), "parallel: ", "cobblestone: "))
}

// failAfter is a writer that takes n bytes, then fails.
type failAfter struct {
	n     int
	taken []byte
}

func (w *failAfter) Write(p []byte) (int, error) {
	n := min(w.n-len(w.taken), len(p))
	w.taken = append(w.taken, p[:n]...)
	if n < len(p) {
		return n, errDisk
	}
	return n, nil
}

// seal writes a message in pieces to a writer that may fail, and closes it or gives it up.
func (x trial) seal(begin func(w io.Writer, inputKey, salt []byte, context string) writer) (e ended) {
	r := x.random()
	sink := &failAfter{n: 1 << 30}
	aborts := r.IntN(4) == 0
	if !aborts && r.IntN(3) == 0 {
		sink.n = length(r, x.size+x.size/1000)
	}
	w := begin(sink, testKey, testSalt, testContext)
	if !bytes.Equal(w.Prefix(), sealed(0)[:cobblestone.PrefixSize]) {
		e.met(errors.New("another prefix"))
	}
	for rest := pattern(x.size); len(rest) > 0; {
		piece := rest[:min(length(r, 3*spanPlain), len(rest))]
		var err error
		switch r.IntN(3) {
		case 0: // of an io.Reader, whose error does not end the writer
			_, err = io.Copy(w, iotest.HalfReader(io.MultiReader(bytes.NewReader(piece), iotest.ErrReader(errRead))))
			if err == errRead {
				err = nil
			}
		default:
			_, err = w.Write(piece)
		}
		if err != nil { // sooner or later: Close says it
			break
		}
		rest = rest[len(piece):]
	}
	if aborts {
		w.Abort()
		// As much as was written by then.
		if !bytes.HasPrefix(sealed(x.size), sink.taken) || len(sink.taken) == len(sealed(x.size)) {
			e.met(errors.New("not a beginning of the message"))
		}
	} else {
		e.met(w.Close())
		e.Bytes = sink.taken
	}
	e.met(w.Close())
	_, err := w.Write(nil)
	e.met(err)
	return e
}

var errRead = errors.New("the source has an error")

type writer interface {
	io.WriteCloser
	Prefix() []byte
	Abort()
}

// message returns a message that may have been altered.
func (x trial) message(r *rand.Rand) []byte {
	b := sealed(x.size)
	switch at := r.IntN(len(b)); r.IntN(7) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1:
		b = b[:at]
	case 2: // after a whole chunk, or nearly
		if n := len(b) - cobblestone.PrefixSize; n > cobblestone.SealedChunkSize {
			whole := cobblestone.PrefixSize + (1+r.IntN(n/cobblestone.SealedChunkSize))*cobblestone.SealedChunkSize
			b = b[:min(len(b), whole+r.IntN(3)*8)]
		}
	case 3:
		b = append(b, make([]byte, length(r, 2*spanSealed))...)
	case 4:
		b = slices.Concat(b[:at], b[at/2:])
	}
	return b
}

// storage has a message, and may fail from an offset on, whatever is read before it.
type storage struct {
	*bytes.Reader
	fails int64
}

func (s storage) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > s.fails {
		return 0, errDisk
	}
	return s.Reader.ReadAt(p, off)
}

// ranges asks for parts of a message that may be altered, in a storage that may fail.
func (x trial) ranges(begin func(r io.ReaderAt, size int64, inputKey []byte, context string) (archive.Plaintext, error)) (e ended) {
	r := x.random()
	message := x.message(r)
	s := &storage{bytes.NewReader(message), 1 << 62}
	size := int64(len(message))
	if r.IntN(9) == 0 {
		size += int64(length(r, 2*spanSealed)) // it has become shorter
	}
	at, err := begin(s, size, testKey, testContext)
	e.met(err)
	if err != nil {
		return e
	}
	if r.IntN(3) == 0 {
		s.fails = int64(r.IntN(len(message)))
	}
	var got bytes.Buffer
	for range 1 + r.IntN(6) {
		off := length(r, int(at.Size()))
		n := length(r, int(at.Size())-off)
		switch r.IntN(5) {
		case 0:
			p := make([]byte, n+r.IntN(2))
			n, err := at.ReadAt(p, int64(off))
			got.Write(p[:n])
			e.met(err)
		case 1: // whose error sticks to nothing
			sink := &failAfter{n: length(r, n)}
			e.met(at.WriteRange(sink, int64(off), int64(n)))
			got.Write(sink.taken)
		case 2:
			e.met(at.WriteRange(&got, 0, at.Size()))
		default:
			e.met(at.WriteRange(&got, int64(off), int64(n+r.IntN(50)/49)))
		}
	}
	e.Bytes = got.Bytes()
	return e
}

func differ(x, y ended) string { return gocmp.Diff(x, y, gocmp.Comparer(bytes.Equal)) }

// asCobblestone compares this package with cobblestone.
func (x trial) asCobblestone(t *testing.T) bool {
	diff := cmp.Or(
		differ(x.seal(func(w io.Writer, inputKey, salt []byte, context string) writer {
			return cobblestone.NewWriter(w, inputKey, salt, context)
		}), x.seal(func(w io.Writer, inputKey, salt []byte, context string) writer {
			return NewWriter(w, inputKey, salt, context)
		})),
		differ(x.ranges(func(r io.ReaderAt, size int64, inputKey []byte, context string) (archive.Plaintext, error) {
			return cobblestone.NewReaderAt(r, size, inputKey, context)
		}), x.ranges(func(r io.ReaderAt, size int64, inputKey []byte, context string) (archive.Plaintext, error) {
			return NewReaderAt(r, size, inputKey, context)
		})),
	)
	if diff != "" {
		t.Logf("%d bytes, seed %d: cobblestone (-) and parallel (+) differ:\n%.2000s", x.size, x.seed, diff)
	}
	return diff == ""
}

// Whatever is sealed and opened, in whatever pieces and with whatever errors, comes out
// as of cobblestone, on one processor and on several.
func TestAsCobblestone(t *testing.T) {
	thorough.NotShort(t)
	for _, processors := range []int{1, 4} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			params := gopter.DefaultTestParametersWithSeed(1)
			params.MinSuccessfulTests = 100
			p := gopter.NewProperties(params)
			p.Property("as cobblestone", prop.ForAll(func(size int, seed uint64) bool {
				return trial{seed, size}.asCobblestone(t)
			}, gen.OneGenOf(gen.IntRange(0, 4*spanPlain), gen.IntRange(0, 300), gen.OneConstOf(
				cobblestone.ChunkSize, spanPlain-1, spanPlain, spanPlain+1, 3*spanPlain, 20*spanPlain,
			)), gen.UInt64()))
			p.TestingRun(t)
		})
	}
}

func FuzzAsCobblestone(f *testing.F) {
	for i, n := range []int{0, 1, cobblestone.ChunkSize, spanPlain - 1, spanPlain, 3*spanPlain + 5} {
		f.Add(uint64(i), n)
	}
	f.Fuzz(func(t *testing.T, seed uint64, size int) {
		if size < 0 || size > 8*spanPlain {
			t.Skip()
		}
		if !(trial{seed, size}).asCobblestone(t) {
			t.Fail()
		}
	})
}

// The chunk with number 2^38 is not sealed.
func TestTooManyChunks(t *testing.T) {
	const next = cobblestone.MaxChunks - spanChunks
	for _, size := range []int{spanPlain - 1, spanPlain, 2 * spanPlain} {
		var message bytes.Buffer
		w := NewWriter(&message, testKey, testSalt, testContext)
		w.span.first = next
		w.Write(pattern(size))
		err := w.Close()
		if size < spanPlain && err != nil || size >= spanPlain && fmt.Sprint(err) != fmt.Sprint(tooLong()) {
			t.Errorf("sealing %d bytes from chunk 2^38 - 16: %v", size, err)
		}
	}
}

func tooLong() error {
	_, err := cobblestone.NewCipher(new(cobblestone.Derived)).Seal(nil, nil, cobblestone.MaxChunks)
	return err
}

// A writer that fails ends the sealing soon, not only when the plaintext ends.
func TestSealEndsSoon(t *testing.T) {
	const spans = 256
	w := NewWriter(&failAfter{n: 0}, testKey, testSalt, testContext)
	n, err := w.ReadFrom(bytes.NewReader(make([]byte, spans*spanPlain)))
	if !errors.Is(err, errDisk) || n > int64(cap(w.order.places)+3)*spanPlain {
		t.Errorf("ReadFrom: %v after %d of %d bytes", err, n, spans*spanPlain)
	}
}

// counted counts how often a storage is read.
type counted struct {
	io.ReaderAt
	reads *atomic.Int64
}

func (c counted) ReadAt(p []byte, off int64) (int, error) {
	c.reads.Add(1)
	return c.ReaderAt.ReadAt(p, off)
}

// A writer that fails ends the opening soon, not only when the range ends.
func TestOpenEndsSoon(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	const size = 20 * spanPlain
	message, reads := sealed(size), new(atomic.Int64)
	r, err := NewReaderAt(counted{bytes.NewReader(message), reads}, int64(len(message)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	reads.Store(0)
	err = r.WriteRange(&failAfter{n: 0}, 0, size)
	if n := reads.Load(); !errors.Is(err, errDisk) || n > int64(cap(newOrder(true).places)+3) {
		t.Errorf("WriteRange: %v after %d of 20 spans", err, n)
	}
}

// slowWriter takes its time, so that there is output under way.
type slowWriter struct{ bytes.Buffer }

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return w.Buffer.Write(p)
}

// After Abort nothing more is written.
func TestAbort(t *testing.T) {
	var slow slowWriter
	w := NewWriter(&slow, testKey, testSalt, testContext)
	if _, err := w.Write(pattern(4*spanPlain + 9)); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	if got := slow.Bytes(); !bytes.Equal(got, sealed(4*spanPlain + 9)[:cobblestone.PrefixSize+4*spanSealed]) {
		t.Errorf("%d bytes were written", len(got))
	}
}

// Short writes without an error are errors.
func TestShortWrite(t *testing.T) {
	if err := NewWriter(shortWriter{}, testKey, testSalt, testContext).Close(); err != io.ErrShortWrite {
		t.Error(err)
	}
}

type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) - 1, nil }

// Many goroutines can read one ReaderAt.
func TestConcurrentReads(t *testing.T) {
	const size = 2*spanPlain + 99
	message, done := sealed(size), make(chan error)
	r, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		go func() {
			for range 8 {
				var b bytes.Buffer
				if err := r.WriteRange(&b, 0, size); err != nil || !bytes.Equal(b.Bytes(), pattern(size)) {
					done <- fmt.Errorf("WriteRange: %w", err)
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// Writers and readers that fail or are abandoned leave no goroutine behind.
func TestNoGoroutinesAreLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		NewWriter(io.Discard, testKey, testSalt, testContext).Write(pattern(5 * spanPlain))
		message := sealed(9 * spanPlain)
		if r, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), testKey, testContext); err == nil {
			r.WriteRange(&failAfter{n: 9}, 0, r.Size())
		}
		NewWriter(&failAfter{n: 9}, testKey, testSalt, testContext).Write(pattern(9 * spanPlain))
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		}
	}
}
