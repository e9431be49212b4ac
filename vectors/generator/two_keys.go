package generator

import (
	"crypto/aes"
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
)

// AES-GCM does not commit to its key: for two keys there are ciphertexts that
// both open, to different plaintexts. Only the commitment tells which one sealed
// them.

// element is an element of GF(2^128) as GCM has it (NIST SP 800-38D, section
// 6.3): the first bit is the coefficient of 1.
type element struct{ hi, lo uint64 }

func elementOf(block []byte) element {
	return element{binary.BigEndian.Uint64(block), binary.BigEndian.Uint64(block[8:])}
}

func (x element) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, x.hi), x.lo)
}

func (x element) plus(y element) element { return element{x.hi ^ y.hi, x.lo ^ y.lo} }

func (x element) times(y element) element {
	var z element
	for i := range 128 {
		word := x.hi
		if i >= 64 {
			word = x.lo
		}
		if word>>(63-i%64)&1 == 1 {
			z = z.plus(y)
		}
		carry := y.lo & 1
		y = element{y.hi >> 1, y.lo>>1 | y.hi<<63}
		if carry == 1 {
			y.hi ^= 0xe1 << 56
		}
	}
	return z
}

// inverse is x^(2^128 - 2).
func (x element) inverse() element {
	z, power := element{hi: 1 << 63}, x
	for range 127 {
		power = power.times(power)
		z = z.times(power)
	}
	return z
}

// tagOf is GCM's tag of a ciphertext of whole blocks without additional data,
// and the hash key with which it was made.
func (m *message) tagOf(ciphertext []byte) (tag, h element) {
	block, err := aes.NewCipher(m.derivedKey)
	if err != nil {
		panic(err) // unreachable: the key has 32 bytes
	}
	hash, mask := make([]byte, 16), make([]byte, 16)
	block.Encrypt(hash, hash)
	block.Encrypt(mask, append(m.nonce(0), 0, 0, 0, 1))
	h = elementOf(hash)
	for at := 0; at < len(ciphertext); at += 16 {
		tag = tag.plus(elementOf(ciphertext[at:])).times(h)
	}
	tag = tag.plus(element{lo: uint64(len(ciphertext)) * 8}).times(h)
	return tag.plus(elementOf(mask)), h
}

// underBoth returns a chunk of n whole blocks that opens under the keys of both
// messages as their only chunk. All blocks but the last are zeros; the last is
// the one for which the two tags are equal.
func underBoth(a, b *message, n int) []byte {
	ciphertext := make([]byte, 16*n)
	tagA, hA := a.tagOf(ciphertext)
	tagB, hB := b.tagOf(ciphertext)
	// The last block is multiplied by the square of the hash key.
	last := tagA.plus(tagB).times(hA.times(hA).plus(hB.times(hB)).inverse())
	copy(ciphertext[16*(n-1):], last.bytes())
	tag, _ := a.tagOf(ciphertext)
	return append(ciphertext, tag.bytes()...)
}

// openOnly makes the message one of a single chunk, which it must open.
func (m *message) openOnly(s *suite, chunk []byte) {
	plaintext, err := newAEAD(m.derivedKey).Open(nil, m.nonce(0), chunk, nil)
	if err != nil {
		s.fail("two keys", "the chunk does not open under both keys")
	}
	m.plaintext, m.chunks = plaintext, [][]byte{chunk}
}

// cobblestoneTwoKeys is a chunk that opens under two input keys.
func cobblestoneTwoKeys(s *suite) {
	a := messageOf("cobblestone/two-keys", payloadContext, nil)
	b := sealed(draw("cobblestone/two-keys other key", 32), a.salt, payloadContext, nil)
	chunk := underBoth(a, b, 4)
	a.openOnly(s, chunk)
	b.openOnly(s, chunk)
	const requirements = "COB-2 COB-11 (wrong-secret)"
	one := s.openedAs("two-keys-first", "COB-2 COB-11",
		"A message whose chunk opens under two keys, with the commitment of the first.", a)
	two := s.openedAs("two-keys-second", "COB-2 COB-11", "The same chunk, with the commitment of the second key.", b)
	one.but("two-keys-first-with-second", requirements,
		"The second key, under which the chunk opens: the commitment is that of the first.", replace("key", b.inputKey),
		refused(fault.WrongSecret))
	two.but("two-keys-second-with-first", requirements,
		"The first key, under which the chunk opens: the commitment is that of the second.", replace("key", a.inputKey),
		refused(fault.WrongSecret))
	one.but("two-keys-commitment-exchanged", "COB-11",
		"The commitment is that of the second key, and the chunk opens under the first.",
		spliceIn("message", 24, 32, b.commitment), refused(fault.WrongSecret))
	input := a.openInput()
	input["offset"], input["length"] = 5, 20
	s.valid("two-keys-read", "COB-11 COB-19", "A part of the same message.", "cobblestone.read", input,
		partOf(a, 5, 20)).via(a.intermediates()).
		but("two-keys-read-with-second", requirements, "A part, read with the second key.", replace("key", b.inputKey),
			refused(fault.WrongSecret))
}

// slotTwoPasswords is a password slot whose sealed key opens under two passwords:
// whoever had it opened could try two at once.
func slotTwoPasswords(s *suite) {
	const first, second = "correct horse battery staple", "incorrect horse battery staple"
	a := passwordSlot("slot/two-passwords", make([]byte, 32), first, cheap)
	b := passwordSlot("slot/two-passwords", make([]byte, 32), second, cheap)
	chunk := underBoth(a.key, b.key, 2)
	for _, slot := range []*slotBox{a, b} {
		slot.key.openOnly(s, chunk)
		slot.body = slices.Concat(slot.body[:atPasswordSealed], slot.key.bytes())
	}
	s.opened("two-passwords", "SLT-6 SLT-7",
		"A slot whose sealed chunk opens under two passwords, with the commitment of the first.", a.key.plaintext, a).
		but("two-passwords-second", "SLT-6 SLT-7 (wrong-secret)",
			"The second password, under which the chunk opens: the commitment is that of the first.",
			replace("secret.password", []byte(second)), refused(fault.WrongSecret))
}

// payloadTwoKeys is a container under one key, of which the payload opens under
// another, too, whose header is right.
func payloadTwoKeys(s *suite) {
	const seed = "container/two-keys"
	b := archiveOf(seed)
	other := draw(seed+" other key", 32)
	under := sealed(derive(other, "payload"), b.payload.salt, payloadContext, nil)
	chunk := underBoth(b.payload, under, 16)
	b.payload.openOnly(s, chunk)
	under.openOnly(s, chunk)
	own := s.unlocked("two-keys", "HDR-18 HDR-20",
		"A container whose chunk opens under two keys. It holds no archive: unlocking does not see it.", b, b.withKey())
	own.but("two-keys-with-second", "HDR-18 COB-11 (wrong-secret)",
		"The second key, under which the chunk opens: neither the key check nor the commitment is its own.",
		replace("secret.key", other), refused(fault.WrongSecret))
	stranger := b.clone()
	stranger.key, stranger.keyCheck = other, derive(other, "key check")
	stranger.payload = under
	stranger.commitment = under.commitment
	stranger.sign()
	s.unlocked("two-keys-other", "HDR-18 HDR-20", "The same chunk in a container under the second key.", stranger,
		stranger.withKey()).
		but("two-keys-commitment-of-first", "HDR-20 COB-11 (resealed)",
			"The header is that of the second key, under which the chunk opens, and the commitment that of the first.",
			resign(func(box *box) { box.commitment = b.payload.commitment }), refused(fault.PayloadTampered))
}
