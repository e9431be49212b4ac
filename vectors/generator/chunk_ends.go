package generator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// archiveChunkEnds are frames that begin so many bytes before the end of a chunk
// that a field ends there. What lies behind a field that is refused is not
// needed (spec section 8.10).
func archiveChunkEnds(s *suite) {
	const path = "second"
	const timeAt, sizeAt = 1 + 2 + len(path) + 1, 1 + 2 + len(path) + 1 + 8
	const fields = sizeAt + 8
	at := func(before int) (*box, *made, *made) {
		seed := fmt.Sprintf("archive/chunk-end-%d", before)
		b := archiveOf(seed, quietFile("first", other, chunkSize-25-before), file(path, other, "content"),
			quietFile("third", other, 20000))
		comment := fmt.Sprintf("A frame begins %d bytes before the end of a chunk.", before)
		extract := s.extracted(fmt.Sprintf("chunk-end-%d", before), "ARC-26 ARC-38 ARC-74 ARC-75 (long boundary)",
			comment, b, 1)
		restore := s.restored(fmt.Sprintf("chunk-end-%d-restore", before), "ARC-30 (long boundary)",
			comment+" All is restored.", b)
		return b, extract, restore
	}
	lost := func(b *box) { b.damage(1) }
	for _, c := range []struct {
		before        int
		slug, comment string
		first         func(p *plain) // what else is wrong
		name          fault.Name
	}{
		{1, "type", "its type is 9", func(p *plain) { p.frames[1].typ = 9 }, fault.MalformedArchive},
		{2, "path-length", "its path states no byte, which half of the length does not tell",
			func(p *plain) { p.frames[1].typ = 1 }, fault.PayloadTampered},
		{3, "path-empty", "its path states no byte", func(p *plain) { p.raw = patched(p, p.frameAt(1)+1, u16(0)) },
			fault.MalformedArchive},
		{3, "path-1025", "its path states 1025 bytes", func(p *plain) { p.raw = patched(p, p.frameAt(1)+1, u16(1025)) },
			fault.MalformedArchive},
		{3, "path-to-next", "its path states 30 bytes, up to the next record's frame",
			func(p *plain) { p.raw = patched(p, p.frameAt(1)+1, u16(30)) }, fault.PayloadTampered},
		{3, "path-beyond-next", "its path states 31 bytes, one beyond the next record's frame",
			func(p *plain) { p.raw = patched(p, p.frameAt(1)+1, u16(31)) }, fault.MalformedArchive},
		{3, "path-1024", "its path states 1024 bytes, far beyond it",
			func(p *plain) { p.raw = patched(p, p.frameAt(1)+1, u16(1024)) }, fault.MalformedArchive},
		{timeAt, "kind", "its kind is not assigned, which is no fault", func(p *plain) { p.frames[1].kind = 200 },
			fault.PayloadTampered},
		{sizeAt - 1, "time-cut", "its time is 2^52 or a little more, of which the last byte is missing",
			func(p *plain) { p.frames[1].modified = 1 << 52 }, fault.PayloadTampered},
		{sizeAt, "time", "its time is 2^52", func(p *plain) { p.frames[1].modified = 1 << 52 }, fault.MalformedArchive},
		{fields - 1, "size-cut", "its size is another, of which the last byte is missing",
			func(p *plain) { p.frames[1].size++ }, fault.PayloadTampered},
		{fields, "size", "its size is another", func(p *plain) { p.frames[1].size++ }, fault.MalformedArchive},
	} {
		b, extract, restore := s.chunkEnd(c.before, at)
		if got := int(b.plain.frameAt(1)); got != chunkSize-c.before {
			s.fail(c.slug, "the frame begins at %d", got)
		}
		comment := fmt.Sprintf("The frame begins %d bytes before the end of the chunk, %s; the next chunk is altered.",
			c.before, c.comment)
		first := func(b *box) { c.first(b.plain) }
		extract.but("chunk-end-"+c.slug, "ARC-26 ARC-74 ARC-75 COB-12 (long order boundary)", comment,
			twice(first, lost), refused(c.name))
		restore.but("chunk-end-"+c.slug+"-restore", "ARC-30 ARC-74 ARC-75 COB-12 (long order boundary)",
			comment+" All is to be restored.", twice(first, lost), refused(c.name))
	}
	// No record names the second frame: only the segment bounds its fields.
	unnamed := archiveOf("archive/chunk-end-unnamed", quietFile("first", other, chunkSize-25-3),
		file(path, other, "content"), quietFile("third", other, 20000))
	unnamed.plain.live = slices.Delete(unnamed.plain.live, 1, 2)
	unnamed.finish()
	s.restored("chunk-end-unnamed-restore", "ARC-30 ARC-75 (long boundary)",
		"A frame that no record names begins 3 bytes before the end of a chunk. All is restored.", unnamed).
		but("chunk-end-unnamed-path-beyond-next-restore", "ARC-30 ARC-75 COB-12 (long order boundary)",
			"Its path states 31 bytes, one beyond the next record's frame, and the next chunk is altered: the path "+
				"is read, up to the segment there is room.",
			twice(func(b *box) { b.plain.raw = patched(b.plain, b.plain.frameAt(1)+1, u16(31)) },
				lost), refused(fault.PayloadTampered))
	last := archiveOf("archive/chunk-end-last", quietFile("first", other, chunkSize-25-3),
		quietFile(path, other, 20000))
	long := func(b *box) { b.plain.raw = patched(b.plain, b.plain.frameAt(1)+1, u16(1025)) }
	const comment = "The last frame begins 3 bytes before the end of a chunk."
	s.extracted("chunk-end-last", "ARC-26 ARC-74 (long boundary)", comment, last, 1).
		but("chunk-end-last-path-1025", "ARC-74 COB-12 (long order boundary)",
			comment+" Its path states 1025 bytes, for which there is room; the next chunk is altered.", twice(long,
				lost), refused(fault.MalformedArchive))
	s.restored("chunk-end-last-restore", "ARC-30 ARC-74 (long boundary)", comment+" All is restored.", last).
		but("chunk-end-last-path-1025-restore", "ARC-74 COB-12 (long order boundary)",
			comment+" Its path states 1025 bytes, for which there is room; the next chunk is altered.", twice(long,
				lost), refused(fault.MalformedArchive))
}

