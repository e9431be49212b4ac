package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// rescued is the output of archive.salvage.
type rescued struct {
	fault   fault.Name // "" for none
	indexed bool
	end     int // where the walk ended, or reached
	entries []any
	unsafe  []any
	more    int // bytes that were appended
}

// reached says that the end of the archive was reached.
const reached = -1

func (r rescued) output() vectors.Object {
	o := vectors.Object{
		"fault": nil, "indexed": r.indexed, "end_reached": r.end == reached, "walk_end": nil,
		"entries": append([]any{}, r.entries...), "unsafe": append([]any{}, r.unsafe...),
		"appended": r.more,
	}
	if r.fault != "" {
		o["fault"] = string(r.fault)
	}
	if r.end != reached {
		o["walk_end"] = r.end
	}
	return o
}

// found is a frame as salvage finds it. With no range of its content lost it is
// whole.
func (p *plain) found(frame int, confirmed bool, lost ...[2]int) vectors.Object {
	f := p.frames[frame]
	o := vectors.Object{
		"path": f.path, "kind": int(f.kind), "modified_ms": moment(f.modified), "size": f.size, "confirmed": confirmed,
		"status": "whole", "lost": []any{},
	}
	if lost == nil {
		o["sha512"] = vectors.Bytes(sha512Of(f.content))
		return o
	}
	o["status"] = "damaged"
	ranges, gone := []any{}, 0
	for _, r := range lost {
		ranges, gone = append(ranges, []any{r[0], r[1]}), gone+r[1]
	}
	if gone == len(f.content) {
		o["status"] = "missing"
	}
	o["lost"] = ranges
	return o
}

// missing is a frame whose fields are lost or contradict the record.
func (p *plain) missing(frame int) vectors.Object {
	o := p.found(frame, true)
	o["status"] = "missing"
	delete(o, "sha512")
	return o
}

func (p *plain) allWhole(confirmed bool) (all []any) {
	for i := range p.frames {
		all = append(all, p.found(i, confirmed))
	}
	return all
}

// from is the range of a frame's content from an offset of the plaintext to an
// end of it, as far as it lies in the content.
func (p *plain) from(frame, start, end int) [2]int {
	at := p.contentAt(frame)
	start, end = max(start, at), min(end, at+len(p.frames[frame].content))
	return [2]int{start - at, end - start}
}

func salvageCases(s *suite) {
	salvageHeader(s)
	salvageIndexed(s)
	salvageWalked(s)
	salvageSegment(s)
	salvagePlanted(s)
	salvageSplices(s)
	salvageSet(s)
	salvageWalks(s)
	salvageAppended(s)
	salvageLostHeader(s)
	salvageApart(s)
	salvagePieces(s)
}

// rescue adds a container and what salvage gets out of it.
func (s *suite) rescue(slug, requirements, comment string, b *box, secret vectors.Object, r rescued) *made {
	return s.valid(slug, requirements, comment, "archive.salvage", b.input(secret), r.output()).of(b)
}

