package generator

import (
	"slices"
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
)

// archiveTrailer are trailers that point elsewhere, and index frames that do not
// end where the trailer begins.
func archiveTrailer(s *suite) {
	base := s.listed("trailer", "ARC-18 ARC-41", "The archive of the next cases.",
		archiveOf("archive/trailer", samples()...))
	for _, c := range []struct {
		slug, requirements, comment string
		to                          func(p *plain) uint64
	}{
		{"one-less", "ARC-18 (boundary resealed)", "It points one byte before the index frame.",
			func(p *plain) uint64 { return p.indexAt() - 1 }},
		{"one-more", "ARC-18 (boundary resealed)", "It points one byte into the index frame.",
			func(p *plain) uint64 { return p.indexAt() + 1 }},
		{"to-segment", "ARC-18 (resealed)", "It points to the segment frame.",
			func(p *plain) uint64 { return p.segmentAt() }},
		{"to-start", "ARC-18 (resealed)", "It points to the first frame.", func(*plain) uint64 { return 0 }},
		{"to-itself", "ARC-18 (boundary resealed)", "It points to itself: no byte is left for an index.",
			func(p *plain) uint64 { return uint64(len(p.bytes())) - 8 }},
		{"in-itself", "ARC-18 (boundary resealed)", "It points to its own last byte.",
			func(p *plain) uint64 { return uint64(len(p.bytes())) - 1 }},
		{"to-end", "ARC-18 (boundary resealed)", "It points behind the plaintext.",
			func(p *plain) uint64 { return uint64(len(p.bytes())) }},
		{"greatest", "ARC-18 CON-3 (boundary resealed)", "It is 2^52 - 1, the greatest there can be.",
			func(*plain) uint64 { return 1<<52 - 1 }},
		{"beyond", "ARC-18 CON-5 (boundary resealed)", "It is 2^52.", func(*plain) uint64 { return 1 << 52 }},
		{"negative", "ARC-18 CON-5 CON-6 (boundary resealed)", "It is 2^64 - 1, which a signed integer takes for -1.",
			func(*plain) uint64 { return 1<<64 - 1 }},
		{"wraps", "ARC-18 CON-5 CON-6 (resealed)", "It is the index frame's offset and 2^63.",
			func(p *plain) uint64 { return p.indexAt() + 1<<63 }},
	} {
		base.but("trailer-"+c.slug, c.requirements, c.comment, reseal(func(p *plain) { p.trailer = c.to(p) }),
			refused(fault.MalformedArchive))
	}
	base.but("index-frame-type", "ARC-18 (resealed)", "The frame it points to has the type of a segment.",
		resealBytes(func(p *plain, b []byte) []byte { b[p.indexAt()] = 3; return b }), refused(fault.MalformedArchive))
	base.but("index-byte-behind", "ARC-18 CON-2 (boundary resealed)",
		"A byte stands between the index frame and the trailer.",
		reseal(func(p *plain) { p.indexTail = []byte{0}; p.layOut() }), refused(fault.MalformedArchive))
	base.but("index-far-before-trailer", "ARC-18 CON-3 (resealed)",
		"The index frame ends thousands of bytes before the trailer.",
		reseal(func(p *plain) { p.indexTail = make([]byte, 3000); p.layOut() }), refused(fault.MalformedArchive))
	base.but("index-byte-missing", "ARC-18 CON-1 CON-3 (boundary resealed)",
		"The index frame lacks its last byte: the trailer follows too early.",
		reseal(func(p *plain) {
			p.pad(len(p.zeros) + 1)
			b := p.bytes()
			p.raw = slices.Delete(b, len(b)-9, len(b)-8)
		}), refused(fault.MalformedArchive))
}

