package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// archiveSegmentAt are segments at the least offset that there is, and before.
func archiveSegmentAt(s *suite) {
	b := newBox("archive/segment-at", purposeArchive)
	b.plain = newPlain(b.payload.salt, nil)
	b.plain.producer = "maker."
	b.finish()
	if b.plain.segmentAt() != 9 {
		s.fail("segment-at", "the segment begins at %d", b.plain.segmentAt())
	}
	list := s.listed("segment-at-9", "ARC-20 (boundary)",
		"A segment at offset 9, behind the least that a padding frame takes.", b)
	for _, c := range []struct {
		slug, comment string
		at            uint64
	}{
		{"8", "A segment at offset 8, where no padding frame fits before it.", 8},
		{"0", "A segment at offset 0.", 0},
	} {
		list.but("segment-at-"+c.slug, "ARC-20 (boundary resealed)", c.comment, reseal(func(p *plain) {
			whole := p.bytes()
			gone := 9 - int(c.at)
			p.producer += string(slices.Repeat([]byte{'.'}, gone)) // so that the length stays
			p.refs[0].offset, p.trailer = c.at, p.trailer-uint64(gone)
			p.raw = slices.Concat(whole[:c.at], p.segmentBytes(), p.indexBytes(), u64(p.trailer))
		}), refused(fault.MalformedArchive))
	}
}

// salvageSet are archives of a set, of which salvage has one container only.
func salvageSet(s *suite) {
	b := setArchive("salvage/set", 262144)
	foreign := draw("salvage/set other container", 24)
	p := b.plain
	all := p.allWhole(true)
	base := s.rescue("set", "SLV-5 SLV-9 (set long)", "An archive of a set, all of whose entries lie in it.", b,
		b.withKey(), rescued{indexed: true, end: reached, entries: all})
	elsewhere := p.missing(0)
	base.but("set-entry-elsewhere", "SLV-9 SLV-14 (set long)",
		"An entry lies in a container that is not there: it is missing.",
		reseal(func(p *plain) { p.live[0].frame, p.live[0].container = -1, foreign }),
		accepted(rescued{fault: fault.MissingContainer, indexed: true, end: reached,
			entries: []any{elsewhere, all[1]}}.output()))
	base.but("set-entry-elsewhere-and-frame", "SLV-9 SLV-14 (set long resealed)",
		"The same, and the frame that it had has a type that does not exist: the walk comes before what lies in "+
			"other containers.",
		reseal(func(p *plain) { p.live[0].frame, p.live[0].container = -1, foreign; p.frames[0].typ = 9 }),
		accepted(rescued{fault: fault.MalformedArchive, indexed: true, end: reached,
			entries: []any{elsewhere, all[1]}}.output()))
	base.but("set-segment-elsewhere", "SLV-5 SLV-6 SLV-14 (set long)",
		"An earlier segment is not there: the walk meets the container's own.",
		reseal(func(p *plain) { p.addRef(foreign) }),
		accepted(rescued{fault: fault.MissingContainer, end: reached, entries: all}.output()))
	base.but("set-segment-elsewhere-and-entry", "SLV-5 SLV-6 SLV-14 (set long)",
		"An earlier segment is not there, and a record of the own one names another container: it has no frame here, "+
			"and is not reported; the frame that it had was abandoned.",
		reseal(func(p *plain) { p.live[0].frame, p.live[0].container = -1, foreign; p.addRef(foreign) }),
		accepted(rescued{fault: fault.MissingContainer, end: reached, entries: []any{all[1]}}.output()))
}

