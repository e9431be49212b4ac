package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// Cases with two faults, of which the earlier check of spec section 11.2 gives
// the name.

func cobblestoneOrder(s *suite) {
	m := quietOf("cobblestone/order", chunkSize+100)
	opened := s.openedAs("order", "COB-11 COB-16 (long)", "The message of the next case.", m)
	input := m.openInput()
	input["offset"], input["length"] = 10, 20
	read := s.valid("order-read", "COB-9 COB-11 (long)", "The same, and a part of it.", "cobblestone.read", input,
		partOf(m, 10, 20)).via(m.intermediates())
	commitment := put{24, 1, []byte{m.commitment[0] ^ 1}}
	first := put{chunkAt(0), 1, []byte{m.chunks[0][0] ^ 1}}
	last := put{chunkAt(1), 1, []byte{m.chunks[1][0] ^ 1}}
	opened.but("order-commitment-before-chunk", "COB-11 COB-12 COB-16 (long order)",
		"The commitment and the first chunk are altered: the commitment comes first, even where the length is not "+
			"known.",
		splicesIn("message", commitment, first), refused(fault.WrongSecret))
	read.but("order-commitment-before-last-chunk", "COB-11 COB-12 COB-19 (long order)",
		"The commitment and the last chunk are altered.",
		splicesIn("message", commitment, last), refused(fault.WrongSecret))
	read.but("order-length-before-commitment", "COB-9 COB-11 (long order)",
		"The commitment is altered, and the last chunk is missing: the length is known, and comes first.",
		splicesIn("message", commitment, put{chunkAt(1), 116, nil}), refused(fault.Truncated))
	read.but("order-shortest-before-commitment", "COB-8 COB-11 (long order)",
		"The commitment is altered, and 71 bytes are left.",
		splicesIn("message", commitment, put{71, len(m.bytes()) - 71, nil}), refused(fault.Truncated))
}

func slotOrder(s *suite) {
	key := draw("slot/order key", 32)
	base := passwordSlot("slot/order", key, "correct horse battery staple", cheap)
	slot := s.opened("order", "SLT-6 SLT-10", "The slot of the next cases.", key, base)
	altered := func(offset int, mask byte) put {
		return put{inSlot(offset), 1, []byte{base.body[offset] ^ mask}}
	}
	slot.but("order-commitment-before-chunk", "SLT-6 SLT-7 SLT-8 (order forged)",
		"The commitment and the chunk of the sealed key are altered: the commitment comes first.",
		splicesIn("slot", altered(atPasswordSealed+24, 1), altered(atPasswordSealed+56, 1)), refused(fault.WrongSecret))
	slot.but("order-limit-before-secret", "SLT-7 SLT-10 (order forged)",
		"There are eleven passes, and the commitment is altered: the limits come first.",
		splicesIn("slot", altered(atPasses+3, 10), altered(atPasswordSealed+24, 1)), refused(fault.LimitExceeded))
	passkey := passkeySlot("slot/order passkey", key, "example.org", draw("slot/order credential", 16))
	beyond := passwordSlot("slot/order", key, "correct horse battery staple", cheap)
	beyond.body[atPasses+3] = 11
	s.opened("order-passkey", "SLT-19", "A passkey slot, for the next case.", key, passkey).
		but("order-limit-before-kind", "SLT-10 HDR-17 SLT-19 (order)",
			"The secret is a passkey's, and the slot is a password slot with eleven passes: the limits come first.",
			replace("slot", beyond.bytes()), refused(fault.LimitExceeded))
	slot.but("order-structure-before-limit", "SLT-1 SLT-10 (order)",
		"There are no passes, and the body lacks its last byte: the structure comes first.",
		splicesIn("slot", put{2, 2, u16(144)}, altered(atPasses+3, 1),
			put{148, 1, nil}), refused(fault.MalformedHeader))
}

