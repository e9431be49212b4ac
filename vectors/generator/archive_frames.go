package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// archiveFrames are frames that contradict the record of an entry: seen when the
// entry is read, and not before.
func archiveFrames(s *suite) {
	b := archiveOf("archive/frames", samples()...)
	list := s.listed("frames-list", "ARC-25", "The archive of the next cases, listed.", b)
	first := s.extracted("frames", "ARC-26", "The archive of the next cases, and its first entry.", b, 0)
	second := s.extracted("frames-second", "ARC-26", "The archive of the next cases, and its second entry.", b, 1)
	restore := s.restored("frames-restore", "ARC-30", "The archive of the next cases, restored whole.", b)

	wrongSize := func() edit { return reseal(func(p *plain) { p.frames[0].size++ }) }
	list.but("frame-size-list", "ARC-26 ARC-28 (resealed)",
		"A frame's size differs from the record's: listing does not read the frame.", wrongSize(), acceptedAs(listOf))
	second.but("frame-size-of-another", "ARC-26 ARC-28 (resealed)",
		"The first frame's size differs from its record's: the second entry has nothing to do with it.",
		wrongSize(), accepted(second.Output))
	restore.but("frame-size-restore", "ARC-26 ARC-30 (resealed)",
		"A frame's size differs from the record's: not everything can be restored.", wrongSize(),
		refused(fault.MalformedArchive))

	for _, c := range []struct {
		slug, comment string
		edit          edit
	}{
		{"size-more", "The frame's size is one more than the record's.", wrongSize()},
		{"size-less", "The frame's size is one less than the record's.", reseal(func(p *plain) { p.frames[0].size-- })},
		{"size-zero", "The frame's size is zero.", reseal(func(p *plain) { p.frames[0].size = 0 })},
		{"record-size-less", "The record's size is one less than the frame's.",
			reseal(func(p *plain) { p.live[1].size-- })},
		{"type-0", "The frame has type 0.", reseal(func(p *plain) { p.frames[0].typ = 0 })},
		{"type-padding", "The frame has the type of padding.", reseal(func(p *plain) { p.frames[0].typ = 2 })},
		{"type-segment", "The frame has the type of a segment.", reseal(func(p *plain) { p.frames[0].typ = 3 })},
		{"type-index", "The frame has the type of an index.", reseal(func(p *plain) { p.frames[0].typ = 4 })},
		{"type-6", "The frame has a type that does not exist.", reseal(func(p *plain) { p.frames[0].typ = 6 })},
		{"path-empty", "The frame's path has no byte.",
			resealBytes(func(_ *plain, b []byte) []byte { copy(b[1:], u16(0)); return b })},
		{"path-1025", "The frame's path states 1025 bytes.",
			resealBytes(func(_ *plain, b []byte) []byte { copy(b[1:], u16(1025)); return b })},
		{"path-beyond", "The frame's path states more bytes than there are.",
			resealBytes(func(_ *plain, b []byte) []byte { copy(b[1:], u16(1024)); return b })},
		{"modified-beyond", "The frame's time is 2^52.", reseal(func(p *plain) { p.frames[0].modified = 1 << 52 })},
		{"size-beyond", "The frame's size is 2^52.", reseal(func(p *plain) { p.frames[0].size = 1 << 52 })},
		{"offset-more", "The record points one byte behind the frame's beginning.",
			reseal(func(p *plain) { p.live[1].offset++ })},
	} {
		first.but("frame-"+c.slug, "ARC-26 (resealed)", c.comment, c.edit, refused(fault.MalformedArchive))
	}
	first.but("frame-kind-unknown", "ARC-3 ARC-26 ARC-46 ARC-47 (boundary resealed)",
		"The frame's kind is not assigned.",
		reseal(func(p *plain) { p.frames[0].kind = 200 }), accepted(first.Output))
	for _, c := range []struct {
		slug, comment string
		edit          edit
	}{
		{"modified-greatest", "The frame's time is the greatest there can be, and not the record's.",
			reseal(func(p *plain) { p.frames[0].modified = 1<<52 - 1 })},
		{"path-not-utf-8", "The frame's path is not UTF-8, and not the record's.",
			reseal(func(p *plain) { p.frames[0].path = "\xff" + p.frames[0].path[1:] })},
	} {
		first.but("frame-"+c.slug, "ARC-26 ARC-46 ARC-47 (boundary resealed)", c.comment, c.edit,
			accepted(first.Output))
	}

	// A frame may be longer than its record tells, by its path.
	longName := archiveOf("archive/frame-long-path", file("long-long-name", other, "content"), file("b", other, "x"))
	longName.plain.live[1].path = "a"
	longName.plain.sort()
	longName.finish()
	long := s.extracted("frame-long-path", "ARC-26", "The frame has a longer path than the record.", longName, 0)
	long.but("frame-into-next", "ARC-26 ARC-14 (boundary resealed)",
		"The next record begins where the frame would end if its path had one byte: the frame reaches into it.",
		reseal(func(p *plain) { p.live[1].offset = 21 + p.live[0].size }), refused(fault.MalformedArchive))
	long.but("frame-into-next-by-one", "ARC-26 ARC-14 (boundary resealed)",
		"The next record begins with the last byte of the frame.",
		reseal(func(p *plain) { p.live[1].offset-- }), refused(fault.MalformedArchive))

	last := archiveOf("archive/frame-last", file("a", other, "x"), file("long-long-name", other, "content"))
	last.plain.live[1].path = "b"
	last.finish()
	end := s.extracted("frame-last", "ARC-26", "The last frame has a longer path than its record.", last, 1)
	grow := func(by uint64) edit {
		return reseal(func(p *plain) {
			n := uint64(len(p.zeros)) + by
			p.frames[1].size += n
			p.live[1].size += n
		})
	}
	p := last.plain
	whole := append(slices.Clone(p.frames[1].content), p.paddingBytes()[:len(p.zeros)]...)
	end.but("frame-to-end-of-region", "ARC-26 (boundary resealed)",
		"Frame and record agree that the content goes to the end of the entry region, over the padding frame.",
		grow(0), accepted(vectors.Object{"content": vectors.Bytes(whole)}))
	end.but("frame-beyond-region", "ARC-26 ARC-15 (boundary resealed)",
		"The content goes one byte beyond the entry region, which only the frame's path tells.",
		grow(1), refused(fault.MalformedArchive))
}

