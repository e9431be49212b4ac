package headers

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// Cases are headers, slots and keyrings with one value that is another,
// or one rule broken, at every place that a reader might not look at.
func Cases(seed int64) []cases.Case {
	of := func(subject, name, requirements, profiles, comment string, collect func(q *cases.Requests)) cases.Case {
		return cases.OfRequests(seed, subject, name, requirements, profiles, comment, collect)
	}
	const slotted = "reader password vault passkey"
	return []cases.Case{
		of("slot", "secrets", "SLT-7 SLT-15 SLT-19", slotted, "Every byte of a secret counts, and no two fields of it are taken for one.", askSecrets),
		of("header", "places", "SLT-1 SLT-16 SLT-17 SLT-20 SLT-21", "reader", "A rule of slots is broken at each of their places, and between any two.", askPlaces),
		of("header", "numbers", "SLT-1 SLT-2 SLT-10 CON-1", "reader", "Types, lengths and parameters of every width are read whole.", askNumbers),
		of("container", "fields", "HDR-13 HDR-18 HDR-19 HDR-20 SLT-7 SLT-8", slotted, "Every field of a header is compared whole, whoever signed it.", askFields),
		of("container", "order", "ERR-1", slotted, "Of two things that are wrong the one gives the name that is looked at first.", askOrder),
		of("container", "state", "ERR-1", slotted, cases.StateComment, cases.Related(stateOfContainers)),
		argon2Check(seed),
		of("keyring", "places", "KRG-2 KRG-3 KRG-4 CON-5", "reader", "A rule of old keys is broken at the first, a middle and the last of them, and between any two.", askRings),
	}
}

// slottedContainers returns an archive with a slot of each kind that may stand together, and
// another with a vault slot.
func slottedContainers(r *rand.Rand) []*container {
	h := newContainer(r, false)
	id := drawn.Name(r) + ".example"
	one, two := passkeyIn(r, h.k, id, drawn.Bytes(r, 16)), passkeyIn(r, h.k, id, drawn.Bytes(r, 16))
	return []*container{
		h.with(one, passwordIn(r, h.k), unknownIn(4, drawn.Bytes(r, 9)), two),
		h.with(vaultIn(r, h.k), one, two),
	}
}

// changed is a field that is another.
type changed struct {
	what  string
	bytes []byte
}

// changesOf returns what a field may be mistaken for.
func changesOf(r *rand.Rand, b []byte) []changed {
	all := []changed{{"zeros", make([]byte, len(b))}, {"ones", slices.Repeat([]byte{0xff}, len(b))}}
	for _, at := range []int{0, len(b) / 2, len(b) - 1} {
		c := slices.Clone(b)
		c[at] ^= 1 << r.Intn(8)
		all = append(all, changed{fmt.Sprintf("another byte %d", at), c})
	}
	return all
}

// askSecrets asks for secrets of slots that they nearly open.
func askSecrets(q *cases.Requests) {
	h := newContainer(q.R, false)
	for _, s := range []craftedSlot{passkeyIn(q.R, h.k, drawn.Name(q.R)+".example", drawn.Bytes(q.R, 20)), vaultIn(q.R, h.k), passwordIn(q.R, h.k)} {
		ask := func(secret vectors.Object, format string, args ...any) {
			q.Ask("slot.open", vectors.Object{"slot": inputs.Hex(s.bytes()), "secret": secret}, format, args...)
		}
		for _, name := range slices.Sorted(maps.Keys(s.secret)) {
			if name == "kind" || name == "rp_id" {
				continue
			}
			b := inputs.Unhex(s.secret[name])
			for _, c := range changesOf(q.R, b) {
				ask(inputs.With(s.secret, name, inputs.Hex(c.bytes)), "is asked with %s in %s", c.what, name)
			}
			if name == "credential" && s.typ == uint16(slot.TypePasskey) || name == "password" {
				for _, c := range [][]byte{b[:len(b)-1], b[1:], append(slices.Clone(b), 0), append([]byte{0}, b...), append(slices.Clone(b), ' '), slices.Repeat(b, 2)} {
					ask(inputs.With(s.secret, name, inputs.Hex(c)), "is asked with the %s %x", name, c)
				}
			}
		}
	}
	// The same bytes, cut elsewhere.
	id, credential := drawn.Name(q.R), []byte(drawn.Name(q.R))
	whole := id + string(credential)
	for _, cut := range []int{len(id), 1, len(whole) - 1, len(id) + 1} {
		s := passkeyIn(q.R, h.k, whole[:cut], []byte(whole[cut:]))
		for _, at := range []int{len(id), 1, len(whole) - 1} {
			secret := inputs.With(inputs.With(s.secret, "rp_id", whole[:at]), "credential", inputs.Hex([]byte(whole[at:])))
			q.Ask("slot.open", vectors.Object{"slot": inputs.Hex(s.bytes()), "secret": secret}, "is asked with the passkey %s of %q for one cut at %d", whole[at:], whole[:at], cut)
		}
	}
	s := passkeyIn(q.R, h.k, "a.b-c.example", []byte("aBcDeF"))
	for _, other := range []string{"A.b-c.example", "a.b-c.exampl", ".a.b-c.example", "b-c.example", "a.b-c.example.", "a.b_c.example", "x.a.b-c.example", "example", "*.example", ""} {
		if other != "" {
			q.Ask("slot.open", vectors.Object{"slot": inputs.Hex(s.bytes()), "secret": inputs.With(s.secret, "rp_id", other)}, "is asked with the relying party %q", other)
		}
	}
	q.Ask("slot.open", vectors.Object{"slot": inputs.Hex(s.bytes()), "secret": inputs.With(s.secret, "credential", inputs.Hex([]byte("abcdef")))}, "is asked with a credential in another case")
}

