package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// archiveOrder are archives with two faults, of which the earlier check of spec
// sections 11.2, 8.6 and 8.7 gives the name.
func archiveOrder(s *suite) {
	payloadOrder(s)
	listOrder(s)
	setOrder(s)
	walkOrder(s)
}

// payloadOrder are the checks before the archive is looked at, and which chunks
// are opened for which check.
func payloadOrder(s *suite) {
	small := archiveOf("archive/order-payload", samples()...)
	list := s.listed("order-payload", "HDR-19 HDR-20 HDR-21", "The archive of the next cases.", small)
	chunk := func(b *box) { b.damage(0) }
	list.but("order-mac-before-chunk", "HDR-19 COB-12 (order forged)", "The MAC and the only chunk are altered.",
		forge(func(b *box) { b.mac[0] ^= 1; chunk(b) }), refused(fault.HeaderTampered))
	list.but("order-key-check-before-chunk", "HDR-18 COB-12 (order forged)",
		"The key check and the only chunk are altered.",
		forge(func(b *box) { b.keyCheck[0] ^= 1; chunk(b) }), refused(fault.HeaderTampered))
	list.but("order-commitment-before-purpose", "HDR-20 HDR-21 (order resealed)",
		"The purpose says keyring: the commitment, made with the context of an archive, comes first.",
		resign(func(b *box) { b.purpose = purposeKeyring }), refused(fault.PayloadTampered))
	list.but("order-chunk-before-length", "COB-12 ARC-9 (order)",
		"510 bytes are no Padm\u00e9 length, and the only chunk is altered: the last chunk authenticates the length.",
		twice(func(b *box) { b.plain.pad(510 - len(b.plain.bytes()) + len(b.plain.zeros)) },
			chunk), refused(fault.PayloadTampered))
	list.but("order-chunk-before-trailer", "COB-12 ARC-18 (order)",
		"The trailer points one byte too far, and the only chunk is altered.",
		twice(func(b *box) { b.plain.trailer++ }, chunk), refused(fault.PayloadTampered))

	// The segment begins in the first chunk, the index lies in the second.
	b := archiveOf("archive/order-chunks", file("a", other, ""), quietFile("b-long", other, 14700),
		file(string(slices.Repeat([]byte{'x'}, 1000)), other, ""))
	if at := b.plain.segmentAt(); at > chunkSize-100 || b.plain.indexAt() <= chunkSize {
		s.fail("order-chunks", "the segment begins at %d, the index at %d", at, b.plain.indexAt())
	}
	two := s.listed("order-chunks", "ARC-18 ARC-23 ARC-44 ARC-45 (long)",
		"The archive of the next cases: the segment begins in the first of two chunks, and the index lies in the "+
			"second.", b)
	for _, c := range []struct {
		slug, requirements, comment string
		first                       func(p *plain)
		chunk                       int
		name                        fault.Name
	}{
		{"last-chunk-before-index", "ARC-19 COB-12", "complete is 2, and the second chunk is altered.",
			func(p *plain) { p.complete = 2 }, 1, fault.PayloadTampered},
		{"index-before-segment-chunk", "ARC-19 COB-12",
			"complete is 2, and the first chunk, which only the segment needs, is altered.",
			func(p *plain) { p.complete = 2 }, 0, fault.MalformedArchive},
		{"reference-before-segment-chunk", "ARC-20 COB-12",
			"The reference's length is one more, and the first chunk is altered.",
			func(p *plain) { p.refs[0].length++ }, 0, fault.MalformedArchive},
		{"trailer-before-segment-chunk", "ARC-18 ARC-41 COB-12",
			"The trailer points one byte too far, and the first chunk is altered.", func(p *plain) { p.trailer++ }, 0,
			fault.MalformedArchive},
		{"trailer-far-before-segment-chunk", "ARC-18 ARC-41 COB-12",
			"The trailer points into the first chunk, which is altered: farther back than an index frame can begin.",
			func(p *plain) { p.trailer = uint64(len(p.bytes())) - 3000 }, 0, fault.MalformedArchive},
		{"length-before-segment-chunk", "ARC-9 COB-12",
			"The length is no Padm\u00e9 length, and the first chunk is altered.",
			func(p *plain) { p.pad(len(p.zeros) + 1) }, 0, fault.MalformedArchive},
		{"segment-chunk-before-path", "ARC-5 COB-12", "A path is unsafe, and the first chunk is altered.",
			func(p *plain) { p.live[0].path = "." }, 0, fault.PayloadTampered},
		{"segment-chunk-before-records", "ARC-23 COB-12",
			"A byte follows the stored containers, and the first chunk is altered.", func(p *plain) {
				p.segmentTail = []byte{0}
				p.layOut()
			}, 0, fault.PayloadTampered},
	} {
		two.but("order-"+c.slug, c.requirements+" ARC-45 (long order)", c.comment,
			twice(func(b *box) { c.first(b.plain) }, func(b *box) { b.damage(c.chunk) }), refused(c.name))
	}
}

