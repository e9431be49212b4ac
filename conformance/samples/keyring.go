package samples

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

// Keyring is a keyring to seal.
type Keyring struct {
	Seed   int64
	Epochs []uint64 // of the old keys, and last that of the key
}

// DrawKeyring returns a keyring of up to four old keys.
func DrawKeyring(r *rand.Rand) Keyring {
	s := Keyring{Seed: r.Int63()}
	for range 1 + r.Intn(5) {
		s.Epochs = append(s.Epochs, uint64(r.Int63n(1<<drawn.OneOf(r, 4, 20, 52)-1))+1)
	}
	slices.Sort(s.Epochs)
	s.Epochs = slices.Compact(s.Epochs)
	return s
}

func (s Keyring) String() string { return fmt.Sprintf("seed %d, epochs %d", s.Seed, s.Epochs) }

func (s Keyring) Smaller() []Keyring {
	var all []Keyring
	for i := range len(s.Epochs) - 1 {
		all = append(all, Keyring{s.Seed, slices.Delete(slices.Clone(s.Epochs), i, i+1)})
	}
	return all
}

// Container returns what the reference seals.
func (s Keyring) Container() []byte { return inputs.SealedByReference("keyring.seal", s.Sealing()) }

// Opening is the input of keyring.open with the container's key.
func (s Keyring) Opening(container []byte) vectors.Object {
	return vectors.Object{"container": inputs.Hex(container), "secret": vectors.Object{"kind": "key", "key": s.Sealing()["key"]}}
}

// Sealing is the input of keyring.seal, with as many random bytes as it draws.
func (s Keyring) Sealing() vectors.Object {
	last := len(s.Epochs) - 1
	old := []any{}
	for i, epoch := range s.Epochs[:last] {
		old = append(old, vectors.Object{"epoch": json.Number(fmt.Sprint(epoch)), "key": inputs.Hex(drawn.BytesFrom(s.Seed+int64(i)+1, 32))})
	}
	return vectors.Object{
		"key": inputs.Hex(drawn.BytesFrom(s.Seed, 32)), "slots": []any{}, "set_id": inputs.Hex(drawn.BytesFrom(cmp.Or(s.Seed>>1, 1), 16)),
		"epoch": s.Epochs[last], "writer": inputs.Hex(drawn.BytesFrom(s.Seed^2, 16)), "created_ms": inputs.Moment(s.Seed >> 12), "generation": s.Epochs[last], "head": inputs.Hex(drawn.BytesFrom(s.Seed^3, 32)),
		"old_keys": old, "random": inputs.Hex(drawn.BytesFrom(s.Seed^1, 24)),
	}
}
