package generator

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
)

// setContainers are generations of which parts lie in other containers, under an old key
// and under the current one.
func setContainers(s *suite) {
	setWhole(s)
	setData(s)
	setKeys(s)
	setSegments(s)
}

// databaseOf is the size of an entry of three blocks.
const databaseOf = 2*blockSize + 100

// oldData is a data container under the old key, newData one under the current key; with
// them is the record of an entry of which one part lies in either.
func (s *backup) oldData() *box {
	return s.archiveOf(part{slug: "old data", key: s.oldKey, generation: 3, epoch: 1, data: true, frames: []frame{
		quietPiece("db", databaseOf, run{0, 3}), file("old", image, "old"), file("removed", image, "removed"),
	}})
}

func (s *backup) newData(old *box) (b *box, database record) {
	b = s.archiveOf(part{slug: "new data", key: s.key, generation: 4, epoch: 3, data: true, frames: []frame{
		file("new", document, "new"), quietPiece("db", databaseOf, run{1, 1}),
	}})
	first := placed(old, 0)
	database = placed(b, 1)
	database.before = []place{{-1, first.container, first.offset}}
	return b, database
}

// ownSegment is the reference to the own segment of a commit.
func ownSegment(b *box) segmentRef { return b.plain.refs[len(b.plain.refs)-1] }

// setWhole is a set with everything that there can be.
func setWhole(s *suite) {
	b := newBackup("set/containers", 4)
	old := b.oldData()
	young, database := b.newData(old)
	three := b.archiveOf(part{slug: "generation 3", key: b.oldKey, generation: 3, epoch: 2, frames: []frame{file("first", messages, "first")},
		others: []record{placed(old, 0), placed(old, 1), placed(old, 2)}, stored: []stored{listed(old)}})
	five := b.archiveOf(part{slug: "generation 5", key: b.key, generation: 5, epoch: 4, frames: []frame{file("second", messages, "second")},
		others: []record{database, placed(young, 0)}, removed: []string{"removed"},
		stored: []stored{listed(old), listed(three), listed(young)}, refs: []segmentRef{ownSegment(three)}})
	b.put(commitName(5), five)
	b.put(dataName(young), young)
	b.put(keyringName(4), b.ringOf(4, 3, sha256Of(three.bytes())))
	b.put(commitName(3), three)
	b.put(dataName(old), old)
	head, earlier := b.headed(five, three), b.headed(three)
	earlier.earlier = head.earlier
	s.set("containers", "SET-13 SET-19 SET-20 SET-21 SET-22 SET-23 SET-24 ARC-86 (set long)",
		"A head with a segment and with entries in other containers, one of them in pieces in two containers.", b.input(), head.output())
	s.set("containers-earlier", "SET-18 (set long)", "The earlier generation, which an old key seals.",
		with(b.input(), "generation", 3), earlier.output())
}

