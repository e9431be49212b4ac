package generator

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

const magic = "\x89CFR\r\n\x1a\n"

// The purposes of spec section 7.1.
const (
	purposeArchive = 1
	purposeKeyring = 2
)

// box is a container with every intermediate value. It is made here without the
// reference.
type box struct {
	seed string
	key  []byte

	magic    string
	version  int
	purpose  byte
	keyCheck []byte
	slots    []*slotBox
	slotsEnd []byte // behind the last slot, within the vector
	digest   []byte
	mac      []byte

	payload    *message
	commitment []byte // as it stands in the payload
	plain      *plain // of an archive
	ring       *ring  // of a keyring
}

// newBox returns a container without slots and payload. Its key and its salt
// are drawn from the seed.
func newBox(seed string, purpose byte) *box {
	b := &box{seed: seed, key: draw(seed+" key", 32), magic: magic, version: 1, purpose: purpose}
	b.rekey(b.key, draw(seed+" payload salt", 24))
	return b
}

// rekey makes the container one under the given key and payload salt.
func (b *box) rekey(key, salt []byte) {
	context := "coffer/v1 archive"
	if b.purpose == purposeKeyring {
		context = "coffer/v1 keyring"
	}
	b.key, b.keyCheck = key, derive(key, "key check")
	b.payload = sealed(derive(key, "payload"), salt, context, nil)
	b.commitment = b.payload.commitment
}

// derive is Derive(K, label) of spec section 3.2.
func derive(key []byte, label string) []byte {
	return hmacSHA512(key, []byte("coffer/v1 "+label), []byte{1})[:32]
}

// archiveOf returns a stand-alone archive of the frames, opened by its key.
func archiveOf(seed string, frames ...frame) *box {
	b := newBox(seed, purposeArchive)
	b.plain = newPlain(b.payload.salt, frames)
	b.finish()
	return b
}

// finish lays the plaintext out, fills the quiet contents, seals and signs.
func (b *box) finish() {
	if b.plain != nil {
		b.plain.layOut()
		b.hush()
	}
	b.seal()
	b.sign()
}

// hush gives the quiet frames the keystream of their place as content.
func (b *box) hush() {
	for i := range b.plain.frames {
		if f := &b.plain.frames[i]; f.quiet {
			f.content, f.quiet = b.payload.keystream(int64(b.plain.contentAt(i)), len(f.content)), false
		}
	}
}

// seal seals the plaintext again, under the same key and salt.
func (b *box) seal() {
	switch {
	case b.plain != nil:
		b.payload.seal(b.plain.bytes())
	case b.ring != nil:
		b.payload.seal(b.ring.bytes())
	}
}

// sign computes the digest and the MAC again.
func (b *box) sign() {
	b.digestAgain()
	b.signDigest()
}

// signDigest computes the MAC again, over the digest as it stands.
func (b *box) signDigest() {
	b.mac = hmacSHA512(derive(b.key, "header"), b.signed(), b.digest, b.payloadPrefix())
}

// digestAgain computes the digest alone, as somebody can who does not know the key.
func (b *box) digestAgain() {
	sum := sha512.Sum512(append(b.signed(), b.payloadPrefix()...))
	b.digest = sum[:8]
}

// signed returns the header up to the slots.
func (b *box) signed() []byte { return bytes.Join(b.headerPieces(), nil) }

func (b *box) headerPieces() [][]byte {
	var slots []byte
	for _, s := range b.slots {
		slots = append(slots, s.bytes()...)
	}
	slots = append(slots, b.slotsEnd...)
	return [][]byte{slices.Concat([]byte(b.magic), u16(b.version), []byte{b.purpose}, b.keyCheck), u16(len(slots)),
		slots}
}

func (b *box) payloadPrefix() []byte { return slices.Concat(b.payload.salt, b.commitment) }

// headerSize is the offset of the payload.
func (b *box) headerSize() int { return len(b.signed()) + 72 }

