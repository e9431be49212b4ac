package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// unlocked adds a container that a secret opens.
func (s *suite) unlocked(slug, requirements, comment string, b *box, secret vectors.Object) *made {
	return s.valid(slug, requirements, comment, "container.unlock", b.input(secret),
		vectors.Object{"key": vectors.Bytes(b.key)}).of(b)
}

func containerCases(s *suite) {
	exampleCases(s)
	unlockByKey(s)
	unlockBySlot(s)
	containerValues(s)
	unlockTampered(s)
	unlockGrease(s)
	unlockLimits(s)
	payloadTwoKeys(s)
	unlockEqualFingerprints(s)
	unlockOrder(s)
	containerSeals(s)
	containerSlots(s)
}

func unlockByKey(s *suite) {
	b := archiveOf("container/by-key")
	base := s.unlocked("by-key", "HDR-18 HDR-19 HDR-20", "A container without a slot, opened by its key.", b,
		b.withKey())
	r := ringOf("container/keyring-by-key", 1)
	s.unlocked("keyring-by-key", "HDR-18 HDR-19 HDR-20", "A keyring, opened by its key.", r, r.withKey())
	p := archiveOf("container/by-key-beside-slot").withPassword("correct horse battery staple")
	s.unlocked("by-key-beside-slot", "HDR-18", "The key opens every container, whatever slots it has.", p, p.withKey())

	base.but("wrong-key-first-bit", "HDR-18 CON-8 KEY-18 KEY-19 (wrong-secret)",
		"The first bit of the key is another. It could be repaired, and nobody has agreed to that.",
		flip("secret.key", 0, 0x80), refused(fault.WrongSecret))
	base.but("wrong-key-last-bit", "HDR-18 CON-8 CON-9 ERR-3 KEY-19 (wrong-secret)",
		"The last bit of the key is another.", flip("secret.key", 31, 1), refused(fault.WrongSecret))
	base.but("key-check-altered", "HDR-18 (forged)",
		"The key check is altered: the key fits the payload's commitment, so that it cannot be wrong.",
		forge(func(b *box) { b.keyCheck[0] ^= 1 }), refused(fault.HeaderTampered))
	base.but("key-check-altered-at-end", "HDR-18 CON-8 (forged)", "The last bit of the key check is altered.",
		forge(func(b *box) { b.keyCheck[31] ^= 1 }), refused(fault.HeaderTampered))
	base.but("key-check-of-another-key", "HDR-18 (forged)",
		"The key check is that of another key, and the MAC is made with this one.",
		resign(func(b *box) {
			b.keyCheck = derive(draw("container/key-check-of-another-key", 32),
				"key check")
		}), refused(fault.HeaderTampered))
	base.but("key-check-and-commitment-altered", "HDR-18 (forged)",
		"Key check and commitment are altered: no reader can tell it from a wrong key.",
		forge(func(b *box) { b.keyCheck[0] ^= 1; b.commitment[0] ^= 1 }), refused(fault.WrongSecret))
	base.but("key-check-and-purpose-altered", "HDR-18 (forged)",
		"Key check and purpose are altered: under the context of a keyring the key does not fit the commitment.",
		forge(func(b *box) { b.keyCheck[0] ^= 1; b.purpose = purposeKeyring }), refused(fault.WrongSecret))
	for _, c := range []struct {
		slug, comment string
		edit          func(b *box)
	}{
		{"mac-first-bit", "The first bit of the MAC is another.", func(b *box) { b.mac[0] ^= 0x80 }},
		{"mac-second-half", "All 64 bytes of the MAC are compared.", func(b *box) { b.mac[32] ^= 1 }},
		{"mac-last-bit", "The last bit of the MAC is another.", func(b *box) { b.mac[63] ^= 1 }},
		{"mac-zero", "A MAC of zeros is not one.", func(b *box) { clear(b.mac) }},
		{"purpose-altered", "The purpose is altered to keyring.", func(b *box) { b.purpose = purposeKeyring }},
		{"slot-added", "A slot was added by somebody who does not know the key.",
			func(b *box) { b.slots = append(b.slots, unknownSlot(9, []byte("hello"))) }},
	} {
		base.but(c.slug, "HDR-19 (forged)", c.comment, forge(c.edit), refused(fault.HeaderTampered))
	}
}

