package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// archiveSegment are segments whose structure is not one.
func archiveSegment(s *suite) {
	base := s.listed("segment", "ARC-12 ARC-23", "The archive of the next cases.",
		archiveOf("archive/segment", samples()...))
	swapRecords := func(i, j int) func(p *plain) {
		return func(p *plain) { p.live[i], p.live[j] = p.live[j], p.live[i] }
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        edit
	}{
		{"frame-type", "ARC-20 ARC-23 (resealed)", "The frame that the reference names has another type.",
			resealBytes(func(p *plain, b []byte) []byte { b[p.segmentAt()] = 2; return b })},
		{"first-records-exchanged", "ARC-12 (resealed)", "The first two records are not in the order of their paths.",
			reseal(swapRecords(0, 1))},
		{"last-records-exchanged", "ARC-12 (resealed)", "The last two records are not in the order of their paths.",
			reseal(swapRecords(1, 2))},
		{"path-twice", "ARC-12 (boundary resealed)", "Two records have one path.", reseal(func(p *plain) {
			p.live[1].path = p.live[0].path
			p.layOut()
		})},
		{"record-twice", "ARC-12 (boundary resealed)", "A record stands twice.",
			reseal(func(p *plain) { p.live[1] = p.live[0]; p.layOut() })},
		{"byte-behind", "ARC-23 CON-2 (boundary resealed)",
			"A byte follows the stored containers, and the reference counts it.",
			reseal(func(p *plain) { p.segmentTail = []byte{0}; p.layOut() })},
		{"live-shorter", "CON-1 CON-2 (boundary resealed)",
			"The length of live is one less: the last record lacks a byte.",
			resealBytes(func(p *plain, b []byte) []byte { b[p.segmentAt()+4]--; return b })},
		{"live-longer", "CON-1 (boundary resealed)", "The length of live is one more: a byte follows the last record.",
			resealBytes(func(p *plain, b []byte) []byte { b[p.segmentAt()+4]++; return b })},
		{"live-beyond-frame", "CON-1 CON-3 (resealed)", "The length of live reaches beyond the frame.",
			resealBytes(func(p *plain, b []byte) []byte { b[p.segmentAt()+2] = 1; return b })},
		{"live-64-mib", "CON-1 CON-3 (boundary resealed)",
			"The length of live is 67108864, its greatest, and no such bytes are there.",
			resealBytes(func(p *plain, b []byte) []byte { copy(b[p.segmentAt()+1:], u32(1<<26)); return b })},
		{"live-64-mib-and-a-byte", "CON-1 CON-3 (boundary resealed)",
			"The length of live is 67108865: beyond its bound.",
			resealBytes(func(p *plain, b []byte) []byte { copy(b[p.segmentAt()+1:], u32(1<<26+1)); return b })},
		{"live-4-gib", "CON-1 CON-3 CON-6 (resealed)", "The length of live is 2^32 - 1: nothing is allocated for it.",
			resealBytes(func(p *plain,
				b []byte) []byte {
				copy(b[p.segmentAt()+1:], slices.Repeat([]byte{0xff}, 4))
				return b
			})},
		{"removed-beyond-frame", "CON-1 CON-3 (boundary resealed)",
			"The length of removed is one, and no path is there: the length of stored lacks a byte.",
			resealBytes(func(p *plain, b []byte) []byte { b[p.indexAt()-4] = 1; return b })},
		{"removed-missing", "CON-1 ARC-23 (resealed)", "The lengths of removed and of stored are missing.",
			reseal(func(p *plain) {
				p.pad(len(p.zeros) + 7)
				p.refs[0].length -= 7
				p.trailer -= 7
				b := p.bytes()
				p.raw = slices.Delete(b, int(p.trailer), int(p.trailer)+7)
			})},
	} {
		base.but("segment-"+c.slug, c.requirements, c.comment, c.edit, refused(fault.MalformedArchive))
	}
	s.listed("segment-bytewise-order", "ARC-12 (unicode)",
		"Paths are ordered by their bytes: upper case before lower case, and U+FF21 before U+1D400.",
		archiveOf("archive/bytewise", file("B", other, "1"), file("a", other, "2"), file("a-b", other, "3"),
			file("ab", other, "4"),
			file("\u00e9", other, "5"), file("\uff21", other, "6"), file("\U0001d400", other, "7")))
	base.but("segment-alphabetical-order", "ARC-12 (resealed)",
		"Paths in the order of the alphabet are not in the order of their bytes.", reseal(func(p *plain) {
			p.live[0].path, p.live[1].path, p.live[2].path = "apple", "Banana", "cherry"
			p.layOut()
		}), refused(fault.MalformedArchive))
}