// askFields alters every field of a header and its slots, and has it signed by nobody,
// by somebody without the key, and by who has it.
func askFields(q *cases.Requests) {
	for _, h := range slottedContainers(q.R) {
		b := h.bytes()
		borders := slices.Clone(forge.ContainerBorders(b))
		at := forge.SlotsAt
		for _, s := range h.slots {
			end := at + 4 + len(s.body)
			borders = append(borders, at, at+2, at+4, end)
			if s.secret != nil {
				borders = append(borders, at+4+32, end-104, end-80, end-48, end-16)
			}
			at = end
		}
		borders = append(borders, 0, 8, 10, 11, 43, at, at+8, at+72, at+96, at+128, len(b)-16, len(b))
		borders = slices.DeleteFunc(borders, func(n int) bool { return n > len(b) })
		slices.Sort(borders)
		borders = slices.Compact(borders)
		secrets := []vectors.Object{h.plain}
		for _, s := range h.slots {
			if s.secret != nil {
				secrets = append(secrets, s.secret)
			}
		}
		other := drawn.Key(q.R)
		for i, begin := range borders[:len(borders)-1] {
			end := borders[i+1]
			for _, field := range changesOf(q.R, b[begin:end]) {
				c := slices.Concat(b[:begin], field.bytes, b[end:])
				if slices.Equal(c, b) {
					continue
				}
				ask := func(signed string, c []byte, secrets ...vectors.Object) {
					for _, secret := range secrets {
						q.Ask("container.unlock", vectors.Object{"container": inputs.Hex(c), "secret": secret}, "has %s at %d to %d, %s", field.what, begin, end, signed)
					}
				}
				ask("unsigned", c, drawn.OneOf(q.R, secrets...))
				if head, slots, payload, ok := forge.Sections(c); ok {
					if begin < at || begin >= at+forge.HeaderRest {
						ask("with its digest", forge.Signed(head, slots, payload, other), drawn.OneOf(q.R, secrets...))
						ask("signed", forge.Signed(head, slots, payload, h.k), secrets[0], drawn.OneOf(q.R, secrets[1:]...))
					} else if begin >= at+8 {
						ask("with another MAC", c, secrets...)
					}
				}
			}
		}
	}
}

// askPlaces breaks the rules of slots at each of their places.
func askPlaces(q *cases.Requests) {
	const most = 16
	h := newContainer(q.R, false)
	id := drawn.Name(q.R) + ".example"
	passkeys := make([]craftedSlot, most)
	for i := range passkeys {
		passkeys[i] = passkeyIn(q.R, h.k, id, binary.BigEndian.AppendUint16(drawn.Bytes(q.R, 4), uint16(i)))
	}
	password, vault := passwordIn(q.R, h.k), vaultIn(q.R, h.k)
	for n := range most + 2 {
		many := h.with(slices.Repeat([]craftedSlot{unknownIn(uint16(4+q.R.Intn(1000)), nil)}, n)...)
		askContainer(q, "header.read", many, nil, "has %d unknown slots", n)
	}
	full := h.with(passkeys...)
	askContainer(q, "header.read", full, nil, "has sixteen slots")
	for _, i := range []int{0, 1, 7, 8, 14, 15} {
		put := func(c *container, at int, s craftedSlot) *container {
			c = c.clone()
			c.slots[at] = s
			return c
		}
		for _, s := range []craftedSlot{password, vault, unknownIn(0, nil), unknownIn(65535, drawn.Bytes(q.R, 3))} {
			askContainer(q, "header.read", put(full, i, s), nil, "has a slot of type %d at place %d", s.typ, i)
		}
		short, upper, beyond := passkeys[i], passkeys[i], password
		short.body = short.body[1:]
		upper.body = slices.Clone(upper.body)
		upper.body[33+q.R.Intn(len(id))] = 'A'
		beyond.body = slices.Clone(beyond.body)
		beyond.body[passesAt+3] = 11
		askContainer(q, "header.read", put(full, i, short), nil, "has a slot that lacks a byte at place %d", i)
		askContainer(q, "header.read", put(full, i, upper), nil, "has an upper-case letter in the relying party id at place %d", i)
		askContainer(q, "header.read", put(full, i, beyond), nil, "has eleven passes at place %d", i)
		askContainer(q, "container.unlock", put(full, i, beyond), h.plain, "has eleven passes at place %d", i)
		for j := range most {
			if j == i {
				continue
			}
			again := passkeys[j]
			again.body = slices.Concat(drawn.Bytes(q.R, 32), again.body[32:])
			askContainer(q, "header.read", put(full, i, again), nil, "has one passkey at the places %d and %d", i, j)
			a, b := drawn.OneOf(q.R, password, vault), drawn.OneOf(q.R, password, vault)
			askContainer(q, "header.read", put(put(full, i, a), j, b), nil, "has slots of the types %d and %d at the places %d and %d", a.typ, b.typ, i, j)
		}
	}
}

