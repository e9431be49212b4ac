package generator

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// salvageHeader are containers whose header is damaged, and their payload whole.
func salvageHeader(s *suite) {
	const seed = "salvage/header"
	b := archiveOf(seed, file("a", messages, "first"), file("b", image, ""), file("c", document, "third"))
	whole := rescued{indexed: true, end: reached, entries: b.plain.allWhole(true)}
	base := s.rescue("nothing-wrong", "SLV-5 SLV-9 SLV-11 SLV-14 SLV-17 SLV-19 SLV-25 SLV-33",
		"A container without a fault: all entries are whole, and none is noted.", b, b.withKey(), whole)
	noted := func(name fault.Name) want {
		r := whole
		r.fault = name
		return accepted(r.output())
	}
	for _, c := range []struct {
		slug, comment string
		edit          edit
		name          fault.Name
	}{
		{"key-check-damaged", "The key check is damaged; the key fits the payload's commitment.",
			flip("container", atKeyCheck, 1), fault.DamagedHeader},
		{"purpose-damaged", "The purpose is damaged; an archive is looked for whatever it says.",
			flip("container", atPurpose, 3), fault.DamagedHeader},
		{"purpose-unknown", "The purpose is one that does not exist.", flip("container", atPurpose, 0x40),
			fault.DamagedHeader},
		{"digest-damaged", "The digest is damaged.", flip("container", atSlots, 1), fault.DamagedHeader},
		{"mac-damaged", "The MAC is damaged.", flip("container", atSlots+8, 1), fault.HeaderTampered},
		{"key-check-altered", "The key check is altered, and the digest made to fit.",
			forge(func(b *box) { b.keyCheck[0] ^= 1 }), fault.HeaderTampered},
		{"purpose-altered", "The purpose is altered, and the digest made to fit.",
			forge(func(b *box) { b.purpose = purposeKeyring }), fault.HeaderTampered},
		{"key-check-signed",
			"The key check is altered, and the header correctly signed: the key fits the payload alone.",
			resign(func(b *box) { b.keyCheck[0] ^= 1 }), fault.HeaderTampered},
		{"purpose-3-signed", "A purpose that does not exist, correctly signed.", resign(func(b *box) { b.purpose = 3 }),
			fault.MalformedHeader},
	} {
		base.but(c.slug, "HDR-22 SLV-5 SLV-14 SLV-19 SLV-20 SLV-32", c.comment, c.edit, noted(c.name))
	}
	for _, c := range []struct {
		slug, comment string
		edit          edit
		name          fault.Name
	}{
		{"magic-damaged", "The magic is damaged; the rest is that of a container.", flip("container", 0, 1),
			fault.NotAContainer},
		{"magic-of-another", "The magic is another.", spliceIn("container", 0, 8, []byte("\x89PNG\r\n\x1a\n")),
			fault.NotAContainer},
		{"version-2", "The version is damaged, and says 2.", flip("container", atVersion+1, 3),
			fault.UnsupportedVersion},
		{"magic-signed", "The magic is another, and the header correctly signed.",
			resign(func(b *box) { b.magic = "\x89CFR\r\n\x1a\r" }), fault.NotAContainer},
	} {
		base.but(c.slug, "HDR-9 SLV-14 SLV-16 SLV-32", c.comment, c.edit, noted(c.name))
	}
	base.but("keyring-purpose-and-mac-damaged", "HDR-22 SLV-5 SLV-15",
		"The purpose says keyring, and the MAC does not verify: entries are looked for.",
		forge(func(b *box) { b.purpose = purposeKeyring; b.mac[63] ^= 1 }), noted(fault.HeaderTampered))
	header := b.headerSize()
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
		name                        fault.Name
	}{
		{"wrong-key", "SLV-4 SLV-17 SLV-19 (wrong-secret)", "Another key: nothing is guessed.",
			flip("secret.key", 0, 1), fault.WrongSecret},
		{"commitment-damaged", "SLV-4 SLV-19",
			"The payload's commitment is damaged: the key fits the key check, and the payload is gone.",
			flip("container", header+24, 1), fault.DamagedHeader},
		{"payload-salt-damaged", "SLV-4 SLV-19",
			"The payload's salt is damaged, and with it the key that seals the chunks is lost.",
			flip("container", header, 1), fault.DamagedHeader},
		{"commitment-forged", "SLV-4 SLV-19 (forged)",
			"The payload's commitment is altered, and the digest made to fit.",
			forge(func(b *box) { b.commitment[0] ^= 1 }), fault.HeaderTampered},
		{"commitment-signed", "SLV-4 SLV-19 (resealed)",
			"The payload's commitment is altered, and the header correctly signed.",
			resign(func(b *box) { b.commitment[0] ^= 1 }), fault.PayloadTampered},
		{"key-check-and-commitment-damaged", "SLV-4 SLV-19",
			"The key check and the payload's commitment are damaged: nothing is left that knows the key.",
			flips("container", 1, atKeyCheck, header+24), fault.WrongSecret},
		{"key-check-and-commitment-signed", "SLV-4 (resealed)",
			"The key check and the commitment are altered, and the header correctly signed.",
			resign(func(b *box) { b.keyCheck[0] ^= 1; b.commitment[0] ^= 1 }), fault.WrongSecret},
		{"keyring-nothing-fits", "SLV-4 SLV-15 (resealed order)", "The same, and the purpose says keyring.",
			resign(func(b *box) { b.keyCheck[0] ^= 1; b.commitment[0] ^= 1; b.purpose = purposeKeyring }),
			fault.WrongSecret},
		{"keyring-commitment-signed", "SLV-15 (resealed order)",
			"The purpose says keyring, and the commitment is altered; the header is correctly signed.",
			resign(func(b *box) { b.commitment[0] ^= 1; b.purpose = purposeKeyring }), fault.MalformedArchive},
		{"keyring-key-check-signed", "SLV-15 (resealed order)",
			"The purpose says keyring, and the key check is altered; the header is correctly signed.",
			resign(func(b *box) { b.keyCheck[0] ^= 1; b.purpose = purposeKeyring }), fault.MalformedArchive},
		{"cut-in-header", "HDR-10 SLV-16 (cut)", "The header lacks its last byte.", cutTo("container", header-1),
			fault.Truncated},
		{"cut-in-prefix", "SLV-4 SLV-16 (cut boundary)",
			"55 bytes follow the header, one less than salt and commitment.", cutTo("container", header+55),
			fault.Truncated},
		{"keyring-instead", "SLV-15", "A keyring has no entries.", archiveKeyringInstead(seed, b, nil),
			fault.MalformedArchive},
		{"keyring-instead-digest-damaged", "HDR-19 SLV-15 SLV-19",
			"The digest of a keyring is damaged; the MAC covers it as it stands, and does not verify.",
			archiveKeyringInstead(seed, b, func(r *box) { r.digest[0] ^= 1 }), fault.DamagedHeader},
		{"keyring-instead-digest-signed", "HDR-19 SLV-15",
			"The digest of a keyring does not fit; the MAC covers it as it stands, and verifies.",
			archiveKeyringInstead(seed, b,
				func(r *box) { r.digest[7] ^= 0x80; r.signDigest() }), fault.MalformedArchive},
	} {
		base.but(c.slug, c.requirements, c.comment, c.edit, refused(c.name))
	}
	nothing := rescued{fault: fault.Truncated}.output()
	base.but("cut-after-prefix", "SLV-4 SLV-11 SLV-16 SLV-21 SLV-22 SLV-32 (cut boundary)",
		"Salt and commitment are left, and no chunk: the key fits, and nothing is found.",
		cutTo("container", header+56), accepted(nothing))
	base.but("cut-to-piece-of-15", "SLV-11 SLV-22 SLV-32 (cut boundary)",
		"15 bytes of the only chunk are left, which are lost.", cutTo("container", header+56+15), accepted(nothing))
	lost := rescued{fault: fault.PayloadTampered}.output()
	base.but("cut-to-piece-of-16", "SLV-11 SLV-22 SLV-32 (cut boundary)",
		"16 bytes of the only chunk are left, which do not open.", cutTo("container", header+56+16), accepted(lost))
	base.but("only-chunk-damaged", "SLV-2 SLV-11", "The only chunk is damaged: nothing is found.",
		flip("container", -20, 1), accepted(lost))

	recipe := s.valid("as-recipe", "SLV-5 SLV-14", "The same container, which a recipe gives.", "archive.salvage",
		vectors.Object{
			"container": vectors.Object{"length": int64(len(b.bytes())),
				"parts": []any{[]any{int64(0), vectors.Bytes(b.bytes())}}},
			"secret": b.withKey(),
		}, whole.output())
	const longest = prefixSize + (lastChunk+1)*sealedSize - 1
	for _, c := range []struct {
		slug, comment string
		more          int64
		name          fault.Name
	}{
		{"longer-than-any", "The payload is longer than any, and no reading of it would end.", 1 + tagSize,
			fault.LimitExceeded},
		{"longer-than-any-and-cut", "The same, of a length that no payload has.", 1, fault.Truncated},
	} {
		recipe.but(c.slug, "HDR-11 HDR-12 SLV-16 (long boundary)", c.comment,
			replace("container.length", fmt.Append(nil, int64(header)+longest+c.more)), refused(c.name))
	}

	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	passkey := passkeySlot(seed+" passkey", b.key, "backup.example.org", draw(seed+" credential", 16))
	slots := b.with(passkey, password)
	byPassword := s.rescue("by-password", "SLV-5 SLV-14 SLV-17", "A container without a fault, opened by its password.",
		slots, password.secret, whole)
	byKey := s.rescue("by-key-among-slots", "SLV-5 SLV-14", "The same, opened by its key.", slots, slots.withKey(),
		whole)
	credential := atSlots + inSlot(33+18+2)
	byPassword.but("key-check-signed-by-password", "SLT-9 SLV-14 SLV-18 SLV-19 (resealed)",
		"The key check is altered, and the header correctly signed: the slot's key fits the payload alone.",
		resign(func(b *box) { b.keyCheck[31] ^= 1 }), noted(fault.HeaderTampered))
	byPassword.but("other-slot-damaged", "SLV-5 SLV-14 SLV-17",
		"The passkey slot is damaged; the password slot is whole.", flip("container", credential, 1),
		noted(fault.DamagedHeader))
	atSealed := atSlots + len(passkey.bytes()) + inSlot(atPasswordSealed)
	byPassword.but("password-slot-damaged", "HDR-13 SLV-17",
		"The password slot is damaged: whether the password is right cannot be told.",
		flip("container", atSealed+24, 1), refused(fault.DamagedHeader))
	byKey.but("password-slot-damaged-by-key", "SLV-5 SLV-14 SLV-17",
		"The same, opened by the key, which takes no slot.", flip("container", atSealed+24, 1),
		noted(fault.DamagedHeader))
	byPassword.but("wrong-password", "SLV-4 SLT-7 SLV-17 (wrong-secret)", "Another password.",
		replace("secret.password", []byte("incorrect horse")), refused(fault.WrongSecret))
	digest := slots.clone()
	digest.digest[0] ^= 1
	whole.fault = fault.DamagedHeader
	byDigest := s.rescue("digest-damaged-by-password", "SLV-5 SLV-14 SLV-17",
		"The digest is damaged, and the password opens its slot.", digest, password.secret, whole)
	byDigest.but("digest-damaged-and-other-password", "HDR-13 SLV-17 (wrong-secret)",
		"Another password: whether it is wrong or its slot damaged cannot be told.",
		replace("secret.password", []byte("incorrect horse")), refused(fault.DamagedHeader))
	byDigest.but("digest-damaged-and-no-password", "PWD-3 SLV-17", "An empty password is none, whatever is damaged.",
		replace("secret.password", nil), refused(fault.MalformedPassword))
	cut := slots.clone()
	cut.payload.chunks = [][]byte{slots.payload.chunks[0][:15]}
	byCut := s.rescue("cut-by-password", "SLV-11 (cut)",
		"Of the only chunk 15 bytes are left, and the password opens its slot.", cut, password.secret,
		rescued{fault: fault.Truncated})
	byCut.but("cut-and-other-password", "SLT-7 SLV-17 (wrong-secret)",
		"Another password: the digest fits, so that the slot is whole, and the password wrong.",
		replace("secret.password", []byte("incorrect horse")), refused(fault.WrongSecret))
	byPassword.but("no-password-slot", "HDR-17 SLV-17", "A password, and no slot for one.",
		resign(func(b *box) { b.slots = b.slots[:1] }), refused(fault.NoMatchingSlot))
	byPassword.but("slot-malformed", "HDR-15 SLT-1 SLV-17",
		"A slot that does not decode is refused when a slot is to be opened.",
		resign(func(b *box) { b.slots[0].body = b.slots[0].body[:100] }), refused(fault.MalformedHeader))
	byKey.but("slot-malformed-by-key", "SLV-5 SLV-14 SLV-17",
		"A slot that does not decode is noted, and not needed with the key.",
		resign(func(b *box) { b.slots[0].body = b.slots[0].body[:100] }), noted(fault.MalformedHeader))
	byKey.but("slot-beyond-limit-by-key", "SLV-5 SLV-14 SLV-17",
		"A password slot beyond the limits is noted, and not needed with the key.",
		resign(func(b *box) { copy(b.slots[1].body[atMemory:], u32(262145)) }), noted(fault.LimitExceeded))
	byPassword.but("slot-beyond-limit", "SLT-10 SLV-17", "The limits hold in salvage, too.",
		resign(func(b *box) { copy(b.slots[1].body[atMemory:], u32(262145)) }), refused(fault.LimitExceeded))
}

// archiveKeyringInstead replaces an archive by a keyring under the same key, of
// which alter changes the header, if it is not nil.
func archiveKeyringInstead(seed string, b *box, alter func(r *box)) edit {
	return func(p *made) change {
		r := ringOf(seed + " keyring")
		r.rekey(b.key, r.payload.salt)
		r.finish()
		if alter != nil {
			alter(r)
		}
		return p.changeBox("replace", "container", r, differences([][]byte{b.bytes()}, [][]byte{r.bytes()}))
	}
}
