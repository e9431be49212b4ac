package generator

import (
	"bytes"
	"fmt"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

func (m *message) sealInput() vectors.Object {
	return vectors.Object{
		"key": vectors.Bytes(m.inputKey), "salt": vectors.Bytes(m.salt), "context": m.context,
		"plaintext": vectors.Bytes(m.plaintext),
	}
}

func (m *message) openInput() vectors.Object {
	return vectors.Object{"key": vectors.Bytes(m.inputKey), "context": m.context, "message": vectors.Bytes(m.bytes())}
}

// sealedAs adds the sealing of a message, opened its opening.
func (s *suite) sealedAs(slug, requirements, comment string, m *message) {
	s.valid(slug, requirements, comment, "cobblestone.seal", m.sealInput(),
		vectors.Object{"message": vectors.Bytes(m.bytes())}).via(m.intermediates())
}

func (s *suite) openedAs(slug, requirements, comment string, m *message) *made {
	c := s.valid(slug, requirements, comment, "cobblestone.open", m.openInput(),
		vectors.Object{"plaintext": vectors.Bytes(m.plaintext)}).via(m.intermediates())
	c.message = m
	return c
}

// messageOf draws the input key and the salt of a message from a seed.
func messageOf(seed, context string, plaintext []byte) *message {
	return sealed(draw(seed+" key", 32), draw(seed+" salt", 24), context, plaintext)
}

// quietOf is messageOf for n bytes of plaintext that are zero once sealed.
func quietOf(seed string, n int) *message {
	return quiet(draw(seed+" key", 32), draw(seed+" salt", 24), payloadContext, n)
}

// withFullNonce is quietOf with the first seed of which the base nonce's last byte
// is ff: chunk 1 has the nonce ...fe, where a sum would carry.
func withFullNonce(seed string, n int) *message {
	for i := 0; ; i++ {
		numbered := fmt.Sprintf("%s %d", seed, i)
		m := sealed(draw(numbered+" key", 32), draw(numbered+" salt", 24), payloadContext, nil)
		if m.baseNonce[11] == 0xff {
			return quietOf(numbered, n)
		}
	}
}

const payloadContext = "coffer/v1 archive"

func cobblestoneCases(s *suite) {
	salt := make([]byte, 24)
	for i := range salt {
		salt[i] = byte(32 + i)
	}
	example := sealed(counting, salt, "coffer/v1 example", []byte("Coffer"))
	s.sealedAs("seal-example", "COB-2 COB-5 COB-7", "The message of spec section 4.8.", example)
	s.openedAs("open-example", "COB-2 COB-7 COB-11 COB-15", "The message of spec section 4.8.", example)

	messageValues(s)

	opened := map[int]*made{}
	for _, n := range []int{0, 1, 16383, 16384, 16385, 32767, 32768, 32769} {
		slug := fmt.Sprint(n)
		chunks := fmt.Sprintf("%d bytes of plaintext in %d chunks, the last one of %d bytes.", n, n/chunkSize+1,
			n%chunkSize)
		s.sealedAs("seal-"+slug, "COB-2 COB-5 COB-7 (boundary)", chunks,
			messageOf("cobblestone/seal-"+slug, payloadContext, make([]byte, n)))
		if n >= chunkSize {
			chunks += " The base nonce ends in ff: adding a chunk's number to it shows."
		}
		opened[n] = s.openedAs("open-"+slug, "COB-2 COB-7 COB-8 COB-9 COB-15 COB-16 COB-17 (boundary)", chunks,
			withFullNonce("cobblestone/open-"+slug, n))
	}
	cobblestoneContexts(s)
	cobblestoneReads(s)
	cobblestoneSeveralReads(s)
	cobblestoneLarge(s)
	cobblestoneSecrets(s)
	cobblestoneFlips(s, opened[32769])
	cobblestoneCuts(opened[0], opened[16384], opened[32769])
	cobblestoneMoves(opened[32769])
	cobblestoneManyChunks(s)
	cobblestoneTwoKeys(s)
	cobblestoneOrder(s)
}

// cobblestoneContexts are messages whose parameters are unusual.
func cobblestoneContexts(s *suite) {
	text := []byte("a short plaintext")
	for _, c := range []struct{ slug, comment, context string }{
		{"context-empty", "A context without a byte.", ""},
		{"context-keyring", "The context of a keyring.", "coffer/v1 keyring"},
		{"context-with-nul", "A context with bytes of zero, which end nothing.", "coffer\x00v1\x00"},
		{"context-long", "A context longer than a block of the hash.", string(bytes.Repeat([]byte("context "), 40))},
		{"context-utf-8", "A context outside ASCII, in UTF-8.", "coffre \u00e0 cl\u00e9 \U0001f511"},
	} {
		m := messageOf("cobblestone/"+c.slug, c.context, text)
		s.sealedAs("seal-"+c.slug, "COB-2", c.comment, m)
		s.openedAs("open-"+c.slug, "COB-2 COB-11", c.comment, m)
	}
}

// partOf is the output of cobblestone.read.
func partOf(m *message, offset, length int) vectors.Object {
	return vectors.Object{"plaintext": vectors.Bytes(m.plaintext[offset : offset+length])}
}

// cobblestoneReads are parts of messages.
func cobblestoneReads(s *suite) {
	read := func(slug, requirements, comment string, m *message, offset, length int) *made {
		input := m.openInput()
		input["offset"], input["length"] = offset, length
		return s.valid("read-"+slug, requirements, comment, "cobblestone.read", input,
			partOf(m, offset, length)).via(m.intermediates())
	}
	three := quietOf("cobblestone/read", 2*chunkSize+100)
	for _, c := range []struct {
		slug, comment  string
		offset, length int
	}{
		{"first-byte", "The first byte.", 0, 1},
		{"nothing", "No byte, at the beginning.", 0, 0},
		{"nothing-at-end", "No byte, at the end.", 2*chunkSize + 100, 0},
		{"last-byte", "The last byte.", 2*chunkSize + 99, 1},
		{"last-byte-of-chunk", "The last byte of the first chunk.", chunkSize - 1, 1},
		{"first-byte-of-chunk", "The first byte of the second chunk.", chunkSize, 1},
		{"across-chunks", "Two bytes, one on each side of a chunk's end.", chunkSize - 1, 2},
		{"across-last-chunk", "Bytes on both sides of the beginning of the last chunk.", 2*chunkSize - 50, 100},
		{"last-chunk", "The whole last chunk.", 2 * chunkSize, 100},
		{"within-chunk", "A few bytes in the middle.", 20000, 64},
	} {
		read(c.slug, "COB-19 COB-7 (long boundary)", c.comment, three, c.offset, c.length)
	}
	all := quietOf("cobblestone/read-all", chunkSize+1)
	read("all", "COB-19 (long)", "A plaintext of two chunks, the whole of it.", all, 0, chunkSize+1)
	sixteen := quietOf("cobblestone/read-16-chunks", 16*chunkSize-1)
	read("16-chunks-first", "COB-19 (long boundary)",
		"Sixteen chunks, the last one as long as it can be: the first bytes.", sixteen, 0, 40)
	read("16-chunks-last", "COB-19 (long boundary)",
		"Sixteen chunks, the last one as long as it can be: the last bytes.", sixteen, 16*chunkSize-41, 40)
	seventeen := quietOf("cobblestone/read-17-chunks", 16*chunkSize)
	read("17-chunks-middle", "COB-19 (long boundary)",
		"Seventeen chunks, the last one empty: bytes around the end of the eighth.", seventeen, 8*chunkSize-20, 40)
	last := read("17-chunks-last", "COB-19 (long boundary)", "Seventeen chunks, the last one empty: the last bytes.",
		seventeen, 16*chunkSize-40, 40)

	last.but("read-17-chunks-without-last", "COB-9 COB-19 (long cut boundary)",
		"The empty last chunk is missing, and with it the proof that the end is the end.",
		cutTo("message", chunkAt(16)), refused(fault.Truncated))
	last.but("read-17-chunks-last-tag", "COB-12 COB-19 (long)",
		"The tag of the empty last chunk is altered: no byte of another is released.",
		flip("message", -1, 1), refused(fault.PayloadTampered))
	first := read("three-chunks", "COB-19 (long)", "A part of the first chunk, in a message of three.", three, 100, 20)
	first.but("read-before-damage", "COB-19 COB-12 (long)",
		"The second chunk is damaged: a part of the first one is what it was.",
		flip("message", chunkAt(1), 1), accepted(first.Output))
	second := read("second-chunk", "COB-19 (long)", "A part of the second chunk, in a message of three.", three,
		chunkSize+100, 20)
	second.but("read-behind-damage", "COB-19 (long)",
		"The first chunk is damaged: a part of the second one, which is at its place, is what it was.",
		flip("message", chunkAt(0), 1), accepted(second.Output))
	second.but("read-in-last-byte-of-chunk", "COB-12 COB-13 (long boundary)",
		"The last byte of the second chunk's tag is altered.",
		flip("message", chunkAt(2)-1, 0x80), refused(fault.PayloadTampered))
	first.but("read-before-swap", "COB-19 COB-12 (long)",
		"The first two chunks are exchanged: neither is at its place.",
		swap("message", chunkAt(0), chunkAt(1), sealedSize), refused(fault.PayloadTampered))
	first.but("read-in-damage", "COB-12 (long)", "The first chunk is damaged, far from the bytes that are read.",
		flip("message", chunkAt(0)+16000, 1), refused(fault.PayloadTampered))
	first.but("read-last-chunk-damaged", "COB-12 COB-19 (long)",
		"The last chunk is damaged: no byte of the first is released.",
		flip("message", chunkAt(2), 1), refused(fault.PayloadTampered))
	first.but("read-cut", "COB-12 COB-19 (long cut)", "The last chunk lacks a byte: no byte of the first is released.",
		cutTo("message", len(three.bytes())-1), refused(fault.PayloadTampered))
	first.but("read-without-last-chunk", "COB-9 COB-19 (long cut boundary)", "The last chunk is missing.",
		cutTo("message", chunkAt(2)), refused(fault.Truncated))
	first.but("read-two-chunks-left", "COB-12 COB-19 (long cut boundary)",
		"The second chunk lacks its last byte, and stands last.",
		cutTo("message", chunkAt(2)-1), refused(fault.PayloadTampered))
	first.but("read-extended-to-full-chunk", "COB-9 (long extended boundary)",
		"The last chunk is filled up with zeros: no message has such a length.",
		extend("message", make([]byte, chunkAt(3)-len(three.bytes()))), refused(fault.Truncated))
	first.but("read-extended-to-full-chunk-and-15", "COB-9 (long extended boundary)",
		"The last chunk is filled up, and 15 bytes follow: fewer than a tag.",
		extend("message", make([]byte, chunkAt(3)+15-len(three.bytes()))), refused(fault.Truncated))
	first.but("read-wrong-key", "COB-11 (wrong-secret)", "Another key.", flip("key", 0, 1), refused(fault.WrongSecret))
}
