package generator

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// places are records of which the places are wrong, whatever lies there.
func (s *suite) places() {
	b := database("archive/places")
	foreign := draw("archive/places other container", 24)
	base := s.listed("places", "ARC-14 ARC-15 (set long)", "The archive of the next cases.", b)
	away := func(n, apart int) []place {
		var all []place
		for i := range n {
			all = append(all, place{-1, foreign, uint64(100 + i*apart)})
		}
		return all
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"1024", "CON-1", "A record has 1024 places, the most there can be.",
			func(p *plain) { p.db().before = away(1023, 21); p.layOut() }},
		{"elsewhere", "ARC-43", "The first place lies in a container that is not there.",
			func(p *plain) { p.db().before[0] = away(1, 0)[0] }},
		{"touching", "ARC-14", "Two places of one record lie 21 bytes apart, the least that a frame takes.",
			func(p *plain) { p.db().before = away(2, 21); p.layOut() }},
		{"not-in-order-of-offsets", "ARC-14 ARC-86", "The places of a record are not in the order of their offsets.",
			func(p *plain) {
				p.db().before = away(2, 500)
				slices.Reverse(p.db().before)
				p.layOut()
			}},
		{"to-end-of-region", "ARC-15", "An earlier place lies 21 bytes before the end of the entry region.",
			func(p *plain) { p.db().before[0] = place{-1, p.id, p.segmentAt() - 9 - 21} }},
		{"two-containers", "ARC-14", "Two places have one offset in two containers.", func(p *plain) {
			p.db().before = []place{{-1, foreign, 100}, {-1, draw("archive/places third container", 24), 100}}
		}},
		{"size-not-known", "ARC-14",
			"A record with several places says nothing of the sizes of its frames: one of another container lies 21 bytes " +
				"behind its last place.", func(p *plain) {
				p.db().frame, p.db().container, p.db().offset = -1, foreign, 100
				p.live = append(p.live, record{frame: -1, container: foreign, offset: 121, path: "z"})
				p.layOut()
			}},
	} {
		base.but("places-"+c.slug, c.requirements+" (set long boundary)", c.comment, reseal(c.edit), acceptedAs(listOf))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"1025", "CON-1 CON-3", "A record has 1025 places, one too many.", func(p *plain) {
			p.db().before = away(1024,
				21)
			p.layOut()
		}},
		{"twice", "ARC-14", "A record names a frame twice.", func(p *plain) { p.db().before[1] = p.db().before[0] }},
		{"twice-first-and-last", "ARC-14", "A record names a frame first and last.",
			func(p *plain) { p.db().before[0] = place{3, p.id, p.db().offset} }},
		{"twice-elsewhere", "ARC-14", "A record names a frame of another container twice.",
			func(p *plain) { p.db().before = []place{{-1, foreign, 100}, {-1, foreign, 100}} }},
		{"of-another-record", "ARC-14", "A record names the frame of another.",
			func(p *plain) { p.db().before[0] = place{-1, p.id, 0} }},
		{"overlap", "ARC-14", "Two places of one record lie 20 bytes apart.", func(p *plain) {
			p.db().before = away(2,
				20)
			p.layOut()
		}},
		{"in-another-frame", "ARC-14", "A place lies in the frame of an entry that has no other.",
			func(p *plain) { p.db().before[0] = place{-1, p.id, 5000} }},
		{"beyond-region", "ARC-15", "An earlier place lies 20 bytes before the end of the entry region.",
			func(p *plain) { p.db().before[0] = place{-1, p.id, p.segmentAt() - 9 - 20} }},
		{"offset-greatest", "ARC-15 CON-6", "An earlier place has the offset 2^52 - 1.",
			func(p *plain) { p.db().before[0] = place{-1, p.id, 1<<52 - 1} }},
		{"offset-beyond", "CON-5", "An earlier place has the offset 2^52.",
			func(p *plain) { p.db().before[0] = place{-1, foreign, 1 << 52} }},
		{"alone-size", "ARC-14",
			"A record with one place has a frame as long as its size: one of another container lies 21 bytes behind it.",
			func(p *plain) {
				p.db().before, p.db().frame, p.db().container, p.db().offset = nil, -1, foreign, 100
				p.live = append(p.live, record{frame: -1, container: foreign, offset: 121, path: "z"})
				p.layOut()
			}},
	} {
		base.but("places-"+c.slug, c.requirements+" (set long boundary resealed)", c.comment, reseal(c.edit),
			refused(fault.MalformedArchive))
	}
	for _, c := range []struct {
		n       int
		comment string
	}{
		{0, "The places take no byte: a record has at least one."},
		{31, "The places take 31 bytes, one less than one."},
		{95, "The places take 95 bytes, one less than three."},
		{97, "The places take 97 bytes, one more than three."},
		{64, "The places take 64 bytes: a third one follows them, which is taken for the path."},
		{32768, "The places take 32768 bytes, the most there can be, and no such bytes are there."},
		{32769, "The places take 32769 bytes: beyond their bound."},
		{65535, "The places take 65535 bytes."},
	} {
		base.but(fmt.Sprintf("places-length-%d", c.n), "CON-1 CON-3 (set long boundary resealed)", c.comment,
			resealBytes(func(p *plain, b []byte) []byte { copy(b[p.segmentAt()+5:], u16(c.n)); return b }),
			refused(fault.MalformedArchive))
	}

	// What is not there comes before what is wrong.
	restore := s.restored("places-restore", "ARC-49 (set long)", "The same, restored.", b)
	input := b.input(b.withKey())
	input["path"] = "db"
	extract := s.valid("places-extract", "ARC-24 ARC-95 (set long)",
		"The same, and the entry that lies in three frames.", "archive.extract", input,
		vectors.Object{"content": vectors.Bytes(b.plain.assembled(*b.plain.db()))}).of(b)
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"first-elsewhere", "ARC-24", "The first place of the entry lies in a container that is not there.",
			func(p *plain) { p.db().before[0] = away(1, 0)[0] }},
		{"middle-elsewhere", "ARC-24", "The second place of the entry lies in a container that is not there.",
			func(p *plain) { p.db().before[1] = away(1, 0)[0] }},
		{"last-elsewhere", "ARC-24", "The last place of the entry lies in a container that is not there.",
			func(p *plain) { p.db().frame, p.db().container = -1, foreign }},
		{"elsewhere-and-frame", "ARC-24 ARC-95",
			"The last place of the entry lies elsewhere, and the first has a frame of a type that does not exist: no frame " +
				"is read.", func(p *plain) {
				p.db().frame, p.db().container, p.frames[1].typ = -1, foreign, 9
			}},
		{"elsewhere-and-block", "ARC-24 ARC-95",
			"The first place of the entry lies elsewhere, and nothing that is here has block 2.", func(p *plain) {
				p.db().before[0], p.frames[2].runs = away(1, 0)[0], []run{{1, 1}, {3, 2}}
			}},
	} {
		for _, m := range []*made{restore, extract} {
			slug := "places-" + c.slug + "-restore"
			if m == extract {
				slug = "places-" + c.slug + "-extract"
			}
			m.but(slug, c.requirements+" (set long)", c.comment, reseal(c.edit), refused(fault.MissingContainer))
		}
	}
}

