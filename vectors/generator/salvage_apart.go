package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// salvageApart are archives of which the beginning was kept apart.
func salvageApart(s *suite) {
	const seed = "salvage/apart"
	b := archiveOf(seed, file("a", messages, "first"), quietFile("b", image, 20000))
	password := passwordSlot(seed+" password", b.key, "correct horse battery staple", cheap)
	later := passwordSlot(seed+" later", b.key, "another horse", cheap)
	passkey := passkeySlot(seed+" passkey", b.key, "backup.example.org", draw(seed+" credential", 16))
	b = b.with(password)
	n, end := b.headerSize(), b.headerSize()+prefixSize
	whole := rescued{indexed: true, end: reached, entries: b.plain.allWhole(true)}
	noted := func(name fault.Name) want {
		r := whole
		r.fault = name
		return accepted(r.output())
	}
	given := func(slug, requirements, comment string, now *box, kept []byte, secret vectors.Object, w want) *made {
		input := now.input(secret)
		input["header"] = vectors.Bytes(kept)
		return s.add(slug, requirements, comment, "archive.salvage", input, w).of(now)
	}
	kept := b.bytes()[:end]
	zeros := func(from, to int) edit { return spliceIn("container", from, to-from, make([]byte, to-from)) }
	base := given("apart", "SLV-38", "A container without a fault, and its beginning.", b, kept, password.secret,
		noted(""))
	const requirements = "SLV-38 SLV-14"
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
		w                           want
	}{
		{"header-zeros", requirements + " SLV-36",
			"The header is all zeros: the slot is that of the beginning, and the payload is found.", zeros(0, n),
			noted(fault.NotAContainer)},
		{"header-missing", requirements + " SLV-36", "The header is missing.", spliceIn("container", 0, n, nil),
			noted(fault.NotAContainer)},
		{"slot-damaged", requirements, "The slot is damaged.", flip("container", n-80, 1), noted(fault.DamagedHeader)},
		{"all-zeros", requirements + " SLV-39", "The header and the first 56 bytes of the payload are zeros.",
			zeros(0, end), noted(fault.NotAContainer)},
		{"salt-damaged", requirements + " SLV-39", "The payload's salt is damaged.", flip("container", n, 1),
			noted(fault.DamagedHeader)},
		{"commitment-damaged", requirements + " SLV-39", "The payload's commitment is damaged.",
			flip("container", n+55, 1), noted(fault.DamagedHeader)},
		{"zeros-and-appended", requirements + " SLV-34 SLV-39", "The beginning is zeros, and a byte is appended.",
			splicesIn("container", put{0, end, make([]byte, end)}, put{len(b.bytes()), 0, []byte{0}}), func() want {
				r := whole
				r.fault, r.more = fault.NotAContainer, 1
				return accepted(r.output())
			}()},
		{"beginning-missing", "SLV-16 SLV-39",
			"All that is in the beginning is missing, so that the chunks stand elsewhere: none opens.",
			spliceIn("container", 0, end, nil), refused(fault.NotAContainer)},
		{"only-header", "SLV-16 SLV-39 (cut)", "Nothing but zeros, as many as the header has bytes, is left.",
			splicesIn("container", put{0, n, make([]byte, n)},
				put{n, len(b.bytes()) - n, nil}), refused(fault.NotAContainer)},
		{"wrong-password", "SLV-38 (wrong-secret)", "Another password.",
			replace("secret.password", []byte("incorrect horse")), refused(fault.WrongSecret)},
		{"kept-slot-damaged", "SLV-38",
			"The slot in the beginning is damaged: whether the password is right cannot be told.",
			flip("header", n-80, 1), refused(fault.DamagedHeader)},
		{"kept-digest-damaged", "SLV-38",
			"The digest in the beginning is damaged: nothing that is about the container.", flip("header", n-72, 1),
			noted("")},
		{"kept-mac-damaged", "SLV-38", "The MAC in the beginning is damaged: nothing that is about the container.",
			flip("header", n-1, 1), noted("")},
		{"kept-magic-damaged", "SLV-37", "The magic of the beginning is damaged.", flip("header", 0, 1),
			refused(fault.NotAContainer)},
		{"kept-version-2", "SLV-37", "The version of the beginning is 2.", flip("header", atVersion+1, 3),
			refused(fault.UnsupportedVersion)},
		{"kept-55-bytes", "SLV-37 (boundary cut)", "The beginning has 55 bytes after its header.",
			cutTo("header", end-1), refused(fault.Truncated)},
		{"kept-empty", "SLV-37 (cut)", "The beginning is empty.", cutTo("header", 0), refused(fault.NotAContainer)},
		{"kept-longer", "SLV-37 (extended)", "Bytes follow in the beginning.", extend("header", []byte("more")),
			noted("")},
	} {
		base.but("apart-"+c.slug, c.requirements, c.comment, c.edit, c.w)
	}

	base.but("apart-salt-and-first-chunk-damaged", requirements+" SLV-39 SLV-25",
		"The payload's salt and its first chunk are damaged, and the second chunk opens.",
		splicesIn("container", put{n, 1, []byte{b.payload.salt[0] ^ 1}},
			put{end, 1, []byte{b.payload.chunks[0][0] ^ 1}}),
		accepted(rescued{fault: fault.DamagedHeader, indexed: true, end: reached,
			entries: []any{b.plain.missing(0), b.plain.missing(1)}}.output()))
	ofKeyring := slices.Clone(kept)
	ofKeyring[atPurpose] = purposeKeyring
	given("apart-kept-purpose-keyring", "SLV-38",
		"The purpose in the beginning is that of a keyring: nothing that is about the container.", b, ofKeyring,
		password.secret, noted("")).
		but("apart-kept-purpose-keyring-salt-damaged", requirements+" SLV-39",
			"The same, and the payload's salt is damaged: it is an archive's all the same.",
			flip("container", n, 1), noted(fault.DamagedHeader))

	lost := b.clone()
	lost.magic = "CofferCo"
	lost.keyCheck[0] ^= 1
	unlike := given("apart-magic-and-key-check", requirements, "The magic and the key check are others.", lost, kept,
		password.secret, noted(fault.NotAContainer))
	unlike.but("apart-magic-and-key-check-wrong-password", "SLV-38 (wrong-secret)",
		"The same, with another password: it is judged by the beginning.",
		replace("secret.password", []byte("incorrect horse")), refused(fault.WrongSecret))

	changed := archiveOf(seed, file("a", messages, "first"), quietFile("b", image, 20000)).with(later, passkey)
	since := given("apart-slots-changed", "SLV-38 SLV-36",
		"The slots have been changed since, and the old password opens the beginning.", changed, kept, password.secret,
		noted(""))
	since.but("apart-slots-changed-new-password", "SLV-38 (wrong-secret)",
		"The same, with the new password, which opens the container, and not the beginning.",
		replace("secret.password", []byte("another horse")), refused(fault.WrongSecret))
	since.but("apart-slots-changed-header-zeros", requirements+" SLV-36",
		"The slots have been changed since, to longer ones, and the header is zeros.",
		zeros(0, changed.headerSize()), noted(fault.NotAContainer))
	since.but("apart-slots-changed-all-zeros", "SLV-16 SLV-39",
		"The same, and the payload's first 56 bytes are zeros, too: the place where they stood is not known.",
		zeros(0, changed.headerSize()+prefixSize), refused(fault.NotAContainer))

	byKey := given("apart-by-key", "SLV-38", "The key, and a beginning, which it does not need.", b, kept, b.withKey(),
		noted(""))
	byKey.but("apart-by-key-salt-damaged", requirements+" SLV-39", "The payload's salt is damaged.",
		flip("container", n, 1), noted(fault.DamagedHeader))
	byKey.but("apart-by-wrong-key", "SLV-4 SLV-38 (wrong-secret)", "Another key.", flip("secret.key", 0, 1),
		refused(fault.WrongSecret))
	byKey.but("apart-by-key-kept-salt-damaged", "SLV-38", "The salt in the beginning is damaged, and not needed.",
		flip("header", n, 1), noted(""))

	sibling := newBox(seed, purposeArchive)
	sibling.rekey(b.key, draw(seed+" sibling salt", 24))
	sibling.plain = newPlain(sibling.payload.salt, []frame{file("c", other, "third")})
	sibling.finish()
	ofSibling := given("apart-of-sibling", "SLV-38 SLV-36",
		"The beginning is that of another container under the same key: the payload is the container's.", b,
		sibling.bytes()[:sibling.headerSize()+prefixSize], b.withKey(), noted(""))
	ofSibling.but("apart-of-sibling-salt-damaged", "SLV-19 SLV-39",
		"The same, and the payload's salt is damaged: nothing opens with the other's.", flip("container", n, 1),
		refused(fault.DamagedHeader))
	foreign := archiveOf(seed+" other", file("a", messages, "other"))
	foreign = foreign.with(passwordSlot(seed+" other password", foreign.key, "correct horse battery staple", cheap))
	base.but("apart-of-other", "SLV-4 SLV-39 (wrong-secret)",
		"The beginning is that of a container under another key, and the password opens it: nothing of this "+
			"container opens.",
		replace("header", foreign.bytes()[:foreign.headerSize()+prefixSize]), refused(fault.WrongSecret))
}
