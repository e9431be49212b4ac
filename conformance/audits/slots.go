package audits

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// withSlots returns the container with other slots, signed again.
func withSlots(container []byte, k key.Key, slots ...slot.Slot) []byte {
	encoded, err := slot.Marshal(slots)
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: they can stand together
	}
	return forge.Resigned(container, k, func(head, _ []byte) ([]byte, []byte) { return head, encoded })
}

// replacesRightly replaces the slots of a container and makes all checks on the
// result: it has what it had, the new slots in place of the known ones, and nothing
// else changed.
func replacesRightly(a *cases.Asker, before []byte, k key.Key, slots ...vectors.Object) report.Outcome {
	input := inputs.Replacing(before, k, slots...)
	after, bad := produce(a, "container.set_slots", input, k)
	if bad != nil {
		return *bad
	}
	if err := checkReplaced(before, after, slots); err != nil {
		return outcome(err)
	}
	return outcome(sameAsReference(after, "container.set_slots", input))
}

func checkReplaced(before []byte, after *sealed, slots []vectors.Object) error {
	head, old, payload, _ := forge.Sections(before)
	afterHead, _, afterPayload, _ := forge.Sections(after.bytes)
	switch {
	case !bytes.Equal(head, afterHead):
		return fmt.Errorf("before the slots it begins with %x, it was %x", afterHead, head)
	case !bytes.Equal(payload, afterPayload): // [HDR-4]
		return fmt.Errorf("the payload is another from byte %d", firstOther(payload, afterPayload))
	}
	had, err := slot.Parse(old)
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the suite made them
	}
	var want, got []string // [SLT-3]
	wanted := slices.Clone(slots)
	for _, s := range had {
		if u, ok := s.(*slot.Unknown); ok {
			want = append(want, unknownText(u))
		} else if len(wanted) > 0 {
			want, wanted = append(want, wanted[0]["type"].(string)), wanted[1:]
		}
	}
	for _, s := range wanted {
		want = append(want, s["type"].(string))
	}
	for _, s := range after.Header.Slots {
		if u, ok := s.(*slot.Unknown); ok {
			got = append(got, unknownText(u))
		} else {
			got = append(got, s.Type().String())
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("its slots are %.300v instead of %.300v", got, want)
	}
	return checkSlots(knownSlots(after.Header.Slots), slots)
}

func unknownText(u *slot.Unknown) string {
	return fmt.Sprintf("%d:%d bytes %.8x", u.SlotType, len(u.Body), u.Body)
}

// drawUnknown returns a slot of a type that version 1 does not define.
func drawUnknown(r *rand.Rand) slot.Slot {
	return &slot.Unknown{
		SlotType: slot.Type(drawn.OneOf(r, 0, 4, 5, 255, 256, 257, 65279, 65534, 65535)), Body: drawn.Bytes(r, drawn.OneOf(r, 0, 1, 5, 147, 3000)),
	}
}

// keepsUnknown is the audit that slots of unknown types stay where they are: first,
// last, between others, alone, and however many known ones there are and become.
func keepsUnknown(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	plain := drawn.Sealed(r, j)
	for _, layout := range []string{"u", "uk", "ku", "kuk", "uukk", "kkuu", "ukuku", "kkkku"} {
		var slots []slot.Slot
		for _, which := range layout {
			s := drawUnknown(r)
			if which == 'k' {
				s = &slot.Passkey{RPID: drawn.Name(r), Credential: drawn.Bytes(r, 10)}
			}
			slots = append(slots, s)
		}
		before := withSlots(plain, j.Key, slots...)
		for n := range 4 {
			if o := replacesRightly(a, before, j.Key, drawn.Passkeys(r, n)...); o.Verdict != report.Pass {
				o.Sample = fmt.Sprintf("the slots %s, u unknown and k known, replaced by %d", layout, n)
				return o
			}
		}
	}
	return cases.Passed()
}

