package conformance

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// moreWriterAudits returns the audits of subject "writer" that compare bytes, that
// replace slots, and that are about keyrings.
func moreWriterAudits() []check {
	audit := func(id, comment, requirements, profiles string, run func(*asker) report.Outcome) check {
		return check{
			id: "writer/" + id, subject: "writer", comment: comment,
			requirements: strings.Fields(requirements), profiles: strings.Fields("writer " + profiles), run: run,
		}
	}
	one := []entry{{"a", archive.Other, 0, []byte("content")}}
	both := []vectors.Object{passkeySlot(1), vaultSlot(), passkeySlot(100)}
	all := []check{
		audit("canonical-bytes", "Given the salt that was drawn, there is one container for a content.",
			"ARC-1 ARC-2 ARC-6 ARC-8 ARC-11 COB-5 COB-7 HDR-5", "", canonical(job{entries: auditEntries()})),
		audit("canonical-long", "Given the salt that was drawn, there is one container for a content of several hundred kibibytes.",
			"ARC-1 ARC-8 COB-5 COB-7", "", canonical(job{entries: []entry{
				{"a", archive.Messages, 1, patternBytes(1, 600_000)}, {"b", archive.Image, 2, patternBytes(2, 270_000)}, {"c", archive.Other, 3, nil},
			}})),
		audit("canonical-slots", "Given the salts that were drawn, there is one header for the slots.",
			"HDR-5 KEY-3", "vault passkey", canonical(job{slots: both, entries: one})),
		audit("canonical-password", "Given the salts that were drawn and the parameters, there is one password slot.",
			"HDR-5 PWD-1", "password", canonical(job{slots: []vectors.Object{passwordSlot()}, entries: one})),
		audit("canonical-keyring", "Given the salts that were drawn, there is one keyring.",
			"HDR-5", "vault", canonicalKeyring),
		audit("keyring-1024-keys", "A keyring of 1024 old keys, the most that there may be, is written.",
			"KRG-1", "", mostKeys),
		audit("fresh-salts-set-slots", "The salts of the slots that replace others do not repeat.",
			"CON-7 SLT-5", "passkey", freshSlots),
		audit("set-slots-unknown", "Slots of a type that is not known stay when others are replaced, unchanged and in their order.",
			"SLT-3", "passkey", keepsUnknown),
		audit("set-slots-full", "Slots that take 65535 bytes, the most that there is room for, are written.",
			"SLT-3", "passkey", fullSlots),
		audit("refuses-slots-too-large", "Slots that take 65536 bytes are not written.",
			"CON-10", "passkey", refusesInput("container.set_slots", replacing(withSlots(filler(1)), passkeySlot(1)))),
		audit("set-slots-tampered", "The slots of a container whose header was altered are not replaced.",
			"HDR-19", "passkey", refusesTampered),
	}
	for _, bad := range []struct {
		id, comment, requirements string
		change                    func(vectors.Object)
	}{
		{"without-set", "A keyring without a set is not written.", "CON-10", func(in vectors.Object) { in["set_id"] = strings.Repeat("00", 16) }},
		{"epoch-zero", "A keyring of epoch 0 is not written.", "CON-10", func(in vectors.Object) { in["epoch"] = 0 }},
		{"late-epoch", "A keyring of epoch 2^52 is not written.", "CON-4", func(in vectors.Object) { in["epoch"], in["old_keys"] = 1<<52, []any{} }},
		{"old-epoch-zero", "An old key of epoch 0 is not written.", "CON-10", oldKeys(0, 6, 4, 5)},
		{"epoch-twice", "Two old keys of one epoch are not written.", "CON-10", oldKeys(6, 6, 4, 5)},
		{"epoch-of-the-key", "An old key of the epoch of the key is not written.", "CON-10", oldKeys(2, 7, 4, 5)},
		{"slot-twice", "A keyring with two slots for one passkey is not written.", "CON-10", func(in vectors.Object) { in["slots"] = []any{passkeySlot(1), passkeySlot(1)} }},
		{"1025-keys", "A keyring of 1025 old keys is not written.", "CON-10", manyKeys(1025)},
		{"key-twice", "An old key is not written twice.", "CON-10", oldKeys(2, 6, 4, 4)},
	} {
		input := keyringInput()
		input["slots"] = []any{}
		bad.change(input)
		all = append(all, audit("refuses-keyring-"+bad.id, bad.comment, bad.requirements, "", refusesInput("keyring.seal", input)))
	}
	return all
}

// manyKeys returns what gives a keyring n old keys.
func manyKeys(n int) func(vectors.Object) {
	return func(in vectors.Object) {
		keys := []any{}
		for i := range n {
			keys = append(keys, vectors.Object{"epoch": number(uint64(1 + i)), "key": fmt.Sprintf("%064x", i)})
		}
		in["epoch"], in["old_keys"] = number(uint64(n+1)), keys
	}
}