// setData are entries in other containers.
func setData(s *suite) {
	b := newBackup("set/data", 4)
	old := b.oldData()
	young, database := b.newData(old)
	five := b.archiveOf(part{slug: "generation 5", key: b.key, generation: 5, epoch: 4, frames: []frame{file("second", messages, "second")},
		others: []record{database, placed(young, 0), placed(old, 1)}, stored: []stored{listed(old), listed(young)}})
	cOld, cNew, g5 := dataName(old), dataName(young), commitName(5)
	b.put(cOld, old)
	b.put(cNew, young)
	b.put(keyringName(4), b.ringOf(4, 3, draw("set/data head", 32)))
	b.put(g5, five)
	head := b.headed(five)
	base := s.set("data", "SET-19 SET-20 SET-21 SET-22 SET-23 SET-24 (set long)",
		"A head with entries in data containers, one of them in pieces in two of them.", b.input(), head.output())

	inHead := func(f func(p *plain)) edit { return b.resealed(g5, f) }
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
		err                         string
		paths                       []string
	}{
		{"old-altered", "SET-20 SET-23", "A container under an old key has another content where no entry lies.",
			flip(b.bytesAt(cOld), -20000, 1), "payload_tampered", []string{"db", "old"}},
		{"old-header-damaged", "SET-20 SET-23", "A container under an old key has a damaged header: its digest is looked at before.",
			flip(b.bytesAt(cOld), atDigest, 1), "payload_tampered", []string{"db", "old"}},
		{"old-cut", "SET-20 SET-23", "A container under an old key was cut: its length is looked at before.", cutTo(b.bytesAt(cOld), 170),
			"payload_tampered", []string{"db", "old"}},
		{"old-resealed", "SET-20 SET-23", "Somebody who knows the old key sealed another content.",
			b.resealed(cOld, func(p *plain) { p.frames[1].content = []byte("new") }), "payload_tampered", []string{"db", "old"}},
		{"old-digest", "SET-20 SET-23", "The head lists another digest of a container under an old key.",
			inHead(func(p *plain) { x := p.inStored(old); x.digest = flipped(x.digest, 31, 1) }), "payload_tampered", []string{"db", "old"}},
		{"old-length", "SET-20 SET-23", "The head lists another length of a container under an old key.",
			inHead(func(p *plain) { p.inStored(old).length++ }), "payload_tampered", []string{"db", "old"}},
		{"old-epoch", "SET-21 SET-23", "The head lists a container with another epoch of the same old key.",
			inHead(func(p *plain) { p.inStored(old).epoch = 2 }), "malformed_archive", []string{"db", "old"}},
		{"old-epoch-of-current-key", "SET-23 SET-37", "The head lists a container with an epoch of the current key, under which it does not open.",
			inHead(func(p *plain) { p.inStored(old).epoch = 3 }), "payload_tampered", []string{"db", "old"}},
		{"old-gone", "SET-23 ARC-24", "A container is missing, in which one of two places of an entry lies.", b.gone(cOld),
			"missing_container", []string{"db", "old"}},
		{"new-gone", "SET-23 ARC-24", "A container is missing, in which the other place lies.", b.gone(cNew), "missing_container",
			[]string{"db", "new"}},
		{"new-damaged", "SET-23 SET-38 ARC-38", "The chunk of two entries does not open.", flip(b.bytesAt(cNew), young.headerSize()+prefixSize, 1),
			"payload_tampered", []string{"db", "new"}},
		{"new-cut", "SET-23", "A container under the current key was cut within its header.", cutTo(b.bytesAt(cNew), 170), "truncated",
			[]string{"db", "new"}},
		{"new-of-other-set", "SET-21 SET-23", "A container is of another set.",
			b.resealed(cNew, func(p *plain) { p.setID = flipped(p.setID, 0, 1) }), "wrong_set", []string{"db", "new"}},
		{"new-of-other-epoch", "SET-21 SET-23", "A container is of another epoch than the head lists, of the same key.",
			b.resealed(cNew, func(p *plain) { p.epoch = 4 }), "malformed_archive", []string{"db", "new"}},
		{"new-listed-with-other-epoch", "SET-21 SET-23", "The head lists a container with another epoch, of the same key.",
			inHead(func(p *plain) { p.inStored(young).epoch = 4 }), "malformed_archive", []string{"db", "new"}},
		{"new-epoch-beyond", "SET-22 SET-23", "The head lists a container with an epoch that is greater than the keyring's.",
			inHead(func(p *plain) { p.inStored(young).epoch = 5 }), "malformed_archive", []string{"db", "new"}},
		{"new-not-listed", "SET-19 SET-23", "The head does not list a container in which entries lie.",
			inHead(func(p *plain) { p.unlist(young) }), "malformed_archive", []string{"db", "new"}},
		{"new-listed-as-commit", "SET-23", "The head lists a data container as a commit, and there is none of that number.",
			inHead(func(p *plain) { p.inStored(young).generation = 4 }), "missing_container", []string{"db", "new"}},
	} {
		output := head.without(c.err, c.paths...)
		if c.slug == "new-listed-as-commit" {
			output["earlier"] = []any{4}
		}
		base.but("data-"+c.slug, c.requirements+" (set long)", c.comment, c.edit, accepted(output))
	}
	base.but("data-new-generation", "SET-21 (set long resealed)", "The generation of a data container is compared with nothing.",
		b.resealed(cNew, func(p *plain) { p.generation = 77 }), accepted(head.output()))
	base.but("data-new-length", "SET-20 (set long resealed)", "The head lists another length of a container under the current key.",
		inHead(func(p *plain) { p.inStored(young).length++ }), accepted(head.output()))
	base.but("data-new-digest", "SET-20 (set long resealed)", "The head lists another digest of a container under the current key.",
		inHead(func(p *plain) { x := p.inStored(young); x.digest = flipped(x.digest, 0, 1) }), accepted(head.output()))
}

