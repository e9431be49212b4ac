package generator

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// around returns each of the numbers, one less and one more, in order and once.
func around(numbers ...int) []int {
	var all []int
	for _, n := range numbers {
		all = append(all, n-1, n, n+1)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// headerCuts cuts a container at the end of every part of its header and of the
// payload's beginning, and one byte before and behind.
func headerCuts(s *suite) {
	b := archiveOf("header/cuts").with(vaultSlot("header/cuts vault", draw("header/cuts key", 32)))
	base := s.described("cuts", "HDR-10 HDR-11", "The container of the next cases.", b)
	header := b.headerSize()
	for _, part := range []struct {
		name         string
		end          int
		requirements string
	}{
		{"magic", atVersion, "HDR-7"},
		{"version", atPurpose, "HDR-10"},
		{"purpose", atKeyCheck, "HDR-10"},
		{"key-check", atSlotsLen, "HDR-10"},
		{"slots-length", atSlots, "HDR-10"},
		{"slot-type", atSlots + 2, "HDR-10"},
		{"slot-length", atSlots + 4, "HDR-10"},
		{"slots", header - 72, "HDR-10"},
		{"digest", header - 64, "HDR-10"},
		{"mac", header, "HDR-11"},
		{"salt", header + 24, "HDR-11"},
		{"commitment", header + 56, "HDR-11"},
		{"tag", header + 72, "HDR-11"},
	} {
		for _, c := range []struct {
			where string
			n     int
		}{{"one byte before the end", part.end - 1}, {"at the end", part.end}, {"one byte behind the end",
			part.end + 1}} {
			slug := fmt.Sprintf("cut-%d-before-end-of-%s", part.end-c.n, part.name)
			switch {
			case c.n == part.end:
				slug = "cut-at-end-of-" + part.name
			case c.n > part.end:
				slug = "cut-1-behind-end-of-" + part.name
			}
			name, requirements := fault.Truncated, part.requirements
			switch {
			case c.n < 8:
				name, requirements = fault.NotAContainer, "HDR-6"
			case c.n < header && c.n >= 10:
				requirements = "HDR-10"
			}
			w := refused(name)
			if c.n >= header+72 {
				w = accepted(b.describe())
			}
			base.but(slug, requirements+" (cut boundary)",
				fmt.Sprintf("The file ends %s of the %s.", c.where, part.name), cutTo("container", c.n), w)
		}
	}
}

// bodyCuts gives a slot bodies that end around the end of every field.
func (s *suite) bodyCuts(slot *made, name string, ends ...int) {
	b := slot.bytesOf("slot")
	body := b[4:]
	for _, n := range append([]int{0}, around(ends...)...) {
		slot.but(fmt.Sprintf("%s-body-of-%d-bytes", name, n), "SLT-1 CON-1 (cut boundary)",
			fmt.Sprintf("The body ends after %d of its %d bytes.", n, len(body)),
			splicesIn("slot", put{2, 2, u16(n)}, put{4 + n, len(body) - n, nil}), refused(fault.MalformedHeader))
	}
}

// indexCuts gives an archive index frames that end around the end of a field.
// What is cut becomes padding. The producer is as long as it can be, so that the
// frame is long enough to be looked at.
func indexCuts(s *suite) {
	b := archiveOf("archive/index-cuts", samples()...)
	b.plain.producer = string(slices.Repeat([]byte{'x'}, 255))
	b.finish()
	base := s.listed("index-cuts", "ARC-18", "The archive of the next cases: its index frame has 364 bytes.", b)
	frame := len(b.plain.indexBytes())
	ends := []int{1, 109, 67 + 255, 67 + 255 + 2, frame - 16, frame - 8, frame}
	for _, n := range around(ends...) {
		if n == 0 || n >= frame {
			continue // an empty frame is a trailer that points to itself
		}
		base.but(fmt.Sprintf("index-of-%d-bytes", n), "ARC-18 CON-1 (boundary resealed)",
			fmt.Sprintf("The index frame ends after %d of its %d bytes, and the trailer follows.", n, frame),
			reseal(func(p *plain) {
				p.pad(len(p.zeros) + frame - n)
				whole := p.bytes()
				p.raw = append(whole[:int(p.indexAt())+n], u64(p.trailer)...)
			}), refused(fault.MalformedArchive))
	}
}

// recordCuts gives an archive segments whose last record ends around the end of
// a field.
func recordCuts(s *suite) {
	b := archiveOf("archive/record-cuts", samples()...)
	base := s.listed("record-cuts", "ARC-23", "The archive of the next cases.", b)
	last := b.plain.live[len(b.plain.live)-1]
	size := len(last.bytes())
	for _, n := range around(2, 26, 34, 36, 36+len(last.path), 36+len(last.path)+1, size-8, size) {
		if n >= size {
			continue
		}
		base.but(fmt.Sprintf("record-of-%d-bytes", n), "CON-1 (boundary resealed)",
			fmt.Sprintf("The last record ends after %d of its %d bytes, and live with it.", n, size),
			reseal(func(p *plain) { p.cutLive(size - n) }), refused(fault.MalformedArchive))
	}
}

// cutLive leaves out the last n bytes of live, which states its length and is
// followed by removed. The plaintext keeps its length.
func (p *plain) cutLive(n int) {
	p.pad(len(p.zeros) + n)
	at := int(p.segmentAt())
	b := p.bytes()
	live := int(binary.BigEndian.Uint32(b[at+1:]))
	copy(b[at+1:], u32(live-n))
	end := at + 5 + live
	b = slices.Delete(b, end-n, end)
	p.refs[len(p.refs)-1].length -= uint64(n)
	index := &plain{
		setID: p.setID, generation: p.generation, epoch: p.epoch, created: p.created, complete: p.complete,
		previous: p.previous, producer: p.producer, refs: p.refs,
	}
	p.trailer -= uint64(n)
	p.raw = slices.Concat(b[:p.trailer], index.indexBytes(), u64(p.trailer))
}

// keyringCuts gives a keyring plaintexts that end around the end of a field.
func keyringCuts(base *made) {
	size := len(base.box.ring.bytes())
	for _, n := range around(1, 16, 24, 40, 48, 56, 88, 90, 98, 130, 138, size) {
		if n == 0 || n == 89 || n >= size-1 {
			continue // these there are already
		}
		base.but(fmt.Sprintf("plaintext-of-%d-bytes", n), "KRG-1 CON-1 (boundary resealed)",
			fmt.Sprintf("The plaintext ends after %d of its %d bytes.", n, size),
			resealRing(func(r *ring) { r.raw = r.bytes()[:n] }), refused(fault.MalformedArchive))
	}
}
