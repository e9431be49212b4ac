package generator

import (
	"bytes"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

type oldKey struct {
	epoch uint64
	key   []byte
}

func (k oldKey) bytes() []byte { return append(u64(k.epoch), k.key...) }

// ring is the plaintext of a keyring (spec chapter 9).
type ring struct {
	setID      []byte
	epoch      uint64
	writer     []byte
	created    uint64
	generation uint64
	head       []byte
	old        []oldKey
	oldTail    []byte // behind the last old key, within the vector
	tail       []byte // behind the keyring
	raw        []byte // if not nil, the whole plaintext
}

func (r *ring) pieces() [][]byte {
	if r.raw != nil {
		return [][]byte{r.raw}
	}
	var old []byte
	for _, k := range r.old {
		old = append(old, k.bytes()...)
	}
	old = append(old, r.oldTail...)
	return [][]byte{r.setID, u64(r.epoch), r.writer, u64(r.created), u64(r.generation), r.head, u16(len(old)), old, r.tail}
}

func (r *ring) bytes() []byte { return bytes.Join(r.pieces(), nil) }

func (r *ring) clone() *ring {
	c := *r
	c.setID, c.old = slices.Clone(r.setID), slices.Clone(r.old)
	c.writer, c.head = slices.Clone(r.writer), slices.Clone(r.head)
	for i, k := range r.old {
		c.old[i].key = slices.Clone(k.key)
	}
	return &c
}

// opened is the output of keyring.open.
func (r *ring) opened() vectors.Object {
	old := []any{}
	for _, k := range r.old {
		old = append(old, vectors.Object{"epoch": k.epoch, "key": vectors.Bytes(k.key)})
	}
	return vectors.Object{
		"set_id": vectors.Bytes(r.setID), "epoch": r.epoch, "writer": vectors.Bytes(r.writer), "created_ms": moment(r.created),
		"generation": r.generation, "head": vectors.Bytes(r.head), "old_keys": old,
	}
}

// ringOf returns a keyring in which the old keys have the given epochs and its
// own is one greater than the last. The first keyring of a set names no commit.
func ringOf(seed string, epochs ...uint64) *box {
	b := newBox(seed, purposeKeyring)
	b.ring = &ring{
		setID: draw(seed+" set id", 16), epoch: 1, writer: draw(seed+" writer", 16), created: epoch + 1735689600000, head: make([]byte, 32),
	}
	if len(epochs) > 0 {
		b.ring.generation, b.ring.head = 7, draw(seed+" head", 32)
	}
	for i, last := range epochs {
		b.ring.old = append(b.ring.old, oldKey{last, draw(slotSeed(seed+" old key", i), 32)})
		b.ring.epoch = last + 1
	}
	b.finish()
	return b
}

func (s *suite) ring(slug, requirements, comment string, b *box) *made {
	return s.valid(slug, requirements, comment, "keyring.open", b.input(b.withKey()), b.ring.opened()).of(b)
}

func keyringCases(s *suite) {
	none := s.ring("no-old-keys", "KRG-1 KRG-2 (boundary)", "The first keyring of a set: epoch 1 and no old keys.",
		ringOf("keyring/no-old-keys"))
	first := s.ring("one-old-key", "KRG-1 KRG-3 (boundary)", "One old key of epoch 1, in a keyring of epoch 2.",
		ringOf("keyring/one-old-key", 1))
	b := ringOf("keyring/three-old-keys", 1, 4, 5)
	base := s.ring("three-old-keys", "KRG-1 KRG-3 HDR-21",
		"The epochs of old keys increase, and need not be consecutive.", b)
	gap := ringOf("keyring/epoch-gap", 1, 2)
	gap.ring.epoch = 1<<52 - 1
	gap.finish()
	greatest := s.ring("greatest-epoch", "CON-5 KRG-3 (boundary)", "The greatest epoch there can be.", gap)
	greatest.but("epoch-beyond", "CON-5 KRG-1 (boundary resealed)", "An epoch of 2^52.",
		resealRing(func(r *ring) { r.epoch++ }), refused(fault.MalformedArchive))

	var epochs []uint64
	for i := range uint64(1024) {
		epochs = append(epochs, i+1)
	}
	most := s.ring("most-old-keys", "CON-3 KRG-1 KRG-5 KRG-6 (boundary long)",
		"1024 old keys, the most that a keyring holds.", ringOf("keyring/most-old-keys", epochs...))
	most.but("too-many-old-keys", "KRG-1 KRG-5 CON-1 (boundary resealed long)", "1025 old keys are one too many.",
		resealRing(func(r *ring) {
			r.old = append(r.old, oldKey{1025, draw("keyring/too-many-old-keys", 32)})
			r.epoch = 1026
		}), refused(fault.MalformedArchive))
	most.but("first-chunk-damaged", "KRG-6 COB-12 (long)",
		"The first of three chunks is damaged, behind a last one that opens.",
		flip("container", most.box.headerSize()+chunkAt(0), 1), refused(fault.PayloadTampered))
	most.but("longest-and-a-byte", "KRG-5 CON-2 (boundary resealed long)",
		"41051 bytes are one more than a keyring has.",
		resealRing(func(r *ring) { r.tail = []byte{0} }), refused(fault.MalformedArchive))

	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(r *ring)
	}{
		{"set-id-zero", "KRG-2 (resealed)", "A keyring belongs to a set, and its id is not zero.",
			func(r *ring) { clear(r.setID) }},
		{"old-key-epoch-zero", "KRG-3 (boundary resealed)", "Epochs begin with 1.",
			func(r *ring) { r.old[0].epoch = 0 }},
		{"old-key-epochs-equal", "KRG-3 (boundary resealed)", "Two old keys of one epoch.",
			func(r *ring) { r.old[1].epoch = 5 }},
		{"old-key-epochs-decrease", "KRG-3 (boundary resealed)", "The second old key is older than the first.",
			func(r *ring) { r.old[0].epoch = 4; r.old[1].epoch = 3 }},
		{"old-key-epoch-own", "KRG-3 (boundary resealed)", "An old key of the keyring's own epoch.",
			func(r *ring) { r.old[2].epoch = 6 }},
		{"old-key-epoch-later", "KRG-3 (boundary resealed)", "An old key of a later epoch.",
			func(r *ring) { r.old[2].epoch = 7 }},
		{"old-key-epoch-beyond", "CON-5 KRG-1 (boundary resealed)", "An old key whose epoch is 2^52.",
			func(r *ring) { r.old[2].epoch = 1 << 52 }},
		{"old-keys-equal", "KRG-4 (resealed)", "The first and the last old key are equal.",
			func(r *ring) { r.old[2].key = r.old[0].key }},
		{"old-keys-equal-neighbours", "KRG-4 (resealed)", "Two neighbours are equal.",
			func(r *ring) { r.old[1].key = r.old[0].key }},
		{"old-key-is-own", "KRG-4 (resealed)", "An old key is the container's own.",
			func(r *ring) { r.old[1].key = b.key }},
		{"old-keys-39-bytes", "KRG-1 CON-1 (boundary resealed)", "A byte is missing at the end of the last old key.",
			func(r *ring) { cutLast(r) }},
		{"old-keys-41-bytes", "KRG-1 CON-1 (boundary resealed)", "A byte follows the last old key within the vector.",
			func(r *ring) { r.oldTail = []byte{0} }},
		{"byte-behind", "KRG-1 CON-2 (boundary resealed)", "A byte follows the keyring.",
			func(r *ring) { r.tail = []byte{0} }},
		{"byte-missing", "KRG-1 CON-1 CON-3 (boundary resealed)", "The last byte of the keyring is missing.",
			func(r *ring) { p := r.bytes(); r.raw = p[:len(p)-1] }},
		{"vector-longer", "KRG-1 CON-1 CON-3 (resealed)", "The vector of old keys states 40 bytes more than there are.",
			func(r *ring) { p := r.bytes(); p[89] += 40; r.raw = p }},
		{"vector-shorter", "KRG-1 CON-2 (resealed)", "The vector of old keys states 40 bytes less than there are.",
			func(r *ring) { p := r.bytes(); p[89] -= 40; r.raw = p }},
		{"cut-in-vector-length", "KRG-1 CON-1 (boundary resealed)", "89 bytes are one less than the shortest keyring.",
			func(r *ring) { r.raw = r.bytes()[:89] }},
		{"empty-plaintext", "KRG-1 (boundary resealed)", "Nothing at all is not a keyring.",
			func(r *ring) { r.raw = []byte{} }},
	} {
		base.but(c.slug, c.requirements, c.comment, resealRing(c.edit), refused(fault.MalformedArchive))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(r *ring)
	}{
		{"writer-zero", "KRG-8 (resealed)", "A keyring says who writes, and that is not zero.", func(r *ring) { clear(r.writer) }},
		{"generation-alone", "KRG-9 (resealed)", "A generation, and no digest of its commit.", func(r *ring) { clear(r.head) }},
		{"head-alone", "KRG-9 (boundary resealed)", "A digest of a commit, and no generation.", func(r *ring) { r.generation = 0 }},
		{"head-alone-last-bit", "KRG-9 (boundary resealed)", "A digest with nothing but its last bit, and no generation.", func(r *ring) { clear(r.head); r.head[31], r.generation = 1, 0 }},
		{"generation-beyond", "CON-5 KRG-1 (boundary resealed)", "A generation of 2^52.", func(r *ring) { r.generation = 1 << 52 }},
		{"created-beyond", "CON-5 KRG-1 (boundary resealed)", "A time of 2^52.", func(r *ring) { r.created = 1 << 52 }},
	} {
		base.but(c.slug, c.requirements, c.comment, resealRing(c.edit), refused(fault.MalformedArchive))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(r *ring)
	}{
		{"writer-last-bit", "KRG-8 (boundary)", "A writer with nothing but its last bit.", func(r *ring) { clear(r.writer); r.writer[15] = 1 }},
		{"head-last-bit", "KRG-9 (boundary)", "A digest with nothing but its last bit.", func(r *ring) { clear(r.head); r.head[31] = 1 }},
		{"no-commit-yet", "KRG-9 (boundary)", "Neither generation nor digest, in a later epoch: nothing was committed before it.", func(r *ring) { clear(r.head); r.generation = 0 }},
		{"generation-greatest", "CON-5 KRG-9 (boundary)", "The greatest generation there can be.", func(r *ring) { r.generation = 1<<52 - 1 }},
		{"created-zero", "KRG-10 (boundary)", "A time that is not known.", func(r *ring) { r.created = 0 }},
		{"created-1969", "KRG-10 (boundary)", "A millisecond before 1970.", func(r *ring) { r.created = epoch - 1 }},
		{"created-greatest", "CON-5 KRG-10 (boundary)", "The greatest time there can be.", func(r *ring) { r.created = 1<<52 - 1 }},
	} {
		base.but(c.slug, c.requirements, c.comment, resealRing(c.edit), acceptedAs(func(b *box) vectors.Object { return b.ring.opened() }))
	}
	keyringCuts(base)
	keyringValues(s)
	none.but("epoch-zero", "KRG-2 (boundary resealed)", "Epoch 0: keyrings are numbered from 1.",
		resealRing(func(r *ring) { r.epoch = 0 }), refused(fault.MalformedArchive))
	first.but("epoch-own-of-only-key", "KRG-3 (boundary resealed)", "The only old key is of the keyring's own epoch.",
		resealRing(func(r *ring) { r.old[0].epoch = 2 }), refused(fault.MalformedArchive))

	headerSize := b.headerSize()
	base.but("wrong-key", "HDR-18 (wrong-secret)", "The key of another set.", flip("secret.key", 0, 1),
		refused(fault.WrongSecret))
	base.but("damaged-chunk", "COB-12", "A bit of the only chunk is another.",
		flip("container", headerSize+prefixSize+30, 4), refused(fault.PayloadTampered))
	base.but("cut", "HDR-11 (cut)", "The tag lacks its last byte: what stands in its place is no tag.",
		cutTo("container", len(b.bytes())-1), refused(fault.PayloadTampered))
	base.but("purpose-altered", "HDR-19 (forged)", "The purpose is altered to archive, and the digest with it.",
		forge(func(b *box) { b.purpose = purposeArchive }), refused(fault.HeaderTampered))
	base.but("archive-instead", "HDR-21", "An archive is not a keyring.", archiveInstead("keyring/archive-instead", b),
		refused(fault.MalformedArchive))

	slots := ringOf("keyring/with-slots", 3)
	slots = slots.with(passwordSlot("keyring/with-slots password", slots.key, "correct horse battery staple", cheap),
		passkeySlot("keyring/with-slots passkey", slots.key, "backup.example.org",
			draw("keyring/with-slots credential", 16)))
	s.valid("by-password", "KRG-1 HDR-19 HDR-20", "A keyring is opened by its password slot.", "keyring.open",
		slots.input(slots.slots[0].secret), slots.ring.opened()).of(slots)
	s.valid("by-passkey", "KRG-1 HDR-19 HDR-20", "A keyring is opened by its passkey slot.", "keyring.open",
		slots.input(slots.slots[1].secret), slots.ring.opened()).of(slots)

	keyringOrder(s, most)
	keyringSeals(s)
}

