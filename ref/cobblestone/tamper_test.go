package cobblestone

import (
	"bytes"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
)

// chunkAt cuts chunk i out of a message, without copying.
func chunkAt(message []byte, i int) []byte {
	start := PrefixSize + i*SealedChunkSize
	return message[start:min(start+SealedChunkSize, len(message))]
}

// refused says whether every way of opening refuses an altered message, and
// gives out nothing but a prefix of plaintext that consists of at most `good`
// whole chunks. Ways that know the length report it first.
func refused(t *testing.T, message, plaintext []byte, good int) bool {
	known, stream := fault.PayloadTampered, []fault.Name{fault.PayloadTampered}
	if _, err := PlaintextSize(int64(len(message))); err != nil {
		known, stream = fault.NameOf(err), []fault.Name{fault.NameOf(err), fault.PayloadTampered}
		if len(message) < PrefixSize+TagSize {
			stream = stream[:1]
		}
	}
	ok := true
	for way, got := range openAll(testKey, testContext, message) {
		n := len(got.released)
		names := []fault.Name{known}
		if way == "Read" {
			names = stream
		}
		if !slices.Contains(names, got.name) || n%ChunkSize != 0 || n > good*ChunkSize || !bytes.HasPrefix(plaintext, got.released) {
			t.Logf("%s of %d bytes: %q after %d bytes; want one of %q after at most %d chunks", way, len(message), got.name, n, names, good)
			ok = false
		}
	}
	return ok
}

// Any changed bit, cut, appended byte, and any chunk that is moved, repeated or
// left out is refused under the right name.
func TestAlteredMessages(t *testing.T) {
	lengths := gen.OneConstOf(0, 1, ChunkSize-1, ChunkSize, ChunkSize+1, 3*ChunkSize, 3*ChunkSize+77, run, run+ChunkSize+9)
	index := gen.IntRange(0, 1<<30)
	properties(t, 60, map[string]gopter.Prop{
		"bit": prop.ForAll(func(n, at, bit int) bool {
			message := sealed(n)
			at = PrefixSize + at%(len(message)-PrefixSize)
			message[at] ^= 1 << bit
			return refused(t, message, pattern(n), (at-PrefixSize)/SealedChunkSize)
		}, lengths, index, gen.IntRange(0, 7)),
		"cut": prop.ForAll(func(n, at int) bool {
			message := sealed(n)
			at %= len(message)
			return refused(t, message[:at], pattern(n), max(at-PrefixSize, 0)/SealedChunkSize)
		}, lengths, index),
		"appended": prop.ForAll(func(n, more int) bool {
			return refused(t, append(sealed(n), make([]byte, more)...), pattern(n), n/ChunkSize)
		}, lengths, gen.IntRange(1, 3*SealedChunkSize)),
		"two chunks swapped": prop.ForAll(func(chunks, i, j int) bool {
			i, j = i%chunks, j%chunks
			message, altered := sealed(chunks*ChunkSize+5), sealed(chunks*ChunkSize+5)
			copy(chunkAt(altered, i), chunkAt(message, j))
			copy(chunkAt(altered, j), chunkAt(message, i))
			return i == j || refused(t, altered, pattern(chunks*ChunkSize+5), min(i, j))
		}, gen.IntRange(2, 19), index, index),
		"chunk repeated": prop.ForAll(func(chunks, i int) bool {
			i %= chunks
			message := sealed(chunks*ChunkSize + 5)
			end := PrefixSize + (i+1)*SealedChunkSize
			altered := slices.Concat(message[:end], chunkAt(message, i), message[end:])
			return refused(t, altered, pattern(chunks*ChunkSize+5), i+1)
		}, gen.IntRange(1, 19), index),
		"chunk left out": prop.ForAll(func(chunks, i int) bool {
			i %= chunks
			message := sealed(chunks*ChunkSize + 5)
			start := PrefixSize + i*SealedChunkSize
			altered := slices.Concat(message[:start], message[start+SealedChunkSize:])
			return refused(t, altered, pattern(chunks*ChunkSize+5), i)
		}, gen.IntRange(1, 19), index),
		"last chunk of another message": prop.ForAll(func(n int) bool {
			other := slices.Clone(testSalt)
			other[0] ^= 1
			message, donor := sealed(n), Seal(testKey, other, testContext, pattern(n))
			copy(chunkAt(message, n/ChunkSize), chunkAt(donor, n/ChunkSize))
			return refused(t, message, pattern(n), n/ChunkSize)
		}, lengths),
	})
}

// Cuts at every length around the structure of a short message.
func TestCutsAreNamed(t *testing.T) {
	message := sealed(ChunkSize + 40)
	for n, want := range map[int]fault.Name{
		0: fault.Truncated, 23: fault.Truncated, 24: fault.Truncated, 55: fault.Truncated, 56: fault.Truncated, 71: fault.Truncated,
		72: fault.PayloadTampered, 56 + 16399: fault.PayloadTampered, 56 + 16400: fault.Truncated, 56 + 16415: fault.Truncated,
		56 + 16416: fault.PayloadTampered, len(message) - 1: fault.PayloadTampered,
	} {
		for way, got := range openAll(testKey, testContext, message[:n]) {
			if got.name != want {
				t.Errorf("%s of %d bytes: %q, want %q", way, n, got.name, want)
			}
		}
	}
}

// FuzzOpen opens arbitrary bytes after a good prefix. All ways agree on bytes
// and errors, but for a stream that meets a bad chunk before the bad length.
func FuzzOpen(f *testing.F) {
	for _, n := range []int{0, 1, ChunkSize, ChunkSize + 9} {
		f.Add(sealed(n)[PrefixSize:], true)
	}
	f.Add(sealed(5), false)
	f.Fuzz(func(t *testing.T, rest []byte, prefix bool) {
		message := rest
		if prefix {
			message = slices.Concat(sealed(0)[:PrefixSize], rest)
		}
		all := openAll(testKey, testContext, message)
		want := all["Open"]
		_, lengthErr := PlaintextSize(int64(len(message)))
		for way, got := range all {
			streamed := way == "Read"
			first := streamed && lengthErr != nil && len(message) >= PrefixSize+TagSize &&
				(got.name == fault.WrongSecret || got.name == fault.PayloadTampered)
			if got.name != want.name && !first {
				t.Errorf("%s: %q, but Open: %q", way, got.name, want.name)
			}
			if want.name == "" && !bytes.Equal(got.released, want.released) {
				t.Errorf("%s: other bytes than Open", way)
			}
			if want.name != "" && len(got.released)%ChunkSize != 0 {
				t.Errorf("%s: gave out a part of a chunk before %q", way, got.name)
			}
		}
		if want.name == "" && len(message) >= SaltSize && !bytes.Equal(Seal(testKey, message[:SaltSize], testContext, want.released), message) {
			t.Error("what opened is not what Seal gives for it")
		}
	})
}
