package generator

import (
	"bytes"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// opened adds a slot that its secret opens.
func (s *suite) opened(slug, requirements, comment string, key []byte, slot *slotBox) *made {
	return s.valid(slug, requirements, comment, "slot.open",
		vectors.Object{"slot": vectors.Bytes(slot.bytes()), "secret": slot.secret},
		vectors.Object{"key": vectors.Bytes(key)}).via(slot.intermediates())
}

// inSlot is the offset in an encoded slot of an offset in its body.
func inSlot(offset int) int { return 4 + offset }

func slotCases(s *suite) {
	passwordSlots(s)
	vaultSlots(s)
	passkeySlots(s)
	slotPrepared(s)
	slotFields(s)
	slotValues(s)
	slotTwoPasswords(s)
	slotOrder(s)
}

func passwordSlots(s *suite) {
	key := draw("slot/password key", 32)
	base := passwordSlot("slot/password", key, "correct horse battery staple", cheap)
	slot := s.opened("password", "SLT-6 SLT-7 SLT-10 PWD-1 (boundary)",
		"A password slot of the least cost that readers accept opens.", key, base)

	for _, c := range []struct {
		slug, comment string
		cost          cost
	}{
		{"password-least-for-writers", "A password slot of the least cost that writers may use opens.", writer},
		{"password-four-lanes", "Four lanes, the most that readers accept, and the least memory for them.",
			cost{32, 1, 4}},
		{"password-three-lanes", "Three lanes, with a memory that Argon2id rounds down.", cost{29, 2, 3}},
		{"password-ten-passes", "Ten passes, the most that readers accept.", cost{8, 10, 1}},
	} {
		s.opened(c.slug, "SLT-10 (boundary)", c.comment, key,
			passwordSlot("slot/"+c.slug, key, "correct horse battery staple", c.cost))
	}

	composed := passwordSlot("slot/password-prepared", key, "caf\u00e9 \u00e0 la carte", cheap)
	prepared := s.opened("password-prepared", "PWD-1 PWD-7 (unicode)",
		"A password with letters that have a decomposition opens.", key, composed)
	prepared.but("password-typed-otherwise", "PWD-1 PWD-6 PWD-7 (unicode)",
		"The same password, typed decomposed and with a no-break space, opens, too.",
		replace("secret.password",
			[]byte("cafe\u0301\u00a0a\u0300 la carte")), accepted(vectors.Object{"key": vectors.Bytes(key)}))
	prepared.but("password-without-accents", "SLT-7 (wrong-secret unicode)",
		"The password without its accents is another one.",
		replace("secret.password", []byte("cafe a la carte")), refused(fault.WrongSecret))

	wrong := func(slug, comment, password string) {
		slot.but(slug, "SLT-7 (wrong-secret)", comment, replace("secret.password", []byte(password)),
			refused(fault.WrongSecret))
	}
	wrong("password-wrong", "Another password does not open the slot.", "incorrect horse battery staple")
	wrong("password-upper-case", "The password in another case is another one.", "Correct horse battery staple")
	wrong("password-trailing-space", "The password with a space behind it is another one: nothing is trimmed.",
		"correct horse battery staple ")
	slot.but("password-empty", "PWD-3 HDR-23", "An empty password is refused before Argon2id runs.",
		replace("secret.password", nil), refused(fault.MalformedPassword))
	slot.but("password-with-control", "PWD-5", "A password with a control character is refused before Argon2id runs.",
		replace("secret.password", []byte("correct horse\n")), refused(fault.MalformedPassword))

	for _, c := range []struct {
		slug, comment string
		offset        int
		mask          byte
		name          fault.Name
		requirements  string
	}{
		{"password-salt-altered", "The salt is a part of the input key and of the context.", 0, 1, fault.WrongSecret,
			"SLT-7 (forged)"},
		{"password-salt-altered-at-end", "The last byte of the salt counts, too.", 31, 0x80, fault.WrongSecret,
			"SLT-7 (forged)"},
		{"password-memory-altered", "9 KiB rather than 8 give another input key and another context.", atMemory + 3, 1,
			fault.WrongSecret, "SLT-7 (forged)"},
		{"password-passes-altered", "Three passes rather than one give another input key.", atPasses + 3, 2,
			fault.WrongSecret, "SLT-7 (forged)"},
		{"password-sealed-salt-altered", "The sealed key's salt gives another commitment.", atPasswordSealed, 1,
			fault.WrongSecret, "SLT-6 SLT-7 (forged)"},
		{"password-commitment-altered", "A commitment that does not fit is a wrong secret.", atPasswordSealed + 24, 1,
			fault.WrongSecret, "SLT-6 SLT-7 (forged)"},
		{"password-commitment-altered-at-end", "The last byte of the commitment is compared, too.",
			atPasswordSealed + 55, 0x80, fault.WrongSecret, "SLT-6 SLT-7 (forged)"},
		{"password-sealed-key-altered", "The commitment fits and the chunk does not open: somebody altered the slot.",
			atPasswordSealed + 56, 1, fault.HeaderTampered, "SLT-8 (forged)"},
		{"password-tag-altered", "The last byte of the tag is altered.", atPasswordSealed + 103, 0x80,
			fault.HeaderTampered, "SLT-8 (forged)"},
		{"password-memory-below-limit", "0 KiB of memory are too little, and Argon2id never runs.", atMemory + 3, 8,
			fault.LimitExceeded, "SLT-10 (boundary)"},
		{"password-memory-above-limit", "2 GiB of memory are too much, and Argon2id never runs.", atMemory + 1, 0x20,
			fault.LimitExceeded, "SLT-10"},
		{"password-no-passes", "Argon2id has at least one pass.", atPasses + 3, 1, fault.LimitExceeded,
			"SLT-10 (boundary)"},
		{"password-many-passes", "Passes in the millions would stall the reader.", atPasses + 1, 0xff,
			fault.LimitExceeded, "SLT-10"},
		{"password-no-lanes", "Argon2id has at least one lane.", atLanes, 1, fault.LimitExceeded, "SLT-10 (boundary)"},
		{"password-memory-for-one-lane", "Five lanes are too many.", atLanes, 4, fault.LimitExceeded,
			"SLT-10 (boundary)"},
	} {
		slot.but(c.slug, c.requirements, c.comment, flip("slot", inSlot(c.offset), c.mask), refused(c.name))
	}

	// The same input key under another context.
	fields := base.body[:atPasswordSealed]
	for _, c := range []struct {
		slug, comment string
		typ           int
		fields        []byte
	}{
		{"password-sealed-for-another-type", "The sealed key was made for a slot of another type with the same fields.",
			3, fields},
		{"password-sealed-for-other-parameters", "The sealed key was made for the same slot with two passes.", 1,
			slices.Concat(fields[:atPasses], u32(2), fields[atLanes:])},
		{"password-sealed-without-fields", "The sealed key was made without the fields in its context.", 1, nil},
	} {
		m := sealed(base.inputKey, base.key.salt, slotContext(c.typ, c.fields), key)
		slot.but(c.slug, "SLT-7 (forged)", c.comment+" Its commitment does not fit.",
			spliceIn("slot", inSlot(atPasswordSealed), sealedKeySize, m.bytes()), refused(fault.WrongSecret))
	}
	s.lengths(slot, "password", 145)
	s.bodyCuts(slot, "password", 32, atPasses, atLanes, atPasswordSealed, atPasswordSealed+24, atPasswordSealed+56,
		atPasswordSealed+88)
	slot.but("password-as-unknown-type", "SLT-2 HDR-17 (unknown)",
		"The type is altered to one that is unknown: there is no password slot then.",
		flip("slot", 0, 0x40), refused(fault.NoMatchingSlot))
	vault := vaultSlot("slot/password-vault-instead", key)
	slot.but("password-vault-instead", "HDR-17", "A vault slot takes no password.", replace("slot", vault.bytes()),
		refused(fault.NoMatchingSlot))
	slot.but("password-as-vault", "SLT-1", "The type is altered to vault: the body is not one of that type.",
		flip("slot", 1, 3), refused(fault.MalformedHeader))
}

// lengths adds the bodies that are one byte too short and too long.
func (s *suite) lengths(slot *made, name string, n int) {
	b := slot.bytesOf("slot")
	slot.but(name+"-body-short", "SLT-1 CON-1 (boundary)", "The body lacks its last byte.",
		replace("slot", slices.Concat(b[:2], u16(n-1), b[4:len(b)-1])), refused(fault.MalformedHeader))
	slot.but(name+"-body-long", "SLT-1 CON-2 (boundary)", "A byte follows the body's last field.",
		replace("slot", slices.Concat(b[:2], u16(n+1), b[4:], []byte{0})), refused(fault.MalformedHeader))
	slot.but(name+"-cut", "CON-1 CON-3 (cut boundary)", "The slot lacks its last byte, and states its whole length.",
		cutTo("slot", len(b)-1), refused(fault.MalformedHeader))
}

func vaultSlots(s *suite) {
	key := draw("slot/vault key", 32)
	base := vaultSlot("slot/vault", key)
	slot := s.opened("vault", "SLT-6 SLT-7 SLT-15", "A vault slot opens with the export key of a recovery.", key, base)

	slot.but("vault-wrong-export-key", "SLT-7 (wrong-secret)",
		"The export key of another recovery does not open the slot.", flip("secret.export_key", 0, 1),
		refused(fault.WrongSecret))
	slot.but("vault-wrong-export-key-at-end", "SLT-7 (wrong-secret)", "All 64 bytes of the export key count.",
		flip("secret.export_key", 63, 1), refused(fault.WrongSecret))
	slot.but("vault-other-vault", "SLT-15 (wrong-secret)", "The recovery was at another vault.",
		flip("secret.vault", 31, 1), refused(fault.NoMatchingSlot))
	slot.but("vault-other-credential", "SLT-15 (wrong-secret)", "The recovery was of another record.",
		flip("secret.credential", 31, 1), refused(fault.NoMatchingSlot))
	slot.but("vault-id-altered", "SLT-15 (forged)", "The slot names another vault.", flip("slot", inSlot(0), 1),
		refused(fault.NoMatchingSlot))
	slot.but("vault-credential-altered", "SLT-15 (forged)", "The slot names another record.",
		flip("slot", inSlot(atCredential), 1), refused(fault.NoMatchingSlot))
	slot.but("vault-sealed-salt-altered", "SLT-7 (forged)", "The sealed key's salt gives another commitment.",
		flip("slot", inSlot(atVaultSealed), 1), refused(fault.WrongSecret))
	slot.but("vault-commitment-altered", "SLT-6 SLT-7 (forged)", "A commitment that does not fit is a wrong secret.",
		flip("slot", inSlot(atVaultSealed+24), 1), refused(fault.WrongSecret))
	slot.but("vault-sealed-key-altered", "SLT-8 (forged)", "The commitment fits and the chunk does not open.",
		flip("slot", inSlot(atVaultSealed+87), 1), refused(fault.HeaderTampered))

	moved := bytes.Clone(base.body[:atVaultSealed])
	moved[atCredential] ^= 1
	m := sealed(base.inputKey, base.key.salt, slotContext(2, moved), key)
	slot.but("vault-sealed-for-another-record", "SLT-7 (forged)",
		"The sealed key was made under the same export key for another record.",
		spliceIn("slot", inSlot(atVaultSealed), sealedKeySize, m.bytes()), refused(fault.WrongSecret))
	m = sealed(base.inputKey, base.key.salt,
		slotContext(2, slices.Concat(base.body[:31], []byte{base.body[31] ^ 1}, base.body[32:atVaultSealed])), key)
	slot.but("vault-sealed-for-another-vault", "SLT-7 (forged)",
		"The sealed key was made under the same export key for another vault.",
		spliceIn("slot", inSlot(atVaultSealed), sealedKeySize, m.bytes()), refused(fault.WrongSecret))
	s.lengths(slot, "vault", 168)
	s.bodyCuts(slot, "vault", 32, atVaultSealed, atVaultSealed+24, atVaultSealed+56, atVaultSealed+88)
}

func passkeySlots(s *suite) {
	key := draw("slot/passkey key", 32)
	base := passkeySlot("slot/passkey", key, "backup.example.org", draw("slot/passkey credential", 20))
	slot := s.opened("passkey", "SLT-6 SLT-7 SLT-16 SLT-19", "A passkey slot opens with the PRF output for its salt.",
		key, base)
	sealedAt := len(base.body) - sealedKeySize

	for _, c := range []struct {
		slug, comment, rpID string
		credential          int
	}{
		{"passkey-shortest", "A relying party id of one byte and a credential of one byte.", "a", 1},
		{"passkey-longest", "A relying party id of 255 bytes and a credential of 1023 bytes.", strings.Repeat("a", 255),
			1023},
		{"passkey-all-characters", "Every character that a relying party id may have.",
			"abcdefghijklmnopqrstuvwxyz0123456789.-", 16},
	} {
		opened := s.opened(c.slug, "SLT-1 SLT-16 CON-1 (boundary)", c.comment, key,
			passkeySlot("slot/"+c.slug, key, c.rpID, draw("slot/"+c.slug+" credential", c.credential)))
		opened.but(c.slug+"-other-credential", "SLT-19 (wrong-secret)",
			"The last byte of the secret's credential differs.", flip("secret.credential", c.credential-1, 1),
			refused(fault.NoMatchingSlot))
	}

	slot.but("passkey-wrong-prf", "SLT-7 (wrong-secret)", "Another PRF output does not open the slot.",
		flip("secret.prf", 31, 1), refused(fault.WrongSecret))
	slot.but("passkey-other-credential", "SLT-19 (wrong-secret)",
		"The passkey is another one of the same relying party.", flip("secret.credential", 19, 1),
		refused(fault.NoMatchingSlot))
	slot.but("passkey-credential-prefix", "SLT-19 (wrong-secret)",
		"A credential that is a prefix of the slot's is another one.", cutTo("secret.credential", 19),
		refused(fault.NoMatchingSlot))
	slot.but("passkey-other-rp-id", "SLT-19 (wrong-secret)", "The passkey is of another relying party.",
		replace("secret.rp_id", []byte("example.org")), refused(fault.NoMatchingSlot))
	slot.but("passkey-salt-altered", "SLT-7 (forged)", "The salt is a part of the context.", flip("slot", inSlot(0), 1),
		refused(fault.WrongSecret))
	slot.but("passkey-rp-id-altered", "SLT-19 (forged)", "The slot names another relying party.",
		flip("slot", inSlot(33), 1), refused(fault.NoMatchingSlot))
	slot.but("passkey-credential-altered", "SLT-19 (forged)", "The slot names another credential.",
		flip("slot", inSlot(sealedAt-1), 1), refused(fault.NoMatchingSlot))
	slot.but("passkey-commitment-altered", "SLT-6 SLT-7 (forged)", "A commitment that does not fit is a wrong secret.",
		flip("slot", inSlot(sealedAt+24), 1), refused(fault.WrongSecret))
	slot.but("passkey-sealed-key-altered", "SLT-8 (forged)", "The commitment fits and the chunk does not open.",
		flip("slot", inSlot(sealedAt+56), 1), refused(fault.HeaderTampered))

	// The length prefixes are a part of the context: without them two ways to cut
	// the same bytes into an id and a credential would be one.
	fields := slices.Concat(base.body[:32], []byte("backup.example.org"), base.body[32+1+18+2:sealedAt])
	m := sealed(base.inputKey, base.key.salt, slotContext(3, fields), key)
	slot.but("passkey-sealed-without-lengths", "SLT-7 (forged)",
		"The sealed key was made with a context that lacks the length prefixes.",
		spliceIn("slot", inSlot(sealedAt), sealedKeySize, m.bytes()), refused(fault.WrongSecret))
	s.lengths(slot, "passkey", len(base.body))
	s.bodyCuts(slot, "passkey", 32, 33, 33+18, 33+18+2, sealedAt, sealedAt+24, sealedAt+56, sealedAt+88)

	for _, c := range []struct {
		slug, requirements, comment string
		rpID                        string
		credential                  int
	}{
		{"passkey-rp-id-empty", "SLT-1 CON-1 (boundary)", "The relying party id has at least one byte.", "", 20},
		{"passkey-credential-empty", "SLT-1 CON-1 (boundary)", "The credential has at least one byte.",
			"backup.example.org", 0},
		{"passkey-credential-too-long", "SLT-1 CON-1 (boundary)", "The credential has at most 1023 bytes.",
			"backup.example.org", 1024},
		{"passkey-rp-id-comma", "SLT-16 (boundary)", "U+002C lies before the hyphen.", "a,b", 20},
		{"passkey-rp-id-slash", "SLT-16 (boundary)", "U+002F lies between the full stop and the digits.", "a/b", 20},
		{"passkey-rp-id-colon", "SLT-16 (boundary)", "U+003A lies behind the digits.", "example.org:443", 20},
		{"passkey-rp-id-backquote", "SLT-16 (boundary)", "U+0060 lies before the letters.", "a`b", 20},
		{"passkey-rp-id-brace", "SLT-16 (boundary)", "U+007B lies behind the letters.", "a{b", 20},
		{"passkey-rp-id-upper-case", "SLT-16", "A relying party id is in lower case.", "Example.org", 20},
		{"passkey-rp-id-underscore", "SLT-16", "An underscore is no part of a domain.", "a_b", 20},
		{"passkey-rp-id-space", "SLT-16", "A space at the end could not be seen.", "example.org ", 20},
		{"passkey-rp-id-line-feed", "SLT-16", "A line feed at the end, before which a pattern's $ matches as well.",
			"example.org\n", 20},
		{"passkey-rp-id-line-feed-within", "SLT-16",
			"A line feed in the middle, around which a pattern's ^ and $ may match.", "example\n.org", 20},
		{"passkey-rp-id-space-first", "SLT-16", "A space before the id, which trimming would take away.",
			" example.org", 20},
		{"passkey-rp-id-nul", "SLT-16", "A NUL would end the id elsewhere.", "example.org\x00.evil", 20},
		{"passkey-rp-id-not-ascii", "SLT-16 (unicode)", "An international domain is written in its ASCII form.",
			"ex\u00e4mple.org", 20},
	} {
		fields := passkeyFields(base.body[:32], c.rpID, draw("slot/passkey credential", c.credential))
		broken := slotOf("slot/passkey", 3, key, fields, base.inputKey, base.secret)
		slot.but(c.slug, c.requirements, c.comment, replace("slot", broken.bytes()), refused(fault.MalformedHeader))
	}
}
