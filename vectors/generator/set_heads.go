package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// setHeads are commits of the current epoch, after the one that the keyring names.
func setHeads(s *suite) {
	b := newBackup("set/heads", 4)
	three := b.archiveOf(part{slug: "generation 3", key: b.oldKey, generation: 3, epoch: 2, frames: []frame{file("first", image, "one")}})
	five := b.archiveOf(part{slug: "generation 5", key: b.key, generation: 5, epoch: 4, room: 160, frames: []frame{file("second", document, "two")}})
	g3, g5 := commitName(3), commitName(5)
	b.put(g3, three)
	b.put(g5, five)
	b.put(keyringName(4), b.ringOf(4, 3, sha256Of(three.bytes())))
	head, named := b.headed(five), b.headed(three)
	base := s.set("head", "SET-13 SET-17 (set long)",
		"The commit that the keyring names, and after a gap another one of the keyring's epoch, which is the head.", b.input(), head.output())
	for _, c := range []struct {
		slug, flags, comment string
		edit                 edit
	}{
		{"incomplete", " (set long resealed)", "It does not complete a generation", b.resealed(g5, func(p *plain) { p.complete = 0 })},
		{"other-set", " (set long resealed)", "It is of another set", b.resealed(g5, func(p *plain) { p.setID = flipped(p.setID, 15, 1) })},
		{"generation-greater", " (set long resealed)", "Its generation is greater than that of its name",
			b.resealed(g5, func(p *plain) { p.generation = 6 })},
		{"epoch-less", " (set long resealed)", "Its epoch is an earlier one, of the same key", b.resealed(g5, func(p *plain) { p.epoch = 3 })},
		{"epoch-greater", " (set long resealed)", "Its epoch is greater than the keyring's", b.resealed(g5, func(p *plain) { p.epoch = 5 })},
		{"unsafe-path", " (set long resealed)", "A path in its own segment is unsafe",
			b.resealed(g5, func(p *plain) { p.live[0].path = "../abc" })},
		{"torn", " (set long cut)", "It was cut", cutTo(b.bytesAt(g5), 200000)},
		{"damaged", " (set long)", "Its last chunk does not open", flip(b.bytesAt(g5), -1, 1)},
		{"header-tampered", " (set long)", "Its MAC is another", flip(b.bytesAt(g5), atMAC, 1)},
		{"old-key", " (set long forged)", "Somebody who knows the old key sealed it", b.remade("replace", g5, func(x *box) { x.underKey(b.oldKey, x.payload.salt) })},
	} {
		base.but("head-"+c.slug, "SET-13 SET-15"+c.flags, c.comment+": the commit that the keyring names is the head.", c.edit,
			accepted(named.output(g5)))
	}
	base.but("head-renamed", "SET-13 SET-15 (set long)", "Its name says that it is of generation 6.", b.renamed(g5, commitName(6)),
		accepted(named.output(commitName(6))))
	base.but("head-before-named", "SET-13 (set long)", "Its name says that it is of generation 2, which does not count in this epoch.",
		b.renamed(g5, commitName(2)), accepted(named.output()))
	base.but("head-named-gone", "SET-13 (set long)", "The commit that the keyring names is no longer there, and not needed.",
		b.gone(g3), accepted(head.output()))
	base.but("head-named-altered", "SET-13 SET-14 (set long)", "The commit that the keyring names was altered, and is not needed.",
		flip(b.bytesAt(g3), -1, 1), accepted(head.output()))
	base.but("head-content-damaged", "SET-13 SET-23 (set long)", "The chunk of an entry does not open: the commit is eligible, and the entry is lost.",
		flip(b.bytesAt(g5), five.headerSize()+prefixSize, 1), accepted(head.without("payload_tampered", "second")))
	base.but("head-lists-itself", "SET-13 ARC-92 (set long resealed)",
		"It lists itself, which is an error of the list: the commit is eligible, and the generation cannot be opened.",
		b.resealed(g5, func(p *plain) {
			p.stored = []stored{{id: slices.Clone(p.id), epoch: 4, digest: make([]byte, 32)}}
			p.layOut()
		}), refused(fault.MalformedArchive))

	known := s.set("head-remembered", "SET-17 (set long boundary)", "The device remembers the generation of the head.",
		with(b.input(), "remembered", b.remembering(4, 5)), head.output())
	known.but("head-remembered-earlier", "SET-17 (set long)", "It remembers an earlier one.",
		replace("remembered.generation", []byte("4")), accepted(head.output()))
	known.but("head-remembered-later", "SET-17 (set long boundary)", "It remembers a later one.",
		replace("remembered.generation", []byte("6")), refused(fault.StaleBackup))
	known.but("head-remembered-gone", "SET-17 (set long)", "The commit of the generation that it remembers is not listed.",
		b.gone(g5), refused(fault.StaleBackup))
	s.set("head-stale", "SET-17 (set long)", "It remembers a later one, and its holder asks for this state.",
		with(with(b.input(), "remembered", b.remembering(4, 6)), "stale", true), head.output())
}

