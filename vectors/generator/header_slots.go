package generator

import (
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// headerSlots are headers whose slots are right or wrong together.
func headerSlots(s *suite) {
	const seed = "header/slots"
	b := archiveOf(seed)
	key := b.key
	passkey := func(n int) *slotBox {
		return passkeySlot(slotSeed(seed, n), key, "backup.example.org", draw(slotSeed(seed, n)+" credential", 16))
	}
	passkeys := func(n int) (all []*slotBox) {
		for i := range n {
			all = append(all, passkey(i))
		}
		return all
	}
	password, vault := passwordSlot(seed+" password", key, "correct horse battery staple",
		cheap), vaultSlot(seed+" vault", key)
	unknown := unknownSlot(4, []byte("body of a later version"))

	s.described("vault-slot", "HDR-15 SLT-1", "A header with a vault slot.", b.with(vault))
	s.described("passkey-slot", "HDR-15 SLT-1 SLT-16", "A header with a passkey slot.", b.with(passkey(0)))
	full := s.described("sixteen-slots", "SLT-20 (boundary)", "Sixteen slots, the most that a header has.",
		b.with(passkeys(16)...))
	full.but("seventeen-slots", "SLT-20 CON-9 ERR-3 (boundary resealed)", "Seventeen slots are one too many.",
		resign(func(b *box) { b.slots = append(b.slots, passkey(16)) }), refused(fault.MalformedHeader))
	full.but("seventeenth-slot-unknown", "SLT-20 SLT-2 (boundary resealed)", "An unknown slot counts, too.",
		resign(func(b *box) { b.slots = append(b.slots, unknown) }), refused(fault.MalformedHeader))

	both := s.described("password-and-passkey", "SLT-21", "A password slot and a passkey slot may stand together.",
		b.with(password, passkey(0)))
	withVault := s.described("vault-and-passkey", "SLT-21", "A vault slot and a passkey slot may stand together.",
		b.with(passkey(0), vault))
	both.but("password-and-vault", "SLT-21 (resealed)",
		"A password slot beside a vault slot would void the vault's count.",
		resign(func(b *box) { b.slots = append(b.slots, vault) }), refused(fault.MalformedHeader))
	withVault.but("vault-and-password", "SLT-21 (resealed)", "The same in the other order.",
		resign(func(b *box) { b.slots = append(b.slots, password) }), refused(fault.MalformedHeader))
	both.but("two-passwords", "SLT-21 (resealed)", "Two password slots would take Argon2id twice.",
		resign(func(b *box) {
			b.slots = append(b.slots, passwordSlot(seed+" second password", key, "another password", cheap))
		}), refused(fault.MalformedHeader))
	withVault.but("two-vaults", "SLT-21 (resealed)", "Two vault slots would double the guesses.",
		resign(func(b *box) {
			b.slots = append(b.slots,
				vaultSlot(seed+" second vault", key))
		}), refused(fault.MalformedHeader))

	pair := s.described("two-passkeys", "SLT-17", "Two passkeys of one relying party.", b.with(passkeys(2)...))
	pair.but("equal-passkeys", "SLT-17 (resealed)", "Two slots for one passkey, with salts of their own.",
		resign(func(b *box) {
			b.slots[1] = passkeySlot(slotSeed(seed, 99), key, "backup.example.org",
				draw(slotSeed(seed, 0)+" credential", 16))
		}), refused(fault.MalformedHeader))
	pair.but("equal-credentials", "SLT-17 (boundary)", "The same credential id at two relying parties is two passkeys.",
		resign(func(b *box) {
			b.slots[1] = passkeySlot(slotSeed(seed, 98), key, "backup.example.com",
				draw(slotSeed(seed, 0)+" credential", 16))
		}), acceptedAs((*box).describe))
	pair.but("alike-when-joined", "SLT-17 (boundary)",
		"The relying party id of one followed by its credential is that of the other followed by the other's: they "+
			"are two passkeys.",
		resign(func(b *box) {
			b.slots[0] = passkeySlot(slotSeed(seed, 97), key, "backup.example.or", []byte("g-credential"))
			b.slots[1] = passkeySlot(slotSeed(seed, 96), key, "backup.example.org", []byte("-credential"))
		}), acceptedAs((*box).describe))
	longest := draw(seed+" longest credential", 1023)
	for _, c := range []struct {
		slug, comment string
		at            int
	}{
		{"first", "The longest credentials, which differ in their first byte.", 0},
		{"middle", "The longest credentials, which differ in a byte in the middle.", 511},
		{"last", "The longest credentials, which differ in their last byte.", 1022},
	} {
		pair.but("long-credentials-"+c.slug, "SLT-17 (boundary)", c.comment,
			resign(func(b *box) {
				other := slices.Clone(longest)
				other[c.at] ^= 1
				b.slots[0] = passkeySlot(slotSeed(seed, 95), key, "backup.example.org", longest)
				b.slots[1] = passkeySlot(slotSeed(seed, 94), key, "backup.example.org", other)
			}), acceptedAs((*box).describe))
	}
	pair.but("credential-prefix", "SLT-17 (boundary)", "A credential that is a prefix of the other's.",
		resign(func(b *box) {
			b.slots[0] = passkeySlot(slotSeed(seed, 93), key, "backup.example.org", longest[:20])
			b.slots[1] = passkeySlot(slotSeed(seed, 92), key, "backup.example.org", longest[:21])
		}), acceptedAs((*box).describe))
	pair.but("long-relying-parties", "SLT-17 (boundary)",
		"One credential at the longest relying party ids, which differ in their last character.",
		resign(func(b *box) {
			b.slots[0] = passkeySlot(slotSeed(seed, 91), key, strings.Repeat("a", 254)+"a", longest[:20])
			b.slots[1] = passkeySlot(slotSeed(seed, 90), key, strings.Repeat("a", 254)+"b", longest[:20])
		}), acceptedAs((*box).describe))
	triple := s.described("three-passkeys", "SLT-17", "Three passkeys of one relying party.", b.with(passkeys(3)...))
	triple.but("equal-passkeys-apart", "SLT-17 (resealed)", "The first and the third slot are for one passkey.",
		resign(func(b *box) {
			b.slots[2] = passkeySlot(slotSeed(seed, 99), key, "backup.example.org",
				draw(slotSeed(seed, 0)+" credential", 16))
		}), refused(fault.MalformedHeader))

	for _, c := range []struct {
		slug, comment string
		typ           int
		body          []byte
	}{
		{"unknown-slot", "A slot of the first type that is not assigned is skipped.", 4,
			[]byte("body of a later version")},
		{"unknown-slot-type-0", "Type 0 is not assigned, and skipped like any other.", 0, []byte{1, 2, 3}},
		{"unknown-slot-type-65535", "The last type is not assigned, and skipped.", 65535, []byte{1, 2, 3}},
		{"unknown-slot-empty", "An unknown slot may be empty.", 4, nil},
		{"unknown-slot-longest", "A slot that fills the slots to their 65535 bytes.", 4, make([]byte, 65531)},
	} {
		s.described(c.slug, "SLT-2 HDR-15 (unknown boundary)", c.comment, b.with(unknownSlot(c.typ, c.body)))
	}
	s.described("unknown-slots-between", "SLT-2 SLT-21 (unknown)",
		"Unknown slots of one type may occur twice, before and behind a known one.", b.with(unknown, password, unknown))

	last := s.described("slots-end", "CON-2", "Two slots fill the vector of slots exactly.",
		b.with(passkey(0), unknown))
	for _, c := range []struct{ slug, comment, end string }{
		{"one-byte-behind-slots", "One byte behind the last slot is not a slot.", "\x00"},
		{"three-bytes-behind-slots", "A type and half a length behind the last slot are not a slot.", "\x00\x04\x00"},
		{"slot-length-beyond-slots", "The last slot's body reaches one byte beyond the slots.", "\x00\x04\x00\x02x"},
		{"slot-length-far-beyond-slots", "The last slot's body states 65535 bytes.", "\x00\x04\xff\xffx"},
	} {
		last.but(c.slug, "CON-1 CON-2 CON-3 HDR-15 (resealed boundary)", c.comment,
			resign(func(b *box) { b.slotsEnd = []byte(c.end) }), refused(fault.MalformedHeader))
	}
	one := s.described("unknown-slot-in-place", "SLT-2 (unknown)", "An unknown slot as long as a vault slot.",
		b.with(unknownSlot(0x0402, vault.body)))
	one.but("known-type-with-other-body", "SLT-1 (resealed)",
		"The body is one of a vault slot and the type says password.",
		resign(func(b *box) { b.slots[0].typ = 1 }), refused(fault.MalformedHeader))
	one.but("empty-password-slot", "SLT-1 CON-1 (resealed)", "A password slot without a body.",
		resign(func(b *box) { *b.slots[0] = slotBox{typ: 1} }), refused(fault.MalformedHeader))
}

// passwordLimits are the bounds of Argon2id's parameters; nothing runs it here.
func passwordLimits(s *suite) {
	const seed = "header/limits"
	b := archiveOf(seed)
	base := s.described("limits-least", "SLT-10 (boundary)",
		"The least that readers accept: 8 KiB, one pass, one lane.", b.withPassword("correct horse battery staple"))
	for _, c := range []struct {
		slug, comment         string
		memory, passes, lanes uint32
		refused               bool
	}{
		{"memory-7", "7 KiB are too little for one lane.", 7, 1, 1, true},
		{"memory-0", "Argon2id cannot work without memory.", 0, 1, 1, true},
		{"memory-16-lanes-2", "16 KiB are enough for two lanes.", 16, 1, 2, false},
		{"memory-15-lanes-2", "15 KiB are too little for two lanes.", 15, 1, 2, true},
		{"memory-32-lanes-4", "32 KiB are enough for four lanes.", 32, 1, 4, false},
		{"memory-31-lanes-4", "31 KiB are too little for four lanes.", 31, 1, 4, true},
		{"memory-262143", "256 MiB but for one KiB.", 262143, 1, 1, false},
		{"memory-262144", "256 MiB, the most that readers accept.", 262144, 1, 1, false},
		{"memory-262145", "One KiB more than readers accept.", 262145, 1, 1, true},
		{"memory-4294967295", "Four TiB of memory.", 1<<32 - 1, 1, 1, true},
		{"passes-0", "Argon2id has at least one pass.", 8, 0, 1, true},
		{"passes-9", "Nine passes.", 8, 9, 1, false},
		{"passes-10", "Ten passes, the most that readers accept.", 8, 10, 1, false},
		{"passes-11", "One pass more than readers accept.", 8, 11, 1, true},
		{"passes-4294967295", "Passes for a century.", 8, 1<<32 - 1, 1, true},
		{"lanes-0", "Argon2id has at least one lane.", 8, 1, 0, true},
		{"lanes-4", "Four lanes, the most that readers accept.", 65536, 3, 4, false},
		{"lanes-5", "One lane more than readers accept.", 65536, 3, 5, true},
		{"lanes-255", "As many lanes as a byte can say.", 65536, 3, 255, true},
		{"most-of-all", "Each parameter at its greatest.", 262144, 10, 4, false},
	} {
		w := acceptedAs((*box).describe)
		if c.refused {
			w = refused(fault.LimitExceeded)
		}
		base.but(c.slug, "SLT-10 (boundary resealed)", c.comment, resign(func(b *box) {
			copy(b.slots[0].body[atMemory:],
				slices.Concat(u32(int(c.memory)), u32(int(c.passes)), []byte{byte(c.lanes)}))
		}), w)
	}
	base.but("limit-by-accident", "HDR-13 SLT-10 (order)",
		"The memory is beyond the limit because of damage: the digest comes first.",
		flip("container", atSlots+inSlot(atMemory), 1), refused(fault.DamagedHeader))
	base.but("limit-and-two-passwords", "HDR-15 SLT-10 SLT-21 (order resealed)",
		"Too much memory and two password slots: the structure comes before the limits.",
		resign(func(b *box) {
			b.slots[0].body[atMemory] = 1
			b.slots = append(b.slots, passwordSlot(seed+" second", b.key, "another password", cheap))
		}), refused(fault.MalformedHeader))
}

// passkeyRules are the bounds of a passkey slot's fields.
func passkeyRules(s *suite) {
	const seed = "header/passkey"
	b := archiveOf(seed)
	fields := func(rpID string, credential int) *slotBox {
		return passkeySlot(seed, b.key, rpID, make([]byte, credential))
	}
	base := s.described("passkey-longest", "SLT-1 SLT-16 CON-1 (boundary)",
		"The longest relying party id and the longest credential.",
		b.with(fields(strings.Repeat("a", 255), 1023)))
	base.but("passkey-shortest", "SLT-1 SLT-16 CON-1 (boundary)", "A relying party id and a credential of one byte.",
		resign(func(b *box) { b.slots[0] = fields("a", 1) }), acceptedAs((*box).describe))
	for _, c := range []struct {
		slug, comment, rpID string
		credential          int
	}{
		{"passkey-without-rp-id", "The relying party id has at least one byte.", "", 16},
		{"passkey-without-credential", "The credential has at least one byte.", "example.org", 0},
		{"passkey-credential-1024", "The credential has at most 1023 bytes.", "example.org", 1024},
		{"passkey-credential-65000", "A credential that would fill the header.", "example.org", 65000},
	} {
		base.but(c.slug, "SLT-1 CON-1 HDR-15 (boundary resealed)", c.comment,
			resign(func(b *box) { b.slots[0] = fields(c.rpID, c.credential) }), refused(fault.MalformedHeader))
	}
	for _, c := range []struct{ slug, comment, rpID string }{
		{"passkey-control-character", "An escape sequence in the relying party id could deceive whoever reads it.",
			"example.org\x1b[2J"},
		{"passkey-upper-case", "Upper case is not how a relying party id is written.", "EXAMPLE.ORG"},
		{"passkey-not-utf-8", "The relying party id is not even text.", "\xff\xfe"},
	} {
		base.but(c.slug, "SLT-16 HDR-15 (resealed)", c.comment,
			resign(func(b *box) { b.slots[0] = fields(c.rpID, 16) }), refused(fault.MalformedHeader))
	}
}
