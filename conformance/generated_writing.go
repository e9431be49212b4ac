package conformance

import (
	"math/rand"

	"github.com/coffer-format/coffer/conformance/report"
)

// drawSlots is drawArchive with a vault slot and passkey slots.
func drawSlots(r *rand.Rand) archiveSample {
	s := drawArchive(r)
	for n := range r.Intn(4) {
		s.slots = append(s.slots, passkeySlot(byte(10*n+r.Intn(10))))
	}
	if r.Intn(2) == 0 {
		s.slots = append(s.slots, vaultSlot())
		last := len(s.slots) - 1
		at := r.Intn(last + 1)
		s.slots[at], s.slots[last] = s.slots[last], s.slots[at]
	}
	return s
}

func generatedWriting(seed int64) []check {
	exactly := func(t *trial, s archiveSample) report.Outcome { return t.asksLike("container.seal", s.sealing()) }
	return []check{
		property[archiveSample]{
			"writer", "archive", "Any entries are sealed as the specification says, and come out as they went in.",
			"ARC-1 ARC-6 ARC-8 ARC-11 COB-5 COB-7 HDR-5", "writer", 30, drawArchive, sealsRightly,
		}.check(seed),
		property[archiveSample]{
			"writer", "archive-exact", "Any entries become the bytes that the reference makes of them with the same randomness.",
			"ARC-1 ARC-6 ARC-8 ARC-11 COB-5 COB-7 HDR-5", "writer deterministic", 30, drawArchive, exactly,
		}.check(seed),
		property[archiveSample]{
			"writer", "slots-exact", "Any slots become the bytes that the reference makes of them with the same randomness, in the order that was asked for.",
			"HDR-5 KEY-3", "writer deterministic passkey vault", 30, drawSlots, exactly,
		}.check(seed),
		property[archiveSample]{
			"writer", "set-slots-exact", "Any slots take the place of others, and nothing else changes.",
			"HDR-4 HDR-5", "writer deterministic passkey vault", 30, drawSlots, setsSlots,
		}.check(seed),
		property[ringSample]{
			"writer", "keyring-exact", "A keyring becomes the bytes that the reference makes of it with the same randomness.",
			"HDR-5", "writer deterministic", 20, drawRing,
			func(t *trial, s ringSample) report.Outcome { return t.asksLike("keyring.seal", s.sealing()) },
		}.check(seed),
		property[ringSample]{
			"keyring", "open", "A keyring says what was sealed in it.",
			"KRG-3", "reader", 20, drawRing, opensRing,
		}.check(seed),
	}
}

// sealsRightly has the implementation seal with randomness of its own, under the
// key of the audits, and makes all checks of the audits on the result.
func sealsRightly(t *trial, s archiveSample) report.Outcome {
	s.created, s.producer = 0, "" // those of the audits
	t.request.Op, t.request.ID, t.request.Input = "container.seal", t.id, s.input()
	made, bad := s.seal(t.asker)
	if bad != nil {
		return *bad
	}
	if err := s.check(made); err != nil {
		return outcome(err)
	}
	return outcome(sameAsReference(made, "container.seal", s.input()))
}

// setsSlots replaces the slots of a container that the reference sealed by the
// last of them.
func setsSlots(t *trial, s archiveSample) report.Outcome {
	input := s.opening("container.set_slots", s.container())
	slots := []any{}
	for _, one := range s.slots[len(s.slots)/2:] {
		slots = append(slots, one)
	}
	input["slots"], input["random"] = slots, toHex(bytesFrom(s.seed^2, randomFor(s.slots[len(s.slots)/2:])))
	return t.asksLike("container.set_slots", input)
}

func opensRing(t *trial, s ringSample) report.Outcome {
	return t.asksLike("keyring.open", s.opening(s.container()))
}
