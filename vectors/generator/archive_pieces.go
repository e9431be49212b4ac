package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// restoredOf is the output of an edited archive that is restored.
func restoredOf(b *box) vectors.Object { return b.plain.restored() }

// databaseSize is that of an entry of five blocks and 100 bytes.
const databaseSize = 5*blockSize + 100

// database is an archive of a set with an entry in an entry frame and two pieces, of
// which both have block 1: frames 1 to 3, the second of its two records that are there.
func database(seed string) *box {
	return setOf(seed, func(p *plain) []record { return []record{p.overlaid(1, 2, 3)} },
		quietFile("db", other, databaseSize),
		quietPiece("db", databaseSize, run{1, 1}, run{3, 2}),
		quietPiece("db", databaseSize, run{0, 2}, run{5, 1}))
}

// archivePieces are entries that lie in several frames.
func archivePieces(s *suite) {
	s.overlays()
	s.uncovered()
	s.runs()
	s.places()
	s.piecesAlone()
	s.pieceOrder()
	s.storedLists()
}

// db is the record of the database.
func (p *plain) db() *record { return &p.live[0] }

// overlays are entries of which each block comes from the last place that has it.
func (s *suite) overlays() {
	b := database("archive/pieces")
	base := s.restored("pieces", "ARC-86 ARC-87 ARC-88 ARC-96 (set long)",
		"An entry of six blocks in an entry frame and two pieces: for a block that several have the last one counts.",
		b)
	input := b.input(b.withKey())
	input["path"] = "db"
	s.valid("pieces-extract", "ARC-86 ARC-95 (set long)", "The same, and the entry that lies in three frames.",
		"archive.extract", input,
		vectors.Object{"content": vectors.Bytes(b.plain.assembled(*b.plain.db()))}).of(b)
	s.listed("pieces-list", "ARC-15 ARC-14 (set long)", "The same, listed.", b)
	for _, c := range []struct {
		slug, requirements, comment string
		frames                      []int
	}{
		{"exchanged", "ARC-86", "The pieces are named in the other order: a reader knows of no other.", []int{1, 3, 2}},
		{"entry-frame-last", "ARC-86", "The entry frame is named last: nothing of the pieces counts.", []int{2, 3, 1}},
		{"first-piece-abandoned", "ARC-86", "The record does not name the first piece: it was abandoned.", []int{1, 3}},
		{"entry-frame-alone", "ARC-86", "The record names the entry frame alone: the pieces were abandoned.", []int{1}},
	} {
		base.but("pieces-"+c.slug, c.requirements+" (set long)", c.comment, reseal(func(p *plain) {
			*p.db() = p.overlaid(c.frames...)
			p.layOut()
		}), acceptedAs(restoredOf))
	}
	for _, c := range []struct {
		slug, comment string
		frames        []frame
	}{
		{"whole-piece", "One piece that has all of an entry, and no other frame.", []frame{quietPiece("db",
			databaseSize, run{0, 6})}},
		{"in-parts", "Two pieces that have one half each.", []frame{quietPiece("db", databaseSize, run{3, 3}),
			quietPiece("db", databaseSize, run{0, 3})}},
		{"interleaved", "Two pieces that have every other block.", []frame{quietPiece("db", databaseSize, run{0, 1},
			run{2, 1}, run{4, 1}), quietPiece("db", databaseSize, run{1, 1}, run{3, 1}, run{5, 1})}},
		{"one-byte", "An entry of one byte, in a piece.", []frame{quietPiece("db", 1, run{0, 1})}},
		{"one-block", "An entry of one block, in a piece.", []frame{quietPiece("db", blockSize, run{0, 1})}},
		{"block-and-a-byte", "An entry of a block and a byte, in two pieces.", []frame{quietPiece("db", blockSize+1,
			run{1, 1}), quietPiece("db", blockSize+1, run{0, 1})}},
		{"grown", "The entry frame has two blocks and 50 bytes, the piece the last of these and all others.",
			[]frame{quietFile("db", other, 2*blockSize+50), quietPiece("db", databaseSize, run{2, 4})}},
		{"grown-from-block", "The entry frame has two blocks exactly, the piece all others.", []frame{quietFile("db",
			other, 2*blockSize), quietPiece("db", databaseSize, run{2, 4})}},
		{"grown-from-nothing", "The entry frame has no byte, the piece all.", []frame{quietFile("db", other, 0),
			quietPiece("db", databaseSize, run{0, 6})}},
		{"shrunk", "The entry has shrunk into a block that the entry frame has: its beginning counts.",
			[]frame{quietFile("db", other, databaseSize), quietPiece("db", 2*blockSize+50, run{1, 1})}},
		{"shrunk-to-block", "The entry has shrunk to two blocks.", []frame{quietFile("db", other, databaseSize),
			quietPiece("db", 2*blockSize, run{0, 1})}},
		{"shrunk-and-grown",
			"The entry has shrunk to two blocks and grown again: what it had is not known by its frames' sizes, but by the " +
				"blocks that they have.",
			[]frame{quietFile("db", other, databaseSize), quietPiece("db", 2*blockSize, run{1, 1}), quietPiece("db",
				databaseSize, run{2, 3})}},
		{"shrunk-to-nothing", "The entry has shrunk to nothing, which an entry frame says.", []frame{quietFile("db",
			other, databaseSize), quietFile("db", other, 0)}},
		{"larger-piece-before",
			"A piece of a version that had more blocks: those beyond the entry's end count for nothing.",
			[]frame{quietPiece("db", 9*blockSize, run{0, 1}, run{2, 7}), quietPiece("db", databaseSize, run{1, 1})}},
	} {
		var all []int
		for i := range c.frames {
			all = append(all, i+1)
		}
		one := setOf("archive/pieces-"+c.slug, func(p *plain) []record { return []record{p.overlaid(all...)} },
			c.frames...)
		s.restored("pieces-"+c.slug, "ARC-86 ARC-26 (set long boundary)", c.comment, one)
	}
}

