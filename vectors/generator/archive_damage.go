package generator

import (
	"strings"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// archiveDamage are archives of several chunks that somebody altered who does
// not know the key. The entry "long" lies in all three chunks, the others in the
// last one.
func archiveDamage(s *suite) {
	b := archiveOf("archive/damage", quietFile("long", other, 33000), file("small", document, "behind the long one"))
	list := s.listed("damage-list", "ARC-28 (long)", "The archive of the next cases, listed.", b)
	long := s.extracted("damage-long", "ARC-28 (long)",
		"The archive of the next cases, and the entry that all chunks hold.", b, 0)
	small := s.extracted("damage-small", "ARC-28 (long)",
		"The archive of the next cases, and the entry in the last chunk.", b, 1)
	restore := s.restored("damage-restore", "ARC-29 (long)", "The archive of the next cases, restored whole.", b)
	at := func(chunk int) int { return b.headerSize() + chunkAt(chunk) }
	content := b.plain.frames[0].content
	one := content[:chunkSize-b.plain.frames[0].fields()] // in the first chunk
	size := len(b.bytes())

	list.but("damage-first-chunk-list", "ARC-28 (long)", "The first chunk is damaged: listing takes only the last one.",
		flip("container", at(0), 1), accepted(list.Output))
	small.but("damage-first-chunk-small", "ARC-28 ARC-38 (long)",
		"The first chunk is damaged: an entry in the last one is whole.", flip("container", at(0), 1),
		accepted(small.Output))
	list.but("damage-swap-list", "ARC-28 (long)",
		"The first two chunks are exchanged: listing takes only the last one.",
		swap("container", at(0), at(1), sealedSize), accepted(list.Output))
	extractToo := map[string]bool{"last-chunk": true, "cut-at-chunk": true, "byte-appended": true}
	for _, c := range []struct {
		slug, comment string
		edit          func() edit
		long          []byte // released before the error
		whole         bool   // the error comes before the archive is opened
		name          fault.Name
	}{
		{"first-chunk", "A bit of the first chunk is another.", func() edit { return flip("container", at(0), 1) }, nil,
			false, fault.PayloadTampered},
		{"middle-chunk", "A bit of the second chunk is another.",
			func() edit { return flip("container", at(1)+8000, 1) }, one, false, fault.PayloadTampered},
		{"middle-tag", "The last bit of the second chunk's tag is another.",
			func() edit { return flip("container", at(2)-1, 1) }, one, false, fault.PayloadTampered},
		{"swap", "The first two chunks are exchanged.",
			func() edit { return swap("container", at(0), at(1), sealedSize) }, nil, false, fault.PayloadTampered},
		{"last-chunk", "A bit of the last chunk is another.", func() edit { return flip("container", at(2), 1) }, nil,
			true, fault.PayloadTampered},
		{"last-byte", "The last bit of the payload is another.", func() edit { return flip("container", -1, 1) }, nil,
			true, fault.PayloadTampered},
		{"cut-last-byte", "The last byte is missing.", func() edit { return cutTo("container", size-1) }, nil, true,
			fault.PayloadTampered},
		{"cut-to-16-bytes", "Of the last chunk 16 bytes are left.", func() edit { return cutTo("container", at(2)+16) },
			nil, true, fault.PayloadTampered},
		{"cut-to-15-bytes", "Of the last chunk 15 bytes are left: fewer than a tag.",
			func() edit { return cutTo("container", at(2)+15) }, nil, true, fault.Truncated},
		{"cut-at-chunk", "The last chunk is missing.", func() edit { return cutTo("container", at(2)) }, nil, true,
			fault.Truncated},
		{"cut-in-chunk", "The second chunk lacks its last byte.", func() edit { return cutTo("container", at(2)-1) },
			nil, true, fault.PayloadTampered},
		{"byte-appended", "A byte follows the payload.", func() edit { return extend("container", []byte{0}) }, nil,
			true, fault.PayloadTampered},
		{"appended-to-full-chunk", "Zeros follow, until the last chunk is full: no message has such a length.",
			func() edit {
				return extend("container", make([]byte, at(3)-size))
			}, nil, true, fault.Truncated},
		{"chunk-appended", "A chunk of an empty plaintext follows a last chunk that was filled with zeros.",
			func() edit {
				return extend("container", make([]byte, at(3)-size+16))
			}, nil, true, fault.PayloadTampered},
		{"first-chunk-missing", "The first chunk is missing, and all others have moved.", func() edit {
			return spliceIn("container", at(0), sealedSize, nil)
		}, nil, true, fault.PayloadTampered},
		{"chunk-doubled", "The second chunk stands twice.", func() edit {
			return spliceIn("container", at(2), 0, b.bytes()[at(1):at(2)])
		}, nil, true, fault.PayloadTampered},
	} {
		requirements := "COB-12 (long)"
		switch {
		case c.name == fault.Truncated:
			requirements = "HDR-11 (long)"
		case strings.HasPrefix(c.slug, "cut-"):
			requirements = "COB-12 HDR-11 (long)"
		}
		restore.but("damage-"+c.slug+"-restore", "ARC-31 ERR-2 SLV-1 "+requirements, c.comment, c.edit(),
			refused(c.name))
		if c.whole {
			list.but("damage-"+c.slug+"-list", requirements, c.comment+" No name is listed.", c.edit(), refused(c.name))
			if extractToo[c.slug] {
				small.but("damage-"+c.slug+"-small", "ARC-38 CON-9 ERR-3 "+requirements,
					c.comment+" No content is released.", c.edit(), refused(c.name))
			}
		} else {
			long.but("damage-"+c.slug+"-extract", "ERR-4 "+requirements, c.comment, c.edit(),
				refused(c.name).after(c.long))
		}
	}

	// An entry that ends with the first chunk has nothing to do with the second.
	edge := archiveOf("archive/edge", quietFile("a-first", other, chunkSize-27-27-100),
		quietFile("b-ends-0", other, 100-1), quietFile("c-behind", other, 20000))
	s.extracted("damage-edge", "ARC-28 (long boundary)", "An entry whose frame ends with the first chunk.", edge, 1).
		but("damage-behind-entry", "ARC-28 ARC-38 COB-19 (long boundary)",
			"The second chunk is damaged: the entry that ends before it is whole.",
			flip("container", edge.headerSize()+chunkAt(1),
				1), accepted(vectors.Object{"content": vectors.Bytes(edge.plain.frames[1].content)}))
	hollow := archiveOf("archive/edge-empty", quietFile("a-first", other, chunkSize-27-27),
		quietFile("b-empty", other, 0), quietFile("c-behind", other, 20000))
	s.extracted("damage-edge-empty", "ARC-28 (long boundary)", "An empty entry whose frame ends with the first chunk.",
		hollow, 1).
		but("damage-behind-empty-entry", "ARC-28 ARC-38 ARC-45 COB-19 (long boundary)",
			"The second chunk is damaged: there is nothing of the empty entry in it.",
			flip("container", hollow.headerSize()+chunkAt(1), 1), accepted(vectors.Object{"content": ""}))
}