// listOrder are the checks of spec section 8.6.
func listOrder(s *suite) {
	b := archiveOf("archive/order-list", samples()...) // its records: empty, messages/2024.jsonl, photos/cat.jpg
	list := s.listed("order-list", "ARC-5 ARC-12", "The archive of the next cases.", b)
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
		name                        fault.Name
	}{
		{"length-before-path", "ARC-9 ARC-5", "The length is no Padm\u00e9 length, and a path is unsafe.",
			func(p *plain) { p.live[0].path = "../xy"; p.pad(len(p.zeros) + 1) }, fault.MalformedArchive},
		{"trailer-before-path", "ARC-18 ARC-5", "The trailer points one byte too far, and a path is unsafe.",
			func(p *plain) { p.live[0].path = "../xy"; p.trailer++ }, fault.MalformedArchive},
		{"index-before-path", "ARC-19 ARC-5", "complete is 2, and a path is unsafe.",
			func(p *plain) { p.live[0].path = "../xy"; p.complete = 2 }, fault.MalformedArchive},
		{"reference-before-path", "ARC-20 ARC-5", "The reference ends one byte early, and a path is unsafe.",
			func(p *plain) { p.live[0].path = "../xy"; p.refs[0].length-- }, fault.MalformedArchive},
		{"stand-alone-before-path", "ARC-22 ARC-5", "A stand-alone archive is incomplete, and a path is unsafe.",
			func(p *plain) { p.live[0].path = "../xy"; p.complete = 0 }, fault.MalformedArchive},
		{"segment-before-path", "ARC-23 ARC-5",
			"A byte follows the removed paths, and a path is unsafe: that the two vectors fill the frame comes first.",
			func(p *plain) {
				p.live[0].path = "../xy"
				p.segmentTail = []byte{0}
				p.layOut()
			}, fault.MalformedArchive},
		{"fields-before-path", "CON-5 ARC-5",
			"A record's time is 2^52, and its path is unsafe: that it decodes comes first.",
			func(p *plain) { p.live[0].path, p.live[0].modified = "../xy", 1<<52 }, fault.MalformedArchive},
		{"fields-before-next-path", "CON-5 ARC-5",
			"The first record's time is 2^52, and the second one's path is unsafe.",
			func(p *plain) { p.live[0].modified = 1 << 52; p.live[1].path = "../sages/2024.jsonl" },
			fault.MalformedArchive},
		{"path-before-next-fields", "CON-5 ARC-5",
			"The first record's path is unsafe, and the second one's time is 2^52.",
			func(p *plain) { p.live[0].path = "../xy"; p.live[1].modified = 1 << 52 }, fault.UnsafePath},
		{"path-before-its-place", "ARC-5 ARC-12", "The second record's path is unsafe, and would have to come first.",
			func(p *plain) { p.live[1].path = "../sages/2024.jsonl" }, fault.UnsafePath},
		{"path-before-region", "ARC-5 ARC-15",
			"The first record's frame lies beyond the entries, and the last one's path is unsafe: paths come before " +
				"places.", func(p *plain) { p.live[0].offset = 1 << 40; p.live[2].path = "photos/../tt.g" },
			fault.UnsafePath},
		{"path-before-overlap", "ARC-5 ARC-14", "Two records name one frame, and the last one's path is unsafe.",
			func(p *plain) { p.live[0].offset = p.live[1].offset; p.live[2].path = "photos/../tt.g" },
			fault.UnsafePath},
		{"path-before-container", "ARC-5 ARC-22",
			"The first record names another container, and the last one's path is unsafe.", func(p *plain) {
				p.live[0].container = draw("archive/order-list other", 24)
				p.live[2].path = "photos/../tt.g"
			}, fault.UnsafePath},
		{"removed-path-before-stand-alone", "ARC-5 ARC-22",
			"A stand-alone archive has a removed path, which is unsafe.",
			func(p *plain) { p.removed = []string{"../x"}; p.layOut() }, fault.UnsafePath},
	} {
		list.but("order-"+c.slug, c.requirements+" ARC-44 (order resealed)", c.comment, reseal(c.edit), refused(c.name))
	}

	one := s.extracted("order-extract", "ARC-27", "The same, and one of its entries.", b, 0)
	rename := func(p *plain) { p.live[1].path = "messages/2025.jsonl" }
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
		name                        fault.Name
	}{
		{"index-before-not-found", "ARC-19 ARC-27", "The entry is not there, and complete is 2.",
			func(p *plain) { rename(p); p.complete = 2 }, fault.MalformedArchive},
		{"path-before-not-found", "ARC-5 ARC-27", "The entry is not there, and the path of another is unsafe.",
			func(p *plain) { rename(p); p.live[0].path = "../xy" }, fault.UnsafePath},
		{"overlap-before-not-found", "ARC-14 ARC-27", "The entry is not there, and two records name one frame.",
			func(p *plain) { rename(p); p.live[0].offset = p.live[1].offset }, fault.MalformedArchive},
		{"not-found-before-frame", "ARC-26 ARC-27",
			"The entry is not there, and the frame that it had has another size.",
			func(p *plain) { rename(p); p.frames[0].size++ }, fault.EntryNotFound},
	} {
		one.but("order-"+c.slug, c.requirements+" (order resealed)", c.comment, reseal(c.edit), refused(c.name))
	}
}

