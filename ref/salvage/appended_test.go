package salvage

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
)

// What the specification says of the lengths that are tried.
func TestLengthsOfArchives(t *testing.T) {
	count, size := 0, int64(0)
	for n := archive.PaddedAtMost(1<<52 - 1); n >= archive.MinPlaintext; n = archive.PaddedAtMost(n - 1) {
		if archive.Padded(n) != n || archive.Padded(n+1) <= n {
			t.Fatalf("%d is no padded length", n)
		}
		count++
		size += n%chunkSize + cobblestone.TagSize
	}
	if count != 1928 || size != 1205952 {
		t.Errorf("%d lengths, whose last chunks have %d bytes", count, size)
	}
	for n := int64(archive.MinPlaintext); n < 1<<17; n++ {
		if p := archive.PaddedAtMost(n); p > n || archive.Padded(p) != p || p < n && archive.Padded(p+1) <= n {
			t.Fatalf("the greatest padded length of at most %d bytes is not %d", n, p)
		}
	}
}

// Whatever is appended to a message, and whatever chunks of it do not open, salvage
// finds the same as without it, if only its last chunk opens.
func TestAppended(t *testing.T) {
	check := func(seed uint64, bad int, more func(rnd *rand.Rand, message []byte) []byte) string {
		rnd := rand.New(rand.NewPCG(seed, 0))
		items := randomItems(rnd, 8)
		plaintext := write(t, items...)
		message := seal(plaintext)
		last := int64(len(plaintext)) / chunkSize
		for range bad {
			if last > 0 {
				damage(message, rnd.Int64N(last))
			}
		}
		appended := more(rnd, message)
		want, got := salvaged(t, message), salvaged(t, append(bytes.Clone(message), appended...))
		if diff := cmp.Diff(summary(want), summary(got), cmp.AllowUnexported(rescued{})); diff != "" {
			return diff
		}
		if got.Appended != int64(len(appended)) || want.Appended != 0 || got.Indexed != want.Indexed || got.WalkEnd != want.WalkEnd || got.Size() != want.Size() {
			return fmt.Sprintf("%d of %d bytes are appended, indexed %v", got.Appended, len(appended), got.Indexed)
		}
		if fault.NameOf(got.Fault) != fault.PayloadTampered {
			return fmt.Sprintf("fault %v", got.Fault)
		}
		return released(got, items)
	}
	some := func(most int) func(*rand.Rand, []byte) []byte {
		return func(rnd *rand.Rand, _ []byte) []byte {
			more := make([]byte, 1+rnd.IntN(most))
			for i := range more {
				more[i] = byte(rnd.Uint32())
			}
			return more
		}
	}
	forms := map[string]func(*rand.Rand, []byte) []byte{
		"a byte":          some(1),
		"some bytes":      some(100),
		"a chunk or less": some(16400),
		"chunks":          some(5 * 16400),
		"a mebibyte of zeros": func(*rand.Rand, []byte) []byte {
			return make([]byte, 1<<20)
		},
		"to the end of a chunk": func(_ *rand.Rand, message []byte) []byte {
			return make([]byte, 16400-(len(message)-56)%16400)
		},
		"itself": func(_ *rand.Rand, message []byte) []byte { return bytes.Clone(message) },
		"its chunks": func(_ *rand.Rand, message []byte) []byte {
			return bytes.Clone(message[56:])
		},
		"its end": func(rnd *rand.Rand, message []byte) []byte {
			return bytes.Clone(message[56+rnd.IntN(len(message)-56):])
		},
		"another archive": func(rnd *rand.Rand, _ []byte) []byte {
			return cobblestone.Seal(testInputKey, otherID[:], testContext, write(t, randomItems(rnd, 3)...))
		},
	}
	props := map[string]gopter.Prop{}
	for name, more := range forms {
		props[name] = prop.ForAll(func(seed uint64) string { return check(seed, 0, more) }, gen.UInt64())
		props[name+" and damage"] = prop.ForAll(func(seed uint64) string { return check(seed, 1, more) }, gen.UInt64())
	}
	properties(t, 25, props)
}

// Where the last chunk is not there as it was sealed, no end is found, and all that
// is said is what would be said without looking for one.
func TestNoEnd(t *testing.T) {
	check := func(seed uint64) string {
		rnd := rand.New(rand.NewPCG(seed, 0))
		message := seal(write(t, randomItems(rnd, 8)...))
		start := len(message) - 1 - (len(message)-56-1)%16400 // of the last chunk
		if rnd.IntN(2) == 0 {
			message[start+rnd.IntN(len(message)-start)] ^= 1
		} else {
			message = message[:start+rnd.IntN(len(message)-start)]
		}
		message = append(message, make([]byte, rnd.IntN(3)*rnd.IntN(20000))...)
		if s := salvaged(t, message); s.Appended != 0 || s.Indexed || s.Size() < int64(len(message)-56)/16400*chunkSize {
			return fmt.Sprintf("%d bytes are appended, indexed %v", s.Appended, s.Indexed)
		}
		return ""
	}
	properties(t, 100, map[string]gopter.Prop{"damaged or cut": prop.ForAll(check, gen.UInt64())})
}

// Looking for an end that is not there costs no more openings than there are lengths.
func TestAppendedCost(t *testing.T) {
	message := seal(write(t, newItem("a", 100*chunkSize)))
	message[len(message)-1] ^= 1
	storage := &countingStorage{Reader: bytes.NewReader(message)}
	chunks, err := cobblestone.NewChunks(storage, int64(len(message)), message[:56], testInputKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := withoutAppended(context.Background(), chunks); err != nil || got.Size() != chunks.Size() || storage.reads > 400 {
		t.Errorf("%d reads for an end at %d of %d", storage.reads, got.Size(), chunks.Size())
	}
}
