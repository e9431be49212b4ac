package generator

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// salvageAppended are archives that bytes follow, all of them there or not.
func salvageAppended(s *suite) {
	const seed, requirements = "salvage/appended", "SLV-34 SLV-35 SLV-14"
	b := archiveOf(seed, file("a", messages, "first"), quietFile("b-long", 3, 40000), file("c", document, "third"))
	p := b.plain
	whole := rescued{indexed: true, end: reached, entries: p.allWhole(true)}
	base := s.rescue("appended", "SLV-5 (long)",
		"The archive of the next cases: three chunks, the index in the last one.", b, b.withKey(), whole)
	last := len(b.payload.chunks[2])
	noted := func(name fault.Name, more int) want {
		r := whole
		r.fault, r.more = name, more
		return accepted(r.output())
	}
	for _, c := range []struct {
		slug, comment string
		more          []byte
		name          fault.Name
	}{
		{"one-byte", "One byte is appended.", []byte{0x0a}, fault.PayloadTampered},
		{"tag", "A piece as long as a tag is appended.", make([]byte, tagSize), fault.PayloadTampered},
		{"to-full-chunk", "What is appended makes the last chunk a full one.", make([]byte, sealedSize-last),
			fault.Truncated},
		{"15-bytes-of-next", "What is appended ends 15 bytes after the end of a full chunk.",
			make([]byte, sealedSize-last+15), fault.Truncated},
		{"16-bytes-of-next", "What is appended ends 16 bytes after the end of a full chunk.",
			make([]byte, sealedSize-last+16), fault.PayloadTampered},
		{"chunk", "Zeros are appended, as many bytes as a chunk has.", make([]byte, sealedSize), fault.PayloadTampered},
		{"last-chunk-again", "The last chunk stands twice.", b.payload.chunks[2], fault.PayloadTampered},
		{"chunks-again", "All chunks stand twice.", slices.Concat(b.payload.chunks...), fault.PayloadTampered},
		{"container-again", "The container stands twice.", b.bytes(), fault.PayloadTampered},
	} {
		base.but("appended-"+c.slug, requirements+" (long extended)", c.comment, extend("container", c.more),
			noted(c.name, len(c.more)))
	}

	first := p.found(0, true)
	first["status"] = "missing"
	delete(first, "sha512")
	long, third := p.found(1, true, p.from(1, chunkSize, 2*chunkSize)), p.found(2, true)
	with := func(more int, entries ...any) want {
		return accepted(rescued{fault: fault.PayloadTampered, indexed: true, end: reached, entries: entries,
			more: more}.output())
	}
	base.but("appended-and-damaged", requirements+" SLV-22 (long extended)",
		"Bytes are appended, and the second chunk is damaged.",
		damagedAnd(make([]byte, 100), 1), with(100, p.found(0, true), long, third))
	missing := p.missing(1)
	base.but("appended-and-first-damaged", requirements+" SLV-22 (long extended)",
		"Bytes are appended, and the first chunk is damaged.",
		damagedAnd(make([]byte, sealedSize+5), 0), with(sealedSize+5, first, missing, third))
	unfound := func(end int, entries ...any) want {
		return accepted(rescued{fault: fault.PayloadTampered, end: end, entries: entries}.output())
	}
	base.but("appended-and-last-damaged", "SLV-21 SLV-34 (long extended)",
		"Bytes are appended, and the last chunk is damaged: no length opens it, and the end is not known.",
		damagedAnd(make([]byte, 100), 2), unfound(int(p.frameAt(2)), p.found(0, false),
			p.found(1, false, p.from(1, 2*chunkSize, 1<<30))))
	base.but("appended-to-cut", "SLV-21 SLV-34 (long cut extended)",
		"The last 20 bytes are missing, and 1000 others are appended: what was sealed as the last chunk is nowhere.",
		twice(func(*box) {}, func(b *box) {
			b.payload.chunks = slices.Clone(b.payload.chunks)
			b.payload.chunks[2] = slices.Concat(b.payload.chunks[2][:last-20], make([]byte, 1000))
		}), unfound(int(p.frameAt(2)), p.found(0, false), p.found(1, false, p.from(1, 2*chunkSize, 1<<30))))
	base.but("appended-and-key-check-damaged", requirements+" SLV-32 (long extended)",
		"Bytes are appended, and the key check is damaged: that is noted first.",
		parent(func(m *made, b *box) change {
			b.keyCheck[0] ^= 1
			b.payload.chunks = append(slices.Clone(b.payload.chunks), make([]byte, 30))
			return m.changeBox("splice", "container", b, differences([][]byte{m.box.bytes()}, [][]byte{b.bytes()}))
		}), noted(fault.DamagedHeader, 30))

	recipe := s.valid("appended-as-recipe", "SLV-5 SLV-14 (long)", "The same container, which a recipe gives.",
		"archive.salvage", vectors.Object{
			"container": vectors.Object{"length": int64(len(b.bytes())),
				"parts": []any{[]any{int64(0), vectors.Bytes(b.bytes())}}},
			"secret": b.withKey(),
		}, whole.output())
	recipe.but("appended-mebibyte", requirements+" (long extended)", "A mebibyte of zeros is appended.",
		replace("container.length", fmt.Append(nil, len(b.bytes())+1<<20)), noted(fault.PayloadTampered, 1<<20))

	// What the payload of an archive can be long.
	even := archiveOf(seed+" even", quietFile("a", other, 2*chunkSize-300))
	if n := len(even.plain.bytes()); n != 2*chunkSize {
		s.fail("appended-even", "the plaintext has %d bytes", n)
	}
	found := rescued{indexed: true, end: reached, entries: even.plain.allWhole(true)}
	evenly := s.rescue("appended-even", "SLV-5 (long boundary)", "An archive whose last chunk is empty.", even,
		even.withKey(), found)
	found.fault, found.more = fault.PayloadTampered, 1
	evenly.but("appended-to-even", requirements+" (long boundary extended)", "A byte is appended to it.",
		extend("container", []byte{0}), accepted(found.output()))
	empty := archiveOf(seed + " empty")
	nothing := rescued{indexed: true, end: reached}
	emptily := s.rescue("appended-empty", "SLV-5", "An archive without entries.", empty, empty.withKey(), nothing)
	nothing.fault, nothing.more = fault.PayloadTampered, 3
	emptily.but("appended-to-empty", requirements+" (extended)", "Three bytes are appended to it.",
		extend("container", []byte("\r\n\n")), accepted(nothing.output()))
	for _, c := range []struct {
		n, more int
		comment string
	}{
		{128, 1,
			"The plaintext has 128 bytes, the least that an archive can have, none of them a frame; a byte is " +
				"appended."},
		{120, 0, "The plaintext has 120 bytes, which is less than an archive can have: its end is not looked for."},
		{144, 1, "The plaintext has 144 bytes, which is a padded length; a byte is appended."},
		{145, 0, "The plaintext has 145 bytes, which is not a padded length: its end is not looked for."},
	} {
		emptily.but(fmt.Sprintf("appended-to-%d-bytes", c.n), "SLV-34 SLV-35 (boundary resealed extended)", c.comment,
			twice(func(b *box) { b.plain.raw = make([]byte, c.n) },
				func(b *box) { b.payload.chunks = append(slices.Clone(b.payload.chunks), []byte{1}) }),
			accepted(rescued{fault: fault.PayloadTampered, more: c.more}.output()))
	}
}

// damagedAnd damages chunks of a container, and appends bytes to it.
func damagedAnd(more []byte, chunks ...int) edit {
	return twice(func(*box) {}, func(b *box) {
		for _, i := range chunks {
			b.damage(i)
		}
		b.payload.chunks = append(slices.Clone(b.payload.chunks), more)
	})
}