// unlockBySlot are the secrets of slots, right and wrong.
func unlockBySlot(s *suite) {
	const seed = "container/slots"
	b := archiveOf(seed)
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	vault := vaultSlot(seed+" vault", b.key)
	first := passkeySlot(seed+" first", b.key, "backup.example.org", draw(seed+" first credential", 16))
	second := passkeySlot(seed+" second", b.key, "backup.example.org", draw(seed+" second credential", 16))

	all := b.with(first, unknownSlot(77, []byte("later")), password, second)
	byPassword := s.unlocked("by-password", "HDR-17 HDR-23 SLT-2 SLT-6 SLT-9 HDR-19",
		"The password slot is the third of four.", all, password.secret)
	s.unlocked("by-first-passkey", "SLT-19 SLT-9 HDR-19", "The first of two passkeys.", all, first.secret)
	byPasskey := s.unlocked("by-second-passkey", "SLT-19 SLT-9 HDR-19", "The second of two passkeys.", all,
		second.secret)
	withVault := b.with(second, vault)
	byVault := s.unlocked("by-vault", "SLT-15 SLT-9 HDR-19", "A vault slot behind a passkey slot.", withVault,
		vault.secret)

	byPassword.but("wrong-password", "SLT-7 (wrong-secret)", "Another password.",
		replace("secret.password", []byte("incorrect horse battery staple")), refused(fault.WrongSecret))
	byPassword.but("password-not-utf-8", "PWD-4 HDR-23",
		"What was typed cannot be a password, and the container has a password slot.",
		replace("secret.password", []byte("caf\xe9")), refused(fault.MalformedPassword))
	byPasskey.but("unknown-passkey", "SLT-19 (wrong-secret)", "A passkey that the container has no slot for.",
		flip("secret.credential", 0, 1), refused(fault.NoMatchingSlot))
	byPasskey.but("wrong-prf", "SLT-7 (wrong-secret)", "The PRF output is another.", flip("secret.prf", 0, 1),
		refused(fault.WrongSecret))
	byVault.but("wrong-export-key", "SLT-7 (wrong-secret)", "The export key is another.",
		flip("secret.export_key", 0, 1), refused(fault.WrongSecret))
	byVault.but("unknown-record", "SLT-15 (wrong-secret)", "A recovery of another record.",
		flip("secret.credential", 0, 1), refused(fault.NoMatchingSlot))
	byVault.but("unknown-vault", "SLT-15 (wrong-secret)", "A recovery at another vault.", flip("secret.vault", 0, 1),
		refused(fault.NoMatchingSlot))

	without := func(keep ...*slotBox) edit { return resign(func(b *box) { b.slots = keep }) }
	byPassword.but("no-password-slot", "HDR-17 CON-9 ERR-3", "A password, and no slot for one.", without(first, second),
		refused(fault.NoMatchingSlot))
	byPassword.but("password-for-vault", "HDR-17", "A password, and a vault slot.", without(vault),
		refused(fault.NoMatchingSlot))
	byPassword.but("no-slots", "HDR-17", "A password, and no slot at all.", without(), refused(fault.NoMatchingSlot))
	byPasskey.but("no-passkey-slot", "SLT-19", "A passkey, and no slot for one.", without(password),
		refused(fault.NoMatchingSlot))
	byVault.but("no-vault-slot", "SLT-15", "An export key, and no vault slot.", without(second),
		refused(fault.NoMatchingSlot))

	byPassword.but("empty-password", "PWD-3 HDR-23",
		"An empty password, and a slot for one: it is refused as a password.", replace("secret.password", nil),
		refused(fault.MalformedPassword))

	limit := func(b *box) { copy(b.slots[2].body[atMemory:], u32(262145)) }
	byPassword.but("limit-before-secret", "SLT-10 CON-9 ERR-3 (order resealed)",
		"Too much memory: Argon2id does not run.", resign(limit), refused(fault.LimitExceeded))
	byPasskey.but("limit-for-another-secret", "SLT-10 (order resealed)",
		"Too much memory in the password slot is refused whichever secret is given.", resign(limit),
		refused(fault.LimitExceeded))
	byKey := s.unlocked("by-key-among-slots", "HDR-18", "The same container, opened by its key.", all, all.withKey())
	byKey.but("limit-for-key", "SLT-10 (order resealed)",
		"Too much memory in the password slot is refused even with the key.", resign(limit),
		refused(fault.LimitExceeded))
	byKey.but("malformed-for-key", "SLT-1 HDR-15 (order resealed)",
		"A slot that does not decode is refused even with the key.",
		resign(func(b *box) { b.slots[0].body = b.slots[0].body[1:] }), refused(fault.MalformedHeader))
}