func headerOrder(s *suite) {
	const seed = "header/order"
	b := archiveOf(seed)
	credential := draw(seed+" credential", 16)
	b = b.with(passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap),
		passkeySlot(seed+" passkey", b.key, "example.org", credential))
	base := s.described("order", "HDR-6 HDR-13 HDR-15",
		"The header of the next cases, with a password slot and a passkey slot.", b)
	header, whole := b.headerSize(), b.bytes()
	altered := func(offset int) put { return put{offset, 1, []byte{whole[offset] ^ 2}} }
	rest := func(from int) put { return put{from, len(whole) - from, nil} }
	for _, c := range []struct {
		slug, requirements, comment string
		puts                        []put
		name                        fault.Name
	}{
		{"magic-before-version", "HDR-6 HDR-8", "The magic and the version are altered.",
			[]put{altered(7), altered(atVersion + 1)}, fault.NotAContainer},
		{"magic-before-length", "HDR-6 HDR-7", "The magic is altered, and nothing follows it.",
			[]put{altered(7), rest(8)}, fault.NotAContainer},
		{"version-before-length", "HDR-8 HDR-10", "The version is altered, and the header is cut.",
			[]put{altered(atVersion + 1), rest(20)}, fault.UnsupportedVersion},
		{"version-before-payload-length", "HDR-8 HDR-11", "The version is altered, and the payload is missing.",
			[]put{altered(atVersion + 1), rest(header)}, fault.UnsupportedVersion},
		{"length-before-digest", "HDR-10 HDR-13", "The key check is altered, and the header lacks its last byte.",
			[]put{altered(atKeyCheck), rest(header - 1)}, fault.Truncated},
		{"payload-length-before-digest", "HDR-11 HDR-13",
			"The key check is altered, and 71 bytes of the payload are left.",
			[]put{altered(atKeyCheck), rest(header + 71)}, fault.Truncated},
		{"payload-remainder-before-digest", "HDR-11 HDR-13",
			"The key check is altered, and the payload is filled to a full chunk.",
			[]put{altered(atKeyCheck),
				{len(whole), 0, make([]byte, header+56+sealedSize-len(whole))}}, fault.Truncated},
		{"digest-before-slots", "HDR-13 HDR-15", "A bit of the digest is altered, and the length of a slot.",
			[]put{altered(atSlots + 3), altered(header - 72)}, fault.DamagedHeader},
	} {
		base.but("order-"+c.slug, c.requirements+" (order)", c.comment, splicesIn("container", c.puts...),
			refused(c.name))
	}
	manyPasses := func(b *box) { b.slots[0].body[atPasses+3] = 11 }
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(b *box)
		name                        fault.Name
	}{
		{"length-before-purpose", "HDR-11 HDR-14", "The purpose is 3, and 71 bytes of the payload are left.",
			func(b *box) { b.purpose = 3; b.cutOnlyChunk(71) }, fault.Truncated},
		{"length-before-limit", "HDR-11 SLT-10", "There are eleven passes, and 71 bytes of the payload are left.",
			func(b *box) { manyPasses(b); b.cutOnlyChunk(71) }, fault.Truncated},
		{"purpose-before-limit", "HDR-14 SLT-10", "The purpose is 3, and there are eleven passes.",
			func(b *box) { b.purpose = 3; manyPasses(b) }, fault.MalformedHeader},
		{"slot-before-limit", "SLT-1 SLT-10", "There are eleven passes, and the second slot lacks a byte.",
			func(b *box) { manyPasses(b); b.slots[1].body = b.slots[1].body[1:] }, fault.MalformedHeader},
		{"rp-id-before-limit", "SLT-16 SLT-10",
			"There are eleven passes, and the second slot's relying party id has an upper-case letter.",
			func(b *box) { manyPasses(b); b.slots[1].body[33] = 'E' }, fault.MalformedHeader},
		{"count-before-limit", "SLT-20 SLT-10", "There are eleven passes, and seventeen slots.", func(b *box) {
			manyPasses(b)
			b.slots = append(b.slots, slices.Repeat([]*slotBox{unknownSlot(4, nil)}, 15)...)
		}, fault.MalformedHeader},
		{"equal-passkeys-before-limit", "SLT-17 SLT-10", "There are eleven passes, and two slots for one passkey.",
			func(b *box) { manyPasses(b); b.slots = append(b.slots, b.slots[1]) }, fault.MalformedHeader},
	} {
		base.but("order-"+c.slug, c.requirements+" (order resealed)", c.comment, resign(c.edit), refused(c.name))
	}
}