// setKeys are containers of several epochs.
func setKeys(s *suite) {
	b := newBackup("set/keys", 6)
	first, second := draw("set/keys first", 32), draw("set/keys second", 32)
	ring := b.ringOf(6, 3, draw("set/keys head", 32))
	ring.ring.old = []oldKey{{2, first}, {4, second}}
	ring.finish()
	b.put(keyringName(6), ring)
	var others []record
	var list []stored
	for _, c := range []struct {
		epoch uint64
		key   []byte
	}{{1, first}, {3, second}, {5, b.key}} {
		name := fmt.Sprintf("of epoch %d", c.epoch)
		x := b.archiveOf(part{slug: name, key: c.key, generation: c.epoch, epoch: c.epoch, data: true, frames: []frame{file(name, image, name)}})
		b.put(dataName(x), x)
		others, list = append(others, placed(x, 0)), append(list, listed(x))
	}
	head := b.archiveOf(part{slug: "generation 7", key: b.key, generation: 7, epoch: 6, others: others, stored: list})
	b.put(commitName(7), head)
	s.set("keys", "SET-20 SET-21 (set long)", "A head of epoch 6 with entries in containers of the epochs 1, 3 and 5; the old keys are of the epochs 2 and 4.",
		b.input(), b.headed(head).output())

	later := newBackup("set/keys-later", 4)
	x := later.archiveOf(part{slug: "data", key: later.key, generation: 5, epoch: 5, data: true, frames: []frame{file("later", image, "later")}})
	two := later.archiveOf(part{slug: "generation 5", key: later.key, generation: 5, epoch: 4, frames: []frame{file("now", image, "now")},
		others: []record{placed(x, 0)}, stored: []stored{listed(x)}})
	later.put(commitName(5), two)
	later.put(dataName(x), x)
	later.put(keyringName(4), later.ringOf(4, 0, make([]byte, 32)))
	s.set("keys-epoch-beyond", "SET-22 SET-23 (set long)",
		"A container of an epoch that is greater than the keyring's, listed as it is.", later.input(),
		later.headed(two).without("malformed_archive", "later"))
}

// setSegments are segments in other containers.
func setSegments(s *suite) {
	b := newBackup("set/segments", 4)
	three := b.archiveOf(part{slug: "generation 3", key: b.oldKey, generation: 3, epoch: 2, frames: []frame{file("first", messages, "first")}})
	five := b.archiveOf(part{slug: "generation 5", key: b.key, generation: 5, epoch: 4, frames: []frame{file("second", messages, "second")},
		stored: []stored{listed(three)}, refs: []segmentRef{ownSegment(three)}})
	g3, g5, k4 := commitName(3), commitName(5), keyringName(4)
	b.put(g5, five)
	b.put(g3, three)
	b.put(k4, b.ringOf(4, 3, sha256Of(three.bytes())))
	inHead := func(f func(p *plain)) edit { return b.resealed(g5, f) }
	base := s.set("segment", "SET-19 SET-20 SET-21 SET-22 SET-36 (set long)", "A head with a segment in the commit before it.", b.input(),
		b.headed(five, three).output())
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
		name                        fault.Name
	}{
		{"gone", "SET-23 ARC-24", "It is missing.", b.gone(g3), fault.MissingContainer},
		{"altered", "SET-20", "It was altered, and an old key seals it.", flip(b.bytesAt(g3), three.headerSize()+prefixSize, 1), fault.PayloadTampered},
		{"header-damaged", "SET-20", "Its header is damaged: its digest is looked at before.", flip(b.bytesAt(g3), atDigest, 1), fault.PayloadTampered},
		{"digest", "SET-20", "The head lists another digest.", inHead(func(p *plain) { x := p.inStored(three); x.digest = flipped(x.digest, 0, 1) }),
			fault.PayloadTampered},
		{"epoch", "SET-21", "The head lists another epoch of the same old key.", inHead(func(p *plain) { p.inStored(three).epoch = 1 }),
			fault.MalformedArchive},
		{"epoch-beyond", "SET-22", "The head lists an epoch that is greater than the keyring's.",
			inHead(func(p *plain) { p.inStored(three).epoch = 5 }), fault.MalformedArchive},
		{"generation", "ARC-24", "The head lists another generation, of which there is no commit.",
			inHead(func(p *plain) { p.inStored(three).generation = 2 }), fault.MissingContainer},
		{"not-listed", "SET-19", "The head does not list it.", inHead(func(p *plain) { p.unlist(three) }), fault.MalformedArchive},
		{"offset", "ARC-23", "There is no segment where the head says.", inHead(func(p *plain) { p.refs[0].offset++ }), fault.MalformedArchive},
		{"key", "SET-37", "By the keyring its epoch is one of the current key.", b.resealedRing(k4, func(r *ring) { r.old[0].epoch = 1 }),
			fault.PayloadTampered},
	} {
		base.but("segment-"+c.slug, c.requirements+" (set long resealed)", "The container of a segment: "+c.comment, c.edit, refused(c.name))
	}
}
