package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
)

// Where the digest and the MAC of a container without slots begin.
const (
	atDigest = atSlots
	atMAC    = atDigest + 8
)

// setKeyrings say which keyring counts.
func setKeyrings(s *suite) {
	b := newBackup("set/keyrings", 4)
	old, newest := b.ringOf(2, 0, make([]byte, 32)), b.ringOf(4, 0, make([]byte, 32))
	first, second := keyringName(4), copyName(4)
	b.put(second, newest)
	b.put(keyringName(2), old)
	b.put(first, newest)
	b.put(copyName(2), old)
	base := s.set("keyrings", "SET-7 SET-10", "The keyrings of two epochs, each with its copy, and the key of the later one.",
		b.input(), b.output())
	base.but("keyring-old-secret", "SET-7 (wrong-secret)",
		"The secret is that of the earlier keyring, which is not tried.", replace("secret.key", b.oldKey),
		refused(fault.WrongSecret))
	for _, c := range []struct {
		slug, comment string
		edit          edit
	}{
		{"magic", "The first is not a container", flip(b.bytesAt(first), 0, 1)},
		{"version", "The first is of a later version", flip(b.bytesAt(first), atVersion+1, 2)},
		{"cut", "The first was cut within its header", cutTo(b.bytesAt(first), 100)},
		{"empty", "The first is empty", cutTo(b.bytesAt(first), 0)},
		{"digest", "The first was damaged", flip(b.bytesAt(first), atDigest, 1)},
		{"archive", "The first says that it is an archive", b.remade("resign", first, func(b *box) {
			b.purpose = purposeArchive
			b.sign()
		})},
		{"purpose", "The first is of a purpose that there is not", b.remade("resign", first, func(b *box) {
			b.purpose = 3
			b.sign()
		})},
	} {
		base.but("keyring-"+c.slug, "SET-7 SET-10", c.comment+": it is passed over, and the copy counts.", c.edit,
			accepted(b.output(first)))
	}
	base.but("keyring-mac", "SET-7 SET-10", "The MAC of the first is another: its copy has other bytes, and opens.",
		flip(b.bytesAt(first), atMAC, 1), accepted(b.output(first)))
	base.but("keyring-malformed", "SET-7 SET-10", "The first has a set id of zero: its copy has other bytes, and opens.",
		b.resealedRing(first, func(r *ring) { r.setID = make([]byte, 16) }), accepted(b.output(first)))
	base.but("keyring-copy-damaged", "SET-7", "The copy is damaged, and nobody asks for it.",
		flip(b.bytesAt(second), atMAC, 1), accepted(b.output()))
	base.but("keyring-name-of-later", "SET-8 SET-10",
		"The first has the name of the copy of epoch 5, which is not its own: it is passed over, and the copy under the right name counts.",
		b.renamed(first, copyName(5)), accepted(b.output(copyName(5))))
	base.but("keyring-name-of-later-first", "SET-7",
		"The first has the name of epoch 5, which has no copy: nobody asks for it.",
		b.renamed(first, keyringName(5)), accepted(b.output()))

	spoilt := newBackup("set/keyrings", 4)
	damaged := newest.clone()
	damaged.damage(0)
	spoilt.put(first, damaged)
	spoilt.put(keyringName(2), old)
	spoilt.put(second, newest)
	payload := s.set("keyring-payload", "SET-7 SET-10", "The payload of the first does not open: its copy has other bytes, and opens.",
		spoilt.input(), spoilt.output(first))
	payload.but("keyring-payload-copy-mac", "SET-7", "The MAC of the copy is another: its outcome is taken.",
		flip(spoilt.bytesAt(second), atMAC, 1), refused(fault.HeaderTampered))
	payload.but("keyring-payload-copy-passed-over", "SET-7",
		"The copy is passed over: the outcome is that of the first, and no earlier keyring is tried.",
		flip(spoilt.bytesAt(second), atDigest, 1), refused(fault.PayloadTampered))
	payload.but("keyring-payload-copy-same", "SET-7", "The copy has the same bytes.", flip(spoilt.bytesAt(second), -16-len(newest.ring.bytes()), 1),
		refused(fault.PayloadTampered))
	payload.but("keyring-payload-copy-gone", "SET-7 (wrong-secret)",
		"There is no copy, nor one of the earlier epoch, which counts then.", spoilt.gone(second), refused(fault.WrongSecret))

	setKeyringsBegun(s)
	setKeyringsAlone(s)
	setKeyringsEarlier(s)
	setSlots(s)
}