// piecesAlone are stand-alone archives with what only an archive of a set has.
func (s *suite) piecesAlone() {
	b := archiveOf("archive/pieces-alone", file("a", other, "one"), file("b", other, "another"), file("c", other,
		"so that there is room enough"))
	restore := s.restored("pieces-alone", "ARC-22 ARC-89", "A stand-alone archive.", b)
	list := s.listed("pieces-alone-list", "ARC-22 ARC-89", "The same, listed.", b)
	list.but("pieces-alone-two-places", "ARC-22 (resealed)",
		"A record of a stand-alone archive has two places, which are there.", reseal(func(p *plain) {
			p.live[1].before = []place{{0, p.id, 0}}
			p.live = p.live[1:]
			p.layOut()
		}), refused(fault.MalformedArchive))
	list.but("pieces-alone-stored", "ARC-22 (resealed)", "A stand-alone archive lists a container.",
		reseal(func(p *plain) {
			p.stored = []stored{{draw("archive/pieces-alone stored", 24), 1, 1, 1000, draw("archive/pieces-alone digest",
				32)}}
			p.layOut()
		}), refused(fault.MalformedArchive))
	whole := func(i int) edit {
		return reseal(func(p *plain) {
			p.frames[i].typ, p.frames[i].runs = 5, []run{{0, 1}}
			p.layOut()
		})
	}
	restore.but("pieces-alone-frame", "ARC-26 ARC-89 (resealed)",
		"The frame of an entry of a stand-alone archive is a piece, which has all of it.", whole(1),
		refused(fault.MalformedArchive))
	list.but("pieces-alone-frame-list", "ARC-89 ARC-28 (resealed)", "The same, listed: no frame is read.", whole(1),
		acceptedAs(listOf))
	left := archiveOf("archive/pieces-alone-abandoned", file("a", other, "one"), file("b", other, "another"), file("c",
		other, "so that there is room enough"))
	left.plain.live = left.plain.live[1:]
	left.finish()
	s.restored("pieces-alone-abandoned", "ARC-30 ARC-89", "A stand-alone archive with an abandoned frame.", left).
		but("pieces-alone-abandoned-piece", "ARC-30 ARC-89 (resealed)", "The abandoned frame is a piece.", whole(0),
			refused(fault.MalformedArchive))

	apart := archiveOf("archive/pieces-alone-apart", quietFile("long", other, chunkSize-25-4), file("b", other,
		"content"))
	s.restored("pieces-alone-apart", "ARC-89 (long)",
		"A frame whose type lies in the first chunk, and whose size in the second.", apart).
		but("pieces-alone-type-before-chunk", "ARC-89 COB-12 ARC-45 (long order)",
			"The frame has the type of a piece, and the second chunk is altered, in which all that opening needs lies: "+
				"that comes first.",
			twice(func(b *box) { b.plain.frames[1].typ = 5 }, func(b *box) { b.damage(1) }),
			refused(fault.PayloadTampered))
}

