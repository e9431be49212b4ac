package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
)

// setEarlier are generations before the head, all of one epoch.
func setEarlier(s *suite) {
	b := newBackup("set/earlier", 1)
	data := b.archiveOf(part{slug: "data", key: b.key, generation: 1, epoch: 1, data: true, frames: []frame{file("gone", image, "gone")}})
	one := b.archiveOf(part{slug: "generation 1", key: b.key, generation: 1, epoch: 1, frames: []frame{file("kept", image, "kept")},
		others: []record{placed(data, 0)}, stored: []stored{listed(data)}})
	two := b.archiveOf(part{slug: "generation 2", key: b.key, generation: 2, epoch: 1, frames: []frame{file("new", image, "new")},
		others: []record{placed(one, 0)}, stored: []stored{listed(data), listed(one)}})
	c, g1, g2 := dataName(data), commitName(1), commitName(2)
	b.put(g1, one)
	b.put(c, data)
	b.put(keyringName(1), b.ringOf(1, 0, make([]byte, 32)))
	b.put(g2, two)
	head := b.headed(two)
	earlier := b.headed(one)
	earlier.earlier = head.earlier
	base := s.set("earlier", "SET-13 SET-18 SET-21 (set long)", "The head of a set whose keyring names no commit, with an entry in the earlier commit.",
		b.input(), head.output())
	asked := s.set("earlier-wanted", "SET-18 SET-33 (set long)", "The earlier generation, with an entry that the head no longer has.",
		with(b.input(), "generation", 1), earlier.output())
	s.set("earlier-head-wanted", "SET-35 (set long)", "The head, by its number.", with(b.input(), "generation", 2), head.output())

	inHead := func(f func(p *plain)) edit { return b.resealed(g2, f) }
	rekeyed := b.remade("replace", g1, func(x *box) { x.underKey(draw("set/earlier foreign key", 32), x.payload.salt) })
	resalted := func(name string) edit {
		return b.remade("replace", name, func(x *box) { x.underKey(x.key, draw("set/earlier other salt", 24)) })
	}
	for _, e := range []struct {
		slug, requirements, comment string
		edit                        edit
		err                         string
		name                        fault.Name // if the earlier generation is wanted
	}{
		{"of-other-set", "SET-21", "The earlier commit is of another set.", b.resealed(g1, func(p *plain) { p.setID = flipped(p.setID, 0, 1) }),
			"wrong_set", fault.WrongSet},
		{"of-other-generation", "SET-21", "The earlier commit is of another generation than the head lists.",
			b.resealed(g1, func(p *plain) { p.generation = 2 }), "malformed_archive", fault.MalformedArchive},
		{"incomplete", "SET-21", "The earlier commit does not complete a generation.", b.resealed(g1, func(p *plain) { p.complete = 0 }),
			"malformed_archive", ""},
		{"of-other-epoch", "SET-21", "The earlier commit is of another epoch than the head lists.", b.resealed(g1, func(p *plain) { p.epoch = 2 }),
			"malformed_archive", ""},
		{"of-other-id", "SET-21", "The object with the name of the earlier commit is another container.", resalted(g1), "malformed_archive",
			""},
		{"of-other-key", "SET-37", "The earlier commit is sealed under a key that the set does not have.", rekeyed, "payload_tampered", ""},
		{"epoch-beyond", "SET-22", "The head lists the earlier commit with an epoch that is greater than the keyring's.",
			inHead(func(p *plain) { p.inStored(one).epoch = 2 }), "malformed_archive", ""},
		{"not-there", "ARC-24", "The earlier commit is missing.", b.gone(g1), "missing_container", fault.MissingContainer},
	} {
		base.but("earlier-"+e.slug, e.requirements+" SET-23 (set long resealed)", e.comment, e.edit, accepted(head.without(e.err, "kept")))
		if e.name != "" {
			asked.but("earlier-wanted-"+e.slug, e.requirements+" SET-18 (set long resealed)", e.comment, e.edit, refused(e.name))
		}
	}
	unlisted := head.without("malformed_archive", "kept")
	unlisted["earlier"] = []any{}
	base.but("earlier-not-listed", "SET-19 SET-18 (set long resealed)", "The head does not list the earlier commit.",
		inHead(func(p *plain) { p.unlist(one) }), accepted(unlisted))
	asData := head.without("missing_container", "kept")
	asData["earlier"] = []any{}
	base.but("earlier-listed-as-data", "SET-18 SET-23 (set long resealed)", "The head lists the earlier commit as a data container, and there is none of its name.",
		inHead(func(p *plain) { p.inStored(one).generation = 0 }), accepted(asData))
	base.but("earlier-data-not-listed", "SET-33 (set long resealed)", "The head does not list the container that the earlier generation alone needs.",
		inHead(func(p *plain) { p.unlist(data) }), accepted(head.output()))

	asked.but("earlier-wanted-not-listed", "SET-18 SET-35 (set long resealed)", "The head does not list the earlier commit, which is there.",
		inHead(func(p *plain) { p.unlist(one) }), refused(fault.MissingContainer))
	asked.but("earlier-wanted-never-was", "SET-35 (set long)", "There is no such generation.", replace("generation", []byte("3")),
		refused(fault.MissingContainer))
	asked.but("earlier-wanted-data-not-listed", "SET-33 (set long resealed)",
		"The head does not list a container that the earlier generation needs and lists, and which is there.",
		inHead(func(p *plain) { p.unlist(data) }), refused(fault.MissingContainer))
	asked.but("earlier-wanted-data-gone", "SET-23 ARC-24 (set long)", "A container that the earlier generation needs is missing.", b.gone(c),
		accepted(earlier.without("missing_container", "gone")))
	asked.but("earlier-wanted-data-of-other-id", "SET-21 SET-23 (set long)", "The object of that name is another container.", resalted(c),
		accepted(earlier.without("malformed_archive", "gone")))
	asked.but("earlier-wanted-data-not-in-its-list", "SET-19 (set long resealed)",
		"The earlier generation does not list a container that it needs, and the head does.",
		b.resealed(g1, func(p *plain) { p.unlist(data) }), accepted(earlier.without("malformed_archive", "gone")))
}