// oldKeys returns what gives a keyring two old keys, by their epochs and patterns.
func oldKeys(firstEpoch, secondEpoch int, first, second byte) func(vectors.Object) {
	return func(in vectors.Object) {
		in["old_keys"] = []any{
			vectors.Object{"epoch": firstEpoch, "key": pattern(first, 32)}, vectors.Object{"epoch": secondEpoch, "key": pattern(second, 32)},
		}
	}
}

// canonical is the audit that a container is the one that the reference seals with
// the salts that the container shows.
func canonical(j job) func(*asker) report.Outcome {
	return func(a *asker) report.Outcome {
		s, bad := j.seal(a)
		if bad != nil {
			return *bad
		}
		return outcome(sameAsReference(s, "container.seal", j.input()))
	}
}

// mostKeys is the audit that the bound of old keys is not taken in.
func mostKeys(a *asker) report.Outcome {
	input := keyringInput()
	manyKeys(1024)(input)
	input["slots"] = []any{}
	s, bad := produce(a, "keyring.seal", input)
	if bad != nil {
		return *bad
	}
	ring, err := s.Keyring()
	if err == nil && len(ring.OldKeys) != 1024 {
		err = fmt.Errorf("it has %d old keys, 1024 were asked for", len(ring.OldKeys))
	}
	return outcome(err)
}

func canonicalKeyring(a *asker) report.Outcome {
	s, bad := produce(a, "keyring.seal", keyringInput())
	if bad != nil {
		return *bad
	}
	return outcome(sameAsReference(s, "keyring.seal", keyringInput()))
}

// sameAsReference seals again with the reference, with the randomness and the
// parameters of Argon2id that the container shows, and compares.
func sameAsReference(s *sealed, op string, input vectors.Object) error {
	var random []byte
	slots := slices.Clone(input["slots"].([]any))
	if len(slots) != len(s.Header.Slots) {
		return fmt.Errorf("it has %d slots, %d were asked for", len(s.Header.Slots), len(slots))
	}
	for i, one := range s.Header.Slots {
		asked := copied(slots[i]).(vectors.Object)
		switch one := one.(type) {
		case *slot.Password:
			asked["memory_kib"], asked["passes"], asked["lanes"] = one.Params.MemoryKiB, one.Params.Passes, one.Params.Lanes
			random = slices.Concat(random, one.Salt[:], one.SealedKey[:cobblestone.SaltSize])
		case *slot.Vault:
			random = append(random, one.SealedKey[:cobblestone.SaltSize]...)
		case *slot.Passkey:
			random = append(random, one.SealedKey[:cobblestone.SaltSize]...)
		}
		slots[i] = asked
	}
	id := s.Header.ContainerID()
	input["slots"], input["random"] = slots, toHex(append(random, id[:]...))
	answer := reference.Handle(op, input)
	if answer.Output == nil {
		panic(suiteFault{fmt.Errorf("the reference does not seal what an audit asks for: %s%s", answer.Error, answer.Unsupported)})
	}
	return compareSealed(s, unhex(answer.Output["container"]))
}

// compareSealed says where a container differs from the right one.
func compareSealed(s *sealed, right []byte) error {
	if bytes.Equal(s.bytes, right) {
		return nil
	}
	headerSize := int(s.Header.Size())
	if at := firstOther(s.bytes, right); at < headerSize {
		return fmt.Errorf("the header differs at byte %d: %s instead of %s", at, around(s.bytes, at), around(right, at))
	}
	payloadKey := auditKey.Derive(key.LabelPayload)
	got, err := cobblestone.Open(payloadKey[:], s.Header.Purpose.Context(), s.bytes[headerSize:])
	if err != nil {
		return err
	}
	want, err := cobblestone.Open(payloadKey[:], s.Header.Purpose.Context(), right[headerSize:])
	if err != nil {
		panic(suiteFault{err}) // unreachable: the reference sealed it
	}
	at := firstOther(got, want)
	return fmt.Errorf("the plaintext has %d bytes, the right one %d; they differ at byte %d: %s instead of %s",
		len(got), len(want), at, around(got, at), around(want, at))
}

