package cobblestone

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

var (
	testKey  = pattern(KeySize)
	testSalt = pattern(SaltSize)
)

const testContext = "coffer/v1 test"

// run is the plaintext of many chunks, and sealedRun what seals it.
const (
	runChunks = 16
	run       = runChunks * ChunkSize
	sealedRun = runChunks * SealedChunkSize
)

// sizes are the plaintext lengths around the ends of chunks and runs.
var sizes = []int{
	0, 1, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2*ChunkSize - 1, 2 * ChunkSize, 2*ChunkSize + 1,
	run - 1, run, run + 1, 17 * ChunkSize, 2*run - 1, 2 * run, 9*run + 5,
}

// pattern returns n bytes no two chunks of which are alike.
func pattern(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func sealed(n int) []byte { return Seal(testKey, testSalt, testContext, pattern(n)) }

// properties checks named properties with a fixed seed.
func properties(t *testing.T, runs int, all map[string]gopter.Prop) {
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = thorough.Runs(runs)
	p := gopter.NewProperties(params)
	for name, each := range all {
		p.Property(name, each)
	}
	p.TestingRun(t)
}

// Derive is HKDF-Expand, computed here from HMAC as RFC 5869 writes it.
func TestDerive(t *testing.T) {
	properties(t, 200, map[string]gopter.Prop{
		"HMAC by hand": prop.ForAll(func(key, salt []byte, context string) bool {
			info := "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00" + string(salt) + context
			expand := func(previous []byte, i byte) []byte {
				mac := hmac.New(sha512.New, key)
				mac.Write(previous)
				io.WriteString(mac, info)
				mac.Write([]byte{i})
				return mac.Sum(nil)
			}
			first := expand(nil, 1)
			okm := append(first, expand(first, 2)...)
			d := Derive(key, salt, context)
			return bytes.Equal(d.Key[:], okm[:32]) && bytes.Equal(d.BaseNonce[:], okm[32:44]) &&
				bytes.Equal(d.Commitment[:], okm[44:76])
		}, gen.SliceOfN(32, gen.UInt8()), gen.SliceOfN(24, gen.UInt8()), gen.AnyString()),
	})
}

// The nonce is the XOR of two 96-bit integers.
func TestNonce(t *testing.T) {
	properties(t, 500, map[string]gopter.Prop{
		"math/big": prop.ForAll(func(base []byte, i int64) bool {
			want := make([]byte, nonceSize)
			new(big.Int).Xor(new(big.Int).SetBytes(base), big.NewInt(i)).FillBytes(want)
			got := (&Cipher{base: [nonceSize]byte(base)}).nonce(i)
			return bytes.Equal(got[:], want)
		}, gen.SliceOfN(nonceSize, gen.UInt8()), gen.Int64Range(0, MaxChunks-1)),
	})
}

// Lengths of messages map to lengths of plaintexts, or to the error that the
// specification names, on both sides of every bound.
func TestSizes(t *testing.T) {
	lengths := []int64{1<<52 - 2, 1<<52 - 1}
	for _, n := range sizes {
		lengths = append(lengths, int64(n))
	}
	for _, n := range lengths {
		if got, err := PlaintextSize(sealedSize(n)); err != nil || got != n {
			t.Errorf("PlaintextSize(sealedSize(%d)) = %d, %v", n, got, err)
		}
	}
	for length, want := range map[int64]fault.Name{
		-1: fault.Truncated, 0: fault.Truncated, 55: fault.Truncated, 56: fault.Truncated, 71: fault.Truncated, 72: "",
		56 + 16399: "", 56 + 16400: fault.Truncated, 56 + 16415: fault.Truncated, 56 + 16416: "",
		4507997673881655: "",
		4507997673881656: fault.Truncated, 4507997673881671: fault.Truncated, 4507997673881672: fault.LimitExceeded,
		1<<63 - 1: fault.LimitExceeded,
	} {
		if _, err := PlaintextSize(length); fault.NameOf(err) != want {
			t.Errorf("PlaintextSize(%d): %v, want %q", length, err, want)
		}
	}
	if sealedSize(1<<52-1) != MaxMessageSize {
		t.Error("the longest plaintext and the longest message do not belong together")
	}
	if _, err := PlaintextSize(sealedSize(1 << 52)); err == nil {
		t.Error("a plaintext of one byte too many has a message")
	}
}

// A message opens to its plaintext at every boundary, and has the length that
// section 4.4 says.
func TestRoundTripAtBoundaries(t *testing.T) {
	for _, n := range sizes {
		message := sealed(n)
		if int64(len(message)) != sealedSize(int64(n)) {
			t.Errorf("%d bytes: a message of %d", n, len(message))
		}
		got, err := Open(testKey, testContext, message)
		if err != nil || !bytes.Equal(got, pattern(n)) {
			t.Errorf("%d bytes: not opened: %v", n, err)
		}
	}
}

// Another key, salt, commitment or context is a wrong secret,
// before any chunk is looked at.
func TestWrongSecret(t *testing.T) {
	for name, c := range map[string]struct {
		key     []byte
		context string
		flip    int
	}{
		"key": {pattern(33)[1:], testContext, -1}, "context": {testKey, testContext + "\x00", -1},
		"salt": {testKey, testContext, 0}, "salt end": {testKey, testContext, 23},
		"commitment": {testKey, testContext, 24}, "commitment end": {testKey, testContext, 55},
	} {
		message := sealed(ChunkSize + 3)
		message[len(message)-1] ^= 1
		if c.flip >= 0 {
			message[c.flip] ^= 0x80
		}
		for way, err := range openAll(c.key, c.context, message) {
			if err.name != fault.WrongSecret || len(err.released) > 0 {
				t.Errorf("%s, %s: %q after %d bytes", name, way, err.name, len(err.released))
			}
		}
	}
}

// Lengths of keys and salts that Derive cannot take are the caller's mistake.
func TestDerivePanics(t *testing.T) {
	for _, c := range [][2]int{{31, 24}, {33, 24}, {32, 23}, {32, 25}} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(fmt.Sprint(r), "cobblestone: ") {
					t.Errorf("key of %d, salt of %d: %v", c[0], c[1], r)
				}
			}()
			Derive(make([]byte, c[0]), make([]byte, c[1]), "")
		}()
	}
}