// archiveChunkEndPaths are paths of the bounds of their length, whose length ends
// with a chunk.
func archiveChunkEndPaths(s *suite) {
	for _, n := range []int{1, 1024} {
		slug := fmt.Sprintf("chunk-end-path-of-%d", n)
		b := archiveOf("archive/"+slug, quietFile("first", other, chunkSize-25-3),
			file(strings.Repeat("p", n), other, "content"))
		if got := b.plain.frameAt(1); got != chunkSize-3 {
			s.fail(slug, "the frame begins at %d", got)
		}
		s.restored(slug, "ARC-30 (long boundary)",
			fmt.Sprintf("A frame begins three bytes before the end of a chunk, and its path has %d bytes.", n), b)
	}
}

// archiveBetweenDamage is an entry between chunks that are of no concern to it.
func archiveBetweenDamage(s *suite) {
	b := archiveOf("archive/between-damage", quietFile("a", other, 20000), file("b", other, "in the second chunk"),
		quietFile("c", other, 60000))
	s.extracted("between-damage", "ARC-38 (long)", "An entry in the second of six chunks.", b, 1).
		but("between-damage-others", "ARC-28 ARC-38 COB-19 (long)",
			"Every chunk is altered but this, that of the index, and the last one.",
			flips("container", 1, b.headerSize()+chunkAt(0), b.headerSize()+chunkAt(2), b.headerSize()+chunkAt(3)),
			accepted(vectors.Object{"content": vectors.Bytes(b.plain.frames[1].content)}))
	if len(b.payload.chunks) != 6 {
		s.fail("between-damage", "there are %d chunks", len(b.payload.chunks))
	}
}