// setKeyringsBegun are sets with an epoch whose copy was not stored.
func setKeyringsBegun(s *suite) {
	b := newBackup("set/keyring-begun", 4)
	first, second := keyringName(2), copyName(2)
	begun, before := b.ringOf(4, 0, make([]byte, 32)), b.ringOf(2, 0, make([]byte, 32))
	b.put(keyringName(4), begun)
	b.put(first, before)
	b.put(second, before)
	earlier := *b
	earlier.epoch = 2
	input := with(b.input(), "secret", keySecret(b.oldKey))
	base := s.set("keyring-begun", "SET-7",
		"The keyring of the later epoch has no copy: that of the earlier one counts, and its secret opens it.",
		input, earlier.output())
	base.but("keyring-begun-secret", "SET-7 (wrong-secret)", "The secret is that of the later keyring.",
		replace("secret.key", b.key), refused(fault.WrongSecret))
	base.but("keyring-begun-completed", "SET-7 (wrong-secret)", "The later keyring has the name of the copy alone, and counts.",
		b.renamed(keyringName(4), copyName(4)), refused(fault.WrongSecret))
	base.but("keyring-begun-first-gone", "SET-7", "The earlier keyring has nothing but its copy.", b.gone(first),
		accepted(earlier.output()))
	base.but("keyring-begun-copy-gone", "SET-7", "The earlier keyring has no copy either: the least epoch counts.",
		b.gone(second), accepted(earlier.output()))
	base.but("keyring-begun-first-damaged", "SET-7 SET-10", "The earlier keyring is damaged under its first name: its copy counts.",
		flip(b.bytesAt(first), atDigest, 1), accepted(earlier.output(first)))

	lost := newBackup("set/keyring-begun", 4)
	damaged := before.clone()
	damaged.digest = flipped(damaged.digest, 0, 1)
	lost.put(keyringName(6), lost.ringOf(6, 0, make([]byte, 32)))
	lost.put(second, damaged)
	lost.put(keyringName(4), begun)
	lost.put(first, damaged)
	s.set("keyring-begun-alone", "SET-7 SET-10",
		"The complete epoch is damaged twice: of the others, which have no copies, the least counts.",
		lost.input(), lost.output(first, second)).
		but("keyring-begun-alone-damaged", "SET-7 SET-10", "That one is damaged, too: the next one counts, which the secret opens as well.",
			flip(lost.bytesAt(keyringName(4)), atDigest, 1), accepted(with(lost.output(first, second, keyringName(4)), "epoch", 6)))
}

