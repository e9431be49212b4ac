package conformance

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
)

func drawBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func drawHex(r *rand.Rand, n int) string { return inputs.Hex(drawBytes(r, n)) }

func drawKey(r *rand.Rand) key.Key { return key.Key(drawBytes(r, key.Size)) }

func drawName(r *rand.Rand) string { return fmt.Sprintf("%08x", r.Uint32()) }

func drawTime(r *rand.Rand) int64 { return r.Int63n(1<<52-1) - inputs.Latest }

func drawKind(r *rand.Rand) archive.Kind { return archive.Kind(r.Intn(9)) }

// shuffled returns the elements in a drawn order.
func shuffled[T any](r *rand.Rand, all []T) []T {
	all = slices.Clone(all)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// oneOf returns one of the values.
func oneOf[T any](r *rand.Rand, values ...T) T { return values[r.Intn(len(values))] }

// bytesFrom returns n bytes that follow from a seed: zeros if it is zero.
func bytesFrom(seed int64, n int) []byte {
	b := make([]byte, n)
	if seed != 0 {
		rand.New(rand.NewSource(seed)).Read(b)
	}
	return b
}

func drawPasswordText(r *rand.Rand) []byte { return []byte("orange lantern walks " + drawName(r)) }