// unlockTampered are headers that somebody altered on purpose.
func unlockTampered(s *suite) {
	const seed = "container/tampered"
	b := archiveOf(seed)
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	passkey := passkeySlot(seed+" passkey", b.key, "backup.example.org", draw(seed+" credential", 16))
	b = b.with(password, passkey)
	base := s.unlocked("two-slots", "SLT-8 SLT-9 HDR-19", "The container of the next cases, and its password.", b,
		password.secret)
	byKey := s.unlocked("two-slots-by-key", "HDR-19", "The same, and its key.", b, b.withKey())
	stranger := draw(seed+" another key", 32)

	base.but("slot-of-another-key", "SLT-9 (resealed)",
		"The password slot holds another key than the one the header commits to.",
		resign(func(b *box) {
			b.slots[0] = passwordSlot(seed+" password", stranger, "correct horse battery staple", cheap)
		}), refused(fault.HeaderTampered))
	base.but("slot-of-another-key-forged", "SLT-9 (forged)",
		"The same, by somebody who does not know the header's key.",
		forge(func(b *box) {
			b.slots[0] = passwordSlot(seed+" password", stranger, "correct horse battery staple", cheap)
		}), refused(fault.HeaderTampered))
	base.but("sealed-key-altered", "SLT-8 CON-9 ERR-3 (forged)",
		"The sealed key is altered: its commitment fits the password, and its chunk does not open.",
		forge(func(b *box) { b.slots[0].body[atPasswordSealed+60] ^= 1 }), refused(fault.HeaderTampered))
	base.but("slot-salt-altered", "SLT-7 (forged)",
		"The slot's salt is altered: no reader can tell it from a wrong password.",
		forge(func(b *box) { b.slots[0].body[0] ^= 1 }), refused(fault.WrongSecret))
	base.but("slot-damaged", "HDR-13 (order)", "The slot's salt is damaged: the digest comes before the secret.",
		flip("container", atSlots+inSlot(0), 1), refused(fault.DamagedHeader))
	base.but("key-check-signed-by-password", "SLT-9 (resealed)",
		"The key check is altered, and the header correctly signed: the slot opens onto a key that does not fit it, "+
			"and nothing else is wrong.",
		resign(func(b *box) { b.keyCheck[31] ^= 1 }), refused(fault.HeaderTampered))
	base.but("key-check-altered-by-password", "SLT-9 (forged)",
		"The key check is altered: the slot opens onto a key that does not fit it.",
		forge(func(b *box) { b.keyCheck[5] ^= 1 }), refused(fault.HeaderTampered))
	for _, c := range []struct {
		slug, comment string
		edit          func(b *box)
	}{
		{"other-slot-altered", "The passkey slot is altered, and the password is right: the MAC covers all slots.",
			func(b *box) { b.slots[1].body[0] ^= 1 }},
		{"other-slot-removed", "The passkey slot was removed.", func(b *box) { b.slots = b.slots[:1] }},
		{"slots-exchanged", "The slots were exchanged.",
			func(b *box) { b.slots[0], b.slots[1] = b.slots[1], b.slots[0] }},
		{"unknown-slot-added", "An unknown slot was added.",
			func(b *box) { b.slots = append(b.slots, unknownSlot(9, nil)) }},
		{"mac-of-password", "The MAC is altered.", func(b *box) { b.mac[17] ^= 4 }},
	} {
		base.but(c.slug, "HDR-19 (forged)", c.comment, forge(c.edit), refused(fault.HeaderTampered))
		byKey.but(c.slug+"-by-key", "HDR-19 (forged)", c.comment+" Opened by the key.", forge(c.edit),
			refused(fault.HeaderTampered))
	}
	base.but("wrong-password-and-mac", "SLT-7 HDR-19 (order forged)",
		"The MAC is altered and the slot's salt, too: the secret comes before the MAC.",
		forge(func(b *box) { b.mac[17] ^= 4; b.slots[0].body[0] ^= 1 }), refused(fault.WrongSecret))

	// A header and a payload that were not made for each other, of one key.
	second := archiveOf(seed)
	second.rekey(b.key, draw(seed+" second salt", 24))
	second.plain = newPlain(second.payload.salt, []frame{file("second", other, "another container of the same key")})
	second.finish()
	swapPayload := func(b *box) { b.payload, b.commitment, b.plain = second.payload, second.commitment, second.plain }
	byKey.but("payload-of-sibling", "HDR-13 (order)",
		"The header stands before the payload of another container of the same key.",
		parent(func(p *made, b *box) change {
			swapPayload(b)
			return p.changeBox("splice", "container", b, differences(p.box.pieces(), b.pieces()))
		}), refused(fault.DamagedHeader))
	byKey.but("payload-of-sibling-forged", "HDR-19 (forged)",
		"The same, with the digest made to fit: the MAC binds the header to its payload.", forge(swapPayload),
		refused(fault.HeaderTampered))
	byKey.but("commitment-altered", "HDR-20 (resealed)", "The payload's commitment is altered, and the MAC verifies.",
		resign(func(b *box) { b.commitment[0] ^= 1 }), refused(fault.PayloadTampered))
	byKey.but("commitment-altered-at-end", "HDR-20 CON-8 (resealed)",
		"The last bit of the payload's commitment is altered, and the MAC verifies.",
		resign(func(b *box) { b.commitment[31] ^= 1 }), refused(fault.PayloadTampered))
	base.but("commitment-altered-by-password", "HDR-20 (resealed)", "The same, opened by the password.",
		resign(func(b *box) { b.commitment[0] ^= 1 }), refused(fault.PayloadTampered))
	byKey.but("commitment-of-another-purpose", "HDR-20 (resealed)",
		"The payload was sealed as an archive, and the purpose says keyring: the commitment does not fit.",
		resign(func(b *box) { b.purpose = purposeKeyring }), refused(fault.PayloadTampered))
	byKey.but("commitment-forged", "HDR-19 (forged)",
		"The payload's commitment is altered, and the MAC is not made to fit.",
		forge(func(b *box) { b.commitment[0] ^= 1 }), refused(fault.HeaderTampered))
	byKey.but("chunk-damaged", "HDR-20 ERR-6", "A chunk is damaged: unlocking opens none.", flip("container", -1, 1),
		accepted(byKey.Output))
	byKey.but("cut-to-shortest", "HDR-11 HDR-20 (cut boundary)",
		"Sixteen bytes of the first chunk are left: unlocking opens none.", cutTo("container", b.headerSize()+72),
		accepted(byKey.Output))
	byKey.but("cut-below-shortest", "HDR-11 (cut boundary)", "Fifteen bytes of the first chunk are left.",
		cutTo("container", b.headerSize()+71), refused(fault.Truncated))
}

// wantedOf and randomOf are what the ops that seal are given for these slots.
func wantedOf(slots []*slotBox) []any {
	all := []any{}
	for _, s := range slots {
		all = append(all, s.wanted())
	}
	return all
}

func randomOf(slots []*slotBox) []byte {
	var all []byte
	for _, s := range slots {
		all = append(all, s.random...)
	}
	return all
}
