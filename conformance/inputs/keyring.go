package inputs

import (
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// Keyring is what an audit lets the implementation seal as a keyring.
type Keyring struct {
	Key        key.Key
	Slots      []vectors.Object
	SetID      []byte
	Epoch      uint64
	Writer     []byte
	Created    int64 // as in Entry
	Generation uint64
	Head       []byte
	Epochs     []uint64 // of the old keys
	Old        []key.Key
}

// Input is that of keyring.seal.
func (g Keyring) Input() vectors.Object {
	old := []any{}
	for i, k := range g.Old {
		old = append(old, vectors.Object{"epoch": Number(g.Epochs[i]), "key": Hex(k[:])})
	}
	return vectors.Object{
		"key": Hex(g.Key[:]), "slots": List(g.Slots), "set_id": Hex(g.SetID), "epoch": Number(g.Epoch),
		"writer": Hex(g.Writer), "created_ms": Moment(g.Created), "generation": Number(g.Generation), "head": Hex(g.Head), "old_keys": old,
	}
}

// Opened is the output of keyring.open.
func (g Keyring) Opened() vectors.Object {
	o := g.Input()
	delete(o, "key")
	delete(o, "slots")
	return o
}
