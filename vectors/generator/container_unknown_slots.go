package generator

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// unlockGrease are containers with slots of types that version 1 does not know,
// beside the one that is opened.
func unlockGrease(s *suite) {
	const seed = "container/grease"
	b := archiveOf(seed)
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	passkey := passkeySlot(seed+" passkey", b.key, "backup.example.org", draw(seed+" credential", 16))
	costly := slices.Clone(password.body)
	costly[atPasses] = 0xff
	fifteen := func(last *slotBox) (all []*slotBox) {
		for i := range 15 {
			all = append(all, unknownSlot(0xff00+i, draw(slotSeed(seed, i), 3*i)))
		}
		return append(all, last)
	}
	for _, c := range []struct {
		slug, requirements, comment string
		slots                       []*slotBox
		secret                      *slotBox
	}{
		{"fifteen-before-password", "SLT-2 SLT-20",
			"Fifteen slots of types set aside for experiments stand before the password slot.", fifteen(password),
			password},
		{"fifteen-before-passkey", "SLT-2 SLT-20",
			"Fifteen slots of types set aside for experiments stand before the passkey slot.", fifteen(passkey),
			passkey},
		{"body-of-password-slot", "SLT-2 SLT-21",
			"The body of an unknown slot is that of a password slot; there is but one password slot.",
			[]*slotBox{unknownSlot(4, password.body), password}, password},
		{"body-beyond-limits", "SLT-2 SLT-10",
			"The body of an unknown slot would be beyond the limits in a password slot.",
			[]*slotBox{unknownSlot(0x0101, costly), password}, password},
		{"body-of-equal-passkey", "SLT-2 SLT-17", "The body of an unknown slot is that of the passkey slot beside it.",
			[]*slotBox{passkey, unknownSlot(0x8003, passkey.body)}, passkey},
		{"type-in-high-byte", "SLT-2", "The types 0x0100, 0x0200 and 0x0300 are unknown: both bytes count.",
			[]*slotBox{unknownSlot(0x0100, nil), unknownSlot(0x0200, nil), unknownSlot(0x0300, nil),
				password}, password},
	} {
		s.unlocked("grease-"+c.slug, c.requirements+" (unknown)", c.comment, b.with(c.slots...), c.secret.secret)
	}
	whole := b.with(unknownSlot(4, []byte("of a later version")), password)
	s.unlocked("grease", "SLT-2 HDR-19 (unknown)", "An unknown slot before a password slot.", whole, password.secret).
		but("grease-altered", "HDR-19 (forged unknown)",
			"The body of the unknown slot is altered: the MAC covers what a reader skips.",
			forge(func(b *box) { b.slots[0].body[0] ^= 1 }), refused(fault.HeaderTampered))

	var others []*slotBox
	for i := range 15 {
		others = append(others, unknownSlot(1000+i, draw(slotSeed(seed, i), i)))
	}
	vault := vaultSlot(seed+" vault", b.key)
	from, to := b.with(append(slices.Clone(others), passkey)...), b.with(append(slices.Clone(others), vault)...)
	s.replacedSlots("fifteen-unknown-kept", "SLT-3 HDR-4 (unknown boundary)",
		"Fifteen unknown slots stay, in their order.", from, from.withKey(), []*slotBox{vault}, to)
	none := b.with(others...)
	s.replacedSlots("unknown-kept-alone", "SLT-3 HDR-4 (unknown)",
		"All known slots are removed: the unknown ones stay.", from, from.withKey(), nil, none)
}

// unlockLimits are password slots that no reader gives to Argon2id. Whoever does
// runs for hours, or out of memory.
func unlockLimits(s *suite) {
	const seed = "container/limits"
	b := archiveOf(seed)
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	b = b.with(password)
	base := s.unlocked("limits", "SLT-10 (boundary)", "The least parameters that readers accept.", b, password.secret)
	for _, c := range []struct {
		slug, comment         string
		memory, passes, lanes uint32
	}{
		{"memory-0", "No memory.", 0, 1, 1},
		{"memory-7", "7 KiB, one less than one lane takes.", 7, 1, 1},
		{"memory-15-lanes-2", "15 KiB, one less than two lanes take.", 15, 1, 2},
		{"memory-23-lanes-3", "23 KiB, one less than three lanes take.", 23, 1, 3},
		{"memory-31-lanes-4", "31 KiB, one less than four lanes take.", 31, 1, 4},
		{"memory-4-gib", "4 GiB.", 1 << 22, 1, 1},
		{"memory-4-tib", "The most memory that the field can state.", 1<<32 - 1, 1, 1},
		{"passes-0", "No pass.", 8, 0, 1},
		{"passes-11", "One pass more than readers accept.", 8, 11, 1},
		{"passes-most", "The most passes that the field can state.", 8, 1<<32 - 1, 1},
		{"lanes-0", "No lane.", 8, 1, 0},
		{"lanes-5", "One lane more than readers accept.", 262144, 1, 5},
		{"lanes-255", "The most lanes that the field can state.", 262144, 10, 255},
		{"all", "Every parameter at the most that the field can state.", 1<<32 - 1, 1<<32 - 1, 255},
	} {
		base.but("limits-"+c.slug, "SLT-10 (boundary resealed)", c.comment+" Argon2id does not run.",
			resign(func(b *box) {
				copy(b.slots[0].body[atMemory:],
					slices.Concat(u32(int(c.memory)), u32(int(c.passes)), []byte{byte(c.lanes)}))
			}), refused(fault.LimitExceeded))
	}
	for _, lanes := range []byte{2, 3, 4} {
		slot := passwordSlot(fmt.Sprint(seed, " lanes ", lanes), b.key, "correct horse battery staple",
			cost{8 * int(lanes), 1, lanes})
		s.unlocked(fmt.Sprintf("limits-lanes-%d", lanes), "SLT-10 (boundary)",
			fmt.Sprintf("%d lanes, and the least memory for them.", lanes), b.with(slot), slot.secret)
	}
}
