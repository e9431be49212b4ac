package generator

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// headerLarge are headers before payloads of any length, of which the first 56
// bytes are there.
func headerLarge(s *suite) {
	b := archiveOf("header/large")
	const longest = prefixSize + (lastChunk+1)*sealedSize - 1
	of := func(payload int64) vectors.Object {
		first := b.bytes()[:b.headerSize()+prefixSize]
		return vectors.Object{"container": vectors.Object{
			"length": int64(b.headerSize()) + payload, "parts": []any{[]any{int64(0), vectors.Bytes(first)}},
		}}
	}
	for _, c := range []struct {
		name    string
		payload int64
	}{{"2-31", 1 << 31}, {"2-32", 1 << 32}, {"2-40", 1 << 40}} {
		s.valid("large-payload-"+c.name, "HDR-11 HDR-12 (long)",
			fmt.Sprintf("A payload of %d bytes: no more of it than the beginning is read.",
				c.payload), "header.read", of(c.payload), b.describe())
	}
	base := s.valid("large-payload-longest", "HDR-12 (long boundary)", "The longest payload that there is.",
		"header.read", of(longest), b.describe())
	for _, c := range []struct {
		slug, comment string
		more          int64
		name          fault.Name
	}{
		{"one-more", "A payload of a byte more: no message has such a length.", 1, fault.Truncated},
		{"tag", "A payload of a chunk more, which is empty.", 1 + tagSize, fault.LimitExceeded},
		{"chunk", "A payload of a chunk more, as long as the last can be.", sealedSize, fault.LimitExceeded},
	} {
		base.but("large-payload-"+c.slug, "HDR-11 HDR-12 (long boundary)", c.comment,
			replace("container.length", fmt.Append(nil, int64(b.headerSize())+longest+c.more)), refused(c.name))
	}
}