// salvageWalks are walks that end for other reasons than lost chunks.
func salvageWalks(s *suite) {
	b := archiveOf("salvage/walks", file("a", messages, "first"), file("b", other, "second"),
		file("c", document, "the third"))
	p := b.plain
	base := s.rescue("walks", "SLV-5 (resealed)", "The archive of the next cases, of one chunk.", b, b.withKey(),
		rescued{indexed: true, end: reached, entries: p.allWhole(true)})
	base.but("indexed-padding-not-zero", "SLV-14 ARC-10 (resealed)",
		"The index is whole, and the last byte of the padding is 1: the entries are whole, and the fault is noted.",
		reseal(func(p *plain) { p.zeros[len(p.zeros)-1] = 1 }), accepted(rescued{fault: fault.MalformedArchive,
			indexed: true, end: reached, entries: p.allWhole(true)}.output()))
	// broken makes the index unreadable, and something else.
	broken := func(f func(p *plain)) edit { return reseal(func(p *plain) { p.complete = 2; f(p) }) }
	walked := func(end int, entries ...any) want {
		return accepted(rescued{fault: fault.MalformedArchive, end: end, entries: entries}.output())
	}
	first, second, third := p.found(0, false), p.found(1, false), p.found(2, false)
	const requirements = "SLV-5 SLV-6 SLV-11 (resealed)"
	base.but("walks-frame-type", requirements,
		"The index cannot be read, and the second frame has a type that does not exist: the walk ends there.",
		broken(func(p *plain) { p.frames[1].typ = 9 }), walked(int(p.frameAt(1)), first))
	base.but("walks-frame-time", requirements,
		"The index cannot be read, and the second frame's time is 2^52: its fields do not decode.",
		broken(func(p *plain) { p.frames[1].modified = 1 << 52 }), walked(int(p.frameAt(1)), first))
	base.but("walks-frame-size", requirements, "The index cannot be read, and the third frame's size is 2^52.",
		broken(func(p *plain) { p.frames[2].size = 1 << 52 }), walked(int(p.frameAt(2)), first, second))
	base.but("walks-padding-beyond", requirements,
		"The index cannot be read, and the padding's length is 2^52: its fields do not decode.",
		broken(func(p *plain) { p.stated = 1 << 52 }), walked(int(p.paddingAt()), first, second, third))
	base.but("walks-padding-shorter", requirements,
		"The index cannot be read, and the padding ends a byte before the segment: the walk ends behind the padding.",
		broken(func(p *plain) { p.stated-- }), walked(int(p.segmentAt())-1, first, second, third))
	base.but("walks-padding-to-end", requirements,
		"The index cannot be read, and the padding takes all that is left of the plaintext: the walk ends with it.",
		broken(func(p *plain) { p.stated = uint64(len(p.bytes())) - p.paddingAt() - 9 }), walked(len(p.bytes()), first,
			second, third))
	behind := slices.Concat([]byte{2}, u64(0), file("d", other, "").bytes())
	roomy := archiveOf("salvage/walks-roomy", file("a", messages, "first"), quietFile("b", other, 868))
	if len(roomy.plain.zeros) < len(behind) {
		s.fail("walks-roomy", "the padding of %d bytes has no room for what the next case puts before it",
			len(roomy.plain.zeros))
		return
	}
	whole := s.rescue("walks-roomy", "SLV-5", "The archive of the next case, of which the padding is longer.", roomy,
		roomy.withKey(), rescued{indexed: true, end: reached, entries: roomy.plain.allWhole(true)})
	whole.but("indexed-record-of-padding", "SLV-9 SLV-14 ARC-30 (resealed)",
		"The index is whole, and a record points to the padding frame: the entry is missing, and the frame that it "+
			"had was abandoned.",
		reseal(func(p *plain) { p.live[0].offset = p.paddingAt() }),
		accepted(rescued{fault: fault.MalformedArchive, indexed: true, end: reached,
			entries: []any{roomy.plain.missing(0), roomy.plain.found(1, true)}}.output()))
	whole.but("indexed-record-in-padding", "SLV-9 SLV-14 ARC-30 (resealed)",
		"The index is whole, and a record points to the second byte of the padding frame: there is no frame where "+
			"the entry should be.",
		reseal(func(p *plain) { p.live[0].offset = p.paddingAt() + 1 }),
		accepted(rescued{fault: fault.MalformedArchive, indexed: true, end: reached,
			entries: []any{roomy.plain.missing(0), roomy.plain.found(1, true)}}.output()))
	whole.but("walks-entry-behind-padding", requirements,
		"The index cannot be read, and an entry frame stands behind a padding frame: the walk ends before it.",
		broken(func(p *plain) { p.between = behind; p.pad(len(p.zeros) - len(behind)) }),
		walked(int(roomy.plain.frameAt(2))+9, roomy.plain.found(0, false), roomy.plain.found(1, false)))
	toEnd := func(p *plain) { p.complete, p.frames[2].size = 2, uint64(len(p.bytes())-p.contentAt(2)) }
	rest := b.clone()
	toEnd(rest.plain)
	all := p.found(2, false)
	all["size"], all["sha512"] = rest.plain.frames[2].size, vectors.Bytes(sha512Of(rest.plain.bytes()[p.contentAt(2):]))
	base.but("walks-entry-to-end", requirements,
		"The index cannot be read, and the third entry takes all that is left of the plaintext: the walk ends with it.",
		reseal(toEnd), walked(len(p.bytes()), first, second, all))
	base.but("walks-segment-path", "SLV-5 SLV-6 ARC-5 (resealed)",
		"The index cannot be read, and the segment has an unsafe path: it does not count.",
		broken(func(p *plain) { p.live[1].path = "." }), walked(int(p.segmentAt()), first, second, third))
	base.but("walks-segment-order", "SLV-5 SLV-6 ARC-12 (resealed)",
		"The index cannot be read, and the segment is out of order: it does not count.",
		broken(func(p *plain) { p.live[1], p.live[2] = p.live[2], p.live[1] }), walked(int(p.segmentAt()), first,
			second, third))
	removing := func(paths ...string) edit { return broken(func(p *plain) { p.removed = paths }) }
	for _, c := range []struct {
		slug, comment string
		removed       []string
	}{
		{"walks-removed-path",
			"The index cannot be read, and the segment says that a path was removed, which means nothing here.",
			[]string{"b/removed"}},
		{"walks-removed-folder",
			"The index cannot be read, and the segment says that paths before and after all others were removed.",
			[]string{"0", "a/a", "zz"}},
	} {
		base.but(c.slug, "SLV-29 SLV-30 (resealed)", c.comment, removing(c.removed...),
			accepted(rescued{fault: fault.MalformedArchive, end: reached, entries: p.allWhole(true)}.output()))
	}
	for _, c := range []struct {
		slug, comment string
		removed       []string
	}{
		{"walks-removed-live",
			"The index cannot be read, and the last record's path is said to be removed: the segment does not count.",
			[]string{"aa", "c"}},
		{"walks-removed-order",
			"The index cannot be read, and the last two removed paths are out of order: the segment does not count.",
			[]string{"x", "z", "y"}},
		{"walks-removed-twice", "The index cannot be read, and a path is removed twice: the segment does not count.",
			[]string{"x", "x"}},
		{"walks-removed-unsafe",
			"The index cannot be read, and the last removed path is unsafe: the segment does not count.",
			[]string{"x", "y/.."}},
	} {
		base.but(c.slug, "SLV-29 SLV-30 (resealed)", c.comment, removing(c.removed...),
			walked(int(p.segmentAt()), first, second, third))
	}
	gone := p.found(0, true)
	kept := p.found(2, true)
	base.but("walks-segment-names-two", "SLV-5 SLV-6 (resealed)",
		"The index cannot be read, and the segment names two of three frames: the third was abandoned.",
		broken(func(p *plain) { p.live = slices.Delete(p.live, 1, 2); p.layOut() }),
		accepted(rescued{fault: fault.MalformedArchive, end: reached, entries: []any{gone, kept}}.output()))
	base.but("walks-record-without-frame", "SLV-5 (resealed)",
		"The index cannot be read, and a record points where no frame begins: it is not reported, and neither is the "+
			"frame.",
		broken(func(p *plain) { p.live[1].offset++ }), accepted(rescued{fault: fault.MalformedArchive, end: reached,
			entries: []any{gone, kept}}.output()))
	base.but("walks-frame-path", "SLV-6 SLV-8 (resealed)",
		"The index and the segment cannot be read, and a frame's path is unsafe.",
		broken(func(p *plain) { p.live[0], p.live[1] = p.live[1], p.live[0]; p.frames[1].path = "." }),
		accepted(rescued{fault: fault.MalformedArchive, end: int(p.segmentAt()), entries: []any{first, third},
			unsafe: []any{p.frameAt(1)}}.output()))
	base.but("walks-frame-kind", "SLV-6 ARC-3 (unknown resealed)",
		"The index and the segment cannot be read, and a frame's kind is not assigned: it is other.",
		broken(func(p *plain) { p.live[0], p.live[1] = p.live[1], p.live[0]; p.frames[2].kind = 200 }),
		walked(int(p.segmentAt()), first, second, as(third, "kind", other)))
	base.but("walks-padding-not-zero", "SLV-14 ARC-10 (resealed)",
		"The padding has a byte that is not zero: the index governs, and the fault is noted.",
		reseal(func(p *plain) { p.zeros[0] = 1 }), accepted(rescued{fault: fault.MalformedArchive, indexed: true,
			end: reached, entries: p.allWhole(true)}.output()))
}

// as is an entry with another value of a field.
func as(entry vectors.Object, name string, value any) vectors.Object {
	changed := vectors.Object{}
	for k, v := range entry {
		changed[k] = v
	}
	changed[name] = value
	return changed
}