// archiveWalk are frames that do not tile the plaintext: seen when everything is
// read.
func archiveWalk(s *suite) {
	b := archiveOf("archive/walk", append(samples(), file("z", other, "so that the padding has room enough"))...)
	if len(b.plain.zeros) < 12 {
		s.fail("walk", "the padding has no room for another frame")
	}
	restore := s.restored("walk", "ARC-30", "The archive of the next cases.", b)
	list := s.listed("walk-list", "ARC-25", "The archive of the next cases, listed.", b)
	stray := func(bytes []byte) edit {
		return reseal(func(p *plain) {
			p.between = bytes
			p.pad(len(p.zeros) - len(bytes))
		})
	}
	for _, c := range []struct {
		slug, comment string
		edit          func() edit
	}{
		{"padding-shorter", "The padding frame states one byte less than there is before the segment.",
			func() edit { return reseal(func(p *plain) { p.stated-- }) }},
		{"padding-longer", "The padding frame states one byte more and reaches into the segment.",
			func() edit { return reseal(func(p *plain) { p.stated++ }) }},
		{"padding-to-end", "The padding frame states all that is left of the plaintext.", func() edit {
			return reseal(func(p *plain) { p.stated = uint64(len(p.bytes())) - p.paddingAt() - 9 })
		}},
		{"padding-beyond", "The padding frame's length is 2^52.",
			func() edit { return reseal(func(p *plain) { p.stated = 1 << 52 }) }},
		{"padding-greatest", "The padding frame's length is 2^52 - 1.",
			func() edit { return reseal(func(p *plain) { p.stated = 1<<52 - 1 }) }},
		{"padding-twice", "Two padding frames.", func() edit { return stray(slices.Concat([]byte{2}, u64(0))) }},
		{"stray-zero", "A zero byte between the entries and the padding.", func() edit { return stray([]byte{0}) }},
		{"unknown-frame", "A frame of a type that does not exist between the entries and the padding.",
			func() edit { return stray([]byte{6, 0, 0, 0, 0, 0, 0, 0, 0}) }},
		{"segment-early", "An empty segment frame between the entries and the padding.",
			func() edit { return stray(append([]byte{3}, make([]byte, 11)...)) }},
	} {
		restore.but("walk-"+c.slug, "ARC-30 ARC-48 (resealed)", c.comment, c.edit(), refused(fault.MalformedArchive))
		list.but("walk-"+c.slug+"-list", "ARC-30 ARC-28 (resealed)", c.comment+" Listing does not see it.", c.edit(),
			acceptedAs(listOf))
	}
	behind := archiveOf("archive/walk-entry-behind", file("a", other, "text"))
	if len(behind.plain.zeros) < 9 {
		s.fail("walk-entry-behind", "the padding has no room for what the case moves")
	}
	s.restored("walk-entry-before-padding", "ARC-30", "One entry, and the padding behind it.", behind).
		but("walk-entry-behind-padding", "ARC-30 (resealed)",
			"The entry frame stands behind the padding frame, and the record finds it there.",
			reseal(func(p *plain) {
				empty := slices.Concat([]byte{2}, u64(0))
				p.live[0].offset = uint64(len(empty))
				b := p.bytes()
				copy(b, append(empty, p.frames[0].bytes()...))
				p.raw = b
			}), refused(fault.MalformedArchive))

	bare := newBox("archive/walk-no-padding", purposeArchive)
	bare.plain = newPlain(bare.payload.salt, nil)
	bare.plain.producer = "eighteen bytes ..."
	bare.finish()
	s.restored("walk-padding-alone", "ARC-30 (boundary)",
		"No entry, and nothing but the padding frame before the segment.", bare).
		but("walk-no-padding", "ARC-30 (boundary resealed)",
			"There is no padding frame: the segment frame is the first.", reseal(func(p *plain) {
				p.stated, p.zeros = 0, nil
				p.refs[0].offset, p.trailer = 0, p.refs[0].length
				p.raw = p.bytes()[9:]
			}), refused(fault.MalformedArchive))

	// A record that points into content, where a frame was planted.
	planted := file("planted", other, "never sealed as an entry")
	host := file("host", other, "harmless "+string(planted.bytes())+" text")
	plantedAt := uint64(host.fields() + len("harmless "))
	c := archiveOf("archive/walk-planted", host, file("planted", other, "never sealed as an entry"))
	c.plain.live = c.plain.live[1:]
	c.finish()
	point := func() edit { return reseal(func(p *plain) { p.live[0].offset = plantedAt }) }
	s.extracted("planted-extract", "ARC-26", "An abandoned frame whose content holds the bytes of another frame.", c,
		1).
		but("planted-pointed-at", "ARC-26 ARC-30 (resealed)",
			"The record points to the frame in the content: extracting reads no other frame and cannot tell.", point(),
			accepted(vectors.Object{"content": vectors.Bytes(planted.content)}))
	s.restored("planted-restore", "ARC-30", "The same archive, restored whole.", c).
		but("planted-pointed-at-restore", "ARC-30 (resealed)",
			"The record points to the frame in the content: no frame of the walk begins there.", point(),
			refused(fault.MalformedArchive))

	abandoned := archiveOf("archive/walk-abandoned", samples()...)
	abandoned.plain.live = slices.DeleteFunc(abandoned.plain.live, func(r record) bool { return r.frame == 0 })
	abandoned.finish()
	left := s.restored("walk-abandoned", "ARC-30 ARC-71 ARC-73", "The first frame was abandoned by its writer.",
		abandoned)
	behindIt := s.extracted("walk-abandoned-extract", "ARC-28", "An entry behind the abandoned frame.", abandoned, 1)
	for _, c := range []struct {
		slug, comment string
		edit          func() edit
	}{
		{"type", "The abandoned frame has a type that does not exist.",
			func() edit { return reseal(func(p *plain) { p.frames[0].typ = 9 }) }},
		{"path", "The abandoned frame's path has no byte.", func() edit {
			return resealBytes(func(_ *plain, b []byte) []byte { copy(b[1:], u16(0)); return b })
		}},
		{"into-next", "The abandoned frame reaches over the frame of a record.",
			func() edit { return reseal(func(p *plain) { p.frames[0].size += 5 }) }},
		{"beyond-region", "The abandoned frame reaches beyond the entries.",
			func() edit { return reseal(func(p *plain) { p.frames[0].size = 5000 }) }},
		{"size-beyond", "The abandoned frame's size is 2^52.",
			func() edit { return reseal(func(p *plain) { p.frames[0].size = 1 << 52 }) }},
	} {
		left.but("walk-abandoned-"+c.slug, "ARC-30 (resealed)", c.comment, c.edit(), refused(fault.MalformedArchive))
		behindIt.but("walk-abandoned-"+c.slug+"-extract", "ARC-28 (resealed)",
			c.comment+" Extracting another entry does not see it.", c.edit(), accepted(behindIt.Output))
	}
}