// salvageIndexed are archives whose index can be read.
func salvageIndexed(s *suite) {
	const seed = "salvage/indexed"
	b := archiveOf(seed, quietFile("a-long", 3, 30000), quietFile("b-across", other, 2800),
		file("c-small", document, "in the last chunk"), file("d-empty", other, ""))
	p := b.plain
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	whole := rescued{indexed: true, end: reached, entries: p.allWhole(true)}
	base := s.rescue("indexed", "SLV-5 SLV-9 (long)",
		"The archive of the next cases: three chunks, the index in the last one.", b, b.withKey(), whole)
	with := func(entries ...any) want {
		return accepted(rescued{fault: fault.PayloadTampered, indexed: true, end: reached, entries: entries}.output())
	}
	c, d := p.found(2, true), p.found(3, true)
	base.but("indexed-middle-chunk", "COB-13 ERR-4 SLV-1 SLV-2 SLV-9 SLV-10 (long)",
		"The second chunk is damaged: the end of one entry and the beginning of another are lost.",
		flip("container", at(1), 1), with(p.found(0, true, p.from(0, chunkSize, 2*chunkSize)), p.missing(1), c, d))
	base.but("indexed-first-chunk", "SLV-9 SLV-23 (long)",
		"The first chunk is damaged, and with it the fields of the first entry's frame: the entry is missing.",
		flip("container", at(0), 1), with(p.missing(0), p.found(1, true), c, d))
	base.but("indexed-both-chunks", "SLV-9 SLV-23 (long)", "The first two chunks are damaged.",
		flips("container", 1, at(0), at(1)), with(p.missing(0), p.missing(1), c, d))
	base.but("indexed-chunks-exchanged", "SLV-3 SLV-9 (long)",
		"The first two chunks are exchanged: neither is where it was sealed, and neither is looked for elsewhere.",
		swap("container", at(0), at(1), sealedSize), with(p.missing(0), p.missing(1), c, d))
	base.but("cut-to-piece-of-16399", "SLV-11 SLV-21 (long cut boundary)",
		"Of the first chunk one byte is missing, and all the others.",
		cutTo("container",
			b.headerSize()+prefixSize+sealedSize-1), accepted(rescued{fault: fault.PayloadTampered}.output()))
	base.but("indexed-frame-contradicts", "SLV-9 SLV-14 (long resealed)",
		"The last frame's size differs from its record's: the entry is missing.",
		reseal(func(p *plain) { p.frames[2].size++ }), accepted(rescued{
			fault: fault.MalformedArchive, indexed: true, end: reached,
			entries: []any{p.found(0, true), p.found(1, true), p.missing(2), d},
		}.output()))

	renamed := b.clone()
	third := &renamed.plain.live[2]
	third.path, third.kind, third.modified = "c-renamed", settings, epoch+7
	renamed.finish()
	changed := p.found(2, true)
	changed["path"], changed["kind"], changed["modified_ms"] = "c-renamed", settings, 7
	s.rescue("indexed-renamed", "SLV-5 SLV-9 (long)", "The index governs path, kind and time.", renamed,
		renamed.withKey(),
		rescued{indexed: true, end: reached, entries: []any{p.found(0, true), p.found(1, true), changed, d}})

	// Content that begins with a chunk and fills it.
	fields := 20 + len("b-chunk")
	exact := archiveOf("salvage/exact", quietFile("a-first", other, chunkSize-27-fields),
		quietFile("b-chunk", other, chunkSize), file("c", other, "behind"))
	q := exact.plain
	s.rescue("indexed-exact", "SLV-9 (long boundary)",
		"The archive of the next case: an entry whose content is exactly the second chunk.", exact, exact.withKey(),
		rescued{indexed: true, end: reached, entries: q.allWhole(true)}).
		but("indexed-content-lost", "SLV-9 (long boundary)",
			"The second chunk is damaged: all of the entry's content is lost, and the fields of its frame are not.",
			flip("container", exact.headerSize()+chunkAt(1), 1), with(q.found(0, true),
				q.found(1, true, [2]int{0, chunkSize}), q.found(2, true)))
	near := archiveOf("salvage/near", quietFile("a-first", other, chunkSize-27-fields-500),
		quietFile("b-chunk", other, 40000), file("c", other, "behind"))
	q = near.plain
	s.rescue("indexed-near", "SLV-9 (long boundary)",
		"The archive of the next case: the fields of a frame and 500 bytes of content stand before the end of the "+
			"first chunk.", near, near.withKey(),
		rescued{indexed: true, end: reached, entries: q.allWhole(true)}).
		but("indexed-fields-before-loss", "SLV-9 SLV-10 (long boundary)",
			"The second chunk is damaged: the fields and the first bytes of the content are whole.",
			flip("container", near.headerSize()+chunkAt(1), 1), with(q.found(0, true),
				q.found(1, true, q.from(1, chunkSize, 2*chunkSize)), q.found(2, true)))
	two := archiveOf("salvage/two-ranges", quietFile("a", other, 5*chunkSize), file("b", other, "behind"))
	q = two.plain
	ranges := s.rescue("indexed-ranges", "SLV-10 (long)",
		"The archive of the next cases: an entry that six chunks hold.", two, two.withKey(),
		rescued{indexed: true, end: reached, entries: q.allWhole(true)})
	ranges.but("indexed-two-ranges", "SLV-10 (long)",
		"The second and the fourth chunk are damaged: two ranges are lost.",
		flips("container", 1, two.headerSize()+chunkAt(1), two.headerSize()+chunkAt(3)),
		with(q.found(0, true, q.from(0, chunkSize, 2*chunkSize), q.from(0, 3*chunkSize, 4*chunkSize)),
			q.found(1, true)))
	ranges.but("indexed-one-range", "SLV-10 (long)", "The second and the third chunk are damaged: one range is lost.",
		flips("container", 1, two.headerSize()+chunkAt(1), two.headerSize()+chunkAt(2)),
		with(q.found(0, true, q.from(0, chunkSize, 3*chunkSize)), q.found(1, true)))
}
