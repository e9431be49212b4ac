package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/vectors"
)

// ringSample is a keyring to seal.
type ringSample struct {
	seed   int64
	epochs []uint64 // of the old keys, and last that of the key
}

func drawRing(r *rand.Rand) ringSample {
	s := ringSample{seed: r.Int63()}
	for range 1 + r.Intn(5) {
		s.epochs = append(s.epochs, uint64(r.Int63n(1<<drawn.OneOf(r, 4, 20, 52)-1))+1)
	}
	slices.Sort(s.epochs)
	s.epochs = slices.Compact(s.epochs)
	return s
}

func (s ringSample) String() string { return fmt.Sprintf("seed %d, epochs %d", s.seed, s.epochs) }

func (s ringSample) smaller() []ringSample {
	var all []ringSample
	for i := range len(s.epochs) - 1 {
		all = append(all, ringSample{s.seed, slices.Delete(slices.Clone(s.epochs), i, i+1)})
	}
	return all
}

// container returns what the reference seals.
func (s ringSample) container() []byte { return inputs.SealedByReference("keyring.seal", s.sealing()) }

// opening is the input of keyring.open with the container's key.
func (s ringSample) opening(container []byte) vectors.Object {
	return vectors.Object{"container": inputs.Hex(container), "secret": vectors.Object{"kind": "key", "key": s.sealing()["key"]}}
}

func (s ringSample) sealing() vectors.Object {
	last := len(s.epochs) - 1
	old := []any{}
	for i, epoch := range s.epochs[:last] {
		old = append(old, vectors.Object{"epoch": json.Number(fmt.Sprint(epoch)), "key": inputs.Hex(drawn.BytesFrom(s.seed+int64(i)+1, 32))})
	}
	return vectors.Object{
		"key": inputs.Hex(drawn.BytesFrom(s.seed, 32)), "slots": []any{}, "set_id": inputs.Hex(drawn.BytesFrom(cmp.Or(s.seed>>1, 1), 16)),
		"epoch": s.epochs[last], "old_keys": old, "random": inputs.Hex(drawn.BytesFrom(s.seed^1, 24)),
	}
}
