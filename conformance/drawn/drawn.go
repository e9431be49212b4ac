// Package drawn draws values, slots, archives and keyrings from a random source: the
// same from the same seed, and others from another, so that nobody passes who knows the
// answers of an earlier run.
package drawn

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
)

// Bytes returns n bytes.
func Bytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	r.Read(b)
	return b
}

// Hex returns n bytes as the protocol writes them.
func Hex(r *rand.Rand, n int) string { return inputs.Hex(Bytes(r, n)) }

// Key returns a key.
func Key(r *rand.Rand) key.Key { return key.Key(Bytes(r, key.Size)) }

// Name returns eight characters that a path and a domain may have.
func Name(r *rand.Rand) string { return fmt.Sprintf("%08x", r.Uint32()) }

// Time returns any time that the format can hold.
func Time(r *rand.Rand) int64 { return r.Int63n(1<<52-1) - inputs.Latest }

// Kind returns one of the kinds of entries.
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
	if seed != 0 { // a rand.Source takes long to be seeded
		key := [32]byte(slices.Repeat(binary.BigEndian.AppendUint64(nil, uint64(seed)), 4))
		_, _ = randv2.NewChaCha8(key).Read(b) // it has no errors
	}
	return b
}

// PasswordText returns a password as it is typed.
func PasswordText(r *rand.Rand) []byte { return []byte("orange lantern walks " + Name(r)) }
