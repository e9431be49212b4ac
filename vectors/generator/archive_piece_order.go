package generator

import (
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// pieceOrder are entries in several frames that somebody altered who does not know the
// key, or who does and left a second fault.
func (s *suite) pieceOrder() {
	// The entry frame has fourteen blocks. The piece has the blocks 2 to 10, so many that a
	// chunk of each frame has nothing else.
	const size = 14 * blockSize
	b := setOf("archive/piece-order", func(p *plain) []record { return []record{p.overlaid(1, 2), p.overlaid(3)} },
		quietFile("db", other, size), quietPiece("db", size, run{2, 9}), quietFile("z", other, 20000))
	p := b.plain
	restore := s.restored("piece-order", "ARC-96 (set long)",
		"An entry of fourteen blocks in two frames, of which one replaces what several chunks of the other hold.", b)
	input := b.input(b.withKey())
	input["path"] = "db"
	content := p.assembled(*p.db())
	extract := s.valid("piece-order-extract", "ARC-95 ARC-28 (set long)", "The same, extracted.", "archive.extract",
		input, vectors.Object{"content": vectors.Bytes(content)}).of(b)
	inside := func(at int) int { return (at + chunkSize - 1) / chunkSize } // the first chunk that begins there or later
	dead, live := inside(p.contentAt(1)+2*blockSize), inside(p.contentAt(2))
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	extract.but("piece-order-dead-chunk-extract", "ARC-28 ARC-38 (set long)",
		"A chunk is damaged that has nothing but blocks which a piece replaces: the entry is whole.", flip("container",
			at(dead), 1), accepted(extract.Output))
	restore.but("piece-order-dead-chunk-restore", "ARC-48 COB-12 (set long)",
		"The same chunk is damaged: who restores everything opens it.", flip("container", at(dead), 1),
		refused(fault.PayloadTampered))
	from := live*chunkSize - p.contentAt(2) + 2*blockSize // of the content
	extract.but("piece-order-live-chunk-extract", "ERR-4 COB-12 (set long)",
		"A chunk of the piece is damaged: what comes before is released.", flip("container", at(live), 1),
		refused(fault.PayloadTampered).after(content[:from]))

	short := func(b *box) {
		*b.plain.db() = b.plain.overlaid(2)
		b.plain.live = b.plain.live[:2] // what a frame alone would take reaches into that of z
		b.plain.layOut()
	}
	extract.but("piece-order-block-before-content", "ARC-87 ARC-95 COB-12 (set long order)",
		"The record names the piece alone, none names the frame after it, and a chunk of its content is altered: that "+
			"blocks are missing is known before.",
		twice(short, func(b *box) { b.damage(live) }), refused(fault.MalformedArchive))
	restore.but("piece-order-chunk-before-block", "ARC-96 COB-12 (set long order)",
		"The same, restored: all chunks are opened before.",
		twice(short, func(b *box) { b.damage(live) }), refused(fault.PayloadTampered))
	extract.but("piece-order-run-before-content", "ARC-88 ARC-95 COB-12 (set long order)",
		"The run of the piece reaches beyond the entry, and a chunk of its content is altered.",
		twice(func(b *box) { b.plain.frames[2].runs = []run{{12, 3}} }, func(b *box) { b.damage(live) }),
		refused(fault.MalformedArchive))
}