// outcome is how a way of opening ended: the bytes it gave out, and the name of
// its error.
type outcome struct {
	released []byte
	name     fault.Name
}

// openAll opens a message in every way there is.
func openAll(key []byte, context string, message []byte) map[string]outcome {
	all := make(map[string]outcome)
	got, err := Open(key, context, message)
	all["Open"] = outcome{got, fault.NameOf(err)}
	var read, ranged bytes.Buffer
	r, err := NewReader(bytes.NewReader(message), key, context)
	if err == nil {
		_, err = io.Copy(&read, r)
	}
	all["Read"] = outcome{read.Bytes(), fault.NameOf(err)}
	at, err := NewReaderAt(bytes.NewReader(message), int64(len(message)), key, context)
	if err == nil {
		err = at.WriteRange(&ranged, 0, at.Size())
	}
	all["WriteRange"] = outcome{ranged.Bytes(), fault.NameOf(err)}
	var flat []byte
	at, err = NewReaderAt(bytes.NewReader(message), int64(len(message)), key, context)
	if err == nil {
		flat = make([]byte, at.Size())
		var n int
		n, err = at.ReadAt(flat, 0)
		flat = flat[:n]
	}
	all["ReadAt"] = outcome{flat, fault.NameOf(err)}
	return all
}

// sealedSize is the length of the message of n bytes (spec section 4.4).
func sealedSize(n int64) int64 { return PrefixSize + n + TagSize*(n/ChunkSize+1) }

// What is allocated grows with the message, and not with its square.
func TestMemoryInProportion(t *testing.T) {
	const size = 16 << 20
	allocated := func(work func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		work()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	plaintext := make([]byte, size)
	var message []byte
	for name, n := range map[string]uint64{
		"Seal": allocated(func() { message = Seal(testKey, testSalt, testContext, plaintext) }),
		"Open": allocated(func() { Open(testKey, testContext, message) }),
	} {
		if n > 10*size {
			t.Errorf("%s of %d bytes allocates %d bytes", name, size, n)
		}
	}
}
