package conformance

import (
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// drawPasswordAmong is drawArchive with a password slot and passkey slots.
func drawPasswordAmong(r *rand.Rand) archiveSample {
	s := drawArchive(r)
	s.Slots = slices.Insert(drawn.Passkeys(r, 2), r.Intn(3), drawn.PasswordSlotOf(r, uint32(65536+r.Intn(100)), 3, uint32(1+r.Intn(4))))
	return s
}

func generatedWriting(seed int64) []cases.Case {
	exactly := func(a *cases.Asker, s archiveSample) report.Outcome { return a.AskBoth("container.seal", s.sealing()) }
	return []cases.Case{
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
			"writer", "password-exact", "So does a password slot, with the parameters that were asked for, among others.",
			"HDR-5 PWD-1 SLT-11", "writer deterministic passkey password", 1, drawPasswordAmong, exactly,
		}.check(seed),
		property[archiveSample]{
			"writer", "set-slots-exact", "Any slots take the place of others, unknown ones stay, and nothing else changes.",
			"HDR-4 HDR-5 SLT-3", "writer deterministic passkey vault", 30, drawSlots, setsSlots,
		}.check(seed),
		property[ringSample]{
			"writer", "keyring-exact", "A keyring becomes the bytes that the reference makes of it with the same randomness.",
			"HDR-5", "writer deterministic", 20, drawRing,
			func(a *cases.Asker, s ringSample) report.Outcome { return a.AskBoth("keyring.seal", s.sealing()) },
		}.check(seed),
	}
}

// sealsRightly has the implementation seal with randomness of its own.
func sealsRightly(a *cases.Asker, s archiveSample) report.Outcome {
	s.Archive.Key = key.Key(s.key())
	return archiveSealedRightly(a, s.Archive)
}

// setsSlots replaces the slots of a container that the reference sealed, and among
// which unknown ones were put, by the last of them.
func setsSlots(a *cases.Asker, s archiveSample) report.Outcome {
	r := rand.New(rand.NewSource(s.seed))
	container := s.container()
	_, encoded, _, _ := forge.Sections(container)
	had, err := slot.Parse(encoded)
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the reference sealed them
	}
	for range r.Intn(4) {
		had = slices.Insert(had, r.Intn(len(had)+1), drawUnknown(r))
	}
	input := s.opening("container.set_slots", withSlots(container, key.Key(s.key()), had...))
	slots := s.Slots[len(s.Slots)/2:]
	input["slots"], input["random"] = inputs.List(slots), inputs.Hex(drawn.BytesFrom(s.seed^2, inputs.RandomFor(slots)))
	return a.AskBoth("container.set_slots", input)
}