// archiveRecords are records at and beyond the bounds of their fields.
func archiveRecords(s *suite) {
	base := s.listed("records", "ARC-14 ARC-15", "The archive of the next cases.",
		archiveOf("archive/records", samples()...))
	change := func(f func(r *record)) edit {
		return reseal(func(p *plain) { f(&p.live[0]) }) // of the empty entry
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(r *record)
	}{
		{"modified-greatest", "CON-5 ARC-83 (boundary)",
			"The greatest time there can be, 2^52 - 1, which is in the year 73326.",
			func(r *record) { r.modified = 1<<52 - 1 }},
		{"modified-zero", "ARC-83 (boundary)", "A time that is not known.", func(r *record) { r.modified = 0 }},
		{"modified-least", "ARC-83 (boundary)", "The least time that is known: 1.", func(r *record) { r.modified = 1 }},
		{"modified-1970", "ARC-83 (boundary)", "The beginning of 1970, which is known.",
			func(r *record) { r.modified = epoch }},
		{"modified-1969", "ARC-83 (boundary)", "A millisecond before 1970.",
			func(r *record) { r.modified = epoch - 1 }},
		{"modified-1601", "ARC-83", "The beginning of 1601.", func(r *record) { r.modified = epoch - 11644473600000 }},
		{"modified-year-1", "ARC-83", "The beginning of the year 1.",
			func(r *record) { r.modified = epoch - 62135596800000 }},
		{"modified-2038", "ARC-83", "The second after 2^31 - 1 seconds since 1970.",
			func(r *record) { r.modified = epoch + 1000<<31 }},
		{"modified-2262", "ARC-83", "The millisecond after 2^63 - 1 nanoseconds since 1970.",
			func(r *record) { r.modified = epoch + 9223372036855 }},
		{"kind-8", "ARC-3 (boundary)", "The last kind that is assigned.", func(r *record) { r.kind = 8 }},
		{"kind-9", "ARC-3 (boundary unknown)", "The first kind that is not assigned is read as other.",
			func(r *record) { r.kind = 9 }},
		{"kind-255", "ARC-3 (boundary unknown)", "The last kind there can be is read as other.",
			func(r *record) { r.kind = 255 }},
	} {
		base.but("record-"+c.slug, c.requirements, c.comment, change(c.edit), acceptedAs(listOf))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(r *record)
	}{
		{"modified-beyond", "CON-5 (boundary resealed)", "A time of 2^52, which is 2^51 milliseconds after 1970.",
			func(r *record) { r.modified = 1 << 52 }},
		{"offset-greatest", "ARC-15 CON-6 (boundary resealed)", "An offset of 2^52 - 1 lies outside the plaintext.",
			func(r *record) { r.offset = 1<<52 - 1 }},
		{"offset-beyond", "CON-5 (boundary resealed)", "An offset of 2^52.", func(r *record) { r.offset = 1 << 52 }},
		{"offset-negative", "CON-5 CON-6 (resealed)", "An offset of 2^64 - 1.",
			func(r *record) { r.offset = 1<<64 - 1 }},
		{"size-greatest", "ARC-15 CON-6 (boundary resealed)",
			"A size of 2^52 - 1 reaches outside the plaintext: nothing is allocated for it.",
			func(r *record) { r.size = 1<<52 - 1 }},
		{"size-beyond", "CON-5 (boundary resealed)", "A size of 2^52.", func(r *record) { r.size = 1 << 52 }},
		{"size-wraps", "CON-5 CON-6 (resealed)",
			"A size that brings the frame's end back to its beginning if sums wrap at 2^64.",
			func(r *record) { r.size = 1<<64 - 21 }},
		{"in-trailer", "ARC-15 (resealed)", "A record that takes the index for a frame.",
			func(r *record) { r.offset += 200 }},
	} {
		base.but("record-"+c.slug, c.requirements, c.comment, change(c.edit), refused(fault.MalformedArchive))
	}

	// Frames of paths of one byte: what a record says of its frame's length is exact.
	short := s.listed("records-touching", "ARC-14 (boundary)",
		"Three frames without a gap, each of 21 bytes and its content.",
		archiveOf("archive/records-touching", file("a", other, "first"), file("b", other, ""),
			file("c", other, "third")))
	short.but("records-overlap-by-one", "ARC-14 (boundary resealed)",
		"The second frame begins with the last byte of the first.",
		reseal(func(p *plain) { p.live[1].offset-- }), refused(fault.MalformedArchive))
	short.but("records-one-frame", "ARC-14 (resealed)", "Two records name one frame.",
		reseal(func(p *plain) { p.live[1].offset = p.live[0].offset }), refused(fault.MalformedArchive))
	short.but("records-inside-another", "ARC-14 (resealed)", "The third frame lies within the first.",
		reseal(func(p *plain) { p.live[2].offset, p.live[0].size = 22, 40 }), refused(fault.MalformedArchive))
	short.but("records-empty-at-content", "ARC-14 (boundary resealed)",
		"A record of size 0 inside the content of another takes 21 bytes, too.",
		reseal(func(p *plain) { p.live[1].offset = 21 }), refused(fault.MalformedArchive))

	// The entry region ends nine bytes before the segment, whatever the padding is.
	for _, c := range []struct {
		slug, comment string
		over          uint64
		name          fault.Name
	}{
		{"records-to-end-of-region",
			"The last frame is said to end with the entry region. That it does not is seen when it is read.", 0, ""},
		{"records-beyond-region", "The last frame is said to end one byte behind the entry region.", 1,
			fault.MalformedArchive},
		{"records-to-segment",
			"The last frame is said to end where the segment begins, with no room for a padding frame.", 9,
			fault.MalformedArchive},
	} {
		w := refused(c.name)
		if c.name == "" {
			w = acceptedAs(listOf)
		}
		short.but(c.slug, "ARC-15 (boundary resealed)", c.comment,
			reseal(func(p *plain) { p.live[2].size += uint64(len(p.zeros)) + c.over }), w)
	}

	renamed := archiveOf("archive/renamed", samples()...)
	second := &renamed.plain.live[1]
	second.path, second.kind, second.modified = "letters/2024.jsonl", document, epoch+5
	renamed.finish()
	s.listed("renamed-list", "ARC-26 ARC-46",
		"A record with another path, kind and time than its frame: the record governs.", renamed)
	s.restored("renamed-restore", "ARC-26 ARC-30 ARC-46 ARC-47", "The same, restored whole.", renamed)
	s.extracted("renamed-extract", "ARC-26", "The same, extracted by the record's path.", renamed, 0).
		but("renamed-old-path", "ARC-27", "The path that the frame has is no longer one of the archive.",
			replace("path", []byte("messages/2024.jsonl")), refused(fault.EntryNotFound))
	unsafe := archiveOf("archive/frame-unsafe", samples()...)
	unsafe.plain.frames[0].path = "../../evil"
	unsafe.finish()
	s.listed("frame-path-unsafe-list", "ARC-5 ARC-26", "The frame's own path is unsafe, and counts for nothing here.",
		unsafe)
	s.restored("frame-path-unsafe-restore", "ARC-5 ARC-26 ARC-47", "The same, restored whole.", unsafe)

	for _, c := range []struct {
		slug, comment string
		drop          int
	}{
		{"abandoned-first", "The first frame is named by no record: its writer abandoned it.", 0},
		{"abandoned-last", "The last frame is named by no record.", 2},
	} {
		b := archiveOf("archive/"+c.slug, samples()...)
		b.plain.live = slices.DeleteFunc(b.plain.live, func(r record) bool { return r.frame == c.drop })
		b.finish()
		s.listed(c.slug+"-list", "ARC-14", c.comment, b)
		s.restored(c.slug+"-restore", "ARC-29 ARC-30", c.comment, b)
	}
	retried := archiveOf("archive/retried", file("log", other, "the file shrank while it was read\x00\x00\x00"),
		file("log", other, "the file as it is now"))
	retried.plain.live = retried.plain.live[1:]
	retried.finish()
	s.restored("abandoned-then-retried", "ARC-30", "An abandoned frame and a second one of the same path.", retried)
}