// cutLast shortens the vector of old keys by the last byte of the last one.
func cutLast(r *ring) {
	last := r.old[len(r.old)-1].bytes()
	r.old, r.oldTail = r.old[:len(r.old)-1], last[:39]
}

// archiveInstead replaces a keyring by an empty archive under the same key.
func archiveInstead(seed string, ringBox *box) edit {
	return func(p *made) change {
		b := newBox(seed, purposeArchive)
		b.rekey(ringBox.key, b.payload.salt)
		b.plain = newPlain(b.payload.salt, nil)
		b.finish()
		return p.changeBox("replace", "container", b, differences([][]byte{ringBox.bytes()}, [][]byte{b.bytes()}))
	}
}

// keyringSeals are keyrings that a writer makes with the given randomness.
func keyringSeals(s *suite) {
	seal := func(slug, requirements, comment string, b *box) {
		wanted, random := []any{}, []byte{}
		for _, slot := range b.slots {
			wanted = append(wanted, slot.wanted())
			random = append(random, slot.random...)
		}
		input := b.ring.opened()
		input["key"], input["slots"] = vectors.Bytes(b.key), wanted
		input["random"] = vectors.Bytes(append(random, b.payload.salt...))
		s.valid(slug, requirements, comment, "keyring.seal", input,
			vectors.Object{"container": vectors.Bytes(b.bytes())}).of(b)
	}
	seal("seal-first", "KRG-1 KRG-2 HDR-5", "The first keyring of a set, without slots.", ringOf("keyring/seal-first"))
	seal("seal-old-keys", "KRG-1 KRG-3 KRG-4 HDR-5", "A keyring with two old keys.",
		ringOf("keyring/seal-old-keys", 2, 7))
	b := ringOf("keyring/seal-password", 1)
	seal("seal-password", "KRG-1 HDR-5 SLT-5 SLT-11 SLT-12",
		"A keyring with a password slot of the least cost that writers may use.",
		b.with(passwordSlot("keyring/seal-password slot", b.key, "correct horse battery staple", writer)))
	v := ringOf("keyring/seal-vault", 1)
	seal("seal-vault-and-passkeys", "KRG-1 HDR-5 SLT-5 CON-10", "A keyring with a vault slot and two passkey slots.",
		v.with(vaultSlot("keyring/seal-vault vault", v.key),
			passkeySlot("keyring/seal-vault first", v.key, "backup.example.org",
				draw("keyring/seal-vault first credential", 16)),
			passkeySlot("keyring/seal-vault second", v.key, "backup.example.org",
				draw("keyring/seal-vault second credential", 64))))
}
