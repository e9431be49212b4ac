package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
)

// archiveSplices are archives with chunks of another container under the same
// key, of the same length and with the same entries.
func archiveSplices(s *suite) {
	const seed = "archive/splices"
	frames := func() []frame {
		return []frame{quietFile("long", other, 33000), file("small", document, "behind the long one")}
	}
	b := archiveOf(seed, frames()...)
	sibling := newBox(seed, purposeArchive)
	sibling.rekey(b.key, draw(seed+" sibling salt", 24))
	sibling.plain = newPlain(sibling.payload.salt, frames())
	sibling.finish()
	stranger := archiveOf(seed+" stranger", frames()...)

	list := s.listed("splices", "ARC-28 (long)", "The archive of the next cases, of three chunks.", b)
	extract := s.extracted("splices-extract", "ARC-28 (long)", "The same, and the entry that all chunks hold.", b, 0)
	restore := s.restored("splices-restore", "ARC-29 (long)", "The same, restored whole.", b)
	one := b.plain.frames[0].content[:chunkSize-b.plain.frames[0].fields()]
	from := func(other *box, chunk int) func() edit {
		return func() edit {
			at := b.headerSize() + chunkAt(chunk)
			return spliceIn("container", at, len(b.payload.chunks[chunk]), other.payload.chunks[chunk])
		}
	}
	for _, c := range []struct {
		slug, comment string
		edit          func() edit
		listed        bool   // listing opens no chunk that was altered
		released      []byte // of the long entry
	}{
		{"first-chunk-of-sibling", "The first chunk is that of another container under the same key.", from(sibling, 0),
			true, nil},
		{"middle-chunk-of-sibling", "The second chunk is that of another container under the same key.",
			from(sibling, 1), true, one},
		{"last-chunk-of-sibling", "The last chunk is that of another container under the same key.", from(sibling, 2),
			false, nil},
		{"middle-chunk-of-stranger", "The second chunk is that of a container under another key.", from(stranger, 1),
			true, one},
		{"all-chunks-of-sibling", "All chunks are those of another container under the same key, and the salt is not.",
			func() edit {
				return parent(func(p *made, box *box) change {
					box.payload.chunks = sibling.payload.chunks
					return p.changeBox("splice", "container", box, differences(p.box.chunkPieces(), box.chunkPieces()))
				})
			}, false, nil},
	} {
		const requirements = "COB-7 COB-12 (long)"
		restore.but("splices-"+c.slug+"-restore", requirements, c.comment, c.edit(), refused(fault.PayloadTampered))
		if c.listed {
			list.but("splices-"+c.slug+"-list", "ARC-28 ARC-38 (long)", c.comment+" Listing takes only the last one.",
				c.edit(), accepted(list.Output))
		} else {
			list.but("splices-"+c.slug+"-list", requirements, c.comment, c.edit(), refused(fault.PayloadTampered))
		}
		extract.but("splices-"+c.slug+"-extract", "ERR-4 "+requirements, c.comment, c.edit(),
			refused(fault.PayloadTampered).after(c.released))
	}
	restore.but("splices-payload-of-sibling", "HDR-13 (long order)",
		"The whole payload is that of another container under the same key.", parent(func(p *made, box *box) change {
			box.payload, box.commitment = sibling.payload, sibling.commitment
			return p.changeBox("splice", "container", box, differences(p.box.chunkPieces(), box.chunkPieces()))
		}), refused(fault.DamagedHeader))
	restore.but("splices-payload-of-sibling-forged", "HDR-19 (long forged)", "The same, with the digest made to fit.",
		forge(func(box *box) {
			box.payload, box.commitment = sibling.payload, sibling.commitment
		}), refused(fault.HeaderTampered))
	// Who has the key may sign what he likes; the segment and the records still
	// name the container that they were made for.
	restore.but("splices-plaintext-of-sibling", "ARC-20 (long resealed)",
		"The plaintext of another container is sealed in this one: its segment reference does not name it.",
		reseal(func(p *plain) { p.raw = sibling.plain.bytes() }), refused(fault.MalformedArchive))
}

// salvageSplices are the same for salvage, which takes no chunk for another.
func salvageSplices(s *suite) {
	const seed = "salvage/splices"
	frames := func() []frame {
		return []frame{file("a", messages, "first"), quietFile("b-long", other, 33000), file("c", document, "third")}
	}
	b := archiveOf(seed, frames()...)
	sibling := newBox(seed, purposeArchive)
	sibling.rekey(b.key, draw(seed+" sibling salt", 24))
	sibling.plain = newPlain(sibling.payload.salt, frames())
	sibling.finish()
	p := b.plain
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	base := s.rescue("splices", "SLV-5 SLV-9 SLV-25 (long)", "The archive of the next cases: three chunks.", b,
		b.withKey(), rescued{indexed: true, end: reached, entries: p.allWhole(true)})
	found := func(indexed bool, end int, entries ...any) want {
		return accepted(rescued{fault: fault.PayloadTampered, indexed: indexed, end: end, entries: entries}.output())
	}
	middle := p.from(1, chunkSize, 2*chunkSize)
	base.but("splices-chunk-of-sibling", "SLV-2 SLV-10 (long)",
		"The second chunk is that of another container under the same key: it is lost.",
		spliceIn("container", at(1), sealedSize, sibling.payload.chunks[1]), found(true, reached, p.found(0, true),
			p.found(1, true, middle), p.found(2, true)))
	base.but("splices-last-chunk-of-sibling", "SLV-5 SLV-6 (long)",
		"The last chunk is that of another container under the same key: the index in it is not this one's.",
		spliceIn("container", at(2), len(b.payload.chunks[2]), sibling.payload.chunks[2]),
		found(false, int(p.frameAt(2)), p.found(0, false), p.found(1, false, p.from(1, 2*chunkSize, 1<<30))))
	base.but("splices-chunk-omitted", "SLV-3 SLV-5 (long)",
		"The second chunk is missing: the last one is not at its place, and nothing is looked for elsewhere.",
		spliceIn("container", at(1), sealedSize, nil), found(false, int(p.frameAt(2)), p.found(0, false),
			p.found(1, false, p.from(1, chunkSize, 1<<30))))
	base.but("splices-chunk-doubled", "SLV-3 SLV-5 (long)",
		"The second chunk stands twice: what follows is not at its place.",
		spliceIn("container", at(2), 0, b.payload.chunks[1]), found(false, int(p.frameAt(2)), p.found(0, false),
			p.found(1, false, p.from(1, 2*chunkSize, 1<<30))))
	base.but("splices-first-chunk-omitted", "SLV-3 SLV-5 (long)",
		"The first chunk is missing: no other is at its place.",
		spliceIn("container", at(0), sealedSize, nil), found(false, 0))
}
