package generator

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// rescued is the output of archive.salvage.
type rescued struct {
	fault   fault.Name // "" for none
	indexed bool
	end     int // where the walk ended, or reached
	entries []any
	unsafe  []any
	more    int // bytes that were appended
}

// reached says that the end of the archive was reached.
const reached = -1

func (r rescued) output() vectors.Object {
	o := vectors.Object{
		"fault": nil, "indexed": r.indexed, "end_reached": r.end == reached, "walk_end": nil,
		"entries": append([]any{}, r.entries...), "unsafe": append([]any{}, r.unsafe...),
		"appended": r.more,
	}
	if r.fault != "" {
		o["fault"] = string(r.fault)
	}
	if r.end != reached {
		o["walk_end"] = r.end
	}
	return o
}

// found is a frame as salvage finds it. With no range of its content lost it is
// whole.
func (p *plain) found(frame int, confirmed bool, lost ...[2]int) vectors.Object {
	f := p.frames[frame]
	o := vectors.Object{
		"path": f.path, "kind": int(f.kind), "modified_ms": moment(f.modified), "size": f.size, "confirmed": confirmed,
		"status": "whole", "lost": []any{},
	}
	if lost == nil {
		o["sha512"] = vectors.Bytes(sha512Of(f.content))
		return o
	}
	o["status"] = "damaged"
	ranges, gone := []any{}, 0
	for _, r := range lost {
		ranges, gone = append(ranges, []any{r[0], r[1]}), gone+r[1]
	}
	if gone == len(f.content) {
		o["status"] = "missing"
	}
	o["lost"] = ranges
	return o
}

// missing is a frame whose fields are lost or contradict the record.
func (p *plain) missing(frame int) vectors.Object {
	o := p.found(frame, true)
	o["status"] = "missing"
	delete(o, "sha512")
	return o
}

func (p *plain) allWhole(confirmed bool) (all []any) {
	for i := range p.frames {
		all = append(all, p.found(i, confirmed))
	}
	return all
}

// from is the range of a frame's content from an offset of the plaintext to an
// end of it, as far as it lies in the content.
func (p *plain) from(frame, start, end int) [2]int {
	at := p.contentAt(frame)
	start, end = max(start, at), min(end, at+len(p.frames[frame].content))
	return [2]int{start - at, end - start}
}

func salvageCases(s *suite) {
	salvageHeader(s)
	salvageIndexed(s)
	salvageWalked(s)
	salvageSegment(s)
	salvagePlanted(s)
	salvageSplices(s)
	salvageSet(s)
	salvageWalks(s)
	salvageAppended(s)
	salvageLostHeader(s)
	salvageApart(s)
}

// rescue adds a container and what salvage gets out of it.
func (s *suite) rescue(slug, requirements, comment string, b *box, secret vectors.Object, r rescued) *made {
	return s.valid(slug, requirements, comment, "archive.salvage", b.input(secret), r.output()).of(b)
}

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

