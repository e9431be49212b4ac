package reference

import (
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// memory is what a device has saved of a set (spec section 17.1).
type memory struct {
	SetID      octets `json:"set_id"`
	Epoch      uint64
	Key        octets32
	Writer     octets
	Generation uint64
	Head       octets32
	Pending    *pending
	Begun      *begun
}

// pending is a commit that is about to be made. [LIF-10]
type pending struct {
	Generation uint64
	Head       octets32
}

// begun is an epoch that is about to begin. [LIF-21]
type begun struct {
	Epoch uint64
	From  uint64 // the epoch from which it goes on; 0 for that of a new set
	Key   octets32
}

func (m *memory) describe() any {
	if m == nil {
		return nil
	}
	o := vectors.Object{
		"set_id": toHex(m.SetID.bytes()), "epoch": m.Epoch, "key": toHex(m.Key[:]), "writer": toHex(m.Writer.bytes()),
		"generation": m.Generation, "head": toHex(m.Head[:]), "pending": nil, "begun": nil,
	}
	if p := m.Pending; p != nil {
		o["pending"] = vectors.Object{"generation": p.Generation, "head": toHex(p.Head[:])}
	}
	if b := m.Begun; b != nil {
		o["begun"] = vectors.Object{"epoch": b.Epoch, "from": b.From, "key": toHex(b.Key[:])}
	}
	return o
}

// seen is what a reader has to know of it.
func (m *memory) seen() set.Memory {
	if m == nil {
		return set.Memory{}
	}
	return set.Memory{SetID: [16]byte(m.SetID.bytes()), Epoch: m.Epoch, Generation: m.Generation}
}

// writer is what it writes as.
func (m *memory) writer() *set.Writer {
	return &set.Writer{Memory: m.seen(), ID: [16]byte(m.Writer.bytes()), Key: key.Key(m.Key)}
}

// device is a device at work. It is also its store.
type device struct {
	memory    *memory // what it has saved
	notAtomic bool    // the store
	yield     func(vectors.Object) bool
	answer    storeAnswer
}

// save saves what a device remembers, with something changed.
func (d *device) save(change func(m *memory)) {
	m := *d.memory
	change(&m)
	d.memory = &m
}
