package generator

import (
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// listed adds an archive whose entries can be listed.
func (s *suite) listed(slug, requirements, comment string, b *box) *made {
	return s.valid(slug, requirements, comment, "archive.list", b.input(b.withKey()), b.plain.list()).of(b)
}

// restored adds an archive that can be restored whole.
func (s *suite) restored(slug, requirements, comment string, b *box) *made {
	return s.valid(slug, requirements, comment, "archive.restore", b.input(b.withKey()), b.plain.restored()).of(b)
}

// extracted adds an entry that can be extracted.
func (s *suite) extracted(slug, requirements, comment string, b *box, frame int) *made {
	f := b.plain.frames[frame]
	path := f.path
	for _, r := range b.plain.live {
		if r.frame == frame {
			path = r.path
		}
	}
	input := b.input(b.withKey())
	input["path"] = path
	return s.valid(slug, requirements, comment, "archive.extract", input,
		vectors.Object{"content": vectors.Bytes(f.content)}).of(b)
}

// List is the output of an edited archive that is listed.
func listOf(b *box) vectors.Object { return b.plain.list() }

// samples are the entries of most archives: a conversation, a picture, and an
// empty file, whose frames are not in the order of their paths.
func samples() []frame {
	return []frame{
		file("messages/2024.jsonl", messages, `{"from":"ada","text":"hello"}`),
		file("photos/cat.jpg", image, "\xff\xd8\xff\xe0 not really a picture"),
		file("empty", other, ""),
	}
}

func archiveCases(s *suite) {
	plainArchives(s)
	archivePadding(s)
	archiveTrailer(s)
	archiveIndex(s)
	indexCuts(s)
	archiveSegment(s)
	recordCuts(s)
	archiveRecords(s)
	archivePaths(s)
	archiveFrames(s)
	archiveWalk(s)
	archiveSets(s)
	archiveDamage(s)
	archiveChunkEnds(s)
	archiveManyChunks(s)
	walkPadding(s)
	walkAbandoned(s)
	archiveChunkEndPaths(s)
	archiveBetweenDamage(s)
	archiveSplices(s)
	archiveFields(s)
	archiveSegmentAt(s)
	archiveRegion(s)
	setLongestIndex(s)
	archiveOrder(s)
	archivePieces(s)
}

// plainArchives are archives that are as they should be.
func plainArchives(s *suite) {
	b := archiveOf("archive/samples", samples()...)
	list := s.listed("list", "ARC-18 ARC-20 ARC-25 HDR-21", "Three entries, listed in the order of their paths.", b)
	s.restored("restore", "ARC-29 ARC-30 ARC-31 ARC-48", "Three entries, restored whole.", b)
	for i, slug := range []string{"extract-messages", "extract-image", "extract-empty"} {
		s.extracted(slug, "ARC-26 ARC-28", "One of three entries, extracted by its path.", b, i)
	}
	empty := archiveOf("archive/no-entries")
	s.listed("list-no-entries", "ARC-18 (boundary)", "An archive without an entry.", empty)
	s.restored("restore-no-entries", "ARC-29 ARC-30 (boundary)",
		"An archive without an entry has a padding frame at offset 0.", empty)

	list.but("wrong-key", "HDR-18 (wrong-secret)", "The key of another container.", flip("secret.key", 31, 1),
		refused(fault.WrongSecret))
	list.but("keyring-instead", "HDR-21", "A keyring is not an archive.", func(p *made) change {
		ring := ringOf("archive/keyring-instead")
		ring.rekey(b.key, ring.payload.salt)
		ring.finish()
		return p.changeBox("replace", "container", ring, differences([][]byte{b.bytes()}, [][]byte{ring.bytes()}))
	}, refused(fault.MalformedArchive))
	list.but("keyring-instead-damaged", "HDR-21 (order)",
		"A keyring whose chunk is damaged: the purpose comes before the chunks.", func(p *made) change {
			ring := ringOf("archive/keyring-instead")
			ring.rekey(b.key, ring.payload.salt)
			ring.finish()
			ring.payload.chunks[0][3] ^= 1
			return p.changeBox("replace", "container", ring, differences([][]byte{b.bytes()}, [][]byte{ring.bytes()}))
		}, refused(fault.MalformedArchive))

	one := s.extracted("extract-by-path", "ARC-27", "The entry that the next cases miss.", b, 0)
	for _, c := range []struct{ slug, comment, path string }{
		{"not-there", "There is no such entry.", "messages/2023.jsonl"},
		{"folder", "A folder is not an entry.", "messages"},
		{"in-other-case", "Paths are compared byte by byte.", "Messages/2024.jsonl"},
		{"with-slash-before", "A slash in front makes another path.", "/messages/2024.jsonl"},
		{"with-slash-behind", "A slash at the end makes another path.", "messages/2024.jsonl/"},
		{"with-dot", "No part of a path is left out.", "messages/./2024.jsonl"},
		{"with-dot-before", "Not even at its beginning.", "./messages/2024.jsonl"},
		{"with-dots", "No part takes back the one before it.", "messages/x/../2024.jsonl"},
		{"with-two-slashes", "Two slashes are not one.", "messages//2024.jsonl"},
		{"with-backslash", "A backslash is not a slash.", "messages\\2024.jsonl"},
		{"with-space-before", "Nothing is trimmed at its beginning.", " messages/2024.jsonl"},
		{"with-space-behind", "Nothing is trimmed at its end.", "messages/2024.jsonl "},
		{"with-nul-behind", "A NUL ends nothing.", "messages/2024.jsonl\x00"},
		{"with-escape", "Nothing is escaped.", "messages%2f2024.jsonl"},
		{"pattern", "A star is not a pattern.", "messages/*"},
		{"prefix", "A prefix of a path is another path.", "messages/2024.json"},
		{"no-path", "Nothing is no path.", ""},
	} {
		one.but("extract-"+c.slug, "ARC-27 ARC-76 CON-9 ERR-3", c.comment, replace("path", []byte(c.path)),
			refused(fault.EntryNotFound))
	}
	for _, m := range []*made{list, one} {
		action := strings.TrimPrefix(m.Op, "archive.")
		m.but(action+"-mac-altered", "HDR-19 HDR-22 (forged)",
			"The MAC is altered: nothing of the payload is released.",
			forge(func(b *box) { b.mac[0] ^= 1 }), refused(fault.HeaderTampered))
		m.but(action+"-slot-added", "HDR-19 HDR-22 (forged)",
			"A slot was added by somebody who does not know the key: nothing of the payload is released.",
			forge(func(b *box) { b.slots = []*slotBox{unknownSlot(9, nil)} }), refused(fault.HeaderTampered))
	}
	accented := archiveOf("archive/normalization", file("caf\u00e9", document, "composed"),
		file("cafe\u0301", document, "decomposed"))
	s.listed("list-normalization", "ARC-7 (unicode)",
		"Two paths that differ in their normalization are two paths, and none is changed.", accented)
	s.extracted("extract-composed", "ARC-7 ARC-27 ARC-76 (unicode)", "The path in Form C.", accented, 0)
	s.extracted("extract-normalized", "ARC-7 ARC-27 (unicode)", "A path in Form C, alone.",
		archiveOf("archive/normalized", file("caf\u00e9", document, "composed")), 0).
		but("extract-normalized-otherwise", "ARC-7 ARC-27 (unicode)", "The same path in Form D is another one.",
			replace("path", []byte("cafe\u0301")), refused(fault.EntryNotFound))
	s.extracted("extract-decomposed", "ARC-7 ARC-27 (unicode)", "The path in Form D.", accented, 1)

	// Four chunks: the first entry ends in the third one.
	long := archiveOf("archive/long", quietFile("messages.db", messages, 40000),
		file("small", document, "behind the long one"))
	s.listed("list-long", "ARC-28 (long)", "An archive of several chunks.", long)
	s.restored("restore-long", "ARC-29 ARC-30 (long)", "An entry that three chunks hold.", long)
	s.extracted("extract-behind-long", "ARC-28 (long)", "An entry behind one that three chunks hold.", long, 1)
	across := archiveOf("archive/across", quietFile("first", other, 16384-20-5-30),
		file("second", other, "these bytes lie around the end of the first chunk"))
	s.extracted("extract-across-chunks", "ARC-26 (long boundary)",
		"An entry that begins in one chunk and ends in the next.", across, 1)
	apart := archiveOf("archive/fields-across", quietFile("first", other, 16384-25-10),
		file("second", other, "content"))
	s.extracted("extract-fields-across-chunks", "ARC-26 (long boundary)",
		"The fields of an entry's frame lie around the end of a chunk.", apart, 1)
	s.restored("restore-fields-across-chunks", "ARC-30 (long boundary)", "The same, restored whole.", apart)
	exact := archiveOf("archive/exact", quietFile("first", other, 16384-25), file("second", other, "content"))
	s.extracted("extract-at-chunk", "ARC-26 (long boundary)", "An entry's frame begins with a chunk.", exact, 1)
	s.restored("restore-seventeen-chunks", "ARC-29 (long boundary)", "An archive of seventeen chunks.",
		archiveOf("archive/seventeen", quietFile("video.mp4", 3, 16*16384+1000)))
}

// archivePadding are plaintexts of lengths that are or are not Padmé lengths.
func archivePadding(s *suite) {
	// fit makes an archive that needs no padding to have the given length.
	fit := func(slug string, length int) *box {
		least := newPlain(make([]byte, 24), []frame{file("a", other, "")})
		least.pad(0)
		return archiveOf("archive/"+slug, quietFile("a", other, length-len(least.bytes())))
	}
	for _, c := range []struct {
		slug, comment string
		length        int
	}{
		{"padding-256", "256 is a Padm\u00e9 length: where 16-byte steps go on.", 256},
		{"padding-496", "496 is the last Padm\u00e9 length before 512.", 496},
		{"padding-512", "512 is a Padm\u00e9 length.", 512},
		{"padding-544", "544 is the next one: the steps have become 32 bytes.", 544},
		{"padding-1024", "1024 is a Padm\u00e9 length.", 1024},
		{"padding-1088", "1088 is the next one: the steps have become 64 bytes.", 1088},
		{"padding-63488", "63488 is the last Padm\u00e9 length before 65536.", 63488},
		{"padding-65536", "65536 is a Padm\u00e9 length.", 65536},
		{"padding-67584", "67584 is the next one: the exponent takes a bit more, and the steps stay at 2048 bytes.",
			67584},
	} {
		b := fit(c.slug, c.length)
		if len(b.plain.bytes()) != c.length || len(b.plain.zeros) != 0 {
			s.fail(c.slug, "the plaintext has %d bytes, %d of them padding", len(b.plain.bytes()), len(b.plain.zeros))
		}
		s.listed(c.slug, "ARC-9 (boundary)", c.comment+" No byte of padding is needed.", b)
	}
	smallest := newBox("archive/smallest", purposeArchive)
	smallest.plain = newPlain(smallest.payload.salt, nil)
	smallest.plain.producer, smallest.plain.created = "", 0
	smallest.finish()
	s.listed("smallest", "ARC-9 ARC-19 (boundary)", "The smallest archive: no entry, no producer, no time, 144 bytes.",
		smallest)

	base := s.listed("padding", "ARC-9", "The archive that the next cases pad otherwise.", fit("padding", 500))
	pad := func(n int) edit { return reseal(func(p *plain) { p.pad(n) }) }
	for _, c := range []struct {
		slug, comment string
		n             int
	}{
		{"padding-none", "500 bytes are no Padm\u00e9 length.", 0},
		{"padding-one-short", "511 bytes are no Padm\u00e9 length.", 11},
		{"padding-one-more", "513 bytes are no Padm\u00e9 length.", 13},
		{"padding-smaller-step", "528 would be a Padm\u00e9 length if the steps were still 16 bytes.", 28},
	} {
		base.but(c.slug, "ARC-9 (boundary resealed)", c.comment, pad(c.n), refused(fault.MalformedArchive))
	}
	base.but("padding-more-than-needed", "ARC-9 (boundary)",
		"544 bytes where 512 would do: a reader only looks at the length.", pad(44), acceptedAs(listOf))
	for _, c := range []struct {
		slug, comment string
		n             int
	}{
		{"plaintext-empty", "An empty plaintext is no archive.", 0},
		{"plaintext-8", "A trailer alone is no archive.", 8},
		{"plaintext-112", "112 bytes would be a Padm\u00e9 length, and are too few.", 112},
		{"plaintext-127", "127 bytes are one less than the least.", 127},
	} {
		base.but(c.slug, "ARC-9 (boundary resealed)", c.comment,
			resealBytes(func(_ *plain, b []byte) []byte { return b[:c.n] }), refused(fault.MalformedArchive))
	}
	base.but("plaintext-128-of-zeros", "ARC-18 (boundary resealed)",
		"128 zeros have an allowed length, and a trailer that points to offset 0, where no index is.",
		resealBytes(func(*plain, []byte) []byte { return make([]byte, 128) }), refused(fault.MalformedArchive))
	s.paddingNotZero()
}

// paddingNotZero adds padding that has a byte of something else.
func (s *suite) paddingNotZero() {
	b := archiveOf("archive/padding-not-zero", samples()...)
	list := s.listed("padding-zero-list", "ARC-10", "The archive of the next cases, listed.", b)
	extract := s.extracted("padding-zero-extract", "ARC-10", "The archive of the next cases, extracted from.", b, 0)
	restore := s.restored("padding-zero-restore", "ARC-10 ARC-72", "The archive of the next cases, restored.", b)
	for _, c := range []struct {
		slug string
		at   int
	}{{"first", 0}, {"last", len(b.plain.zeros) - 1}} {
		dirty := func() edit { return reseal(func(p *plain) { p.zeros[c.at] = 1 }) }
		restore.but("padding-"+c.slug+"-byte-restore", "ARC-10 (boundary resealed)",
			"A byte of the padding is not zero: whoever reads the padding refuses it.",
			dirty(), refused(fault.MalformedArchive))
		list.but("padding-"+c.slug+"-byte-list", "ARC-10 (boundary resealed)",
			"A byte of the padding is not zero: listing does not read it.", dirty(), acceptedAs(listOf))
		extract.but("padding-"+c.slug+"-byte-extract", "ARC-10 (boundary resealed)",
			"A byte of the padding is not zero: extracting does not read it.",
			dirty(), accepted(extract.Output))
	}
	restore.but("padding-two-equal-bytes-restore", "ARC-10 (resealed)",
		"Two bytes of the padding are 1, which cancel each other in an exclusive or.",
		reseal(func(p *plain) { p.zeros[0], p.zeros[2] = 1, 1 }), refused(fault.MalformedArchive))
	restore.but("padding-bytes-that-add-up-restore", "ARC-10 (resealed)",
		"Two bytes of the padding are 128, which add up to a multiple of 256.",
		reseal(func(p *plain) { p.zeros[0], p.zeros[2] = 128, 128 }), refused(fault.MalformedArchive))
}