// keepsPayload is the audit that replacing slots leaves the payload, whatever it is
// and in whatever state beyond what opening looks at.
func keepsPayload(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	j.Entries = append(j.Entries, drawn.Entry(r, "long"))
	j.Entries[1].Content = drawn.Bytes(r, 5*cobblestone.ChunkSize+r.Intn(100))
	plain := drawn.Sealed(r, j)
	ring := drawn.Keyring(r, 3)
	ring.Key = j.Key
	containers := [][]byte{plain, setContainer(r, j.Key), inputs.SealedByReference("keyring.seal", inputs.With(ring.Input(), "random", drawn.Hex(r, cobblestone.SaltSize)))}
	payload := len(plain) - len(payloadOf(plain))
	for _, at := range []int{ // in the first, a middle and the last chunk
		cobblestone.PrefixSize + r.Intn(cobblestone.SealedChunkSize),
		cobblestone.PrefixSize + 2*cobblestone.SealedChunkSize + r.Intn(cobblestone.SealedChunkSize),
		len(plain) - payload - 1 - r.Intn(20),
	} {
		damaged := slices.Clone(plain)
		damaged[payload+at] ^= 1 << r.Intn(8)
		containers = append(containers, damaged)
	}
	for i, before := range containers {
		if o := replacesRightly(a, before, j.Key, drawn.Passkeys(r, r.Intn(3))...); o.Verdict != report.Pass {
			o.Sample = fmt.Sprintf("container %d: an archive, one of a set, a keyring, and the first with damage in three places", i+1)
			return o
		}
	}
	return cases.Passed()
}

func payloadOf(container []byte) []byte {
	_, _, payload, _ := forge.Sections(container)
	return payload
}

// keepsLong is keepsPayload for more than a mebibyte.
func keepsLong(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	j.Entries[0].Content = drawn.Bytes(r, 1<<20+r.Intn(1<<15))
	return replacesRightly(a, drawn.Sealed(r, j), j.Key, drawn.Passkey(r))
}

// setContainer is a container of a backup set.
func setContainer(r *rand.Rand, k key.Key) []byte {
	var out bytes.Buffer
	index := archive.Index{SetID: [16]byte(drawn.Bytes(r, 16)), Generation: 1 + uint64(r.Int63n(1<<51)), Epoch: 1 + uint64(r.Int63n(1<<51)), CreatedMS: inputs.TimeOf(drawn.Time(r)), Producer: "p"}
	w, err := container.NewArchiveWriter(&out, r, &k, nil, index)
	if err == nil {
		err = w.Add(archive.Entry{Path: drawn.Name(r), Size: 5}, bytes.NewReader(drawn.Bytes(r, 5)))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: it is written to memory
	}
	return out.Bytes()
}

// otherSlots is the audit that the new secret is let in and the old one is not,
// and that the container may be opened with the old one to replace it.
func otherSlots(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Slotted(r, drawn.Passkey(r))
	old, s := j.Slots[0], drawn.Passkey(r)
	input := inputs.Replacing(drawn.Sealed(r, j), j.Key, s)
	input["secret"] = inputs.SecretOf(old)
	after, bad := produce(a, "container.set_slots", input, j.Key)
	if bad != nil {
		return *bad
	}
	secret := func(s vectors.Object) slot.Secret {
		return &slot.PasskeySecret{RPID: s["rp_id"].(string), Credential: inputs.Unhex(s["credential"]), PRF: [32]byte(inputs.Unhex(s["prf"]))}
	}
	if k, err := after.Header.Unlock(secret(s)); err != nil || k != j.Key {
		return outcome(fmt.Errorf("the new slot does not open: %v", err))
	}
	if _, err := after.Header.Unlock(secret(old)); fault.NameOf(err) != fault.NoMatchingSlot {
		return outcome(fmt.Errorf("the old secret still finds a slot: %v", err))
	}
	return outcome(sameAsReference(after, "container.set_slots", input))
}

