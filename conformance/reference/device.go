package reference

import (
	"context"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
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

// device is a device at work. It is also its store.
type device struct {
	memory *memory // what it has saved
	yield  func(vectors.Object) bool
	answer storeAnswer
}

// save saves what a device remembers, with something changed.
func (d *device) save(change func(m *memory)) {
	m := *d.memory
	change(&m)
	d.memory = &m
}

// isWriter looks for the keyring that counts, and whether this device writes under it.
func (d *device) isWriter(ctx context.Context) (*set.Objects, *set.Ring, set.Answer, error) {
	objects, err := set.List(ctx, d)
	if err != nil {
		return nil, nil, "", err
	}
	if newer, _, err := objects.Newer(ctx, d.memory.Epoch); err != nil || newer > 0 {
		return nil, nil, set.AnswerOther, err
	}
	if objects, err = d.mend(ctx, objects); err != nil {
		return nil, nil, "", err
	}
	ring, err := objects.OpenKeyring(ctx, container.WithKey(new(key.Key(d.memory.Key))), d.memory.seen())
	switch fault.NameOf(err) {
	case "":
		if err != nil {
			return nil, nil, "", err
		}
	case fault.WrongSet:
		return nil, nil, "", err
	case fault.WrongSecret:
		return nil, nil, set.AnswerOther, nil
	default:
		return nil, nil, set.AnswerGone, nil
	}
	if ring.Epoch != d.memory.Epoch || string(ring.Writer[:]) != string(d.memory.Writer) {
		return nil, nil, set.AnswerOther, nil
	}
	return objects, ring, set.AnswerOurs, nil
}

// mend stores the keyring of the device's epoch under a name of which the store has nothing.
// [LIF-16]
func (d *device) mend(ctx context.Context, objects *set.Objects) (*set.Objects, error) {
	_, first := objects.Has(set.Name{Kind: set.Keyring, Number: d.memory.Epoch})
	_, second := objects.Has(set.Name{Kind: set.KeyringCopy, Number: d.memory.Epoch})
	if first == second {
		return objects, nil
	}
	ring, err := objects.OpenEpoch(ctx, d.memory.Epoch, container.WithKey(new(key.Key(d.memory.Key))))
	switch {
	case err != nil && fault.NameOf(err) == "":
		return nil, err
	case err != nil || string(ring.Writer[:]) != string(d.memory.Writer):
		return objects, nil
	}
	if err := set.StoreKeyring(ctx, d, ring.Epoch, ring.Bytes); err != nil {
		return nil, err
	}
	return set.List(ctx, d)
}

// counting returns the epoch of the keyring that counts, 0 if there is none.
func counting(ctx context.Context, o *set.Objects) (uint64, error) {
	_, epoch, err := o.Public(ctx)
	if fault.NameOf(err) != "" {
		return 0, nil
	}
	return epoch, err
}