// chunkEnd returns what at makes, once for every place.
func (s *suite) chunkEnd(before int, at func(int) (*box, *made, *made)) (*box, *made, *made) {
	slug := fmt.Sprintf("%s/chunk-end-%d", s.subject, before)
	for i, c := range s.cases {
		if c.ID == slug {
			return c.box, c, s.cases[i+1]
		}
	}
	return at(before)
}

// patched returns the plaintext with other bytes at an offset.
func patched(p *plain, at uint64, by []byte) []byte {
	b := p.bytes()
	copy(b[at:], by)
	return b
}

// archiveManyChunks is an archive of forty chunks: whoever opens many at a time
// must not confuse them.
func archiveManyChunks(s *suite) {
	b := archiveOf("archive/forty", quietFile("video.mp4", 3, 39*chunkSize-1000), file("z", other, "behind it"))
	restore := s.restored("forty-chunks", "ARC-29 (long)", "An archive of forty chunks, the last one empty.", b)
	if n := len(b.payload.chunks); n != 40 {
		s.fail("forty-chunks", "there are %d", n)
	}
	for _, chunk := range []int{0, 1, 15, 16, 17, 31, 32, 38, 39} {
		restore.but(fmt.Sprintf("forty-chunks-damaged-%d", chunk), "COB-12 ARC-29 ARC-31 (long)",
			fmt.Sprintf("The chunk of number %d is altered.", chunk),
			flip("container", b.headerSize()+chunkAt(chunk)+3, 1), refused(fault.PayloadTampered))
	}
	for _, c := range []struct{ first, second int }{{15, 16}, {0, 16}, {16, 32}, {7, 8}} {
		restore.but(fmt.Sprintf("forty-chunks-exchanged-%d-%d", c.first, c.second), "COB-7 COB-12 (long)",
			fmt.Sprintf("The chunks of the numbers %d and %d are exchanged.", c.first, c.second),
			swap("container", b.headerSize()+chunkAt(c.first), b.headerSize()+chunkAt(c.second),
				sealedSize), refused(fault.PayloadTampered))
	}
	restore.but("forty-chunks-omitted", "COB-7 COB-12 (long)", "The chunk of number 16 is missing.",
		spliceIn("container", b.headerSize()+chunkAt(16), sealedSize, nil), refused(fault.PayloadTampered))
	restore.but("forty-chunks-doubled", "COB-7 COB-12 (long)", "The chunk of number 16 stands twice.",
		spliceIn("container", b.headerSize()+chunkAt(16), 0, b.payload.chunks[16]), refused(fault.PayloadTampered))
	restore.but("forty-chunks-cut", "COB-9 HDR-11 (long cut boundary)", "The last chunk is missing.",
		cutTo("container", b.headerSize()+chunkAt(39)), refused(fault.Truncated))
	restore.but("forty-chunks-cut-to-32", "COB-12 (long cut)", "Thirty-one chunks and a part of the next are left.",
		cutTo("container", b.headerSize()+chunkAt(31)+5000), refused(fault.PayloadTampered))
}

// cobblestoneManyChunks is a message of seventeen chunks, the last one of a byte.
func cobblestoneManyChunks(s *suite) {
	m := quietOf("cobblestone/open-17-chunks", 16*chunkSize+1)
	base := s.openedAs("open-17-chunks", "COB-2 COB-7 COB-15 COB-17 (long)",
		"Seventeen chunks, the last one of one byte.", m)
	for _, c := range []struct {
		slug, comment string
		edit          edit
		chunks        int
		name          fault.Name
	}{
		{"damaged-0", "The first chunk is altered.", flip("message", chunkAt(0), 1), 0, fault.PayloadTampered},
		{"damaged-8", "The ninth chunk is altered.", flip("message", chunkAt(8), 1), 8, fault.PayloadTampered},
		{"damaged-15", "The last but one is altered.", flip("message", chunkAt(15), 1), 15, fault.PayloadTampered},
		{"damaged-16", "The last one is altered.", flip("message", chunkAt(16), 1), 16, fault.PayloadTampered},
		{"last-full-tag", "The last bit of the last full chunk is altered.", flip("message", chunkAt(16)-1, 1), 15,
			fault.PayloadTampered},
		{"exchanged", "The first chunk and the sixteenth are exchanged.",
			swap("message", chunkAt(0), chunkAt(15), sealedSize), 0, fault.PayloadTampered},
		{"without-last", "The last chunk is missing.", cutTo("message", chunkAt(16)), 16, fault.Truncated},
		{"cut-15", "Of the last chunk 15 bytes are left.", cutTo("message", chunkAt(16)+15), 16, fault.Truncated},
		{"cut-16", "Of the last chunk 16 bytes are left.", cutTo("message", chunkAt(16)+16), 16, fault.PayloadTampered},
		{"cut-in-last-full", "The last full chunk lacks a byte.", cutTo("message", chunkAt(16)-1), 15,
			fault.PayloadTampered},
		{"extended", "A byte is appended.", extend("message", []byte{0}), 16, fault.PayloadTampered},
	} {
		base.but("17-chunks-"+c.slug, "COB-12 COB-13 COB-15 COB-17 (long)", c.comment, c.edit,
			refused(c.name).after(m.plaintext[:c.chunks*chunkSize]))
	}
}

