package audits

import (
	"math/rand"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// drawPasswordAmong is DrawArchive with a password slot and passkey slots.
func drawPasswordAmong(r *rand.Rand) samples.Archive {
	s := samples.DrawArchive(r)
	s.Slots = slices.Insert(drawn.Passkeys(r, 2), r.Intn(3), drawn.PasswordSlotOf(r, uint32(65536+r.Intn(100)), 3, uint32(1+r.Intn(4))))
	return s
}

func generated(seed int64) []cases.Case {
	exactly := func(a *cases.Asker, s samples.Archive) report.Outcome {
		return a.AskBoth("container.seal", s.Sealing())
	}
	return []cases.Case{
		samples.Property[samples.Archive]{
			Subject: "writer", Name: "archive", Comment: "Any entries are sealed as the specification says, and come out as they went in.",
			Requirements: "ARC-1 ARC-6 ARC-8 ARC-11 COB-5 COB-7 HDR-5", Profiles: "writer", Runs: 30, Draw: samples.DrawArchive, Try: sealsRightly,
		}.Case(seed),
		samples.Property[samples.Archive]{
			Subject: "writer", Name: "archive-exact", Comment: "Any entries become the bytes that the reference makes of them with the same randomness.",
			Requirements: "ARC-1 ARC-6 ARC-8 ARC-11 COB-5 COB-7 HDR-5", Profiles: "writer deterministic", Runs: 30, Draw: samples.DrawArchive, Try: exactly,
		}.Case(seed),
		samples.Property[samples.Archive]{
			Subject: "writer", Name: "slots-exact", Comment: "Any slots become the bytes that the reference makes of them with the same randomness, in the order that was asked for.",
			Requirements: "HDR-5 KEY-3", Profiles: "writer deterministic passkey vault", Runs: 30, Draw: samples.DrawSlotted, Try: exactly,
		}.Case(seed),
		samples.Property[samples.Archive]{
			Subject: "writer", Name: "password-exact", Comment: "So does a password slot, with the parameters that were asked for, among others.",
			Requirements: "HDR-5 PWD-1 SLT-11", Profiles: "writer deterministic passkey password", Runs: 1, Draw: drawPasswordAmong, Try: exactly,
		}.Case(seed),
		samples.Property[samples.Archive]{
			Subject: "writer", Name: "set-slots-exact", Comment: "Any slots take the place of others, unknown ones stay, and nothing else changes.",
			Requirements: "HDR-4 HDR-5 SLT-3", Profiles: "writer deterministic passkey vault", Runs: 30, Draw: samples.DrawSlotted, Try: setsSlots,
		}.Case(seed),
		samples.Property[samples.Keyring]{
			Subject: "writer", Name: "keyring-exact", Comment: "A keyring becomes the bytes that the reference makes of it with the same randomness.",
			Requirements: "HDR-5", Profiles: "writer deterministic", Runs: 20, Draw: samples.DrawKeyring,
			Try: func(a *cases.Asker, s samples.Keyring) report.Outcome { return a.AskBoth("keyring.seal", s.Sealing()) },
		}.Case(seed),
	}
}

// sealsRightly has the implementation seal with randomness of its own.
func sealsRightly(a *cases.Asker, s samples.Archive) report.Outcome {
	s.Archive.Key = key.Key(s.KeyBytes())
	return archiveSealedRightly(a, s.Archive)
}

// setsSlots replaces the slots of a container that the reference sealed, and among
// which unknown ones were put, by the last of them.
func setsSlots(a *cases.Asker, s samples.Archive) report.Outcome {
	r := rand.New(rand.NewSource(s.Seed))
	container := s.Container()
	_, encoded, _, _ := forge.Sections(container)
	had, err := slot.Parse(encoded)
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the reference sealed them
	}
	for range r.Intn(4) {
		had = slices.Insert(had, r.Intn(len(had)+1), drawUnknown(r))
	}
	input := s.Opening("container.set_slots", withSlots(container, key.Key(s.KeyBytes()), had...))
	slots := s.Slots[len(s.Slots)/2:]
	input["slots"], input["random"] = inputs.List(slots), inputs.Hex(drawn.BytesFrom(s.Seed^2, inputs.RandomFor(slots)))
	return a.AskBoth("container.set_slots", input)
}