// uncovered are entries of which a block is not there, or not all of it.
func (s *suite) uncovered() {
	b := database("archive/uncovered")
	base := s.restored("uncovered", "ARC-87 ARC-96 (set long)", "The archive of the next cases.", b)
	list := s.listed("uncovered-list", "ARC-87 (set long)", "The same, listed.", b)
	for _, c := range []struct {
		slug, comment string
		frames        []int
	}{
		{"middle-block", "The record names the pieces alone: nothing has block 2.", []int{2, 3}},
		{"first-block", "The record names the first piece alone.", []int{2}},
		{"second-block", "The record names the second piece alone: it has the first block and the last.", []int{3}},
	} {
		edit := func() edit {
			return reseal(func(p *plain) {
				*p.db() = p.overlaid(c.frames...)
				p.layOut()
			})
		}
		base.but("uncovered-"+c.slug, "ARC-87 ARC-96 (set long resealed)", c.comment, edit(),
			refused(fault.MalformedArchive))
		if len(c.frames) > 1 {
			list.but("uncovered-"+c.slug+"-list", "ARC-87 (set long resealed)", c.comment+" Listing does not see it.",
				edit(), acceptedAs(listOf))
		}
	}
	base.but("uncovered-size-more", "ARC-26 (set long resealed)",
		"The record's size is one more than that of its last frame.", reseal(func(p *plain) { p.db().size++ }),
		refused(fault.MalformedArchive))
	base.but("uncovered-size-less", "ARC-26 (set long resealed)",
		"The record's size is one less than that of its last frame.", reseal(func(p *plain) { p.db().size-- }),
		refused(fault.MalformedArchive))
	base.but("uncovered-earlier-size", "ARC-26 (set long)",
		"An earlier piece states another size, of as many blocks: it is one that the entry had.",
		reseal(func(p *plain) { p.frames[2].size += 7 }), acceptedAs(restoredOf))
	even := setOf("archive/uncovered-even", func(p *plain) []record { return []record{p.overlaid(1, 2)} },
		quietFile("db", other, 6*blockSize), quietPiece("db", 6*blockSize, run{0, 1}))
	s.restored("uncovered-even", "ARC-87 (set long)", "An entry of six whole blocks in two frames.", even).
		but("uncovered-size-greatest", "ARC-87 CON-3 (set long boundary resealed)",
			"Record and last frame state 2^52 - 1 bytes: nothing is allocated for blocks that no frame has.",
			reseal(func(p *plain) { p.db().size, p.frames[2].size = 1<<52-1, 1<<52-1 }),
			refused(fault.MalformedArchive))
	for _, c := range []struct {
		slug, comment string
		frames        []frame
	}{
		{"block-too-short", "The entry frame ends within block 2, and no piece has the rest of it.",
			[]frame{quietFile("db", other, 2*blockSize+50), quietPiece("db", databaseSize, run{3, 3})}},
		{"block-a-byte-short", "The entry frame lacks the last byte of block 2.", []frame{quietFile("db", other,
			3*blockSize-1), quietPiece("db", databaseSize, run{3, 3})}},
		{"last-block-too-short", "The last block has grown by a byte, which no frame has.", []frame{quietFile("db",
			other, databaseSize-1), quietPiece("db", databaseSize, run{0, 1})}},
		{"last-block", "No frame has the last block.", []frame{quietFile("db", other, 5*blockSize), quietPiece("db",
			databaseSize, run{0, 1})}},
		{"later-frame-shorter", "An older frame has all of block 2, and a later one, which counts, has it in part.",
			[]frame{quietFile("db", other, databaseSize), quietPiece("db", 2*blockSize+50, run{2, 1}), quietPiece("db",
				databaseSize, run{0, 1})}},
	} {
		one := setOf("archive/uncovered-"+c.slug, func(p *plain) []record { return []record{p.overlaid(1)} },
			c.frames...)
		if f := &one.plain.frames[1]; f.runs != nil || len(c.frames) > 3 {
			s.fail(c.slug, "the case has no valid parent")
		}
		var all []int
		for i := range c.frames {
			all = append(all, i+1)
		}
		s.restored("uncovered-"+c.slug+"-parent", "ARC-30 (set long)",
			"The archive of the next case: its record names the first frame alone.", one).
			but("uncovered-"+c.slug, "ARC-87 ARC-96 (set long boundary resealed)", c.comment, reseal(func(p *plain) {
				*p.db() = p.overlaid(all...)
				p.layOut()
			}), refused(fault.MalformedArchive))
	}
}

