// Package headers has the cases about headers, slots and keyrings with one value that is
// another, or one rule broken, at every place that a reader might not look at. Begin with
// the type container.
package headers

import (
	"encoding/binary"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// container is a container of which every field of the header can be another. It is
// signed last of all.
type container struct {
	k       key.Key
	head    []byte // before the length of the slots
	slots   []craftedSlot
	tail    []byte // behind the last slot
	payload []byte
	signer  key.Key                 // makes the MAC
	edits   []func(b []byte) []byte // of what is signed
	plain   vectors.Object          // the key as a secret
}

// craftedSlot is a slot and the secret that opens it.
type craftedSlot struct {
	typ    uint16
	body   []byte
	secret vectors.Object
}

func (s craftedSlot) bytes() []byte {
	b := binary.BigEndian.AppendUint16(nil, s.typ)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s.body))), s.body...)
}

// newContainer returns an archive, or a keyring, without a slot.
func newContainer(r *rand.Rand, keyring bool) *container {
	s := samples.Archive{Seed: r.Int63()}
	sealed := s.Container()
	if keyring {
		sealed = samples.Keyring{Seed: s.Seed, Epochs: []uint64{1, 2}}.Container()
	}
	head, _, payload, _ := forge.Sections(sealed)
	k := key.Key(s.KeyBytes())
	return &container{k: k, head: head, payload: payload, signer: k, plain: inputs.KeySecret(k)}
}

func (h *container) clone() *container {
	c := *h
	c.head, c.payload, c.edits = slices.Clone(h.head), slices.Clone(h.payload), slices.Clone(h.edits)
	c.slots = slices.Clone(h.slots)
	for i, s := range h.slots {
		c.slots[i].body = slices.Clone(s.body)
	}
	return &c
}

// with returns a copy with these slots behind its own.
func (h *container) with(slots ...craftedSlot) *container {
	c := h.clone()
	c.slots = append(c.slots, slots...)
	return c
}

func (h *container) bytes() []byte {
	var slots []byte
	for _, s := range h.slots {
		slots = append(slots, s.bytes()...)
	}
	b := forge.Signed(h.head, append(slots, h.tail...), h.payload, h.signer)
	for _, edit := range h.edits {
		b = edit(b)
	}
	return b
}

// first returns the first slot of a type, nil if there is none.
func (h *container) first(typ slot.Type) *craftedSlot {
	for i := range h.slots {
		if h.slots[i].typ == uint16(typ) {
			return &h.slots[i]
		}
	}
	return nil
}

// asking is the input of an op that opens the container with a secret.
func (h *container) asking(op string, secret vectors.Object) vectors.Object {
	input := vectors.Object{"container": inputs.Hex(h.bytes())}
	if op != "header.read" {
		input["secret"] = secret
	}
	return input
}

// askContainer asks about a container that is opened with a secret.
func askContainer(q *cases.Requests, op string, h *container, secret vectors.Object, format string, args ...any) {
	q.AskLater(op, func() vectors.Object { return h.asking(op, secret) }, format, args...)
}

// sealedIn returns a slot in which a key is sealed under the fields before it.
func sealedIn(r *rand.Rand, k key.Key, typ slot.Type, fields, inputKey []byte, secret vectors.Object) craftedSlot {
	context := string(binary.BigEndian.AppendUint16([]byte("coffer/v1 slot"), uint16(typ))) + string(fields)
	return craftedSlot{uint16(typ), append(slices.Clone(fields), cobblestone.Seal(inputKey, drawn.Bytes(r, cobblestone.SaltSize), context, k[:])...), secret}
}

func passkeyIn(r *rand.Rand, k key.Key, rpID string, credential []byte) craftedSlot {
	fields := slices.Concat(drawn.Bytes(r, 32), []byte{byte(len(rpID))}, []byte(rpID), binary.BigEndian.AppendUint16(nil, uint16(len(credential))), credential)
	prf := drawn.Bytes(r, 32)
	return sealedIn(r, k, slot.TypePasskey, fields, slot.PasskeyInputKey(prf), vectors.Object{
		"kind": "passkey", "rp_id": rpID, "credential": inputs.Hex(credential), "prf": inputs.Hex(prf),
	})
}

func vaultIn(r *rand.Rand, k key.Key) craftedSlot {
	vault, credential, export := drawn.Bytes(r, 32), drawn.Bytes(r, 32), drawn.Bytes(r, 64)
	return sealedIn(r, k, slot.TypeVault, slices.Concat(vault, credential), slot.VaultInputKey(export), vectors.Object{
		"kind": "vault", "vault": inputs.Hex(vault), "credential": inputs.Hex(credential), "export_key": inputs.Hex(export),
	})
}

// passwordIn returns a password slot of little cost.
func passwordIn(r *rand.Rand, k key.Key) craftedSlot {
	password := drawn.PasswordText(r)
	encoded := forge.SealedPassword(k, [32]byte(drawn.Bytes(r, 32)), string(password), slot.Params{MemoryKiB: 32, Passes: 1, Lanes: 1})
	return craftedSlot{uint16(slot.TypePassword), encoded[4:], vectors.Object{"kind": "password", "password": inputs.Hex(password)}}
}

func unknownIn(typ uint16, body []byte) craftedSlot { return craftedSlot{typ: typ, body: body} }

// Where the numbers of a password slot's body stand (spec section 6.3).
const (
	memoryAt = 32
	passesAt = 36
	lanesAt  = 40
)
