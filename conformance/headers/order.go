package headers

import (
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// headerFault is something wrong with a container, in the order of the checks of
// spec section 11.2.
type headerFault struct {
	what  string
	apply func(r *rand.Rand, h *container)
}

// edited is a fault of what is signed.
func edited(edit func(b []byte) []byte) func(*rand.Rand, *container) {
	return func(_ *rand.Rand, h *container) { h.edits = append(h.edits, edit) }
}

// inSlot is a fault of the body of a slot, if there is one of the type.
func inSlot(typ slot.Type, change func(body []byte) []byte) func(*rand.Rand, *container) {
	return func(_ *rand.Rand, h *container) {
		if s := h.first(typ); s != nil {
			s.body = change(s.body)
		}
	}
}

func cutBy(n int) func(b []byte) []byte {
	return func(b []byte) []byte { return b[:max(0, len(b)-n)] }
}

func lacking(typ slot.Type) func(*rand.Rand, *container) {
	return func(_ *rand.Rand, h *container) {
		h.slots = slices.DeleteFunc(h.slots, func(s craftedSlot) bool { return s.typ == uint16(typ) })
	}
}

var headerFaults = []headerFault{
	{"has another magic", edited(forge.FlipAt(7))},
	{"has another version", func(_ *rand.Rand, h *container) { h.head[9] = 2 }},
	{"has nothing behind the version", edited(func(b []byte) []byte { return b[:min(len(b), 10)] })},
	{"lacks the end of its header", edited(func(b []byte) []byte { return b[:min(len(b), 140)] })},
	{"lacks the end of the only chunk", func(_ *rand.Rand, h *container) {
		n := len(h.payload) - cobblestone.PrefixSize - 15
		h.edits = append(h.edits, cutBy(n))
	}},
	{"ends with a full chunk", func(_ *rand.Rand, h *container) {
		more := make([]byte, cobblestone.PrefixSize+16400-len(h.payload))
		h.edits = append(h.edits, func(b []byte) []byte { return append(slices.Clone(b), more...) })
	}},
	{"has another digest", func(_ *rand.Rand, h *container) {
		n := -len(h.payload) - forge.HeaderRest
		h.edits = append(h.edits, func(b []byte) []byte {
			if len(b)+n < forge.SlotsAt {
				return b
			}
			return forge.FlipAt(n)(b)
		})
	}},
	{"has the purpose 3", func(_ *rand.Rand, h *container) { h.head[10] = 3 }},
	{"has a password slot that lacks a byte", inSlot(slot.TypePassword, cutBy(1))},
	{"has a vault slot that lacks a byte", inSlot(slot.TypeVault, cutBy(1))},
	{"has a passkey slot with an upper-case letter", inSlot(slot.TypePasskey, func(b []byte) []byte { b[33] = 'A'; return b })},
	{"has a byte behind its slots", func(_ *rand.Rand, h *container) { h.tail = []byte{0} }},
	{"has seventeen slots", func(_ *rand.Rand, h *container) {
		for len(h.slots) < 17 {
			h.slots = append(h.slots, unknownIn(9, nil))
		}
	}},
	{"has two slots that can be guessed", func(r *rand.Rand, h *container) {
		h.slots = append(h.slots, vaultIn(r, h.k), passwordIn(r, h.k))
	}},
	{"has one passkey twice", func(_ *rand.Rand, h *container) {
		if s := h.first(slot.TypePasskey); s != nil {
			h.slots = append(h.slots, *s)
		}
	}},
	{"has eleven passes", inSlot(slot.TypePassword, func(b []byte) []byte {
		if len(b) > passesAt+3 {
			b[passesAt+3] = 11
		}
		return b
	})},
	{"has 2^24 KiB", inSlot(slot.TypePassword, func(b []byte) []byte {
		if len(b) > memoryAt {
			b[memoryAt] = 1
		}
		return b
	})},
	{"has no password slot", lacking(slot.TypePassword)},
	{"has no vault slot", lacking(slot.TypeVault)},
	{"has no passkey slot", lacking(slot.TypePasskey)},
	{"has another salt in its password slot", inSlot(slot.TypePassword, forge.FlipAt(0))},
	{"has another commitment in its vault slot", inSlot(slot.TypeVault, forge.FlipAt(-80))},
	{"has another commitment in its passkey slot", inSlot(slot.TypePasskey, forge.FlipAt(-80))},
	{"has another sealed key in its password slot", inSlot(slot.TypePassword, forge.FlipAt(-20))},
	{"has another sealed key in its vault slot", inSlot(slot.TypeVault, forge.FlipAt(-1))},
	{"has another sealed key in its passkey slot", inSlot(slot.TypePasskey, forge.FlipAt(-1))},
	{"has a vault slot of another key", func(r *rand.Rand, h *container) {
		if s := h.first(slot.TypeVault); s != nil {
			export := inputs.Unhex(s.secret["export_key"])
			*s = sealedIn(r, drawn.Key(r), slot.TypeVault, s.body[:min(64, len(s.body))], slot.VaultInputKey(export), s.secret)
		}
	}},
	{"has another key check", func(_ *rand.Rand, h *container) { h.head[11+17] ^= 4 }},
	{"is signed with another key", func(r *rand.Rand, h *container) { h.signer = drawn.Key(r) }},
	{"has another commitment", func(_ *rand.Rand, h *container) { h.payload[40] ^= 8 }},
	{"has the other purpose", func(_ *rand.Rand, h *container) { h.head[10] ^= 3 }},
	{"has another chunk", edited(forge.FlipAt(-1))},
}

// askOrder breaks two rules at a time.
func askOrder(q *cases.Requests) {
	archives := slottedContainers(q.R)
	keyring := newContainer(q.R, true)
	keyring = keyring.with(passkeyIn(q.R, keyring.k, "example.org", drawn.Bytes(q.R, 16)), passwordIn(q.R, keyring.k))
	all := append(archives, keyring)
	for i, one := range headerFaults {
		for _, other := range headerFaults[i:] {
			for range 2 {
				h := drawn.OneOf(q.R, all...)
				secrets := []vectors.Object{h.plain}
				for _, s := range h.slots {
					if s.secret != nil {
						secrets = append(secrets, s.secret)
					}
				}
				op := drawn.OneOf(q.R, "container.unlock", "archive.list", "keyring.open")
				secret := drawn.OneOf(q.R, secrets...)
				if secret["kind"] == "password" && q.R.Intn(8) == 0 {
					secret = inputs.With(secret, "password", "")
				}
				c := h.clone()
				one.apply(q.R, c)
				if one.what != other.what {
					other.apply(q.R, c)
				}
				askContainer(q, op, c, secret, "%s, and %s; the secret is a %s", one.what, other.what, secret["kind"])
			}
		}
	}
}
