package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// foundEntry is an entry in several frames as salvage finds it.
func (p *plain) foundEntry(r record, lost ...[2]int) vectors.Object {
	o := vectors.Object{
		"path": r.path, "kind": int(r.kind), "modified_ms": moment(r.modified), "size": r.size, "confirmed": true,
		"status": "whole", "lost": []any{},
	}
	if lost == nil {
		o["sha512"] = vectors.Bytes(sha512Of(p.assembled(r)))
		return o
	}
	o["status"] = "damaged"
	ranges := []any{}
	for _, one := range lost {
		ranges = append(ranges, []any{one[0], one[1]})
	}
	o["lost"] = ranges
	return o
}

// salvagePieces are archives of sets with an entry that lies in several frames.
func salvagePieces(s *suite) {
	// The frames of db: fourteen blocks, and nine that replace as many of them.
	const size = 14 * blockSize
	frames := func() []frame {
		return []frame{quietFile("db", other, size), quietPiece("db", size, run{2, 4}, run{7, 5}), quietFile("z", other,
			20000)}
	}
	b := setOf("salvage/pieces", func(p *plain) []record { return []record{p.overlaid(1, 2), p.overlaid(3)} },
		frames()...)
	p := b.plain
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	db, long, z := p.foundEntry(*p.db()), p.found(0, true), p.found(3, true)
	base := s.rescue("pieces", "SLV-5 SLV-9 (set long)",
		"An archive of a set with an entry of fourteen blocks in two frames.", b, b.withKey(),
		rescued{indexed: true, end: reached, entries: []any{db, long, z}})
	indexed := func(name fault.Name, entries ...any) want {
		return accepted(rescued{fault: name, indexed: true, end: reached, entries: entries}.output())
	}
	missing := p.foundEntry(*p.db())
	missing["status"] = "missing"
	delete(missing, "sha512")

	inside := func(at int) int { return (at + chunkSize - 1) / chunkSize } // the first chunk that begins there or later
	old, replacing := inside(p.contentAt(1)+2*blockSize), inside(p.contentAt(2))
	// What a chunk takes of the entry frame's content is live where the piece has no block.
	start := old*chunkSize - p.contentAt(1)
	var lost [][2]int
	for _, live := range [][2]int{{0, 2 * blockSize}, {6 * blockSize, 7 * blockSize}, {12 * blockSize, size}} {
		if from, to := max(live[0], start), min(live[1], start+chunkSize); from < to {
			lost = append(lost, [2]int{from, to - from})
		}
	}
	base.but("pieces-old-chunk", "SLV-9 SLV-10 (set long)",
		"A chunk of the entry frame is lost: only what no piece replaces is.", flip("container", at(old), 1),
		indexed(fault.PayloadTampered, p.foundEntry(*p.db(), lost...), long, z))
	start = replacing*chunkSize - p.contentAt(2)
	lost = nil
	for _, part := range [][3]int{{0, 4 * blockSize, 2 * blockSize}, {4 * blockSize, 9 * blockSize,
		3 * blockSize}} { // of the piece, and how much later it is in the entry
		if from, to := max(part[0], start), min(part[1], start+chunkSize); from < to {
			lost = append(lost, [2]int{from + part[2], to - from})
		}
	}
	base.but("pieces-piece-chunk", "SLV-9 SLV-10 (set long)",
		"A chunk of the piece is lost: the blocks that it has are lost, although an older frame has them, too.",
		flip("container", at(replacing), 1),
		indexed(fault.PayloadTampered, p.foundEntry(*p.db(), lost...), long, z))
	fields := int(p.frameAt(2)) / chunkSize
	base.but("pieces-fields-lost", "SLV-9 SLV-10 (set long)",
		"The chunk is lost in which the fields of the piece lie: nothing says which blocks it has, and the entry is "+
			"missing.", flip("container", at(fields), 1),
		indexed(fault.PayloadTampered, missing, long, z))
	foreign := draw("salvage/pieces other container", 24)
	base.but("pieces-elsewhere", "SLV-9 SLV-14 (set long)",
		"The second frame lies in a container that is not there, and may have any block: the entry is missing.",
		reseal(func(p *plain) { p.db().frame, p.db().container = -1, foreign }), indexed(fault.MissingContainer,
			missing, long, z))
	base.but("pieces-first-elsewhere", "SLV-9 SLV-14 (set long)",
		"The first frame lies in a container that is not there.",
		reseal(func(p *plain) { p.db().before[0] = place{-1, foreign, 0} }), indexed(fault.MissingContainer, missing,
			long, z))
	base.but("pieces-run-refused", "SLV-9 SLV-14 ARC-88 (set long resealed)",
		"A run of the piece reaches beyond the entry: the entry is missing.",
		reseal(func(p *plain) { p.frames[2].runs = []run{{2, 4}, {12, 5}} }), indexed(fault.MalformedArchive, missing,
			long, z))
	short := as(missing, "size", uint64(size+1))
	base.but("pieces-block-missing", "SLV-9 SLV-14 ARC-87 (set long resealed)",
		"Record and last frame state a byte more, in a block that no frame has: the entry is missing.",
		reseal(func(p *plain) { p.frames[2].size++; p.db().size++ }), indexed(fault.MalformedArchive, short, long, z))

	// Walks.
	broken := func(f func(p *plain)) edit { return reseal(func(p *plain) { p.complete = 2; f(p) }) }
	met := func(entries ...any) want {
		return accepted(rescued{fault: fault.MalformedArchive, end: reached, entries: entries}.output())
	}
	walked := func(end int, entries ...any) want {
		return accepted(rescued{fault: fault.MalformedArchive, end: end, entries: entries}.output())
	}
	base.but("pieces-walk-confirmed", "SLV-6 SLV-26 (set long resealed)",
		"The index cannot be read: the walk goes over the piece, and meets the segment, which says what the frames are.",
		broken(func(*plain) {}), met(long, db, z))
	base.but("pieces-walk-elsewhere", "SLV-26 SLV-30 SLV-31 (set long resealed)",
		"The index cannot be read, and the record names a frame in another container: it counts for nothing, and "+
			"neither do its frames.",
		broken(func(p *plain) { p.db().before[0] = place{-1, foreign, 0} }), met(long, z))
	base.but("pieces-walk-no-frame", "SLV-26 SLV-31 (set long resealed)",
		"The index cannot be read, and at one of the record's places no frame begins: the record counts for nothing.",
		broken(func(p *plain) { p.db().before[0].offset++ }), met(long, z))
	base.but("pieces-walk-block-missing", "SLV-9 ARC-87 (set long resealed)",
		"The index cannot be read, and record and last frame state a byte that no frame has.",
		broken(func(p *plain) { p.frames[2].size++; p.db().size++ }), met(long, short, z))
	base.but("pieces-walk-size", "SLV-9 ARC-26 (set long resealed)",
		"The index cannot be read, and the record's size is one more than that of its last frame.",
		broken(func(p *plain) { p.db().size++ }), met(long, short, z))
	base.but("pieces-walk-earlier-size", "SLV-9 ARC-26 (set long resealed)",
		"The index cannot be read, and an earlier frame states another size: it is one that the entry had.",
		broken(func(p *plain) {
			*p.db() = p.overlaid(2, 1)
			p.layOut()
			p.frames[2].size += 7
		}), met(long, p.foundEntry(p.overlaid(2, 1)), z))

	alone := func(frame int) vectors.Object { return p.found(frame, false) }
	part := p.found(2, false, [2]int{0, 2 * blockSize}, [2]int{6 * blockSize, blockSize}, [2]int{12 * blockSize,
		2 * blockSize})
	noSegment := func(f func(p *plain)) edit {
		return broken(func(p *plain) { p.live[0], p.live[1] = p.live[1], p.live[0]; f(p) })
	}
	base.but("pieces-walk-alone", "SLV-6 SLV-7 SLV-40 (set long resealed)",
		"Neither index nor segment can be read: each frame is an entry by itself, and of the piece is lost what it does "+
			"not have.",
		noSegment(func(*plain) {}), walked(int(p.segmentAt()), alone(0), alone(1), part, alone(3)))
	base.but("pieces-walk-place-twice", "SLV-29 (set long resealed)",
		"The index cannot be read, and a record names a place twice: the segment does not count.",
		broken(func(p *plain) { p.db().before[0].offset = p.db().offset }), walked(int(p.segmentAt()), alone(0),
			alone(1), part, alone(3)))
	base.but("pieces-walk-place-of-two", "SLV-29 (set long resealed)",
		"The index cannot be read, and two records name one place: the segment does not count.",
		broken(func(p *plain) { p.db().before[0].offset = 0 }), walked(int(p.segmentAt()), alone(0), alone(1), part,
			alone(3)))
	base.but("pieces-walk-run-refused", "SLV-26 ARC-88 (set long resealed)",
		"The index cannot be read, and the runs of the piece touch: the walk ends there.",
		broken(func(p *plain) { p.frames[2].runs = []run{{2, 4}, {6, 5}} }), walked(int(p.frameAt(2)), alone(0),
			alone(1)))
	base.but("pieces-walk-runs-length", "SLV-26 CON-1 (set long resealed)",
		"The index cannot be read, and the length of the runs is no multiple of 8: the walk ends there.",
		reseal(func(p *plain) {
			p.complete = 2
			raw := p.bytes()
			raw[p.frameAt(2)+24]++
			p.raw = raw
		}), walked(int(p.frameAt(2)), alone(0), alone(1)))
	base.but("pieces-walk-unsafe", "SLV-8 (set long resealed)",
		"Neither index nor segment can be read, and the path of the piece is unsafe: it is left out, and its offset "+
			"reported.",
		noSegment(func(p *plain) { p.frames[2].path = ".." }),
		accepted(rescued{fault: fault.MalformedArchive, end: int(p.segmentAt()), entries: []any{alone(0), alone(1),
			alone(3)}, unsafe: []any{p.frameAt(2)}}.output()))

	listed := func(f func(all []stored) []stored) edit {
		return broken(func(p *plain) {
			p.stored = f([]stored{{foreign, 1, 1, 1000, make([]byte, 32)}, {slices.Repeat([]byte{0xff}, 24), 0, 1, 1000,
				make([]byte, 32)}})
			p.layOut()
			p.complete = 2
		})
	}
	base.but("pieces-walk-stored", "SLV-30 (set long resealed)",
		"The index cannot be read, and the segment lists other containers, which means nothing here.",
		listed(func(all []stored) []stored { return all }), met(long, db, z))
	base.but("pieces-walk-stored-itself", "SLV-29 ARC-92 (set long resealed)",
		"The index cannot be read, and the segment lists the container itself: it counts.",
		listed(func(all []stored) []stored { all[0].id = p.id; return all }), met(long, db, z))
	for _, c := range []struct {
		slug, comment string
		edit          func(all []stored) []stored
	}{
		{"order", "The index cannot be read, and the stored containers are out of order: the segment does not count.",
			func(all []stored) []stored { slices.Reverse(all); return all }},
		{"epoch", "The index cannot be read, and a stored container is of epoch 0: the segment does not count.",
			func(all []stored) []stored { all[1].epoch = 0; return all }},
	} {
		base.but("pieces-walk-stored-"+c.slug, "SLV-29 ARC-91 (set long resealed)", c.comment, listed(c.edit),
			acceptedAs(func(b *box) vectors.Object {
				return rescued{fault: fault.MalformedArchive, end: int(b.plain.segmentAt()), entries: []any{alone(0),
					alone(1), part, alone(3)}}.output()
			}))
	}
}