func unlockOrder(s *suite) {
	const seed = "container/order"
	b := archiveOf(seed)
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	passkey := passkeySlot(seed+" passkey", b.key, "backup.example.org", draw(seed+" credential", 16))
	vault := vaultSlot(seed+" vault", b.key)
	beyond := passwordSlot(seed+" beyond", b.key, "correct horse battery staple", cheap)
	beyond.body[atPasses+3] = 11
	b = b.with(password, passkey)
	byPassword := s.unlocked("order", "HDR-17 HDR-19 HDR-20", "The container of the next cases, and its password.", b,
		password.secret)
	byPasskey := s.unlocked("order-passkey", "SLT-19 HDR-19 HDR-20", "The same, and its passkey.", b, passkey.secret)
	withVault := b.with(passkey, vault)
	byVault := s.unlocked("order-vault", "SLT-15 HDR-19 HDR-20", "The same with a vault slot, and an export key.",
		withVault, vault.secret)
	byKey := s.unlocked("order-key", "HDR-18 HDR-19 HDR-20", "The same, and its key.", b, b.withKey())

	cut := func(b *box) { b.slots[0].body = b.slots[0].body[1:] }
	commitment := func(b *box) { b.commitment[0] ^= 1 }
	for _, c := range []struct {
		slug, requirements, comment string
		base                        *made
		edit                        func(b *box)
		name                        fault.Name
	}{
		{"structure-before-slot", "SLT-1 HDR-17", "There is no password slot, and the only slot lacks a byte.",
			byPassword, func(b *box) { b.slots = b.slots[1:]; cut(b) }, fault.MalformedHeader},
		{"structure-before-secret", "SLT-1 SLT-7",
			"The password slot's salt is altered, and the other slot lacks a byte.", byPassword,
			func(b *box) { b.slots[0].body[0] ^= 1; b.slots[1].body = b.slots[1].body[1:] }, fault.MalformedHeader},
		{"limit-before-passkey-slot", "SLT-10 SLT-19",
			"There is no passkey slot, and the password slot has eleven passes.", byPasskey,
			func(b *box) { b.slots = []*slotBox{beyond} }, fault.LimitExceeded},
		{"limit-before-vault-slot", "SLT-10 SLT-15", "There is no vault slot, and the password slot has eleven passes.",
			byVault, func(b *box) { b.slots = []*slotBox{beyond} }, fault.LimitExceeded},
		{"limit-before-key-check", "SLT-10 HDR-18",
			"The key check is altered, and the password slot has eleven passes.", byKey,
			func(b *box) { b.slots = []*slotBox{beyond}; b.keyCheck[0] ^= 1 }, fault.LimitExceeded},
		{"slot-before-commitment", "HDR-17 HDR-20",
			"There is no password slot, and the payload's commitment is altered.", byPassword,
			func(b *box) { b.slots = b.slots[1:]; commitment(b) }, fault.NoMatchingSlot},
		{"passkey-slot-before-commitment", "SLT-19 HDR-20",
			"There is no passkey slot, and the payload's commitment is altered.", byPasskey,
			func(b *box) { b.slots = b.slots[:1]; commitment(b) }, fault.NoMatchingSlot},
		{"vault-slot-before-commitment", "SLT-15 HDR-20",
			"There is no vault slot, and the payload's commitment is altered.", byVault,
			func(b *box) { b.slots = b.slots[:1]; commitment(b) }, fault.NoMatchingSlot},
		{"secret-before-commitment", "SLT-7 HDR-20", "The slot's salt and the payload's commitment are altered.",
			byPassword, func(b *box) { b.slots[0].body[0] ^= 1; commitment(b) }, fault.WrongSecret},
		{"sealed-key-before-commitment", "SLT-8 HDR-20",
			"The chunk of the sealed key and the payload's commitment are altered.", byPassword,
			func(b *box) { b.slots[0].body[atPasswordSealed+56] ^= 1; commitment(b) }, fault.HeaderTampered},
	} {
		c.base.but("order-"+c.slug, c.requirements+" (order resealed)", c.comment, resign(c.edit), refused(c.name))
	}
	byPassword.but("order-slot-before-mac", "HDR-17 HDR-19 (order forged)",
		"There is no password slot, and the MAC does not verify.",
		forge(func(b *box) { b.slots = b.slots[1:] }), refused(fault.NoMatchingSlot))
	byPasskey.but("order-secret-before-mac", "SLT-7 HDR-19 (order forged)",
		"The passkey slot's salt is altered, and the MAC does not verify.",
		forge(func(b *box) { b.slots[1].body[0] ^= 1 }), refused(fault.WrongSecret))
	byKey.but("order-mac-before-commitment", "HDR-19 HDR-20 (order forged)",
		"The MAC and the payload's commitment are altered.",
		forge(func(b *box) { b.mac[9] ^= 1; commitment(b) }), refused(fault.HeaderTampered))
	byKey.but("order-digest-before-key", "HDR-13 HDR-18 (order)",
		"The key check and the payload's commitment are damaged: the digest comes before the key.",
		flips("container", 1, atKeyCheck, b.headerSize()+24), refused(fault.DamagedHeader))
}