// setOrder are archives of a set: what is missing comes in its turn.
func setOrder(s *suite) {
	b := setArchive("archive/order-set", 262144)
	foreign := draw("archive/order-set other container", 24)
	list := s.listed("order-set", "ARC-24 (set long)", "The archive of the next cases.", b)
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
		name                        fault.Name
	}{
		{"index-before-segment", "ARC-19 ARC-24", "complete is 2, and an earlier segment is not there.",
			func(p *plain) { p.addRef(foreign); p.complete = 2 }, fault.MalformedArchive},
		{"own-reference-before-segment", "ARC-20 ARC-24",
			"The own reference ends one byte early, and an earlier segment is not there.",
			func(p *plain) { p.addRef(foreign); p.refs[1].length-- }, fault.MalformedArchive},
		{"segment-before-path", "ARC-24 ARC-5", "An earlier segment is not there, and a path of the own one is unsafe.",
			func(p *plain) { p.addRef(foreign); p.live[0].path = "." }, fault.MissingContainer},
		{"removed-path-before-its-place", "ARC-5 ARC-12",
			"The second removed path is unsafe, and would have to come first.",
			func(p *plain) { p.removed = []string{"y", "../x"}; p.layOut() }, fault.UnsafePath},
		{"removed-disorder-before-next-path", "ARC-5 ARC-12",
			"The second removed path would have to come first, and the third is unsafe.",
			func(p *plain) { p.removed = []string{"y", "x", "z/.."}; p.layOut() }, fault.MalformedArchive},
		{"removed-and-live-before-next-path", "ARC-5 ARC-12",
			"The first removed path is live, and the second is unsafe.",
			func(p *plain) { p.removed = []string{"a", "b/.."}; p.layOut() }, fault.MalformedArchive},
	} {
		list.but("order-set-"+c.slug, c.requirements+" (set long order resealed)", c.comment, reseal(c.edit),
			refused(c.name))
	}
	restore := s.restored("order-set-restore", "ARC-24 ARC-30 (set long)", "The same, restored.", b)
	restore.but("order-set-entry-before-walk", "ARC-24 ARC-30 ARC-49 (set long order resealed)",
		"An entry lies in a container that is not there, and a frame has a type that does not exist: what is missing "+
			"comes before the walk.",
		reseal(func(p *plain) {
			p.live[0].frame, p.live[0].container = -1,
				foreign
			p.frames[0].typ = 9
		}), refused(fault.MissingContainer))
	restore.but("order-set-empty-entry-before-walk", "ARC-24 ARC-30 ARC-49 (set long order resealed)",
		"The same with an entry of no bytes: it has a frame there all the same.",
		reseal(func(p *plain) {
			p.live[0].frame, p.live[0].container, p.live[0].size = -1, foreign, 0
			p.frames[0].typ = 9
		}), refused(fault.MissingContainer))
}