// walkPadding are records that name the padding.
func walkPadding(s *suite) {
	b := archiveOf("archive/walk-record", quietFile("a", other, 860), file("b", other, ""))
	restore := s.restored("walk-record", "ARC-30", "The archive of the next cases.", b)
	for _, c := range []struct {
		slug, comment string
		behind        uint64
	}{
		{"to-padding", "A record points to the padding frame.", 0},
		{"into-padding", "A record points into the padding.", 1},
	} {
		if p := b.plain; p.paddingAt()+c.behind+21 > p.segmentAt()-9 {
			s.fail("walk-record", "the padding has no room")
		}
		restore.but("walk-record-"+c.slug, "ARC-26 ARC-30 (resealed)", c.comment,
			reseal(func(p *plain) { p.live[1].offset = p.paddingAt() + c.behind }), refused(fault.MalformedArchive))
	}
}

// walkAbandoned are frames at the end that no record names.
func walkAbandoned(s *suite) {
	left := func(seed string, frames ...frame) *box {
		b := archiveOf(seed, frames...)
		b.plain.live = slices.DeleteFunc(b.plain.live, func(r record) bool { return r.path == "left" })
		b.finish()
		return b
	}
	exact := left("archive/walk-left-exact", file("a", other, ""), file("left", other, "what was read of it"))
	for n := 0; len(exact.plain.zeros) > 0; n++ {
		exact = left("archive/walk-left-exact", quietFile("a", other, n), file("left", other, "what was read of it"))
	}
	s.restored("walk-left-exact", "ARC-30 (boundary)",
		"The last frame was abandoned, and ends where an empty padding frame begins.", exact)

	long := left("archive/walk-left-long", file("a", other, "a content"), quietFile("left", other, 40000))
	s.restored("walk-left-long", "ARC-30 (long)", "The last frame was abandoned, and is long.", long).
		but("walk-left-beyond-and-damaged", "ARC-30 ARC-71 COB-12 (long order)",
			"It states that it reaches beyond the entries, and a chunk of it is altered: the length is checked "+
				"before what it counts is read.",
			twice(func(b *box) { b.plain.frames[1].size += 1 << 20 },
				func(b *box) { b.damage(1) }), refused(fault.MalformedArchive))

	only := left("archive/walk-left-only", quietFile("left", other, 1<<20-100))
	padding := int(only.plain.paddingAt()+9)/chunkSize + 1
	if (padding+1)*chunkSize > int(only.plain.segmentAt()) {
		s.fail("walk-left-only", "no chunk holds nothing but padding")
	}
	s.restored("walk-left-only", "ARC-29 ARC-30 (long)",
		"There is no entry, a frame of almost a mebibyte that was abandoned, and a chunk of nothing but padding.",
		only).
		but("walk-left-only-padding-damaged", "ARC-29 ARC-72 COB-12 (long)",
			"The chunk of nothing but padding is altered.",
			flip("container", only.headerSize()+chunkAt(padding)+5, 1), refused(fault.PayloadTampered))
}
