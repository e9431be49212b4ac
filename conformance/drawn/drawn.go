// Package drawn draws values, slots, archives and keyrings from a random source: the
// same from the same seed, and others from another, so that nobody passes who knows the
// answers of an earlier run.
package drawn

import (
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
)

func Bytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

func Hex(r *rand.Rand, n int) string { return inputs.Hex(Bytes(r, n)) }

func Key(r *rand.Rand) key.Key { return key.Key(Bytes(r, key.Size)) }

func Name(r *rand.Rand) string { return fmt.Sprintf("%08x", r.Uint32()) }

func Time(r *rand.Rand) int64 { return r.Int63n(1<<52-1) - inputs.Latest }

func Kind(r *rand.Rand) archive.Kind { return archive.Kind(r.Intn(9)) }

// Shuffled returns the elements in a drawn order.
func Shuffled[T any](r *rand.Rand, all []T) []T {
	all = slices.Clone(all)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// OneOf returns one of the values.
func OneOf[T any](r *rand.Rand, values ...T) T { return values[r.Intn(len(values))] }

// BytesFrom returns n bytes that follow from a seed: zeros if it is zero.
func BytesFrom(seed int64, n int) []byte {
	b := make([]byte, n)
	if seed != 0 {
		rand.New(rand.NewSource(seed)).Read(b)
	}
	return b
}

func PasswordText(r *rand.Rand) []byte { return []byte("orange lantern walks " + Name(r)) }
