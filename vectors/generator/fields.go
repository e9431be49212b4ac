package generator

import (
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// slotFields are slots of which a field is altered that other cases leave alone.
func slotFields(s *suite) {
	key := draw("slot/fields key", 32)
	lanes := passwordSlot("slot/fields password", key, "correct horse battery staple", cost{32, 1, 1})
	password := s.opened("fields-password", "SLT-7 SLT-10", "A password slot of 32 KiB, for the next cases.", key,
		lanes)
	vault := vaultSlot("slot/fields vault", key)
	byVault := s.opened("fields-vault", "SLT-7 SLT-15", "A vault slot, for the next cases.", key, vault)
	passkey := passkeySlot("slot/fields passkey", key, "backup.example.org", draw("slot/fields credential", 20))
	byPasskey := s.opened("fields-passkey", "SLT-7 SLT-19", "A passkey slot, for the next cases.", key, passkey)
	sealed := len(passkey.body) - sealedKeySize
	for _, c := range []struct {
		slug, requirements, comment string
		base                        *made
		offset                      int // in the slot
		mask                        byte
		name                        fault.Name
	}{
		{"password-lanes", "SLT-7", "Two lanes rather than one give another input key.", password, inSlot(atLanes), 3,
			fault.WrongSecret},
		{"password-lanes-three", "SLT-7", "Three lanes rather than one.", password, inSlot(atLanes), 2,
			fault.WrongSecret},
		{"password-memory-first-byte", "SLT-10", "The first byte of the memory counts.", password, inSlot(atMemory), 1,
			fault.LimitExceeded},
		{"password-passes-first-byte", "SLT-10", "The first byte of the passes counts.", password, inSlot(atPasses), 1,
			fault.LimitExceeded},
		{"password-type", "SLT-1", "The type is altered to passkey.", password, 1, 2, fault.MalformedHeader},
		{"password-length", "CON-1", "The body's length states a byte more.", password, 3, 145 ^ 146,
			fault.MalformedHeader},
		{"password-length-first-byte", "CON-1 CON-3", "The body's length states 32768 bytes more.", password, 2, 0x80,
			fault.MalformedHeader},
		{"password-sealed-salt-last-byte", "SLT-7", "The last byte of the sealed key's salt.", password,
			inSlot(atPasswordSealed + 23), 1, fault.WrongSecret},
		{"password-chunk-last-byte", "SLT-8", "The last byte of the sealed key's ciphertext.", password,
			inSlot(atPasswordSealed + 87), 1, fault.HeaderTampered},
		{"password-tag-first-byte", "SLT-8", "The first byte of the tag.", password, inSlot(atPasswordSealed + 88), 1,
			fault.HeaderTampered},
		{"vault-type", "SLT-1", "The type is altered to passkey.", byVault, 1, 1, fault.MalformedHeader},
		{"vault-type-unknown", "SLT-2 SLT-15", "The type is altered to one that is unknown.", byVault, 0, 1,
			fault.NoMatchingSlot},
		{"vault-id-last-byte", "SLT-15", "The last byte of the vault's id.", byVault, inSlot(31), 1,
			fault.NoMatchingSlot},
		{"vault-credential-last-byte", "SLT-15", "The last byte of the credential.", byVault, inSlot(63), 1,
			fault.NoMatchingSlot},
		{"vault-commitment-last-byte", "SLT-7", "The last byte of the commitment.", byVault, inSlot(atVaultSealed + 55),
			1, fault.WrongSecret},
		{"vault-chunk-first-byte", "SLT-8", "The first byte of the sealed key's ciphertext.", byVault,
			inSlot(atVaultSealed + 56), 1, fault.HeaderTampered},
		{"vault-tag-last-byte", "SLT-8", "The last byte of the tag.", byVault, -1, 1, fault.HeaderTampered},
		{"passkey-type", "SLT-1", "The type is altered to vault.", byPasskey, 1, 1, fault.MalformedHeader},
		{"passkey-type-unknown", "SLT-2 SLT-19", "The type is altered to one that is unknown.", byPasskey, 0, 1,
			fault.NoMatchingSlot},
		{"passkey-salt-last-byte", "SLT-7", "The last byte of the salt.", byPasskey, inSlot(31), 1, fault.WrongSecret},
		{"passkey-rp-id-length-more", "SLT-1", "The relying party id's length is one more.", byPasskey, inSlot(32),
			18 ^ 19, fault.MalformedHeader},
		{"passkey-rp-id-length-less", "SLT-1", "The relying party id's length is one less.", byPasskey, inSlot(32),
			18 ^ 17, fault.MalformedHeader},
		{"passkey-rp-id-last-byte", "SLT-19", "The last character of the relying party id.", byPasskey, inSlot(33 + 17),
			1, fault.NoMatchingSlot},
		{"passkey-credential-length-more", "SLT-1", "The credential's length is one more.", byPasskey,
			inSlot(33 + 18 + 1), 20 ^ 21, fault.MalformedHeader},
		{"passkey-credential-length-less", "SLT-1", "The credential's length is one less.", byPasskey,
			inSlot(33 + 18 + 1), 20 ^ 19, fault.MalformedHeader},
		{"passkey-credential-first-byte", "SLT-19", "The first byte of the credential.", byPasskey, inSlot(33 + 18 + 2),
			1, fault.NoMatchingSlot},
		{"passkey-sealed-salt", "SLT-7", "The sealed key's salt.", byPasskey, inSlot(sealed), 1, fault.WrongSecret},
		{"passkey-commitment-last-byte", "SLT-7", "The last byte of the commitment.", byPasskey, inSlot(sealed + 55), 1,
			fault.WrongSecret},
		{"passkey-tag-last-byte", "SLT-8", "The last byte of the tag.", byPasskey, -1, 1, fault.HeaderTampered},
	} {
		c.base.but("fields-"+c.slug, c.requirements+" (forged)", c.comment, flip("slot", c.offset, c.mask),
			refused(c.name))
	}
	byPasskey.but("fields-passkey-longer-credential", "SLT-19 (wrong-secret)",
		"A credential of which the slot's is a prefix is another one.", extend("secret.credential", []byte{0}),
		refused(fault.NoMatchingSlot))
	byPasskey.but("fields-passkey-longer-rp-id", "SLT-19 (wrong-secret)",
		"A relying party id of which the slot's is a prefix is another one.", extend("secret.rp_id", []byte("x")),
		refused(fault.NoMatchingSlot))
	byPasskey.but("fields-passkey-upper-case", "SLT-19 (wrong-secret)", "Relying party ids are compared byte by byte.",
		replace("secret.rp_id", []byte("Backup.example.org")), refused(fault.NoMatchingSlot))
}

// archiveFields are archives of which a field is altered that other cases leave
// alone, and which are correctly sealed.
func archiveFields(s *suite) {
	b := archiveOf("archive/fields", samples()...)
	list := s.listed("fields", "ARC-20 ARC-22", "The archive of the next cases.", b)
	extract := s.extracted("fields-extract", "ARC-26", "The same, and its first entry.", b, 0)
	restore := s.restored("fields-restore", "ARC-30", "The same, restored.", b)
	at := func(offset func(p *plain) uint64, mask byte) edit {
		return resealBytes(func(p *plain, b []byte) []byte { b[offset(p)] ^= mask; return b })
	}
	inIndex := func(n int) func(p *plain) uint64 { return func(p *plain) uint64 { return p.indexAt() + uint64(n) } }
	const producerAt = 1 + 16 + 8 + 8 + 8 + 1 + 24
	refsAt := producerAt + 1 + len(b.plain.producer) + 2
	record := func(n int) func(p *plain) uint64 {
		return func(p *plain) uint64 { return p.segmentAt() + 5 + uint64(n) } // the first record, of the path "empty"
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
	}{
		{"set-id-last-byte", "ARC-21", "The last byte of set_id.", at(inIndex(16), 1)},
		{"generation-first-byte", "CON-5", "The first byte of the generation: 2^56.", at(inIndex(17), 1)},
		{"epoch-last-byte", "ARC-21", "The last byte of the epoch.", at(inIndex(32), 1)},
		{"previous-first-byte", "ARC-22", "The first byte of previous.", at(inIndex(42), 0x80)},
		{"producer-length-more", "ARC-18 CON-1", "The producer's length is one more.", at(inIndex(producerAt), 14^15)},
		{"producer-length-less", "ARC-18 CON-1", "The producer's length is one less.", at(inIndex(producerAt), 14^13)},
		{"producer-length-greatest", "ARC-18 CON-1 CON-3", "The producer's length is 255.",
			at(inIndex(producerAt), 14^255)},
		{"segments-length-first-byte", "ARC-18 CON-1 CON-3", "The references' length is 256 more.",
			at(inIndex(refsAt-2), 1)},
		{"reference-container", "ARC-20", "The first byte of the reference's container.", at(inIndex(refsAt), 1)},
		{"reference-container-last-byte", "ARC-20", "The last byte of the reference's container.",
			at(inIndex(refsAt+23), 1)},
		{"record-container", "ARC-22", "The first byte of a record's container.", at(record(2), 1)},
		{"record-container-last-byte", "ARC-22", "The last byte of a record's container.", at(record(25), 1)},
		{"record-path-length-less", "CON-1", "The length of a record's path is one less.", at(record(35), 5^4)},
		{"record-path-length-first-byte", "CON-1 CON-3", "The length of a record's path is 256 more.",
			at(record(34), 1)},
		{"record-path-length-greatest", "CON-1 CON-3", "The length of a record's path is 65535.",
			resealBytes(func(p *plain, b []byte) []byte { copy(b[p.segmentAt()+5+34:], u16(65535)); return b })},
		{"segment-type", "ARC-23", "The segment frame has the type of an index.",
			at(func(p *plain) uint64 { return p.segmentAt() }, 3^4)},
		{"index-type", "ARC-18", "The index frame has type 0.", at(inIndex(0), 4)},
		{"index-type-unknown", "ARC-18", "The index frame has a type that does not exist.", at(inIndex(0), 1)},
	} {
		list.but("fields-"+c.slug, c.requirements+" (resealed)", c.comment, c.edit, refused(fault.MalformedArchive))
	}
	list.but("fields-record-path-length-more", "ARC-5 (resealed)",
		"The length of a record's path is one more: the kind, a zero byte, is taken for its last character. The rest "+
			"decodes, since the time is 0.",
		resealBytes(func(p *plain, b []byte) []byte {
			rec := b[p.segmentAt()+5:]
			rec[35] = 6
			clear(rec[42:50])
			return b
		}), refused(fault.UnsafePath))
	for _, c := range []struct {
		slug, comment string
		edit          edit
	}{
		{"frame-path-length-more", "The length of the frame's path is one more.",
			at(func(*plain) uint64 { return 2 }, 19^20)},
		{"frame-path-length-less", "The length of the frame's path is one less.",
			at(func(*plain) uint64 { return 2 }, 19^18)},
		{"frame-path-length-greatest", "The length of the frame's path is 65535.",
			resealBytes(func(_ *plain, b []byte) []byte { copy(b[1:], u16(65535)); return b })},
		{"frame-size-first-byte", "The first byte of the frame's size: 2^56.",
			at(func(p *plain) uint64 { return uint64(p.frames[0].fields()) - 8 }, 1)},
		{"frame-time-first-byte", "The first byte of the frame's time: 2^56.",
			at(func(p *plain) uint64 { return uint64(p.frames[0].fields()) - 16 }, 1)},
	} {
		extract.but("fields-"+c.slug, "ARC-26 (resealed)", c.comment, c.edit, refused(fault.MalformedArchive))
		restore.but("fields-"+c.slug+"-restore", "ARC-30 (resealed)", c.comment, c.edit,
			refused(fault.MalformedArchive))
	}
	for _, c := range []struct {
		slug, comment string
		mask          byte
	}{{"to-entry", "The padding frame has the type of an entry.", 3}, {"to-segment",
		"The padding frame has the type of a segment.", 1}, {"to-unknown",
		"The padding frame has a type that does not exist.", 0x80}} {
		restore.but("fields-padding-type-"+c.slug, "ARC-30 (resealed)", c.comment,
			at(func(p *plain) uint64 { return p.paddingAt() }, c.mask), refused(fault.MalformedArchive))
	}

	// The longest path, from end to end.
	long := archiveOf("archive/longest-path", file(strings.Repeat("p", 1024), other, "content"), file("b", other, ""))
	s.extracted("longest-path-extract", "ARC-26 CON-1 (boundary)", "An entry whose path has 1024 bytes.", long, 0)
	s.restored("longest-path-restore", "ARC-30 CON-1 (boundary)", "The same, restored.", long)
}

// archiveRegion are records at the end of the entry region.
func archiveRegion(s *suite) {
	b := archiveOf("archive/region", file("a", other, "content"), file("b", other, ""))
	list := s.listed("region", "ARC-15", "The archive of the next cases.", b)
	end := func(p *plain) uint64 { return p.segmentAt() - 9 }
	for _, c := range []struct {
		slug, comment string
		back          uint64 // from the region's end to the record's offset
		name          fault.Name
	}{
		{"last-offset", "A record of size 0 begins 21 bytes before the end of the entry region.", 21, ""},
		{"last-offset-and-1", "A record of size 0 begins 20 bytes before the end of the entry region.", 20,
			fault.MalformedArchive},
		{"end", "A record of size 0 begins at the end of the entry region.", 0, fault.MalformedArchive},
	} {
		w := refused(c.name)
		if c.name == "" {
			w = acceptedAs(listOf)
		}
		list.but("region-"+c.slug, "ARC-15 (boundary resealed)", c.comment,
			reseal(func(p *plain) { p.live[1].offset = end(p) - c.back }), w)
	}
	list.but("region-overlap-not-neighbours", "ARC-14 (resealed)",
		"A frame reaches over the next one's beginning, and the records are in another order than the frames.",
		reseal(func(p *plain) {
			p.live[0].offset, p.live[1].offset, p.live[1].size = 25, 0,
				10
		}), refused(fault.MalformedArchive))
	list.but("region-touching-otherwise", "ARC-14 (boundary)",
		"The frames touch, and the records are in another order than the frames.",
		reseal(func(p *plain) { p.live[0].offset, p.live[1].offset = 21, 0 }), acceptedAs(listOf))

	// The shortest index frame, and one byte less.
	least := archiveOf("archive/shortest-index", file("a", other, "some content, so that the archive has room"))
	least.plain.producer = ""
	least.finish()
	s.listed("shortest-index", "ARC-18 (boundary)", "An index frame of 109 bytes, the least there can be.", least).
		but("shortest-index-and-1", "ARC-18 (boundary resealed)",
			"The trailer points one byte too far: 108 bytes are left.", reseal(func(p *plain) { p.trailer++ }),
			refused(fault.MalformedArchive))
}

// setLongestIndex is the longest index frame, and one byte more.
func setLongestIndex(s *suite) {
	foreign := draw("archive/longest-index other container", 24)
	base := s.listed("set-longest-index", "ARC-18 (set long)", "The archive of the next cases.",
		setArchive("archive/longest-index", 262144))
	longest := func(p *plain) {
		p.producer = string(slices.Repeat([]byte{'x'}, 255))
		for range 15 {
			p.addRef(foreign)
		}
	}
	base.but("set-index-964-bytes", "ARC-18 ARC-24 (set long boundary)",
		"An index frame of 964 bytes, the most there can be. Fifteen of its segments are not there.", reseal(longest),
		refused(fault.MissingContainer))
	base.but("set-index-965-bytes", "ARC-18 (set long boundary resealed)",
		"The trailer points one byte before an index frame of 964 bytes.",
		reseal(func(p *plain) { longest(p); p.trailer-- }), refused(fault.MalformedArchive))
}
