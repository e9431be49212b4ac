package generator

import (
	"bytes"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// salvageWalked are archives whose index is lost.
func salvageWalked(s *suite) {
	const seed = "salvage/walked"
	b := archiveOf(seed, file("a", messages, "first"), quietFile("b-long", 3, 20000), file("c", document, "third"),
		quietFile("d-long", other, 30000), file("e", other, "last"))
	p := b.plain
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	base := s.rescue("walked", "SLV-5 (long)", "The archive of the next cases: four chunks, the index in the last one.",
		b, b.withKey(),
		rescued{indexed: true, end: reached, entries: p.allWhole(true)})
	first, second := p.found(0, false), p.found(1, false)
	third := p.found(2, false)
	frameE := int(p.frameAt(4))
	tail := p.found(3, false, p.from(3, 3*chunkSize, 1<<30))
	walk := func(name fault.Name, end int, entries ...any) want {
		return accepted(rescued{fault: name, end: end, entries: entries}.output())
	}
	const requirements = "SLV-5 SLV-6 SLV-9 SLV-11 SLV-14"
	base.but("walked-last-chunk", requirements+" SLV-24 (long)",
		"The last chunk is damaged, and the index with it: the walk ends where the next frame is lost.",
		flip("container", at(3), 1), walk(fault.PayloadTampered, frameE, first, second, third, tail))
	base.but("walked-cut-at-chunk", requirements+" (long cut boundary)", "The last chunk is missing.",
		cutTo("container", at(3)), walk(fault.Truncated, frameE, first, second, third, tail))
	base.but("walked-cut-15", requirements+" (long cut boundary)", "Of the last chunk 15 bytes are left.",
		cutTo("container", at(3)+15), walk(fault.Truncated, frameE, first, second, third, tail))
	base.but("walked-cut-16", requirements+" (long cut boundary)", "Of the last chunk 16 bytes are left.",
		cutTo("container", at(3)+16), walk(fault.PayloadTampered, frameE, first, second, third, tail))
	base.but("walked-cut-last-byte", requirements+" (long cut)", "The last byte is missing.",
		cutTo("container", len(b.bytes())-1), walk(fault.PayloadTampered, frameE, first, second, third, tail))
	base.but("walked-cut-in-chunk", requirements+" (long cut)", "Half of the third chunk is left.",
		cutTo("container", at(2)+8000), walk(fault.PayloadTampered, frameE, first, second, third,
			p.found(3, false, p.from(3, 2*chunkSize, 1<<30))))
	base.but("walked-cut-to-one-chunk", requirements+" (long cut boundary)",
		"The first chunk is left: the walk knows the second entry, and where the third would be.",
		cutTo("container", at(1)), walk(fault.Truncated, int(p.frameAt(2)), first,
			p.found(1, false, p.from(1, chunkSize, 1<<30))))
	base.but("walked-over-lost-content", requirements+" SLV-26 SLV-27 (long)",
		"The third chunk, which holds nothing but content, and the last one are damaged.",
		flips("container", 1, at(2), at(3)), walk(fault.PayloadTampered, frameE, first, second, third,
			p.found(3, false, p.from(3, 2*chunkSize, 1<<30))))
	base.but("walked-fields-lost", requirements+" SLV-3 SLV-26 (long)",
		"The second chunk, which holds the fields of two frames, and the last one are damaged: the walk ends, though "+
			"more is whole behind.",
		flips("container", 1, at(1), at(3)), walk(fault.PayloadTampered, int(p.frameAt(2)), first,
			p.found(1, false, p.from(1, chunkSize, 1<<30))))
	base.but("walked-nothing", requirements+" SLV-26 (long)",
		"The first chunk and the last one are damaged: the walk ends where it begins.",
		flips("container", 1, at(0), at(3)), walk(fault.PayloadTampered, 0))

	// The frames' own paths serve the walk.
	lastLost := func(b *box) edit { return flip("container", b.headerSize()+chunkAt(len(b.payload.chunks)-1), 1) }
	unsafe := archiveOf("salvage/unsafe", file("a", other, "first"), file("../evil", other, "second"),
		file("c\\d", other, "third"), quietFile("e", other, 16400))
	for i := range unsafe.plain.live {
		if r := &unsafe.plain.live[i]; r.frame == 1 || r.frame == 2 {
			r.path = []string{"b", "c"}[r.frame-1]
		}
	}
	unsafe.plain.sort()
	unsafe.finish()
	q := unsafe.plain
	named := func(frame int, path string) vectors.Object {
		o := q.found(frame, true)
		o["path"] = path
		return o
	}
	s.rescue("unsafe", "SLV-5 SLV-8 SLV-25 (long)", "The frames of two entries have unsafe paths; the index governs.",
		unsafe, unsafe.withKey(),
		rescued{indexed: true, end: reached,
			entries: []any{q.found(0, true), named(1, "b"), named(2, "c"), q.found(3, true)}}).
		but("unsafe-walked", "SLV-8 SLV-6 SLV-33 (long)",
			"The index is lost, and the frames of two entries have unsafe paths: they are left out, and their "+
				"offsets reported.",
			lastLost(unsafe), accepted(rescued{
				fault: fault.PayloadTampered, end: int(q.frameAt(4)),
				entries: []any{q.found(0, false),
					q.found(3, false, q.from(3, chunkSize, 1<<30))}, unsafe: []any{q.frameAt(1), q.frameAt(2)},
			}.output()))

	colon := archiveOf("salvage/colon", file("C:/x", other, "first"), file("a/file.txt:stream", other, "second"),
		quietFile("z", other, 16400))
	colon.finish()
	q = colon.plain
	s.rescue("colon", "SLV-5 (long)", "The paths of two entries have colons.", colon, colon.withKey(),
		rescued{indexed: true, end: reached, entries: []any{q.found(0, true), q.found(1, true), q.found(2, true)}}).
		but("colon-walked", "ARC-5 SLV-8 SLV-6 (long boundary)", "The index is lost: a colon makes no path unsafe.",
			lastLost(colon), accepted(rescued{
				fault: fault.PayloadTampered, end: int(q.frameAt(3)),
				entries: []any{q.found(0, false), q.found(1, false), q.found(2, false, q.from(2, chunkSize, 1<<30))},
			}.output()))

	twice := archiveOf("salvage/twice", file("log", other, "shrank while it was read\x00\x00"),
		file("log", other, "as it is now"), quietFile("z", other, 16400))
	twice.plain.live = slices.DeleteFunc(twice.plain.live, func(r record) bool { return r.frame == 0 })
	twice.finish()
	q = twice.plain
	s.rescue("twice", "SLV-5 SLV-25 (long)",
		"A frame that its writer abandoned is not reported: the index does not name it.", twice, twice.withKey(),
		rescued{indexed: true, end: reached, entries: []any{q.found(1, true), q.found(2, true)}}).
		but("twice-walked", "SLV-7 SLV-6 SLV-26 (long)", "The index is lost: two frames of one path are two entries.",
			lastLost(twice), accepted(rescued{
				fault: fault.PayloadTampered, end: int(q.frameAt(3)),
				entries: []any{q.found(0, false), q.found(1, false), q.found(2, false, q.from(2, chunkSize, 1<<30))},
			}.output()))
}

// salvageSegment are archives whose walk meets the segment.
func salvageSegment(s *suite) {
	const seed = "salvage/segment"
	frames := func(n int) []frame {
		return []frame{file("a", messages, "first"), file("b", other, "abandoned"), file("c", document, "third"),
			quietFile("d", other, n)}
	}
	// The plaintext is exactly one chunk, and an empty one follows.
	member := func(n int) *box {
		b := archiveOf(seed, frames(n)...)
		b.plain.live = slices.DeleteFunc(b.plain.live, func(r record) bool { return r.frame == 1 })
		b.plain.live[1].path, b.plain.live[1].kind = "c-renamed", settings
		b.plain.pad(0)
		return b
	}
	n := chunkSize - len(member(0).plain.bytes())
	b := member(n)
	b.finish()
	p := b.plain
	third := func(confirmed bool) vectors.Object {
		o := p.found(2, confirmed)
		o["path"], o["kind"] = "c-renamed", settings
		return o
	}
	all := []any{p.found(0, true), third(true), p.found(3, true)}
	base := s.rescue("segment", "SLV-5 (long boundary)",
		"The archive of the next cases: a full chunk and an empty one. One frame was abandoned, and one entry renamed.",
		b, b.withKey(),
		rescued{indexed: true, end: reached, entries: all})
	met := func(name fault.Name) want {
		return accepted(rescued{fault: name, end: reached, entries: all}.output())
	}
	const requirements = "SLV-5 SLV-6 SLV-11"
	base.but("segment-last-chunk-damaged", requirements+" SLV-24 SLV-29 SLV-31 (long boundary)",
		"The empty last chunk is damaged: the end is not authentic, and the walk meets the segment, which governs.",
		flip("container", -1, 1), met(fault.PayloadTampered))
	base.but("segment-last-chunk-missing", requirements+" SLV-24 (long cut boundary)",
		"The empty last chunk is missing: what is left is one full chunk.",
		cutTo("container", b.headerSize()+chunkAt(1)), met(fault.Truncated))
	base.but("segment-last-chunk-cut", requirements+" (long cut boundary)", "The empty last chunk lacks a byte.",
		cutTo("container", b.headerSize()+chunkAt(1)+15), met(fault.Truncated))
	base.but("segment-index-malformed", requirements+" SLV-14 SLV-24 (long resealed)",
		"The index has a value that no writer gives it: the walk meets the segment.",
		reseal(func(p *plain) { p.complete = 2 }), met(fault.MalformedArchive))
	base.but("segment-trailer-malformed", requirements+" SLV-14 SLV-24 (long resealed)",
		"The trailer points one byte too far: the walk meets the segment.",
		reseal(func(p *plain) { p.trailer++ }), met(fault.MalformedArchive))
	malformed := []any{p.found(0, false), p.found(1, false), p.found(2, false), p.found(3, false)}
	base.but("segment-malformed", "SLV-5 SLV-6 SLV-14 SLV-29 (long resealed)",
		"The segment's records are out of order: the frames are all there is, the abandoned one too.",
		reseal(func(p *plain) { p.live[0], p.live[1] = p.live[1], p.live[0] }),
		accepted(rescued{fault: fault.MalformedArchive, end: int(p.segmentAt()), entries: malformed}.output()))
	base.but("segment-one-place", "SLV-29 (long resealed)",
		"Two of the segment's records have the offset of one frame: the segment confirms nothing.",
		reseal(func(p *plain) { p.live[1].offset = p.live[0].offset }),
		accepted(rescued{fault: fault.MalformedArchive, end: int(p.segmentAt()), entries: malformed}.output()))
	base.but("segment-one-place-at-its-ends", "SLV-29 (long resealed)",
		"The first and the last of the segment's records have the offset of one frame: the segment confirms nothing.",
		reseal(func(p *plain) { p.live[2].offset = p.live[0].offset }),
		accepted(rescued{fault: fault.MalformedArchive, end: int(p.segmentAt()), entries: malformed}.output()))
	base.but("segment-record-in-content", "SLV-9 SLV-28 SLV-31 (long resealed)",
		"A record points to the content of a frame: it has no frame, and its frame no record.",
		reseal(func(p *plain) { p.live[1].offset = uint64(p.contentAt(2)) }),
		accepted(rescued{fault: fault.MalformedArchive, end: reached,
			entries: []any{p.found(0, true), p.found(3, true)}}.output()))
	contradicted := p.found(2, true)
	contradicted["path"], contradicted["kind"] = "c-renamed", settings
	contradicted["status"], contradicted["size"] = "missing", p.frames[2].size+1
	delete(contradicted, "sha512")
	base.but("segment-contradicts", "SLV-9 SLV-6 SLV-28 (long resealed)",
		"A record's size differs from its frame's, and the index is malformed: the entry is missing.",
		reseal(func(p *plain) { p.complete = 2; p.live[1].size++ }),
		accepted(rescued{fault: fault.MalformedArchive, end: reached,
			entries: []any{p.found(0, true), contradicted, p.found(3, true)}}.output()))
	for _, c := range []struct {
		slug, which string
		id          []byte
	}{
		{"in-two-containers", "another container", draw(seed+" other container", 24)},
		{"and-id-of-zeros", "the container whose id is the least", make([]byte, 24)},
		{"and-id-of-ones", "the container whose id is the greatest", bytes.Repeat([]byte{0xff}, 24)},
	} {
		base.but("segment-one-place-"+c.slug, "SLV-29 SLV-30 (long resealed)",
			"A record of "+c.which+" has the offset of one of this container, and the index is malformed: the "+
				"segment counts.",
			reseal(func(p *plain) {
				p.complete = 2
				p.live[1].frame, p.live[1].container, p.live[1].offset = -1, c.id, p.live[0].offset
			}),
			accepted(rescued{fault: fault.MalformedArchive, end: reached,
				entries: []any{p.found(0, true), p.found(3, true)}}.output()))
	}

	lossy := archiveOf("salvage/segment-contradicts", quietFile("a", other, 33000), file("b", other, "whole"))
	q := lossy.plain
	missing := q.found(0, true)
	missing["status"], missing["size"] = "missing", q.frames[0].size+1
	delete(missing, "sha512")
	s.rescue("segment-three-chunks", "SLV-5 (long)",
		"The archive of the next case: the second of three chunks holds nothing but content.", lossy, lossy.withKey(),
		rescued{indexed: true, end: reached, entries: []any{q.found(0, true), q.found(1, true)}}).
		but("segment-contradicts-lossy", "SLV-9 SLV-10 SLV-28 (long)",
			"A record's size differs from its frame's, the index is malformed, and a chunk of the content is lost: "+
				"the entry is missing, without ranges.",
			twice(func(b *box) { b.plain.complete = 2; b.plain.live[0].size++ }, func(b *box) { b.damage(1) }),
			accepted(rescued{fault: fault.PayloadTampered, end: reached,
				entries: []any{missing, q.found(1, true)}}.output()))
}

// salvagePlanted is an archive of which an entry holds what looks like the end
// of an archive, placed so that a cut makes it the end of what is left.
func salvagePlanted(s *suite) {
	b := archiveOf("salvage/planted", quietFile("host", other, chunkSize+5000), file("real", other, "content"))
	fake := newPlain(b.payload.salt, []frame{file("planted", other, "never sealed as an entry")})
	at := uint64(len("host") + 20)
	fake.live[0].frame, fake.live[0].offset = -1, at
	fake.refs[0] = segmentRef{fake.id, chunkSize - 8 - uint64(len(fake.indexBytes())+len(fake.segmentBytes())),
		uint64(len(fake.segmentBytes()))}
	fake.trailer = chunkSize - 8 - uint64(len(fake.indexBytes()))
	host := b.plain.frames[0].content
	copy(host, fake.frames[0].bytes())
	end := slices.Concat(fake.segmentBytes(), fake.indexBytes(), u64(fake.trailer))
	copy(host[chunkSize-int(at)-len(end):], end)
	b.finish()
	p := b.plain
	s.rescue("planted", "SLV-3 SLV-5 (long)",
		"An entry holds the bytes of a frame, and of a segment, an index and a trailer that end with the first chunk.",
		b, b.withKey(),
		rescued{indexed: true, end: reached, entries: p.allWhole(true)}).
		but("planted-cut", "SLV-3 SLV-5 SLV-6 SLV-24 (long cut boundary)",
			"What is left is one full chunk, and ends in what looks like a trailer: it is not the end of a message, "+
				"and is not believed.",
			cutTo("container", b.headerSize()+chunkAt(1)), accepted(rescued{
				fault: fault.Truncated, end: int(p.frameAt(1)), entries: []any{p.found(0, false,
					p.from(0, chunkSize, 1<<30))},
			}.output()))
}