// filler is an unknown slot that leaves no room beside a passkey slot, and takes so
// many bytes more.
func filler(beside vectors.Object, more int) slot.Slot {
	encoded, err := slot.Marshal([]slot.Slot{&slot.Passkey{RPID: beside["rp_id"].(string), Credential: inputs.Unhex(beside["credential"])}})
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: it is a good one
	}
	const head = 4 // its type and its length
	return &slot.Unknown{SlotType: 9, Body: make([]byte, 1<<16-1-len(encoded)-head+more)}
}

// fullSlots is the audit that slots may take 65535 bytes together and no more.
func fullSlots(a *cases.Asker, r *rand.Rand) report.Outcome {
	j, s := drawn.Archive(r), drawn.Passkey(r)
	plain := drawn.Sealed(r, j)
	if o := replacesRightly(a, withSlots(plain, j.Key, filler(s, 0)), j.Key, s); o.Verdict != report.Pass {
		return o
	}
	return refused(a, "container.set_slots", inputs.Replacing(withSlots(plain, j.Key, filler(s, 1)), j.Key, s))
}

// mostSlots is the audit that 16 slots, those that are not known among them, are
// the most.
func mostSlots(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	var unknown []slot.Slot
	for range 13 {
		unknown = append(unknown, drawUnknown(r))
	}
	before := withSlots(drawn.Sealed(r, j), j.Key, unknown...)
	if o := replacesRightly(a, before, j.Key, drawn.Passkeys(r, 3)...); o.Verdict != report.Pass {
		return o
	}
	return refused(a, "container.set_slots", inputs.Replacing(before, j.Key, drawn.Passkeys(r, 4)...))
}

// refusesTampered is the audit that nobody signs what somebody else has altered, or
// what is another's.
func refusesTampered(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	container := withSlots(drawn.Sealed(r, j), j.Key, &slot.Unknown{SlotType: 9, Body: drawn.Bytes(r, 5)})
	other := inputs.Replacing(container, drawn.Key(r), drawn.Passkey(r))
	container[forge.SlotsAt+4] ^= 1 // in the slot; the digest below is right again, the MAC is not
	head, slots, payload, _ := forge.Sections(container)
	forged := inputs.Replacing(forge.Signed(head, slots, payload, drawn.Key(r)), j.Key, drawn.Passkey(r))
	for _, input := range []vectors.Object{other, forged} {
		right, err := cases.Allowed("container.set_slots", input)
		if err != nil {
			panic(cases.Fault{Err: err})
		}
		answer, bad := a.Ask("container.set_slots", input)
		if bad != nil {
			return *bad
		}
		if o := right.Judge(a.Hello, answer); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

// slotAudits are those of container.set_slots.
func slotAudits() []audit {
	return []audit{
		{"set-slots", "HDR-4 SLT-5", "passkey", "After slots were replaced the new secret opens the container and the old one does not.", otherSlots},
		{"set-slots-payload", "HDR-4", "passkey", "Replacing the slots leaves the payload as it is, whatever it is, and what is damaged in it.", keepsPayload},
		{"set-slots-long", "HDR-4", "passkey", "Replacing the slots leaves a payload of more than a mebibyte as it is.", keepsLong},
		{"set-slots-unknown", "SLT-3", "passkey", "Slots of types that are not known stay when others are replaced, unchanged, in their order and in their places.", keepsUnknown},
		{"set-slots-full", "SLT-3 CON-10", "passkey", "Slots take 65535 bytes together, the most that there is room for, and no more.", fullSlots},
		{"set-slots-sixteen", "SLT-3 CON-10", "passkey", "Sixteen slots, those that are not known among them, are written, and no more.", mostSlots},
		{"set-slots-tampered", "HDR-18 HDR-19", "passkey", "The slots of a container whose header was altered, or that is another's, are not replaced.", refusesTampered},
	}
}