// setKeyringsAlone are sets of one keyring.
func setKeyringsAlone(s *suite) {
	b := newBackup("set/keyring-alone", 4)
	name := keyringName(4)
	b.put(name, b.ringOf(4, 0, make([]byte, 32)))
	base := s.set("keyring-alone", "SET-8 SET-9", "A set of one keyring.", b.input(), b.output())
	base.but("keyring-alone-payload", "SET-7", "Its payload does not open.", flip(b.bytesAt(name), -1, 1), refused(fault.PayloadTampered))
	base.but("keyring-alone-as-copy", "SET-7", "It has the name of a copy, which is as good.", b.renamed(name, copyName(4)),
		accepted(b.output()))
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
	}{
		{"later-name", "SET-8 SET-9", "It has the name of a later epoch.", b.renamed(name, keyringName(5))},
		{"earlier-name", "SET-8 SET-9", "It has the name of an earlier epoch.", b.renamed(name, keyringName(3))},
		{"later-copy-name", "SET-8 SET-9", "It has the name of the copy of a later epoch.", b.renamed(name, copyName(5))},
		{"epoch", "SET-8 SET-9 (resealed)", "It says that it is of epoch 5.", b.resealedRing(name, func(r *ring) { r.epoch = 5 })},
		{"damaged", "SET-9", "It is damaged.", flip(b.bytesAt(name), atDigest, 1)},
		{"archive", "SET-9", "It says that it is an archive.", b.remade("resign", name, func(b *box) {
			b.purpose = purposeArchive
			b.sign()
		})},
	} {
		base.but("keyring-alone-"+c.slug, c.requirements, c.comment, c.edit, refused(fault.MissingContainer))
	}

	base.but("keyring-alone-names-first", "SET-16 (boundary resealed)", "It names a commit of generation 1, and there is none.",
		b.resealedRing(name, func(r *ring) { r.generation, r.head = 1, draw("set/keyring-alone head", 32) }),
		refused(fault.MissingContainer))

	known := s.set("keyring-remembered", "SET-11 SET-12 (boundary)", "The device remembers the set and its epoch.",
		with(b.input(), "remembered", b.remembering(4, 0)), b.output())
	known.but("keyring-remembered-earlier", "SET-12", "It remembers an earlier epoch.", replace("remembered.epoch", []byte("3")),
		accepted(b.output()))
	known.but("keyring-remembered-later", "SET-12 (boundary)", "It remembers a later epoch.",
		replace("remembered.epoch", []byte("5")), refused(fault.StaleBackup))
	known.but("keyring-remembered-generation", "SET-17 (boundary)", "It remembers a generation, and the set has none.",
		replace("remembered.generation", []byte("1")), refused(fault.StaleBackup))
	known.but("keyring-another-set", "SET-11", "It remembers another set.", flip("remembered.set_id", 15, 1),
		refused(fault.WrongSet))
	known.but("keyring-of-another-set", "SET-11 (resealed)", "The keyring is that of another set.",
		b.resealedRing(name, func(r *ring) { r.setID = flipped(r.setID, 0, 1) }), refused(fault.WrongSet))
	known.but("keyring-another-set-and-epoch", "SET-11 SET-8 (order resealed)",
		"The keyring is that of another set, and of another epoch than its name says: it is passed over.",
		b.resealedRing(name, func(r *ring) { r.setID, r.epoch = flipped(r.setID, 0, 1), 5 }), refused(fault.MissingContainer))
	asked := with(with(b.input(), "remembered", b.remembering(5, 0)), "stale", true)
	s.set("keyring-stale", "SET-12", "The device remembers a later epoch, and its holder asks for this state.", asked, b.output()).
		but("keyring-stale-another-set", "SET-11", "The holder asks for the state of another set.",
			flip("remembered.set_id", 0, 1), refused(fault.WrongSet))
}

// setKeyringsEarlier are sets of which only an earlier keyring is left.
func setKeyringsEarlier(s *suite) {
	b := newBackup("set/keyring-earlier", 4)
	damaged := b.ringOf(4, 0, make([]byte, 32))
	damaged.digest = flipped(damaged.digest, 7, 1)
	b.put(keyringName(4), damaged)
	b.put(copyName(2), b.ringOf(2, 0, make([]byte, 32)))
	b.put(copyName(4), damaged)
	earlier := *b
	earlier.epoch = 2
	output := earlier.output(keyringName(4), copyName(4))
	input := with(b.input(), "secret", keySecret(b.oldKey))
	base := s.set("keyring-earlier", "SET-7 SET-10", "The later keyring is damaged twice: the earlier one counts, and its secret opens it.",
		input, output)
	base.but("keyring-earlier-later-secret", "SET-7 (wrong-secret)", "The secret is that of the later keyring.",
		replace("secret.key", b.key), refused(fault.WrongSecret))
	s.set("keyring-earlier-remembered", "SET-12 (boundary)", "The device remembers the earlier epoch.",
		with(input, "remembered", b.remembering(2, 0)), output).
		but("keyring-earlier-stale", "SET-12 (boundary)", "It remembers an epoch between the two.",
			replace("remembered.epoch", []byte("3")), refused(fault.StaleBackup))
}

// setSlots are keyrings that other secrets open than the key.
func setSlots(s *suite) {
	b := newBackup("set/slots", 4)
	plain := b.ringOf(4, 0, make([]byte, 32))
	password := passwordSlot("set/slots password", b.key, "correct horse battery staple", cheap)
	passkey := passkeySlot("set/slots passkey", b.key, "backup.example.org", draw("set/slots credential", 16))
	b.put(keyringName(4), plain.with(password, passkey))
	s.set("slots-password", "SET-7", "A password opens the keyring.", with(b.input(), "secret", password.secret), b.output()).
		but("slots-wrong-password", "SET-7 (wrong-secret)", "Another password.",
			replace("secret.password", []byte("incorrect horse battery staple")), refused(fault.WrongSecret))
	s.set("slots-passkey", "SET-7", "A passkey opens the keyring.", with(b.input(), "secret", passkey.secret), b.output()).
		but("slots-unknown-passkey", "SET-7 (wrong-secret)", "A passkey that the keyring has no slot for.",
			flip("secret.credential", 0, 1), refused(fault.NoMatchingSlot))
}