// pieces returns the container in parts, of which there are always as many.
func (b *box) pieces() [][]byte {
	return append(b.headerPieces(), b.digest, b.mac, b.payloadPrefix(), bytes.Join(b.payload.chunks, nil))
}

// chunkPieces is pieces with every chunk by itself.
func (b *box) chunkPieces() [][]byte {
	all := b.pieces()
	return append(all[:len(all)-1], b.payload.chunks...)
}

// damage inverts a bit of a chunk.
func (b *box) damage(chunk int) {
	b.payload.chunks = slices.Clone(b.payload.chunks)
	b.payload.chunks[chunk] = flipped(b.payload.chunks[chunk], 0, 1)
}

// cutOnlyChunk keeps the first n bytes of the payload, which has one chunk.
func (b *box) cutOnlyChunk(n int) {
	b.payload.chunks = [][]byte{b.payload.chunks[0][:n-prefixSize]}
}

func (b *box) bytes() []byte { return bytes.Join(b.pieces(), nil) }

func (b *box) clone() *box {
	c := *b
	payload := *b.payload
	c.payload, c.keyCheck, c.commitment = &payload, slices.Clone(b.keyCheck), slices.Clone(b.commitment)
	c.digest, c.mac = slices.Clone(b.digest), slices.Clone(b.mac)
	c.slots = nil
	for _, s := range b.slots {
		copied := *s
		copied.body = slices.Clone(s.body)
		c.slots = append(c.slots, &copied)
	}
	if b.plain != nil {
		c.plain = b.plain.clone()
	}
	if b.ring != nil {
		c.ring = b.ring.clone()
	}
	return &c
}

func (b *box) plaintextPieces() [][]byte {
	if b.plain != nil {
		return b.plain.pieces()
	}
	return b.ring.pieces()
}

// withKey is the secret that opens the container without a slot.
func (b *box) withKey() vectors.Object { return keySecret(b.key) }

func keySecret(key []byte) vectors.Object {
	return vectors.Object{"kind": "key", "key": vectors.Bytes(key)}
}

// input is what the ops on containers are given.
func (b *box) input(secret vectors.Object) vectors.Object {
	return vectors.Object{"container": vectors.Bytes(b.bytes()), "secret": secret}
}

// longPlaintext is the length from which intermediates have a digest of the
// plaintext instead of itself.
const longPlaintext = 2048

func (b *box) intermediates() vectors.Object {
	o := b.payload.intermediates()
	o["key_check"] = vectors.Bytes(derive(b.key, "key check"))
	o["header_key"] = vectors.Bytes(derive(b.key, "header"))
	o["payload_key"] = vectors.Bytes(b.payload.inputKey)
	o["digest"], o["mac"] = vectors.Bytes(b.digest), vectors.Bytes(b.mac)
	if p := b.payload.plaintext; len(p) < longPlaintext {
		o["plaintext"] = vectors.Bytes(p)
	} else {
		o["plaintext_length"], o["plaintext_sha512"] = vectors.Bytes(u64(uint64(len(p)))), vectors.Bytes(sha512Of(p))
	}
	return o
}

// describe is the output of header.read.
func (b *box) describe() vectors.Object {
	slots := []any{}
	for _, s := range b.slots {
		slots = append(slots, s.describe())
	}
	return vectors.Object{
		"version": b.version, "purpose": int(b.purpose), "key_check": vectors.Bytes(b.keyCheck),
		"fingerprint": fingerprint(b.keyCheck), "slots": slots, "digest": vectors.Bytes(b.digest),
		"mac": vectors.Bytes(b.mac), "container_id": vectors.Bytes(b.payload.salt), "payload_offset": b.headerSize(),
	}
}

func fingerprint(check []byte) string {
	return fmt.Sprintf("%s-%s", hex.EncodeToString(check[:2]), hex.EncodeToString(check[2:4]))
}