func firstOther(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func around(b []byte, at int) string {
	return hex.EncodeToString(b[min(at, len(b)):min(at+16, len(b))])
}

// replacing is the input that replaces the slots of a container.
func replacing(container []byte, slots ...vectors.Object) vectors.Object {
	list := []any{}
	for _, s := range slots {
		list = append(list, s)
	}
	return vectors.Object{
		"container": toHex(container), "secret": vectors.Object{"kind": "key", "key": toHex(auditKey[:])}, "slots": list,
	}
}

// freshSlots is the audit that slots get new salts each time they are written, in
// one process and in another.
func freshSlots(a *asker) report.Outcome {
	before, bad := job{entries: auditEntries()}.seal(a)
	if bad != nil {
		return *bad
	}
	seen := map[string]bool{}
	for i := range 4 {
		if i == 2 {
			a.session.restart()
		}
		after, bad := produce(a, "container.set_slots", replacing(before.bytes, passkeySlot(1), passkeySlot(100)))
		if bad != nil {
			return *bad
		}
		for n, s := range after.Header.Slots {
			if err := checkSlot(s, passkeySlot([]byte{1, 100}[n%2])); err != nil {
				return outcome(fmt.Errorf("slot %d: %w", n, err))
			}
			salt := toHex(s.(*slot.Passkey).SealedKey[:cobblestone.SaltSize])
			if seen[salt] {
				return outcome(fmt.Errorf("the sealed key of slot %d has the salt %s again", n, salt))
			}
			seen[salt] = true
		}
		if len(seen) != 2*(i+1) {
			return outcome(fmt.Errorf("it has %d slots, two were asked for", len(after.Header.Slots)))
		}
	}
	return passed()
}

// filler is an unknown slot that leaves no room beside passkeySlot(1), and takes so
// many bytes more.
func filler(more int) slot.Slot {
	s := passkeySlot(1)
	encoded, err := slot.Marshal([]slot.Slot{&slot.Passkey{RPID: s["rp_id"].(string), Credential: unhex(s["credential"])}})
	if err != nil {
		panic(suiteFault{err}) // unreachable: it is a good one
	}
	const head = 4 // its type and its length
	return &slot.Unknown{SlotType: 9, Body: make([]byte, 1<<16-1-len(encoded)-head+more)}
}

// fullSlots is the audit that the bound of all slots together is not taken in.
func fullSlots(a *asker) report.Outcome {
	after, bad := produce(a, "container.set_slots", replacing(withSlots(filler(0)), passkeySlot(1)))
	if bad != nil {
		return *bad
	}
	if len(after.Header.Slots) != 2 {
		return outcome(fmt.Errorf("it has %d slots, there was one and one was asked for", len(after.Header.Slots)))
	}
	return passed()
}

// unknownSlot is a slot of a type that version 1 does not define.
func unknownSlot(typ slot.Type) slot.Slot {
	return &slot.Unknown{SlotType: typ, Body: patternBytes(byte(typ), 5)}
}

// withSlots seals with the reference, and signs other slots.
func withSlots(slots ...slot.Slot) []byte {
	sample := job{entries: auditEntries()}.input()
	sample["random"] = pattern(1, cobblestone.SaltSize)
	encoded, err := slot.Marshal(slots)
	if err != nil {
		panic(suiteFault{err}) // unreachable: they can stand together
	}
	container := unhex(reference.Handle("container.seal", sample).Output["container"])
	return resigned(container, auditKey, func(head, _ []byte) ([]byte, []byte) { return head, encoded })
}

// keepsUnknown is the audit that slots of unknown types survive.
func keepsUnknown(a *asker) report.Outcome {
	after, bad := produce(a, "container.set_slots", replacing(withSlots(unknownSlot(9), unknownSlot(7), unknownSlot(9)), passkeySlot(1)))
	if bad != nil {
		return *bad
	}
	var left []string
	for _, s := range after.Header.Slots {
		if u, ok := s.(*slot.Unknown); ok {
			left = append(left, fmt.Sprintf("%d:%x", u.SlotType, u.Body))
		}
	}
	want := []string{fmt.Sprintf("9:%x", patternBytes(9, 5)), fmt.Sprintf("7:%x", patternBytes(7, 5)), fmt.Sprintf("9:%x", patternBytes(9, 5))}
	if !slices.Equal(left, want) || len(after.Header.Slots) != 4 {
		return outcome(fmt.Errorf("of its %d slots the unknown ones are %v, they were %v", len(after.Header.Slots), left, want))
	}
	return passed()
}

// refusesTampered is the audit that nobody signs what somebody else has altered.
func refusesTampered(a *asker) report.Outcome {
	container := withSlots(unknownSlot(9))
	container[slotsAt+4] ^= 1 // in the slot; the digest below is right again, the MAC is not
	head, slots, payload, _ := sections(container)
	forged := signed(head, slots, payload, key.Key{})
	c := vectors.Case{Op: "container.set_slots", Result: vectors.Invalid, Error: "header_tampered"}
	answer, bad := a.ask("container.set_slots", replacing(forged, passkeySlot(1)))
	if bad != nil {
		return *bad
	}
	return judge(c, a.hello, answer)
}

// refusesInput is the audit that what readers refuse is not written.
func refusesInput(op string, input vectors.Object) func(*asker) report.Outcome {
	return func(a *asker) report.Outcome {
		answer, bad := a.ask(op, input)
		switch {
		case bad != nil:
			return *bad
		case answer.Error != "":
			return passed()
		case answer.Unsupported != "":
			return absent(op, answer)
		}
		o := failed("sealed what no writer may write")
		o.Want, o.Got = "an error, whichever name", brief(answer.Output)
		return o
	}
}