// runs are the runs of a piece, each with three blocks of content.
func (s *suite) runs() {
	b := database("archive/runs")
	base := s.restored("runs", "ARC-88 (set long)",
		"The archive of the next cases: the first piece has block 1 and blocks 3 and 4.", b)
	list := s.listed("runs-list", "ARC-88 (set long)", "The same, listed.", b)
	set := func(runs ...run) func() edit {
		return func() edit { return reseal(func(p *plain) { p.frames[2].runs = runs }) }
	}
	for _, c := range []struct {
		slug, comment string
		edit          func() edit
	}{
		{"touch", "The second run begins where the first one ends.", set(run{1, 1}, run{2, 2})},
		{"overlap", "The second run begins with the last block of the first one.", set(run{1, 2}, run{2, 1})},
		{"decrease", "The second run lies before the first one.", set(run{3, 2}, run{1, 1})},
		{"twice", "A run stands twice.", set(run{1, 1}, run{1, 1})},
		{"empty-first", "The first run has no block.", set(run{1, 0}, run{3, 3})},
		{"empty-last", "The last run has no block.", set(run{1, 3}, run{5, 0})},
		{"empty-behind-end", "The last run has no block, and begins where the entry ends.", set(run{1, 3}, run{6, 0})},
		{"beyond-end", "The last run reaches a block beyond the entry's last one.", set(run{1, 1}, run{5, 2})},
		{"behind-end", "The last run begins behind the entry's last block.", set(run{1, 2}, run{6, 1})},
		{"greatest-first", "The last run begins with block 2^32 - 1.", set(run{1, 2}, run{1<<32 - 1, 1})},
		{"greatest-count", "The last run has 2^32 - 1 blocks: nothing is allocated for them.", set(run{1, 1}, run{3,
			1<<32 - 1})},
		{"wrap", "The last run ends with block 2 if sums wrap at 2^32.", set(run{1, 1}, run{4, 1<<32 - 1})},
	} {
		base.but("runs-"+c.slug, "ARC-88 CON-6 (set long boundary resealed)", c.comment, c.edit(),
			refused(fault.MalformedArchive))
	}
	list.but("runs-decrease-list", "ARC-88 ARC-28 (set long resealed)",
		"The second run lies before the first one: listing does not read it.", set(run{3, 2}, run{1, 1})(),
		acceptedAs(listOf))
	for _, c := range []struct {
		slug, comment string
		runs          []run
	}{
		{"other-blocks", "Other runs of as many blocks, as far apart as they must be.", []run{{0, 2}, {3, 1}}},
		{"apart", "Runs with several blocks between them.", []run{{0, 1}, {3, 2}}},
	} {
		base.but("runs-"+c.slug, "ARC-88 (set long boundary)", c.comment, set(c.runs...)(), acceptedAs(restoredOf))
	}
	lengthAt := func(p *plain) uint64 { return p.frameAt(2) + 22 } // type, path "db", kind, time, size
	for _, c := range []struct {
		slug, comment string
		length        int
	}{
		{"none", "A piece has at least one run.", 0},
		{"7-bytes", "The runs take 7 bytes, one less than one.", 7},
		{"9-bytes", "The runs take 9 bytes, one more than one.", 9},
		{"15-bytes", "The runs take 15 bytes, one less than two.", 15},
		{"most",
			"The length of the runs is 8388608, its greatest, and they would reach beyond the place where the frame must " +
				"have ended.", 1 << 23},
		{"too-many", "The length of the runs is 8388616: beyond its bound.", 1<<23 + 8},
		{"greatest", "The length of the runs is 2^24 - 1: nothing is allocated for it.", 1<<24 - 1},
	} {
		base.but("runs-length-"+c.slug, "CON-1 CON-3 ARC-26 (set long boundary resealed)", c.comment,
			resealBytes(func(p *plain, b []byte) []byte { copy(b[lengthAt(p):], u24(c.length)); return b }),
			refused(fault.MalformedArchive))
	}
	base.but("runs-type-entry", "ARC-26 (set long resealed)",
		"The piece has the type of an entry frame: its size reaches into the next frame.",
		reseal(func(p *plain) { p.frames[2].typ = 1 }), refused(fault.MalformedArchive))
	base.but("runs-size-beyond", "CON-5 ARC-26 (set long resealed)", "The size that the piece states is 2^52.",
		reseal(func(p *plain) { p.frames[2].size = 1 << 52 }), refused(fault.MalformedArchive))
	base.but("runs-modified-beyond", "CON-5 ARC-26 (set long resealed)", "The time that the piece states is 2^52.",
		reseal(func(p *plain) { p.frames[2].modified = 1 << 52 }), refused(fault.MalformedArchive))
	base.but("runs-other-path", "ARC-46 ARC-47 (set long)",
		"The piece states another path, an unsafe one: the record governs.",
		reseal(func(p *plain) { p.frames[2].path = ".." }), acceptedAs(restoredOf))
}