// salvageIndexed are archives whose index can be read.
func salvageIndexed(s *suite) {
	const seed = "salvage/indexed"
	b := archiveOf(seed, quietFile("a-long", 3, 30000), quietFile("b-across", other, 2800),
		file("c-small", document, "in the last chunk"), file("d-empty", other, ""))
	p := b.plain
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	whole := rescued{indexed: true, end: reached, entries: p.allWhole(true)}
	base := s.rescue("indexed", "SLV-5 SLV-9 (long)",
		"The archive of the next cases: three chunks, the index in the last one.", b, b.withKey(), whole)
	with := func(entries ...any) want {
		return accepted(rescued{fault: fault.PayloadTampered, indexed: true, end: reached, entries: entries}.output())
	}
	c, d := p.found(2, true), p.found(3, true)
	base.but("indexed-middle-chunk", "COB-13 ERR-4 SLV-1 SLV-2 SLV-9 SLV-10 (long)",
		"The second chunk is damaged: the end of one entry and the beginning of another are lost.",
		flip("container", at(1), 1), with(p.found(0, true, p.from(0, chunkSize, 2*chunkSize)), p.missing(1), c, d))
	base.but("indexed-first-chunk", "SLV-9 SLV-23 (long)",
		"The first chunk is damaged, and with it the fields of the first entry's frame: the entry is missing.",
		flip("container", at(0), 1), with(p.missing(0), p.found(1, true), c, d))
	base.but("indexed-both-chunks", "SLV-9 SLV-23 (long)", "The first two chunks are damaged.",
		flips("container", 1, at(0), at(1)), with(p.missing(0), p.missing(1), c, d))
	base.but("indexed-chunks-exchanged", "SLV-3 SLV-9 (long)",
		"The first two chunks are exchanged: neither is where it was sealed, and neither is looked for elsewhere.",
		swap("container", at(0), at(1), sealedSize), with(p.missing(0), p.missing(1), c, d))
	base.but("cut-to-piece-of-16399", "SLV-11 SLV-21 (long cut boundary)",
		"Of the first chunk one byte is missing, and all the others.",
		cutTo("container",
			b.headerSize()+prefixSize+sealedSize-1), accepted(rescued{fault: fault.PayloadTampered}.output()))
	base.but("indexed-frame-contradicts", "SLV-9 SLV-14 (long resealed)",
		"The last frame's size differs from its record's: the entry is missing.",
		reseal(func(p *plain) { p.frames[2].size++ }), accepted(rescued{
			fault: fault.MalformedArchive, indexed: true, end: reached,
			entries: []any{p.found(0, true), p.found(1, true), p.missing(2), d},
		}.output()))

	renamed := b.clone()
	third := &renamed.plain.live[2]
	third.path, third.kind, third.modified = "c-renamed", settings, epoch+7
	renamed.finish()
	changed := p.found(2, true)
	changed["path"], changed["kind"], changed["modified_ms"] = "c-renamed", settings, 7
	s.rescue("indexed-renamed", "SLV-5 SLV-9 (long)", "The index governs path, kind and time.", renamed,
		renamed.withKey(),
		rescued{indexed: true, end: reached, entries: []any{p.found(0, true), p.found(1, true), changed, d}})

	// Content that begins with a chunk and fills it.
	fields := 20 + len("b-chunk")
	exact := archiveOf("salvage/exact", quietFile("a-first", other, chunkSize-27-fields),
		quietFile("b-chunk", other, chunkSize), file("c", other, "behind"))
	q := exact.plain
	s.rescue("indexed-exact", "SLV-9 (long boundary)",
		"The archive of the next case: an entry whose content is exactly the second chunk.", exact, exact.withKey(),
		rescued{indexed: true, end: reached, entries: q.allWhole(true)}).
		but("indexed-content-lost", "SLV-9 (long boundary)",
			"The second chunk is damaged: all of the entry's content is lost, and the fields of its frame are not.",
			flip("container", exact.headerSize()+chunkAt(1), 1), with(q.found(0, true),
				q.found(1, true, [2]int{0, chunkSize}), q.found(2, true)))
	near := archiveOf("salvage/near", quietFile("a-first", other, chunkSize-27-fields-500),
		quietFile("b-chunk", other, 40000), file("c", other, "behind"))
	q = near.plain
	s.rescue("indexed-near", "SLV-9 (long boundary)",
		"The archive of the next case: the fields of a frame and 500 bytes of content stand before the end of the "+
			"first chunk.", near, near.withKey(),
		rescued{indexed: true, end: reached, entries: q.allWhole(true)}).
		but("indexed-fields-before-loss", "SLV-9 SLV-10 (long boundary)",
			"The second chunk is damaged: the fields and the first bytes of the content are whole.",
			flip("container", near.headerSize()+chunkAt(1), 1), with(q.found(0, true),
				q.found(1, true, q.from(1, chunkSize, 2*chunkSize)), q.found(2, true)))
	two := archiveOf("salvage/two-ranges", quietFile("a", other, 5*chunkSize), file("b", other, "behind"))
	q = two.plain
	ranges := s.rescue("indexed-ranges", "SLV-10 (long)",
		"The archive of the next cases: an entry that six chunks hold.", two, two.withKey(),
		rescued{indexed: true, end: reached, entries: q.allWhole(true)})
	ranges.but("indexed-two-ranges", "SLV-10 (long)",
		"The second and the fourth chunk are damaged: two ranges are lost.",
		flips("container", 1, two.headerSize()+chunkAt(1), two.headerSize()+chunkAt(3)),
		with(q.found(0, true, q.from(0, chunkSize, 2*chunkSize), q.from(0, 3*chunkSize, 4*chunkSize)),
			q.found(1, true)))
	ranges.but("indexed-one-range", "SLV-10 (long)", "The second and the third chunk are damaged: one range is lost.",
		flips("container", 1, two.headerSize()+chunkAt(1), two.headerSize()+chunkAt(2)),
		with(q.found(0, true, q.from(0, chunkSize, 3*chunkSize)), q.found(1, true)))
}