// setNamedCommits are sets without a commit of the current epoch.
func setNamedCommits(s *suite) {
	b := newBackup("set/named", 4)
	one := part{slug: "generation 2", key: b.oldKey, generation: 2, epoch: 1, frames: []frame{file("first", image, "one")}}
	two := b.archiveOf(one)
	three := b.archiveOf(part{slug: "generation 3", key: b.oldKey, generation: 3, epoch: 2, frames: []frame{file("first", image, "two")}})
	g2, g3, k4 := commitName(2), commitName(3), keyringName(4)
	b.put(k4, b.ringOf(4, 3, sha256Of(three.bytes())))
	b.put(g3, three)
	named := b.headed(three)
	base := s.set("named", "SET-13 SET-14 SET-16 (set long)",
		"The head is the commit that the keyring names, sealed under an old key.", b.input(), named.output())
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
	}{
		{"gone", "SET-16 (set long)", "It is not listed.", b.gone(g3)},
		{"other-name", "SET-16 (set long)", "It has the name of another generation.", b.renamed(g3, commitName(4))},
		{"cut", "SET-14 SET-16 (set long cut)", "It was cut.", cutTo(b.bytesAt(g3), 200000)},
		{"extended", "SET-14 SET-16 (set long extended)", "A byte follows it.", extend(b.bytesAt(g3), []byte{0})},
		{"content-damaged", "SET-14 SET-16 (set long)",
			"The chunk of an entry was altered: the index and the own segment open, and SHA-256 is another.",
			flip(b.bytesAt(g3), three.headerSize()+prefixSize, 1)},
		{"other-bytes", "SET-14 SET-16 (set long resealed)", "Somebody who knows the old key sealed other contents in its place.",
			b.resealed(g3, func(p *plain) { p.frames[0].content = []byte("six") })},
		{"other-digest", "SET-14 SET-16 (set long resealed)", "The keyring has another digest.",
			b.resealedRing(k4, func(r *ring) { r.head = flipped(r.head, 31, 1) })},
		{"other-generation", "SET-16 (set long resealed)", "The keyring has the digest, and another number.",
			b.resealedRing(k4, func(r *ring) { r.generation = 4 })},
		{"other-set", "SET-16 (set long resealed)", "The keyring is that of another set.",
			b.resealedRing(k4, func(r *ring) { r.setID = flipped(r.setID, 0, 1) })},
		{"other-key", "SET-16 (set long resealed)", "By the keyring the key of its epoch is not the old key, under which it is sealed.",
			b.resealedRing(k4, func(r *ring) { r.old[0].epoch = 1 })},
	} {
		base.but("named-"+c.slug, c.requirements, c.comment, c.edit, refused(fault.MissingContainer))
	}
	for _, c := range []struct {
		slug, comment string
		edit          func(p *plain)
	}{
		{"incomplete", "does not complete a generation", func(p *plain) { p.complete = 0 }},
		{"of-other-set", "is of another set", func(p *plain) { p.setID = flipped(p.setID, 0, 1) }},
		{"of-other-generation", "is of another generation than its name says", func(p *plain) { p.generation = 1 }},
	} {
		beside := *b
		x := two.clone()
		c.edit(x.plain)
		x.finish()
		beside.objects = append(slices.Clone(b.objects), object{g2, x})
		s.set("named-"+c.slug, "SET-13 (set long)", "The same, and an earlier commit that "+c.comment+": nobody asks for it.",
			beside.input(), named.output()).
			but("named-"+c.slug+"-counts", "SET-16 (set long resealed)", "The keyring names the commit that "+c.comment+".",
				beside.resealedRing(k4, func(r *ring) { r.generation, r.head = 2, sha256Of(x.bytes()) }), refused(fault.MissingContainer))
	}
	b.put(g2, two)
	both := s.set("named-and-earlier", "SET-13 (set long)", "The same, and the commit before it.", b.input(), named.output())
	both.but("named-and-earlier-gone", "SET-16 (set long)", "The commit that the keyring names is not listed, and the one before it is.", b.gone(g3),
		refused(fault.MissingContainer))
	both.but("named-earlier", "SET-13 SET-15 (set long resealed)",
		"The keyring names the earlier commit: the one of a greater number under the old key is not eligible.",
		b.resealedRing(k4, func(r *ring) { r.generation, r.head = 2, sha256Of(two.bytes()) }), accepted(b.headed(two).output(g3)))
}