// archiveIndex are indexes with a field that no writer gives them.
func archiveIndex(s *suite) {
	base := s.listed("index", "ARC-18 ARC-19 ARC-22 ARC-40", "The archive of the next cases.",
		archiveOf("archive/index", samples()...))
	elsewhere := draw("archive/index other container", 24)
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"complete-2", "ARC-19 CON-9 ERR-3 (boundary resealed)", "complete is neither 0 nor 1.",
			func(p *plain) { p.complete = 2 }},
		{"complete-255", "ARC-19 (boundary resealed)", "complete is neither 0 nor 1.",
			func(p *plain) { p.complete = 255 }},
		{"stand-alone-incomplete", "ARC-22 (resealed)", "A stand-alone archive is complete.",
			func(p *plain) { p.complete = 0 }},
		{"stand-alone-with-previous", "ARC-22 (resealed)", "A stand-alone archive has no previous container.",
			func(p *plain) { p.previous[23] = 1 }},
		{"stand-alone-two-segments", "ARC-22 (resealed)", "A stand-alone archive has one segment.", func(p *plain) {
			p.refs = append([]segmentRef{{elsewhere, 9, 12}}, p.refs...)
			p.layOut()
		}},
		{"stand-alone-removed-path", "ARC-22 (resealed)", "Nothing can be removed in a stand-alone archive.",
			func(p *plain) { p.removed = []string{"gone"}; p.layOut() }},
		{"stand-alone-foreign-record", "ARC-22 (resealed)",
			"A record of a stand-alone archive names another container.",
			func(p *plain) { p.live[1].container = elsewhere }},
		{"set-id-alone", "ARC-21 (resealed)", "set_id is not zero, and the generation and the epoch are.",
			func(p *plain) { p.setID[0] = 1 }},
		{"generation-alone", "ARC-21 (resealed)", "The generation is not zero, and set_id and epoch are.",
			func(p *plain) { p.generation = 1 }},
		{"epoch-alone", "ARC-21 (resealed)", "The epoch is not zero, and set_id and generation are.",
			func(p *plain) { p.epoch = 1 }},
		{"set-id-zero", "ARC-21 (resealed)", "set_id is zero, and the generation and the epoch are not.",
			func(p *plain) { p.generation, p.epoch = 1, 1 }},
		{"generation-beyond", "CON-5 (boundary resealed)", "A generation of 2^52.",
			func(p *plain) { p.generation = 1 << 52 }},
		{"epoch-beyond", "CON-5 (boundary resealed)", "An epoch of 2^52.", func(p *plain) { p.epoch = 1 << 52 }},
		{"created-beyond", "CON-5 (boundary resealed)", "A time of 2^52.", func(p *plain) { p.created = 1 << 52 }},
		{"created-negative", "CON-5 (boundary resealed)", "A time of 2^64 - 1, which a signed integer takes for -1.",
			func(p *plain) { p.created = 1<<64 - 1 }},
		{"producer-nul", "ARC-19 (boundary resealed)", "U+0000 in the producer.",
			func(p *plain) { p.producer = "vectors\x00coffer" }},
		{"producer-escape", "ARC-19 (resealed)",
			"An escape sequence in the producer could deceive whoever lists the archive.",
			func(p *plain) { p.producer = "\x1b[31mcoffer!!" }},
		{"producer-unit-separator", "ARC-19 (boundary resealed)", "U+001F in the producer.",
			func(p *plain) { p.producer = "coffer\x1fvectors" }},
		{"producer-delete", "ARC-19 (boundary resealed)", "U+007F in the producer.",
			func(p *plain) { p.producer = "coffer\x7fvectors" }},
		{"producer-first-c1", "ARC-19 (boundary resealed)", "U+0080 in the producer.",
			func(p *plain) { p.producer = "coffer\u0080vector" }},
		{"producer-last-c1", "ARC-19 (boundary resealed)", "U+009F in the producer.",
			func(p *plain) { p.producer = "coffer\u009fvector" }},
		{"producer-not-utf-8", "ARC-19 (resealed)", "A producer in Latin-1.",
			func(p *plain) { p.producer = "caf\xe9 \xe0 vector" }},
		{"no-segment", "CON-1 (boundary resealed)", "An index refers to at least one segment.",
			func(p *plain) { p.rawRefs(0) }},
		{"segment-39-bytes", "CON-1 (boundary resealed)", "The references take 39 bytes, one less than one.",
			func(p *plain) { p.rawRefs(39) }},
		{"segment-41-bytes", "CON-1 (boundary resealed)", "The references take 41 bytes, one more than one.",
			func(p *plain) { p.rawRefs(41) }},
		{"segments-none", "CON-1 (boundary resealed)", "There is no reference; the producer takes its place.",
			func(p *plain) { p.producer += strings.Repeat("x", 40); p.refs = nil }},
		{"segment-of-another", "ARC-20 (resealed)", "The only reference names another container.",
			func(p *plain) { p.refs[0].container = elsewhere }},
		{"segment-offset-less", "ARC-20 ARC-23 (boundary resealed)",
			"The reference points one byte before the segment frame.", func(p *plain) { p.refs[0].offset-- }},
		{"segment-offset-more", "ARC-20 ARC-23 (boundary resealed)",
			"The reference points one byte into the segment frame.", func(p *plain) { p.refs[0].offset++ }},
		{"segment-length-less", "ARC-20 ARC-23 (boundary resealed)", "The reference's length is one less.",
			func(p *plain) { p.refs[0].length-- }},
		{"segment-length-more", "ARC-20 ARC-23 (boundary resealed)", "The reference's length is one more.",
			func(p *plain) { p.refs[0].length++ }},
		{"segment-shifted-back", "ARC-20 ARC-23 (boundary resealed)",
			"The reference begins one byte early and ends where it should.",
			func(p *plain) { p.refs[0].offset--; p.refs[0].length++ }},
		{"segment-shifted-on", "ARC-20 ARC-23 (boundary resealed)",
			"The reference begins one byte late and ends where it should.",
			func(p *plain) { p.refs[0].offset++; p.refs[0].length-- }},
		{"segment-from-start", "ARC-20 ARC-23 (resealed)",
			"The reference takes everything before the index frame for a segment.",
			func(p *plain) { p.refs[0].offset, p.refs[0].length = 0, p.indexAt() }},
		{"segment-length-zero", "ARC-20 ARC-40 (boundary resealed)",
			"The reference is to no byte, at the end of the segment frame.",
			func(p *plain) { p.refs[0].offset, p.refs[0].length = p.indexAt(), 0 }},
		{"segment-offset-beyond", "CON-5 (boundary resealed)", "The reference's offset is 2^52.",
			func(p *plain) { p.refs[0].offset = 1 << 52 }},
		{"segment-length-beyond", "CON-5 (boundary resealed)", "The reference's length is 2^52.",
			func(p *plain) { p.refs[0].length = 1 << 52 }},
		{"segment-length-greatest", "ARC-20 ARC-40 CON-3 (boundary resealed)",
			"The reference's length is 2^52 - 1: nothing is allocated for it.",
			func(p *plain) { p.refs[0].length = 1<<52 - 1 }},
		{"segment-wraps", "CON-5 CON-6 (boundary resealed)",
			"Offset and length add up to the index frame's offset if sums wrap at 2^64.", func(p *plain) {
				p.refs[0].offset, p.refs[0].length = 1<<63, p.indexAt()+1<<63
			}},
	} {
		base.but("index-"+c.slug, c.requirements, c.comment, reseal(c.edit), refused(fault.MalformedArchive))
	}
	for _, c := range []struct {
		slug, requirements, comment string
		edit                        func(p *plain)
	}{
		{"created-zero", "ARC-83 (boundary)", "A time that is not known.", func(p *plain) { p.created = 0 }},
		{"created-1970", "ARC-83 (boundary)", "The beginning of 1970, which is known.",
			func(p *plain) { p.created = epoch }},
		{"created-1969", "ARC-83 (boundary)", "A millisecond before 1970.", func(p *plain) { p.created = epoch - 1 }},
		{"created-greatest", "CON-5 ARC-83 (boundary)", "The greatest time there can be, 2^52 - 1.",
			func(p *plain) { p.created = 1<<52 - 1 }},
		{"producer-empty", "ARC-19 (boundary)", "A producer without a name.",
			func(p *plain) { p.producer = ""; p.layOut() }},
		{"producer-255-bytes", "ARC-19 (boundary)", "The longest producer.",
			func(p *plain) { p.producer = string(slices.Repeat([]byte{'x'}, 255)); p.layOut() }},
		{"producer-allowed", "ARC-19 (boundary unicode)",
			"U+0020, U+007E and U+00A0 lie next to what is refused; backslash and colon are text like any other.",
			func(p *plain) { p.producer = " ~\u00a0C:\\\u00fc\U0001f600"; p.layOut() }},
	} {
		base.but("index-"+c.slug, c.requirements, c.comment, reseal(c.edit), acceptedAs(listOf))
	}

	// What the reference points to may be a segment, and not the one.
	planted := string((&plain{}).segmentBytes())
	host := archiveOf("archive/index-planted", file("host", other, planted), file("z", other, "content"))
	s.listed("index-planted", "ARC-20", "The content of an entry holds the bytes of an empty segment frame.", host).
		but("index-segment-planted", "ARC-20 (resealed)",
			"The reference points to the segment in the content: it does not end where the index frame begins.",
			reseal(func(p *plain) {
				p.refs[0].offset, p.refs[0].length = uint64(p.contentAt(0)),
					uint64(len(planted))
			}), refused(fault.MalformedArchive))
}

// rawRefs gives the index n bytes of references: those of the one that is there,
// cut or with a zero behind them. The plaintext keeps its length.
func (p *plain) rawRefs(n int) {
	p.pad(len(p.zeros) + 40 - n)
	whole := p.bytes()
	start := len(whole) - 8 - 40
	p.raw = slices.Concat(whole[:start-2], u16(n), append(whole[start:start+40:start+40], 0)[:n], u64(p.trailer))
}