// storedLists are lists of other containers.
func (s *suite) storedLists() {
	b := database("archive/stored")
	ids := [][]byte{draw("archive/stored 1", 24), draw("archive/stored 2", 24), draw("archive/stored 3", 24)}
	slices.SortFunc(ids, slices.Compare)
	var all []stored
	for i, id := range ids {
		all = append(all, stored{id, uint64(i), 1, 1<<25 + uint64(i), draw(fmt.Sprint("archive/stored digest ", i),
			32)})
	}
	b.plain.stored = all
	b.finish()
	base := s.listed("stored", "ARC-91 ARC-93 (set long)",
		"An archive of a set that lists three other containers, of which two are of a generation of their own.", b)
	s.restored("stored-restore", "ARC-93 (set long)", "The same, restored: the containers are not needed.", b)
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"none", "ARC-91", "An archive of a set need not list a container.",
			func(p *plain) { p.stored = nil; p.layOut() }},
		{"epoch-greatest", "ARC-91 CON-5", "A container of the greatest epoch there can be.",
			func(p *plain) { p.stored[0].epoch = 1<<52 - 1 }},
		{"generation-greatest", "CON-5 CON-11", "A container of the greatest generation there can be.",
			func(p *plain) { p.stored[0].generation = 1<<52 - 1 }},
		{"one-generation", "CON-11", "Two containers of one generation.",
			func(p *plain) { p.stored[1].generation = p.stored[2].generation }},
		{"length-zero", "CON-11", "A container of no byte.", func(p *plain) { p.stored[1].length = 0 }},
		{"length-greatest", "CON-5 CON-11", "A container of 2^52 - 1 bytes.",
			func(p *plain) { p.stored[1].length = 1<<52 - 1 }},
		{"digest-zero", "CON-11", "A container whose digest is zeros.",
			func(p *plain) { p.stored[1].digest = make([]byte, 32) }},
		{"digests-equal", "CON-11", "Two containers with one digest.",
			func(p *plain) { p.stored[1].digest = p.stored[0].digest }},
		{"id-zero", "ARC-91", "A container whose id is zeros.", func(p *plain) { p.stored[0].id = make([]byte, 24) }},
		{"neighbours", "ARC-91", "Two ids that differ by one, in their last byte.", func(p *plain) {
			p.stored[0].id = slices.Clone(p.stored[1].id)
			p.stored[0].id[23], p.stored[1].id[23] = 7, 8
		}},
	} {
		base.but("stored-"+c.slug, c.requirements+" (set long boundary)", c.comment, reseal(func(p *plain) {
			for i, x := range p.stored {
				p.stored[i].id = slices.Clone(x.id)
			}
			c.edit(p)
		}), acceptedAs(listOf))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"first-exchanged", "ARC-91", "The first two containers are not in the order of their ids.",
			func(p *plain) { p.stored[0], p.stored[1] = p.stored[1], p.stored[0] }},
		{"last-exchanged", "ARC-91", "The last two containers are not in the order of their ids.",
			func(p *plain) { p.stored[1], p.stored[2] = p.stored[2], p.stored[1] }},
		{"twice", "ARC-91", "A container stands twice.", func(p *plain) { p.stored[1] = p.stored[0] }},
		{"id-twice", "ARC-91", "An id stands twice, with two digests.",
			func(p *plain) { p.stored[2].id = p.stored[1].id }},
		{"epoch-zero", "ARC-91", "The first container is of epoch 0.", func(p *plain) { p.stored[0].epoch = 0 }},
		{"last-epoch-zero", "ARC-91", "The last container is of epoch 0.", func(p *plain) { p.stored[2].epoch = 0 }},
		{"epoch-beyond", "CON-5", "A container of epoch 2^52.", func(p *plain) { p.stored[1].epoch = 1 << 52 }},
		{"generation-beyond", "CON-5", "A container of generation 2^52.",
			func(p *plain) { p.stored[1].generation = 1 << 52 }},
		{"length-beyond", "CON-5", "A container of 2^52 bytes.", func(p *plain) { p.stored[1].length = 1 << 52 }},
		{"itself", "ARC-92", "The container lists itself.", func(p *plain) {
			p.stored[1].id = p.id
			slices.SortFunc(p.stored, func(a, b stored) int { return slices.Compare(a.id, b.id) })
		}},
	} {
		base.but("stored-"+c.slug, c.requirements+" (set long boundary resealed)", c.comment, reseal(c.edit),
			refused(fault.MalformedArchive))
	}
	for _, c := range []struct {
		n       int
		comment string
	}{
		{239, "The stored containers take 239 bytes, one less than three."},
		{241, "The stored containers take 241 bytes, and a byte more than there is."},
		{160, "The stored containers take 160 bytes: a third one follows them."},
		{5242880, "The stored containers take 5242880 bytes, the most there can be, and no such bytes are there."},
		{5242881, "The stored containers take 5242881 bytes: beyond their bound."},
		{1<<24 - 1, "The stored containers take 2^24 - 1 bytes: nothing is allocated for them."},
	} {
		base.but(fmt.Sprintf("stored-length-%d", c.n), "CON-1 CON-3 ARC-23 (set long boundary resealed)", c.comment,
			resealBytes(func(p *plain, b []byte) []byte { copy(b[p.indexAt()-243:], u24(c.n)); return b }),
			refused(fault.MalformedArchive))
	}
	base.but("stored-removed-before-stored", "ARC-12 ARC-5 ARC-91 (set long order resealed)",
		"A removed path is unsafe, and the stored containers are out of order: the paths come first.",
		reseal(func(p *plain) {
			p.removed = []string{"../x"}
			p.stored[0], p.stored[1] = p.stored[1], p.stored[0]
			p.layOut()
		}), refused(fault.UnsafePath))
}