func keyringOrder(s *suite, most *made) {
	one := s.ring("order", "HDR-21", "The keyring of the next cases.", ringOf("keyring/order", 1))
	one.but("order-mac-before-chunk", "HDR-19 COB-12 (order forged)", "The MAC and the only chunk are altered.",
		forge(func(b *box) { b.mac[0] ^= 1; b.damage(0) }), refused(fault.HeaderTampered))
	one.but("order-commitment-before-purpose", "HDR-20 HDR-21 (order resealed)",
		"The purpose says archive: the commitment, made with the context of a keyring, comes first.",
		resign(func(b *box) { b.purpose = purposeArchive }), refused(fault.PayloadTampered))
	one.but("order-chunk-before-keyring", "COB-12 KRG-2 KRG-6 ERR-6 (order)",
		"The set_id is zero, and the chunk is altered.",
		twice(func(b *box) { clear(b.ring.setID) }, func(b *box) { b.damage(0) }), refused(fault.PayloadTampered))
	for n, at := range []string{"first", "middle", "last"} {
		most.but("order-"+at+"-chunk-before-set-id", "COB-12 KRG-2 KRG-6 (order long)",
			"The set_id, in the first of three chunks, is zero, and the "+at+" chunk is altered.",
			twice(func(b *box) { clear(b.ring.setID) }, func(b *box) { b.damage(n) }), refused(fault.PayloadTampered))
		if at == "middle" { // as long as the one before, which shows the same
			continue
		}
		most.but("order-"+at+"-chunk-before-epochs", "COB-12 KRG-3 KRG-6 (order long)",
			"The first old key has epoch 0, and the "+at+" chunk is altered.",
			twice(func(b *box) { b.ring.old[0].epoch = 0 },
				func(b *box) { b.damage(n) }), refused(fault.PayloadTampered))
	}
	longer := func(b *box) { b.ring.tail = []byte{0} }
	most.but("order-length-before-chunk", "KRG-5 COB-12 (order long)",
		"The plaintext has 41051 bytes, and the first chunk is altered: the length comes first.",
		twice(longer, func(b *box) { b.damage(0) }), refused(fault.MalformedArchive))
	most.but("order-last-chunk-before-length", "KRG-5 COB-12 (order long)",
		"The plaintext has 41051 bytes, and the last chunk is altered: it authenticates the length.",
		twice(longer, func(b *box) { b.damage(2) }), refused(fault.PayloadTampered))
}