// walkOrder are archives that are restored: which chunks the walk opens, and
// when.
func walkOrder(s *suite) {
	b := archiveOf("archive/order-walk", quietFile("a-long", other, 33000), file("b", other, "x"))
	restore := s.restored("order-walk", "ARC-29 ARC-30 (long)",
		"The archive of the next cases: the second of three chunks holds nothing but content.", b)
	extract := s.extracted("order-extract-long", "ARC-27 (long)", "The same, and its long entry.", b, 0)
	frame := func(b *box) { b.plain.frames[1].size++ }
	for _, c := range []struct {
		slug, requirements, comment string
		first                       func(b *box)
		chunk                       int
		name                        fault.Name
	}{
		{"frame-before-content", "ARC-30 COB-12",
			"The last frame's size is one more, and the second chunk is altered: the walk does not read content.",
			frame, 1, fault.MalformedArchive},
		{"fields-before-frame", "ARC-30 COB-12",
			"The last frame's size is one more, and the first chunk, where the walk begins, is altered.", frame, 0,
			fault.PayloadTampered},
		{"padding-before-content", "ARC-10 COB-12",
			"The last byte of the padding is 1, and the second chunk is altered.",
			func(b *box) { b.plain.zeros[len(b.plain.zeros)-1] = 1 }, 1, fault.MalformedArchive},
	} {
		restore.but("order-walk-"+c.slug, c.requirements+" ARC-45 ARC-48 (long order)", c.comment,
			twice(c.first, func(b *box) { b.damage(c.chunk) }), refused(c.name))
	}
	extract.but("order-not-found-before-chunk", "ARC-27 COB-12 (long order)",
		"The entry is not there, and the first chunk, where its frame is, is altered.",
		twice(func(b *box) { b.plain.live[0].path = "a-lone" },
			func(b *box) { b.damage(0) }), refused(fault.EntryNotFound))
	extract.but("order-chunk-before-frame", "ARC-26 COB-12 (long order)",
		"The frame's size is one less, and the first chunk is altered.",
		twice(func(b *box) { b.plain.frames[0].size-- }, func(b *box) { b.damage(0) }), refused(fault.PayloadTampered))
	extract.but("order-frame-before-content", "ARC-26 COB-12 (long order)",
		"The frame's size is one less, and the second chunk is altered: the fields come before the content.",
		twice(func(b *box) { b.plain.frames[0].size-- }, func(b *box) { b.damage(1) }), refused(fault.MalformedArchive))

	left := archiveOf("archive/order-abandoned", quietFile("a-long", other, 33000), file("b", other, "x"))
	left.plain.live = left.plain.live[1:]
	left.finish()
	abandoned := s.restored("order-abandoned", "ARC-30 (long)", "The same, in which no record names the long frame.",
		left)
	abandoned.but("order-abandoned-content-before-padding", "ARC-10 ARC-30 COB-12 (long order)",
		"The last byte of the padding is 1, and the second chunk is altered: the walk reads the content of a frame "+
			"that no record names.",
		twice(func(b *box) { b.plain.zeros[len(b.plain.zeros)-1] = 1 },
			func(b *box) { b.damage(1) }), refused(fault.PayloadTampered))
	abandoned.but("order-record-in-abandoned-fields", "ARC-30 ARC-73 COB-12 (long order)",
		"The record points into the fields of the long frame, and the second chunk is altered: its content is not "+
			"read.",
		twice(func(b *box) { b.plain.live[0].offset = 5 },
			func(b *box) { b.damage(1) }), refused(fault.MalformedArchive))

	// The second of three chunks holds nothing but padding.
	padded := archiveOf("archive/order-padding", file("a", other, "content"))
	padded.plain.pad(36864 - len(padded.plain.bytes()) + len(padded.plain.zeros))
	padded.seal()
	padded.sign()
	s.restored("order-padding", "ARC-10 ARC-30 (long)",
		"An archive with more padding than it needs, of which the second of three chunks is full.", padded).
		but("order-record-before-padding", "ARC-30 ARC-73 COB-12 (long order)",
			"A record points into the padding, and the second chunk is altered: there is no frame, whatever the "+
				"padding holds.",
			twice(func(b *box) { b.plain.live[0].offset = b.plain.paddingAt() + 20 },
				func(b *box) { b.damage(1) }), refused(fault.MalformedArchive))

	// A record without a frame in the first chunk, fields in the second.
	lost := archiveOf("archive/order-record", quietFile("a", other, 17000), file("b", other, "in the second chunk"),
		quietFile("c", other, 18000))
	records := s.restored("order-record", "ARC-30 (long)",
		"The archive of the next cases: a frame's fields lie in the second of three chunks.", lost)
	for _, c := range []struct {
		slug, comment string
		record        int
		offset        uint64
		name          fault.Name
	}{
		{"before-fields",
			"A record points into the content of the first frame, and the second chunk is altered: the walk passes " +
				"the record's offset first.", 0, 100, fault.MalformedArchive},
		{"behind-fields",
			"A record points into the content of the last frame, and the second chunk is altered: the walk does not " +
				"come so far.", 2, lost.plain.frameAt(2) + 15000, fault.PayloadTampered},
	} {
		records.but("order-record-"+c.slug, "ARC-30 ARC-73 COB-12 (long order)", c.comment, twice(func(b *box) {
			b.plain.live[c.record].offset, b.plain.live[c.record].size = c.offset, 5
		}, func(b *box) { b.damage(1) }), refused(c.name))
	}
}
