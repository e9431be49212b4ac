package generator

import (
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// cobblestoneSecrets are messages that are opened with something else than they
// were sealed with.
func cobblestoneSecrets(s *suite) {
	base := s.openedAs("secret", "COB-11", "The message of the next cases.",
		messageOf("cobblestone/secret", payloadContext, []byte("a short plaintext")))
	for _, c := range []struct {
		slug, comment string
		edit          edit
	}{
		{"key-first-bit", "The first bit of the key is another.", flip("key", 0, 0x80)},
		{"key-last-bit", "The last bit of the key is another.", flip("key", 31, 1)},
		{"context-shorter", "The context lacks its last byte.", cutTo("context", len(payloadContext)-1)},
		{"context-longer", "The context has a byte more.", extend("context", []byte("s"))},
		{"context-of-keyring", "The context is that of a keyring.", replace("context", []byte("coffer/v1 keyring"))},
		{"context-empty", "There is no context.", replace("context", nil)},
		{"salt-first-bit", "The first bit of the salt is another.", flip("message", 0, 0x80)},
		{"salt-last-bit", "The last bit of the salt is another.", flip("message", 23, 1)},
		{"commitment-first-bit", "The first bit of the commitment is another.", flip("message", 24, 0x80)},
		{"commitment-middle-bit", "A bit in the second half of the commitment is another.", flip("message", 44, 0x10)},
		{"commitment-last-bit", "The last bit of the commitment is another.", flip("message", 55, 1)},
	} {
		base.but("wrong-"+c.slug, "COB-11 COB-2 (wrong-secret)", c.comment, c.edit, refused(fault.WrongSecret))
	}
	base.but("commitment-zero", "COB-11", "A commitment of zeros fits nothing.",
		spliceIn("message", 24, 32, make([]byte, 32)), refused(fault.WrongSecret))
}

// cobblestoneFlips are messages in which one bit is another.
func cobblestoneFlips(s *suite, three *made) {
	one := messageOf("cobblestone/flip-one", payloadContext, []byte("a short plaintext"))
	base := s.openedAs("flip-one-chunk", "COB-12", "The message of the next cases, of one chunk.", one)
	base.but("flip-only-chunk", "COB-12 COB-13", "A bit of the only chunk is another.", flip("message", chunkAt(0), 1),
		refused(fault.PayloadTampered))
	base.but("flip-only-tag-first-bit", "COB-12 COB-13 (boundary)", "The first bit of the tag is another.",
		flip("message", -16, 0x80), refused(fault.PayloadTampered))
	base.but("flip-only-tag-last-bit", "COB-12 COB-13 (boundary)", "The last bit of the tag is another.",
		flip("message", -1, 1), refused(fault.PayloadTampered))
	empty := s.openedAs("flip-empty", "COB-12", "A message of an empty plaintext.",
		messageOf("cobblestone/flip-empty", payloadContext, nil))
	empty.but("flip-empty-tag", "COB-12 COB-15", "The tag of an empty plaintext is altered.", flip("message", -1, 1),
		refused(fault.PayloadTampered))

	for i, name := range []string{"first", "middle", "last"} {
		end := chunkAt(i) + len(three.message.chunks[i])
		for _, c := range []struct {
			slug, comment string
			offset        int
			mask          byte
		}{
			{"chunk-first-bit", "The first bit of the %s chunk is another.", chunkAt(i), 0x80},
			{"chunk-last-bit", "The last bit of the %s chunk's ciphertext is another.", end - tagSize - 1, 1},
			{"tag-first-bit", "The first bit of the %s chunk's tag is another.", end - tagSize, 0x80},
			{"tag-last-bit", "The last bit of the %s chunk's tag is another.", end - 1, 1},
		} {
			three.but("flip-"+name+"-"+c.slug, "COB-12 COB-13 COB-15 (long)", fmt.Sprintf(c.comment, name),
				flip("message", c.offset,
					c.mask), refused(fault.PayloadTampered).after(three.message.plaintext[:i*chunkSize]))
		}
	}
}

// cobblestoneCuts are messages that end too early or too late.
func cobblestoneCuts(empty, two, three *made) {
	whole, size := three.message.plaintext, len(three.message.bytes())
	for _, c := range []struct {
		slug, comment string
		n             int
		name          fault.Name
		chunks        int // released before the error
	}{
		{"to-nothing", "Nothing is left.", 0, fault.Truncated, 0},
		{"to-1", "One byte is left.", 1, fault.Truncated, 0},
		{"in-salt", "The salt lacks its last byte.", 23, fault.Truncated, 0},
		{"after-salt", "The salt is left.", 24, fault.Truncated, 0},
		{"behind-salt", "One byte of the commitment is left.", 25, fault.Truncated, 0},
		{"in-commitment", "The commitment lacks its last byte.", 55, fault.Truncated, 0},
		{"after-commitment", "The commitment is whole, and no chunk is left.", 56, fault.Truncated, 0},
		{"after-one-byte", "One byte of the first chunk is left.", 57, fault.Truncated, 0},
		{"before-shortest", "71 bytes are one less than any message has.", 71, fault.Truncated, 0},
		{"to-shortest", "72 bytes: what is left of the first chunk is taken for the tag of an empty one.", 72,
			fault.PayloadTampered, 0},
		{"behind-shortest", "73 bytes: what is left of the first chunk is taken for a byte and a tag.", 73,
			fault.PayloadTampered, 0},
		{"in-first-chunk", "Half of the first chunk is left.", chunkAt(0) + 8200, fault.PayloadTampered, 0},
		{"before-first-chunk-end", "The first chunk lacks its last byte.", chunkAt(1) - 1, fault.PayloadTampered, 0},
		{"at-first-chunk-end", "The first chunk is left, which is none that can be the last.", chunkAt(1),
			fault.Truncated, 1},
		{"after-first-chunk-1", "The first chunk and a byte.", chunkAt(1) + 1, fault.Truncated, 1},
		{"after-first-chunk-15", "The first chunk and 15 bytes, too few for a tag.", chunkAt(1) + 15, fault.Truncated,
			1},
		{"after-first-chunk-16", "The first chunk and 16 bytes, which are taken for a tag.", chunkAt(1) + 16,
			fault.PayloadTampered, 1},
		{"after-first-chunk-17", "The first chunk and 17 bytes.", chunkAt(1) + 17, fault.PayloadTampered, 1},
		{"before-second-chunk-end", "The second chunk lacks its last byte.", chunkAt(2) - 1, fault.PayloadTampered, 1},
		{"at-second-chunk-end", "The last chunk is missing.", chunkAt(2), fault.Truncated, 2},
		{"after-second-chunk-15", "Of the last chunk 15 bytes are left.", chunkAt(2) + 15, fault.Truncated, 2},
		{"after-second-chunk-16", "Of the last chunk 16 bytes are left: the last byte is missing.", chunkAt(2) + 16,
			fault.PayloadTampered, 2},
		{"tag", "The last chunk's tag is missing.", chunkAt(2) + 1, fault.Truncated, 2},
	} {
		three.but("cut-"+c.slug, "COB-8 COB-9 COB-12 COB-15 COB-17 (long cut boundary)", c.comment,
			cutTo("message", c.n), refused(c.name).after(whole[:c.chunks*chunkSize]))
	}
	two.but("cut-empty-last-chunk", "COB-9 COB-15 COB-17 (long cut boundary)",
		"The empty last chunk is missing: all of the plaintext is there, and not its end.",
		cutTo("message", chunkAt(1)), refused(fault.Truncated).after(two.message.plaintext))
	two.but("cut-empty-last-chunk-15", "COB-9 COB-15 COB-17 (long cut boundary)", "The empty last chunk lacks a byte.",
		cutTo("message", chunkAt(1)+15), refused(fault.Truncated).after(two.message.plaintext))

	for _, c := range []struct {
		slug, comment string
		more          []byte
	}{
		{"1", "A byte is appended.", []byte{0}},
		{"16", "Sixteen bytes are appended: the last chunk would end in another tag.", make([]byte, 16)},
		{"message", "The message is appended to itself.", nil},
		{"chunk-of-zeros", "So many zeros are appended that the last piece has the length of an empty chunk.",
			make([]byte, chunkAt(3)+16-size)},
	} {
		if c.more == nil {
			c.more = three.message.bytes()
		}
		three.but("append-"+c.slug, "COB-12 COB-15 (long extended)", c.comment,
			extend("message", c.more), refused(fault.PayloadTampered).after(whole[:2*chunkSize]))
	}
	empty.but("append-to-empty", "COB-12 COB-15 (extended)", "A byte is appended to the shortest message.",
		extend("message", []byte{0}), refused(fault.PayloadTampered))
	empty.but("append-line-feed", "COB-12 COB-15 (extended)", "A line feed is appended, as some transfers do.",
		extend("message", []byte("\n")), refused(fault.PayloadTampered))
	empty.but("append-to-longest-chunk", "COB-12 COB-15 (extended boundary)",
		"The only chunk is filled to one byte less than a full one.",
		extend("message", make([]byte, sealedSize-1-tagSize)), refused(fault.PayloadTampered))
}

// cobblestoneMoves are messages whose chunks are others, or at other places.
func cobblestoneMoves(base *made) {
	m := base.message
	whole, b := m.plaintext, m.bytes()
	chunk := func(i int) []byte { return b[chunkAt(i):min(chunkAt(i+1), len(b))] }
	for _, c := range []struct {
		slug, comment string
		edit          edit
		chunks        int
	}{
		{"swap", "The two full chunks are exchanged.", swap("message", chunkAt(0), chunkAt(1), sealedSize), 0},
		{"duplicate-first", "The first chunk stands twice.", spliceIn("message", chunkAt(1), 0, chunk(0)), 1},
		{"duplicate-second", "The second chunk stands twice.", spliceIn("message", chunkAt(2), 0, chunk(1)), 2},
		{"repeat-first-as-second", "The first chunk stands in place of the second.",
			spliceIn("message", chunkAt(1), sealedSize, chunk(0)), 1},
		{"omit-first", "The first chunk is left out.", spliceIn("message", chunkAt(0), sealedSize, nil), 0},
		{"omit-second", "The second chunk is left out.", spliceIn("message", chunkAt(1), sealedSize, nil), 1},
		{"omit-all-full", "Only the last chunk is left.", spliceIn("message", chunkAt(0), 2*sealedSize, nil), 0},
		{"last-chunk-first", "The last chunk stands before the others, too.",
			spliceIn("message", chunkAt(0), 0, chunk(2)), 0},
		{"last-chunk-twice", "The last chunk follows itself.", extend("message", chunk(2)), 2},
	} {
		base.but("move-"+c.slug, "COB-12 COB-13 COB-7 (long)", c.comment, c.edit,
			refused(fault.PayloadTampered).after(whole[:c.chunks*chunkSize]))
	}

	// Another message of the same key, and one of another.
	sibling := quiet(m.inputKey, draw("cobblestone/move sibling salt", 24), m.context, len(whole))
	stranger := quietOf("cobblestone/move stranger", len(whole))
	for _, c := range []struct {
		slug, comment string
		edit          edit
		chunks        int
		name          fault.Name
	}{
		{"chunk-of-sibling", "The second chunk is that of another message of the same key.",
			spliceIn("message", chunkAt(1), sealedSize, sibling.chunks[1]), 1, fault.PayloadTampered},
		{"last-chunk-of-sibling", "The last chunk is that of another message of the same key.",
			spliceIn("message", chunkAt(2), len(chunk(2)), sibling.chunks[2]), 2, fault.PayloadTampered},
		{"prefix-of-sibling",
			"Salt and commitment are those of another message of the same key: they fit, and no chunk does.",
			spliceIn("message", 0, prefixSize, sibling.prefix()), 0, fault.PayloadTampered},
		{"salt-of-sibling", "The salt is that of another message of the same key, and the commitment is not.",
			spliceIn("message", 0, 24, sibling.salt), 0, fault.WrongSecret},
		{"prefix-of-stranger", "Salt and commitment are those of a message of another key.",
			spliceIn("message", 0, prefixSize, stranger.prefix()), 0, fault.WrongSecret},
		{"chunk-of-stranger", "The second chunk is that of a message of another key.",
			spliceIn("message", chunkAt(1), sealedSize, stranger.chunks[1]), 1, fault.PayloadTampered},
	} {
		requirements := "COB-12 COB-13 (long)"
		if c.name == fault.WrongSecret {
			requirements = "COB-11 (long)"
		}
		base.but("move-"+c.slug, requirements, c.comment, c.edit, refused(c.name).after(whole[:c.chunks*chunkSize]))
	}
	// The same key, salt and chunks under other nonces or data: what another
	// reading of the specification would make.
	aead := newAEAD(m.derivedKey)
	at := chunkAt(2)
	for _, c := range []struct {
		slug, comment string
		chunk         []byte
	}{
		{"last-with-additional-data", "The last chunk was sealed with additional data.",
			aead.Seal(nil, m.nonce(2), whole[2*chunkSize:], []byte{1})},
		{"last-with-marked-nonce", "The last chunk was sealed with a nonce that marks the last.",
			aead.Seal(nil, flipped(m.nonce(2), 0, 1), whole[2*chunkSize:], nil)},
		{"last-with-little-endian-nonce", "The last chunk was sealed with its number at the other end of the nonce.",
			aead.Seal(nil, flipped(m.baseNonce, 0, 2), whole[2*chunkSize:], nil)},
	} {
		base.but("move-"+c.slug, "COB-7 COB-12 (long)", c.comment,
			spliceIn("message", at, len(b)-at, c.chunk), refused(fault.PayloadTampered).after(whole[:2*chunkSize]))
	}
}

// flipped returns b with the bits of mask inverted in one byte.
func flipped(b []byte, at int, mask byte) []byte {
	b = slices.Clone(b)
	b[at] ^= mask
	return b
}