// askNumbers gives types, lengths and parameters every width.
func askNumbers(q *cases.Requests) {
	h := newContainer(q.R, false)
	types := []uint16{0, 4, 5, 127, 128, 255, 256, 257, 258, 259, 511, 512, 513, 32767, 32768, 32769, 65534, 65535}
	for bit := range 16 {
		types = append(types, 1<<bit|4)
	}
	for _, typ := range types {
		askContainer(q, "header.read", h.with(unknownIn(typ, drawn.Bytes(q.R, q.R.Intn(200)))), nil, "has a slot of type %d", typ)
	}
	for _, n := range []int{0, 1, 2, 127, 128, 129, 255, 256, 257, 511, 512, 1023, 1024, 4095, 4096, 16384, 32767, 32768, 32769, 49152, 65530, 65531} {
		askContainer(q, "header.read", h.with(unknownIn(4, drawn.Bytes(q.R, n))), nil, "has an unknown slot of %d bytes", n)
		askContainer(q, "container.unlock", h.with(unknownIn(4, drawn.Bytes(q.R, n))), h.plain, "has an unknown slot of %d bytes", n)
		if n < 65000 {
			askContainer(q, "header.read", h.with(unknownIn(4, drawn.Bytes(q.R, n)), passkeyIn(q.R, h.k, "a", []byte{1})), nil, "has a passkey slot behind %d bytes", n)
		}
	}
	ids := "abcdefghijklmnopqrstuvwxyz0123456789-."
	for _, n := range []int{1, 2, 63, 64, 127, 128, 129, 200, 254, 255} {
		id := make([]byte, n)
		for i := range id {
			id[i] = ids[q.R.Intn(len(ids))]
		}
		for _, m := range []int{1, 127, 128, 255, 256, 257, 511, 512, 1000, 1022, 1023, 1024, 1025, 32768, 33000} {
			askContainer(q, "header.read", h.with(passkeyIn(q.R, h.k, string(id), drawn.Bytes(q.R, m))), nil, "has a relying party id of %d bytes, and a credential of %d", n, m)
		}
	}
	password := passwordIn(q.R, h.k)
	for _, at := range []int{memoryAt, passesAt} {
		numbers := []uint32{0, 1<<32 - 1, 262143, 262144, 262145, 1<<31 + 3, 65536 + 3, 256 + 3, 65536 * 256}
		for bit := range 32 {
			numbers = append(numbers, 1<<bit, 1<<bit-1, 1<<bit|64, 1<<bit|3)
		}
		for _, n := range numbers {
			c := h.with(password)
			binary.BigEndian.PutUint32(c.slots[0].body[at:], n)
			askContainer(q, "header.read", c, nil, "has %d in the password slot at %d", n, at)
		}
	}
	for lanes := range 256 {
		for _, memory := range []uint32{8*uint32(lanes) - 1, 8 * uint32(lanes)} {
			c := h.with(password)
			binary.BigEndian.PutUint32(c.slots[0].body[memoryAt:], memory)
			c.slots[0].body[lanesAt] = byte(lanes)
			if lanes < 8 || q.R.Intn(8) == 0 {
				askContainer(q, "header.read", c, nil, "has %d lanes and %d KiB", lanes, memory)
			}
		}
	}
	for b := range 256 {
		id := slices.Insert([]byte("example"), q.R.Intn(8), byte(b))
		askContainer(q, "header.read", h.with(passkeyIn(q.R, h.k, string(id), []byte{1})), nil, "has the relying party id %q", id)
	}
	for _, purpose := range []byte{0, 3, 4, 127, 128, 129, 130, 255} {
		c := h.clone()
		c.head[10] = purpose
		askContainer(q, "header.read", c, nil, "has the purpose %d", purpose)
	}
	for _, version := range []uint16{0, 2, 255, 256, 257, 32769, 65535} {
		c := h.clone()
		binary.BigEndian.PutUint16(c.head[8:], version)
		askContainer(q, "header.read", c, nil, "has the version %d", version)
	}
}
