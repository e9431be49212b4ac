package cases

import (
	"hash/fnv"
	randv2 "math/rand/v2"
)

// DefaultSeed is the seed of what must be the same each time: a fuzzing run, the
// judgement of mutants, a test.
const DefaultSeed = 1

// NewSeed draws a seed. It is short enough to be a number for every program that
// reads a report.
func NewSeed() int64 { return 1 + randv2.Int64N(1<<53-1) }

// SeedFor makes what every case draws different.
func SeedFor(seed int64, id string) int64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return seed ^ int64(h.Sum64()>>1)
}
