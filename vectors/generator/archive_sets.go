package generator

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// setArchive is an archive of generation 3 of a set. A long entry brings it to
// the 262144 bytes that it must have, but for some room in the padding.
func setArchive(seed string, length int) *box {
	const room = 1100
	frames := func(n int) []frame { return []frame{file("a", other, "content"), quietFile("long", other, n)} }
	b := newBox(seed, purposeArchive)
	member := func(n int) *plain {
		p := newPlain(b.payload.salt, frames(n))
		p.setID, p.generation, p.epoch, p.previous = draw(seed+" set id", 16), 3, 1, draw(seed+" previous", 24)
		return p
	}
	least := member(0)
	least.pad(0)
	b.plain = member(length - room - len(least.bytes()))
	b.finish()
	return b
}

// archiveSets are archives of a backup set.
func archiveSets(s *suite) {
	b := setArchive("archive/set", 262144)
	base := s.listed("set", "ARC-9 ARC-21 (set long boundary)",
		"An archive of a backup set, of 262144 bytes, the least there.", b)
	base.but("set-too-small", "ARC-9 (set long boundary resealed)",
		"258048 bytes, the Padm\u00e9 length before 262144, are too few in a set.",
		reseal(func(p *plain) {
			n := len(p.bytes()) - 258048
			p.frames[1].content = p.frames[1].content[:len(p.frames[1].content)-n]
			p.frames[1].size -= uint64(n)
			for i := range p.live {
				p.live[i].size = p.frames[p.live[i].frame].size
			}
			p.pad(len(p.zeros))
		}), refused(fault.MalformedArchive))
	small := archiveOf("archive/set-small", samples()...)
	alone := s.listed("set-small-stand-alone", "ARC-9 ARC-21", "A stand-alone archive may be small.", small)
	for _, c := range []struct {
		slug, comment string
		edit          func(p *plain)
	}{
		{"set-small", "The same in a set is too small.", func(p *plain) {}},
		{"set-small-incomplete", "The same, naming a part of its generation.", func(p *plain) { p.complete = 0 }},
		{"set-small-later", "The same of a later generation.",
			func(p *plain) { p.generation, p.epoch, p.previous = 7, 3, draw("archive/set-small previous", 24) }},
	} {
		alone.but(c.slug, "ARC-9 ARC-21 (set resealed)", c.comment, reseal(func(p *plain) {
			p.setID[0], p.generation, p.epoch = 1, 1, 1
			c.edit(p)
		}), refused(fault.MalformedArchive))
	}
	next := setArchive("archive/set-next", 270336)
	s.listed("set-next-length", "ARC-9 (set long boundary)", "270336 bytes, the next Padm\u00e9 length.", next)

	part := setArchive("archive/set-extract", 262144)
	part.plain.complete = 0
	part.finish()
	s.extracted("set-extract-in-part", "ARC-19 ARC-27 (set long)",
		"An entry of an archive that names a part of its generation.", part, 0).
		but("set-extract-in-part-not-there", "ARC-27 (set long)",
			"There is no such entry in it, wherever the rest of the generation lies.", replace("path", []byte("b")),
			refused(fault.EntryNotFound))

	foreign := draw("archive/set other container", 24)
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"incomplete", "ARC-19 (set long)", "In a set an archive may name a part of its generation.",
			func(p *plain) { p.complete = 0 }},
		{"first", "ARC-21 ARC-22 ARC-78 CON-11 (set long boundary)", "The first archive of a set has no previous one.",
			func(p *plain) { clear(p.previous); p.generation = 1 }},
		{"first-with-previous", "ARC-78 CON-11 (set long)",
			"The first generation, an epoch that is greater, and a previous container: a reader compares none of them.",
			func(p *plain) { p.generation, p.epoch = 1, 9 }},
		{"later-without-previous", "ARC-78 CON-11 (set long)",
			"A later generation without a previous container, made at no time that is known.",
			func(p *plain) { clear(p.previous); p.created = 0 }},
		{"previous-is-itself", "ARC-78 CON-11 (set long)", "The previous container has the container's own id.",
			func(p *plain) { copy(p.previous, p.id) }},
		{"generation-greatest", "CON-5 ARC-21 (set long boundary)", "The greatest generation and the greatest epoch.",
			func(p *plain) { p.generation, p.epoch = 1<<52-1, 1<<52-1 }},
		{"set-id-ones", "ARC-21 (set long)", "A set id of bytes 0xff, which stands for no other value.",
			func(p *plain) { p.setID = bytes.Repeat([]byte{0xff}, 16) }},
		{"set-id-first-zero", "ARC-21 (set long)", "A set id that begins with zeros.",
			func(p *plain) { clear(p.setID[:15]) }},
		{"set-id-last-zero", "ARC-21 (set long)", "A set id that ends with zeros.",
			func(p *plain) { clear(p.setID[1:]) }},
		{"previous-ones", "ARC-78 (set long)", "A previous container whose id is of bytes 0xff.",
			func(p *plain) { copy(p.previous, bytes.Repeat([]byte{0xff}, 24)) }},
		{"previous-last-byte-only", "ARC-78 (set long)", "A previous container whose id is zero but for its last byte.",
			func(p *plain) { clear(p.previous); p.previous[23] = 1 }},
		{"removed", "ARC-12 ARC-22 ARC-39 (set long)", "In a set paths may be removed.",
			func(p *plain) { p.removed = []string{"aa", "old/photo.jpg", "z"}; p.layOut() }},
		{"removed-in-order-of-bytes", "ARC-12 (set long unicode)",
			"Removed paths in the order of their bytes, which is not that of signed bytes, of UTF-16 or of collation.",
			func(p *plain) {
				p.removed = []string{"Z", "z", "\u00e9", "\uff5e", "\U0001f600"}
				p.layOut()
			}},
		{"removed-colon", "ARC-5 (set long boundary)", "A removed path with colons.",
			func(p *plain) { p.removed = []string{"C:/x", "file.txt:stream"}; p.layOut() }},
		{"removed-longest", "CON-1 (set long boundary)", "A removed path of 1024 bytes.",
			func(p *plain) { p.removed = []string{strings.Repeat("x", 1024)}; p.layOut() }},
		{"foreign-record", "ARC-24 ARC-25 ARC-43 (set long)", "An entry that lies in another container is listed.",
			func(p *plain) { p.live[0].frame, p.live[0].container = -1, foreign }},
		{"foreign-offset", "ARC-15 (set long boundary)", "The entry region binds only records of the container itself.",
			func(p *plain) {
				p.live[0] = record{frame: -1, container: foreign, offset: 1<<51 - 1, path: "a", size: 1 << 40}
			}},
		{"foreign-greatest", "ARC-15 CON-5 CON-6 (set long boundary)",
			"The greatest offset and the greatest size there can be: their sum is compared with nothing, and does " +
				"not wrap.", func(p *plain) {
				p.live[0] = record{frame: -1, container: foreign, offset: 1<<52 - 1, path: "a", size: 1<<52 - 1}
			}},
		{"foreign-touching", "ARC-14 (set long boundary)",
			"Two frames in another container touch, and a third begins behind them.", func(p *plain) {
				p.live = append(p.live, record{frame: -1, container: foreign, offset: 128, path: "x", size: 0},
					record{frame: -1, container: foreign, offset: 100, path: "y", size: 7},
					record{frame: -1, container: foreign, offset: 149, path: "z", size: 7})
				p.layOut()
			}},
		{"foreign-same-offset", "ARC-14 (set long boundary)", "Frames in different containers do not overlap.",
			func(p *plain) {
				p.live = append(p.live, record{frame: -1, container: foreign, offset: 0, path: "z", size: 7})
				p.layOut()
			}},
	} {
		base.but("set-"+c.slug, c.requirements, c.comment, reseal(c.edit), acceptedAs(listOf))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"set-id-zero", "ARC-21", "set_id is zero, and the generation and the epoch are not.",
			func(p *plain) { clear(p.setID) }},
		{"generation-zero", "ARC-21", "The generation is zero, and set_id and epoch are not.",
			func(p *plain) { p.generation = 0 }},
		{"epoch-zero", "ARC-21", "The epoch is zero, and set_id and generation are not.",
			func(p *plain) { p.epoch = 0 }},
		{"generation-and-epoch-zero", "ARC-21", "set_id is all there is.",
			func(p *plain) { p.generation, p.epoch = 0, 0 }},
		{"removed-disorder", "ARC-12", "Removed paths are out of order.",
			func(p *plain) { p.removed = []string{"y", "x"}; p.layOut() }},
		{"removed-in-order-of-signed-bytes", "ARC-12", "Removed paths in the order of signed bytes.",
			func(p *plain) { p.removed = []string{"\u00e9", "z"}; p.layOut() }},
		{"removed-in-order-of-utf-16", "ARC-12", "Removed paths in the order of UTF-16.",
			func(p *plain) { p.removed = []string{"\U0001f600", "\uff5e"}; p.layOut() }},
		{"removed-in-order-of-letters", "ARC-12", "Removed paths in an order that does not mind case.",
			func(p *plain) { p.removed = []string{"b", "C"}; p.layOut() }},
		{"trailer-is-length-of-index", "ARC-18 ARC-41", "The trailer is the length of the index frame.",
			func(p *plain) { p.trailer = uint64(len(p.indexBytes())) }},
		{"trailer-is-distance-from-end", "ARC-18 ARC-41",
			"The trailer is the number of bytes from the index frame to the end.",
			func(p *plain) { p.trailer = uint64(len(p.indexBytes())) + 8 }},
		{"trailer-is-negative-distance", "ARC-18 ARC-41 CON-5", "The trailer is that number, negative.",
			func(p *plain) { p.trailer = -(uint64(len(p.indexBytes())) + 8) }},
		{"trailer-in-other-byte-order", "ARC-18 ARC-41",
			"The trailer is the index frame's offset with its bytes in the other order.",
			func(p *plain) { p.trailer = bits.ReverseBytes64(p.trailer) }},
		{"removed-twice", "ARC-12", "A path is removed twice.",
			func(p *plain) { p.removed = []string{"x", "x"}; p.layOut() }},
		{"removed-and-live", "ARC-12", "A path is removed and live.",
			func(p *plain) { p.removed = []string{"a"}; p.layOut() }},
		{"removed-and-live-last", "ARC-12", "The last removed path is the last live one.",
			func(p *plain) { p.removed = []string{"aa", "b", "long"}; p.layOut() }},
		{"removed-empty", "CON-1", "A removed path has at least one byte.",
			func(p *plain) { p.removed = []string{"", "x"}; p.layOut() }},
		{"removed-1025-bytes", "CON-1", "A removed path has at most 1024 bytes.",
			func(p *plain) { p.removed = []string{strings.Repeat("x", 1025)}; p.layOut() }},
		{"foreign-overlap", "ARC-14", "Two frames in another container overlap by a byte.", func(p *plain) {
			p.live = append(p.live, record{frame: -1, container: foreign, offset: 100, path: "y", size: 7},
				record{frame: -1, container: foreign, offset: 127, path: "z", size: 7})
			p.layOut()
		}},
		{"foreign-overlap-not-neighbours", "ARC-14",
			"A frame in another container reaches over the next one into a third.", func(p *plain) {
				p.live = append(p.live, record{frame: -1, container: foreign, offset: 150, path: "x", size: 0},
					record{frame: -1, container: foreign, offset: 100, path: "y", size: 100},
					record{frame: -1, container: foreign, offset: 180, path: "z", size: 7})
				p.layOut()
			}},
		{"foreign-overlap-around-another", "ARC-14",
			"Two frames in another container overlap, and a frame in a third one has an offset between theirs.",
			func(p *plain) {
				p.live = append(p.live,
					record{frame: -1, container: draw("archive/set third container", 24), offset: 110, path: "x",
						size: 0},
					record{frame: -1, container: foreign, offset: 100, path: "y", size: 50}, record{frame: -1,
						container: foreign, offset: 120, path: "z", size: 7})
				p.layOut()
			}},
		{"foreign-overlap-around-alike", "ARC-14",
			"The same, and the third container's id differs from the other's in its last bit only.", func(p *plain) {
				p.live = append(p.live, record{frame: -1, container: alike(foreign), offset: 110, path: "x", size: 0},
					record{frame: -1, container: foreign, offset: 100, path: "y", size: 50},
					record{frame: -1, container: foreign, offset: 120, path: "z", size: 7})
				p.layOut()
			}},
		{"foreign-overlap-greatest", "ARC-14 CON-6",
			"Two frames in another container overlap, at the greatest offsets and sizes.", func(p *plain) {
				p.live = append(p.live,
					record{frame: -1, container: foreign, offset: 1<<52 - 2, path: "y", size: 1<<52 - 1},
					record{frame: -1, container: foreign, offset: 1<<52 - 1, path: "z", size: 1<<52 - 1})
				p.layOut()
			}},
		{"removed-64-mib", "CON-1 CON-3",
			"The length of removed is 67108864, its greatest, and no such bytes are there.",
			func(p *plain) { p.statedRemoved(1 << 26) }},
		{"removed-64-mib-and-a-byte", "CON-1 CON-3", "The length of removed is 67108865: beyond its bound.",
			func(p *plain) { p.statedRemoved(1<<26 + 1) }},
		{"removed-4-gib", "CON-1 CON-3 CON-6", "The length of removed is 2^32 - 1: nothing is allocated for it.",
			func(p *plain) { p.statedRemoved(1<<32 - 1) }},
		{"removed-path-cut", "CON-1", "The last removed path states a byte more than there is.", func(p *plain) {
			p.removed = []string{"x", "y"}
			p.layOut()
			b := p.bytes()
			b[p.indexAt()-5] = 2
			p.raw = b
		}},
		{"removed-path-length-cut", "CON-1", "Half a length follows the last removed path.", func(p *plain) {
			p.removed = []string{"x", "y"}
			p.layOut()
			b := p.bytes()
			copy(b[p.indexAt()-9:], []byte{0, 3, 'x', 'y', 'z', 0})
			p.raw = b
		}},
		{"foreign-folder", "ARC-13", "A path in another container has a path in this one as its folder.",
			func(p *plain) {
				p.live = slices.Insert(p.live, 1,
					record{frame: -1, container: foreign, offset: 100, path: "a/b", size: 7})
				p.layOut()
			}},
		{"own-segment-earlier", "ARC-20", "An earlier reference is to the container itself.",
			func(p *plain) { p.addRef(p.id) }},
		{"own-segment-not-last", "ARC-20", "The last reference is to another container.", func(p *plain) {
			p.addRef(foreign)
			p.refs[0], p.refs[1] = p.refs[1], p.refs[0]
		}},
		{"seventeen-segments", "CON-1", "An index refers to at most sixteen segments.", func(p *plain) {
			for range 16 {
				p.addRef(foreign)
			}
		}},
	} {
		base.but("set-"+c.slug, c.requirements+" (set long boundary resealed)", c.comment, reseal(c.edit),
			refused(fault.MalformedArchive))
	}
	base.but("set-removed-unsafe", "ARC-5 (set long resealed)", "A removed path is unsafe.",
		reseal(func(p *plain) { p.removed = []string{"../x"}; p.layOut() }), refused(fault.UnsafePath))
	base.but("set-live-before-removed", "ARC-5 ARC-12 (set long order resealed)",
		"The live paths are out of order, and a removed one is unsafe: live comes before removed.",
		reseal(func(p *plain) {
			p.live[0], p.live[1] = p.live[1], p.live[0]
			p.removed = []string{"../x"}
			p.layOut()
		}), refused(fault.MalformedArchive))

	// Segments that lie elsewhere.
	base.but("set-earlier-segment", "ARC-24 CON-9 ERR-3 (set long)",
		"The entries of an earlier segment lie in a container that is not there.",
		reseal(func(p *plain) { p.addRef(foreign) }), refused(fault.MissingContainer))
	base.but("set-sixteen-segments", "ARC-24 CON-1 (set long boundary)",
		"An index refers to sixteen segments, the most there can be; fifteen of them are not there.",
		reseal(func(p *plain) {
			for range 15 {
				p.addRef(foreign)
			}
		}), refused(fault.MissingContainer))
	base.but("set-earlier-segment-first", "ARC-24 ARC-12 (set long order resealed)",
		"An earlier segment is not there, and the own one is out of order: segments are checked from the first on.",
		reseal(func(p *plain) {
			p.addRef(foreign)
			p.live[0], p.live[1] = p.live[1], p.live[0]
			p.layOut()
		}), refused(fault.MissingContainer))

	away := func() edit { return reseal(func(p *plain) { p.live[0].frame, p.live[0].container = -1, foreign }) }
	awayAlike := func() edit {
		return reseal(func(p *plain) { p.live[0].frame, p.live[0].container = -1, alike(p.id) })
	}
	extract := s.extracted("set-extract", "ARC-24 (set long)", "An entry that lies in the container is extracted.", b, 0)
	extract.but("set-extract-elsewhere", "ARC-24 (set long)", "The entry lies in a container that is not there.", away(),
		refused(fault.MissingContainer))
	extract.but("set-extract-alike", "ARC-24 (set long)",
		"The entry lies in a container whose id differs from that of this one in its last bit only.",
		awayAlike(), refused(fault.MissingContainer))
	restore := s.restored("set-restore", "ARC-29 ARC-30 ARC-48 ARC-49 (set long)",
		"An archive of a set, all of whose entries lie in it.", b)
	restore.but("set-restore-elsewhere", "ARC-24 ARC-49 (set long)",
		"One of the entries lies in a container that is not there.", away(), refused(fault.MissingContainer))
	restore.but("set-restore-alike", "ARC-24 ARC-49 (set long)",
		"One of the entries lies in a container whose id differs from that of this one in its last bit only.",
		awayAlike(), refused(fault.MissingContainer))
}

// alike returns an id that differs from another in its last bit only.
func alike(id []byte) []byte { return flipped(id, len(id)-1, 1) }
