package conformance

import (
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// ringJob is what an audit lets the implementation seal as a keyring.
type ringJob struct {
	key    key.Key
	slots  []vectors.Object
	setID  []byte
	epoch  uint64
	epochs []uint64 // of the old keys
	old    []key.Key
}

// input is that of keyring.seal.
func (g ringJob) input() vectors.Object {
	old := []any{}
	for i, k := range g.old {
		old = append(old, vectors.Object{"epoch": number(g.epochs[i]), "key": toHex(k[:])})
	}
	return vectors.Object{
		"key": toHex(g.key[:]), "slots": listOf(g.slots), "set_id": toHex(g.setID), "epoch": number(g.epoch), "old_keys": old,
	}
}
