package dissect

import (
	"crypto/sha512"
	"fmt"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
)

// parts says where the parts of the container lie, and checks what needs no secret.
func (t *tracer) parts() {
	t.part = "From the file to its parts"
	digest, mac := t.field("digest", "digest"), t.field("mac", "mac")
	beginning := t.in("payload[0..56]: salt and commitment", t.Payload, cobblestone.PrefixSize)
	s := number(t.fields, "slots")
	out := []Value{t.in("slots", slotsAt, s), digest, mac, beginning}
	if s == 0 {
		out = out[1:]
	}
	t.add(Step{Title: "Where the parts lie", Section: "7.1", Requirement: "HDR-10", Formula: "payload = 45 + S + 8 + 64; sealed chunk i = payload + 56 + 16400 i",
		Text: fmt.Sprintf("Fields follow each other without gaps, so their lengths say where they lie. Magic, version, purpose and key check take 8 + 2 + 1 + 32 bytes, and the length S of the slots 2: the slots begin at 45. Here S is %d, so the digest lies at 45 + %d = %d, the MAC 8 bytes further on at %d, and the payload 64 bytes further on at %d. The payload goes on to the end of the file: a salt of 24 bytes, a commitment of 32, and from %d on the sealed chunks.",
			s, s, digest.Offset, mac.Offset, t.Payload, t.Payload+cobblestone.PrefixSize),
		In: []Value{t.in(fmt.Sprintf("S = %d", s), slotsAt-2, 2)}, Out: out})

	prefix := t.in("prefix: everything before the digest", 0, digest.Offset)
	sum := sha512.Sum512(append(append([]byte{}, t.data[:digest.Offset]...), t.data[t.Payload:t.Payload+cobblestone.PrefixSize]...))
	t.compare(Step{Title: "Was there an accident?", Section: "7.2", Requirement: "HDR-13", Formula: "digest = SHA-512(prefix || payload[0..56])[0..8]",
		Text: "A reader checks magic, version, lengths and this digest before it asks for a secret, since they need none (section 11.2). So anybody can forge the digest: it finds accidents, and no attack.",
		In:   []Value{prefix, beginning}, Out: []Value{computed("digest, computed", sum[:8])}}, sum[:8], digest)
}

// slotsAt is where the slots of a header begin.
const slotsAt = 45

// header authenticates the header.
func (t *tracer) header() {
	t.part = "From K to an authentic header"
	step, check := t.derive(Step{Title: "Is it the key of this container?"}, key.LabelKeyCheck, "key check")
	step.Requirement, step.Text = "SLT-9", "The key check in the header shows everybody which key the container wants, and K cannot be computed from it. The slot has opened, so the secret was right: a difference means that the header was changed."
	if t.given.slot == nil {
		step.Requirement, step.Text = "HDR-18", "The key check in the header shows everybody which key the container wants, and K cannot be computed from it. No slot vouches for a 64-digit key: a difference means a wrong key, unless the commitment of the payload fits it; then the header was changed."
	}
	t.compare(step, check, t.field("key_check", "key_check"))

	step, headerKey := t.derive(Step{Title: "The key of the header", Requirement: "KEY-3", Common: []string{"Each use has a key of its own, and none of them tells anything of another or of K."}}, key.LabelHeader, "header key")
	t.add(step)
	digest, macAt := t.field("digest", "digest"), t.field("mac", "mac")
	wanted := mac(headerKey, t.data[:macAt.Offset], t.data[t.Payload:t.Payload+cobblestone.PrefixSize])
	t.compare(Step{Title: "Is the header authentic?", Section: "7.2", Requirement: "HDR-19", Formula: "mac = HMAC-SHA-512(key = header key, prefix || digest || payload[0..56])",
		Text: "Every byte before the chunks goes in, but for the MAC itself: it finds changes, since whoever does not know K can change none of them unnoticed. Salt and commitment of the payload are among them, so that no header goes with another payload.",
		In:   []Value{computed("header key", headerKey), t.in("prefix: everything before the digest", 0, digest.Offset), digest, t.in("payload[0..56]: salt and commitment", t.Payload, cobblestone.PrefixSize)},
		Out:  []Value{computed("mac, computed", wanted)}}, wanted, macAt)
}

// payload derives what the payload is sealed with.
func (t *tracer) payload() {
	step, payloadKey := t.derive(Step{Title: "The key of the payload", Requirement: "KEY-3", Text: "It comes from K in the same way, with another label."}, key.LabelPayload, "payload key")
	t.add(step)
	context := t.Opened.header.Purpose.Context()
	t.derived = t.message("the payload", Step{Requirement: "HDR-20",
		Common: []string{"K is known to be right, and salt and commitment are authentic, with the header. So a difference cannot mean a wrong secret: the payload is not the one of this header, that is, it was not sealed under this K for this purpose."}},
		computed("payload key", payloadKey), written("context", context), t.Payload)
}

// last is the number of the last chunk of the payload.
func (t *tracer) last() int64 { return t.Plaintext / cobblestone.ChunkSize }

// sealed returns where the ciphertext of a chunk of the payload lies.
func (t *tracer) sealed(i int64) (offset, length int64) {
	return t.Payload + cobblestone.PrefixSize + i*cobblestone.SealedChunkSize, min(cobblestone.ChunkSize, t.Plaintext-i*cobblestone.ChunkSize)
}

// lastFormula says which chunk is the last, and where it lies.
func (t *tracer) lastFormula() string {
	file, i := int64(len(t.data)), t.last()
	offset, length := t.sealed(i)
	sealed := file - t.Payload - cobblestone.PrefixSize
	return fmt.Sprintf("sealed chunks, together = file - payload - 56 = %d - %d - 56 = %d bytes; last = floor(%d / 16400) = %d; sealed chunk %d = %d mod 16400 = %d bytes from payload + 56 + 16400 × %d = %d on; chunk %d = %d - 16 = %d bytes",
		file, t.Payload, sealed, sealed, i, i, sealed, length+cobblestone.TagSize, i, offset, i, length+cobblestone.TagSize, length)
}

// chunks opens chunks of the payload, each once.
func (t *tracer) chunks(numbers ...int64) {
	for _, i := range numbers {
		if t.opened[i] {
			continue
		}
		t.opened[i] = true
		offset, length := t.sealed(i)
		step := Step{Title: fmt.Sprintf("Open chunk %d", i), Requirement: "COB-12",
			Common: []string{"The tag vouches for every byte of the chunk, and the nonce for its place: a chunk that was changed or moved does not open."}}
		if i == t.last() {
			step.Title += ", the last"
			if i == 0 {
				step.Title = "Open chunk 0, the only one"
			}
			step.Common = append(step.Common, "No flag marks the last chunk: all chunks before it have 16\u202f384 bytes, and it has fewer, possibly none (then only its tag is there). So the length of the file says which chunk is the last and where it lies. A file that ends with a whole chunk, or with fewer than 16 bytes after one, has been cut and is refused; after any other cut what is left of a chunk does not open.")
		}
		step = t.chunk(step, &t.derived, i, offset, length, placed(fmt.Sprintf("chunk %d of the plaintext", i), "plaintext", t.plaintext, i*cobblestone.ChunkSize, length))
		if i == t.last() {
			step.Formula = t.lastFormula() + "; " + step.Formula
		}
		t.add(step)
	}
}
