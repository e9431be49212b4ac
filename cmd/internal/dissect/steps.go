package dissect

import (
	"crypto/hmac"
	"crypto/sha512"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/spec/annotate"
)

// Steps returns what is computed from what on the way from the secret to the plaintext,
// and from the end of the plaintext to an entry. Error: that of the secret.
func (o *Opened) Steps() ([]Step, error) {
	t := &tracer{Opened: o, part: "From the secret to K"}
	var err error
	if t.fields, err = annotate.Container(strings.NewReader(string(o.data)), int64(len(o.data))); err != nil {
		return nil, err
	}
	if o.given.slot != nil {
		if err := t.slot(); err != nil {
			return nil, err
		}
	} else {
		t.add(Step{Title: "The 64-digit key is K", Section: "3.3", Requirement: "KEY-6", Formula: "K = the 64 digits, without spaces and line feeds",
			Text: "Two digits are a byte. Nothing is derived: whoever has the digits has the key.",
			Out:  []Value{computed("K", o.key[:])}})
	}
	t.header()
	t.payload()
	if o.Purpose == header.Archive.String() && o.plaintext != nil {
		t.archive()
	}
	return t.steps, nil
}

// tracer collects steps.
type tracer struct {
	*Opened
	fields []annotate.Field // of the container
	part   string
	steps  []Step
}

func (t *tracer) add(s Step) {
	s.Part = t.part
	t.steps = append(t.steps, s)
}

// in returns a part of the container.
func (t *tracer) in(name string, offset, length int64) Value {
	return placed(name, "container", t.data, offset, length)
}

// field returns the fields of the container whose names begin with prefix.
func (t *tracer) field(name, prefix string) Value {
	r := spanOf(t.fields, prefix)
	return t.in(name, r.Offset, r.Length)
}

// slot computes K from the secret of a slot.
func (t *tracer) slot() error {
	inputKey, err := t.given.inputKey()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("slots[%d]", t.given.number)
	body := name + ".body."
	switch s := t.given.slot.(type) {
	case *slot.Password:
		t.add(Step{Title: "Stretch the password", Section: "6.3", Requirement: "SLT-10", Formula: "input key = Argon2id(P = prepared password, S = salt, m = memory_kib, t = passes, p = lanes, T = 32)",
			Text: "Chapter 5 makes the same bytes of a password on every device. Argon2id then makes each guess cost memory and time: whoever has the container can guess as long as they like.",
			In: []Value{said("password", "what was typed, prepared"), t.field("salt", body+"salt"), t.field("memory_kib = "+fmt.Sprint(s.Params.MemoryKiB), body+"memory_kib"),
				t.field("passes = "+fmt.Sprint(s.Params.Passes), body+"passes"), t.field("lanes = "+fmt.Sprint(s.Params.Lanes), body+"lanes")},
			Out: []Value{computed("input key", inputKey)}})
	case *slot.Passkey:
		t.add(Step{Title: "Take what the passkey gave", Section: "6.5", Requirement: "SLT-17", Formula: `input key = HMAC-SHA-512(key = PRF output, "coffer/v1 passkey slot" || 0x01)[0..32]`,
			Text: "The passkey computes its PRF of the slot's salt; only it can.",
			In:   []Value{said("PRF output", "32 bytes from the passkey"), t.field("salt, the PRF's input", body+"salt"), computed("label", []byte("coffer/v1 passkey slot\x01"))},
			Out:  []Value{computed("input key", inputKey)}})
	case *slot.Vault:
		t.add(Step{Title: "Take what the vault helped to compute", Section: "6.4", Requirement: "SLT-14", Formula: `input key = HMAC-SHA-512(key = export_key, "coffer/v1 vault slot" || 0x01)[0..32]`,
			Text: "The export key comes from an OPAQUE login; the vault counts the tries and learns neither it nor the password.",
			In:   []Value{said("export_key", "64 bytes from the login"), computed("label", []byte("coffer/v1 vault slot\x01"))},
			Out:  []Value{computed("input key", inputKey)}})
	}
	sealed := spanOf(t.fields, body+"sealed_key.")
	context := slot.Context(t.given.slot)
	bodyAt := spanOf(t.fields, name+".type")
	t.add(Step{Title: "Bind the slot's fields", Section: "6.2", Formula: `context = "coffer/v1 slot" || type || every field of the body before sealed_key`,
		Text: "Whoever changes one of these fields changes the context, and with it every value below: the sealed key then opens no more.",
		In:   []Value{written("label", "coffer/v1 slot"), t.in("type", bodyAt.Offset, 2), t.in("fields before sealed_key", bodyAt.Offset+4, sealed.Offset-bodyAt.Offset-4)},
		Out:  []Value{computed("context", []byte(context))}})
	message := t.data[sealed.Offset : sealed.Offset+sealed.Length]
	d := t.message("the sealed key", "SLT-6", inputKey, "input key", sealed.Offset, context)
	t.add(t.chunk("Open the sealed key", "SLT-8", "What was sealed is K, the backup key. From here on all secrets lead the same way.", &d, sealed.Offset, 0, int64(len(message))-cobblestone.PrefixSize, computed("K", t.key[:])))
	return nil
}

const c2sp = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"

// message derives what a message at an offset is sealed with and compares its commitment.
func (t *tracer) message(what, requirement string, inputKey []byte, inputName string, offset int64, context string) cobblestone.Derived {
	salt := t.data[offset : offset+cobblestone.SaltSize]
	d := cobblestone.Derive(inputKey, salt, context)
	saltAt := t.in("salt", offset, cobblestone.SaltSize)
	t.add(Step{Title: "Derive what " + what + " is sealed with", Section: "4.2", Requirement: "COB-2",
		Formula: `key[32] || base_nonce[12] || commitment[32] = HKDF-Expand(PRK = input key, info = "` + c2sp + `" || 0x00 || salt || context, L = 76)`,
		Text:    "HKDF-Expand is two runs of HMAC-SHA-512 under the input key: T1 = HMAC(info || 0x01), T2 = HMAC(T1 || info || 0x02); the first 76 of their 128 bytes are the result.",
		In:      append([]Value{computed(inputName, inputKey), saltAt, written("context", context)}, expanded(inputKey, salt, context)...),
		Out:     []Value{computed("key", d.Key[:]), computed("base nonce", d.BaseNonce[:]), computed("commitment", d.Commitment[:])}})
	found := t.in("commitment in the message", offset+cobblestone.SaltSize, cobblestone.CommitmentSize)
	t.add(Step{Title: "Does the key fit " + what + "?", Section: "4.5", Requirement: requirement, Formula: "commitment = the one that was derived",
		Text: "This tells a wrong secret from damage before anything is opened.",
		In:   []Value{computed("derived", d.Commitment[:]), found}, Out: []Value{},
	}.compare(d.Commitment[:], t.data[found.Offset:found.Offset+found.Length]))
	return d
}

// expanded returns the intermediate values of HKDF-Expand.
func expanded(inputKey, salt []byte, context string) []Value {
	info := append(append([]byte(c2sp+"\x00"), salt...), context...)
	t1 := mac(inputKey, info, []byte{1})
	t2 := mac(inputKey, t1, info, []byte{2})
	return []Value{computed("info", info), computed("T1", t1), computed("T2", t2)}
}

func mac(secret []byte, parts ...[]byte) []byte {
	m := hmac.New(sha512.New, secret)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// chunk opens chunk i of the message at an offset, whose sealed chunks have length bytes.
func (t *tracer) chunk(title, requirement, text string, d *cobblestone.Derived, offset, i, length int64, out Value) Step {
	at := offset + cobblestone.PrefixSize + i*cobblestone.SealedChunkSize
	n := min(cobblestone.SealedChunkSize, length-i*cobblestone.SealedChunkSize)
	nonce := d.BaseNonce
	for j := 0; j < 8; j++ {
		nonce[11-j] ^= byte(i >> (8 * j))
	}
	return Step{Title: title, Section: "4.3", Requirement: requirement, Text: text,
		Formula: fmt.Sprintf("chunk %d = AES-256-GCM-open(key, nonce = base_nonce XOR %d, sealed chunk %d, additional data = \"\")", i, i, i),
		In: []Value{computed("key", d.Key[:]), computed(fmt.Sprintf("nonce of chunk %d", i), nonce[:]),
			t.in("ciphertext", at, n-cobblestone.TagSize), t.in("tag", at+n-cobblestone.TagSize, cobblestone.TagSize)},
		Out: []Value{out}}
}

// derive adds the derivation of a key from K.
func (t *tracer) derive(title, text, label, name string) []byte {
	out := t.key.Derive(label)
	t.add(Step{Title: title, Section: "3.2", Requirement: "KEY-3", Text: text, Formula: fmt.Sprintf(`Derive(K, %q) = HMAC-SHA-512(key = K, "coffer/v1 " || %q || 0x01)[0..32]`, label, label),
		In:  []Value{computed("K", t.key[:]), computed("what is hashed", []byte("coffer/v1 "+label+"\x01")), computed("all 64 bytes", mac(t.key[:], []byte("coffer/v1 "+label+"\x01")))},
		Out: []Value{computed(name, out[:])}})
	return out[:]
}

// header authenticates the header.
func (t *tracer) header() {
	t.part = "From K to an authentic header"
	check := t.derive("Which key is it?", "The key check is in the header, for everybody to see; it tells which key opens the container, and nothing about the key.", key.LabelKeyCheck, "key check")
	found := t.field("key_check", "key_check")
	t.add(Step{Title: "Is it the key of this container?", Section: "7.4", Requirement: "HDR-18", Formula: `key_check = Derive(K, "key check")`,
		Text: "If not, the secret is wrong, and the file is not to blame.",
		In:   []Value{computed("derived", check), found}, Out: []Value{}}.compare(check, t.data[found.Offset:found.Offset+found.Length]))

	digest, macAt := t.field("digest", "digest"), t.field("mac", "mac")
	prefix, beginning := t.in("prefix: everything before the digest", 0, digest.Offset), t.in("payload[0..56]: salt and commitment", t.Payload, cobblestone.PrefixSize)
	signed := append(append([]byte{}, t.data[:digest.Offset]...), t.data[t.Payload:t.Payload+cobblestone.PrefixSize]...)
	sum := sha512.Sum512(signed)
	t.add(Step{Title: "Was there an accident?", Section: "7.2", Requirement: "HDR-13", Formula: "digest = SHA-512(prefix || payload[0..56])[0..8]",
		Text: "The digest needs no secret, so anyone can check it, and anyone can forge it: it finds accidents only.",
		In:   []Value{prefix, beginning, digest}, Out: []Value{computed("computed", sum[:8])}}.compare(sum[:8], t.data[digest.Offset:digest.Offset+8]))

	headerKey := t.derive("The key of the header", "", key.LabelHeader, "header key")
	wanted := mac(headerKey, t.data[:macAt.Offset], t.data[t.Payload:t.Payload+cobblestone.PrefixSize])
	t.add(Step{Title: "Is the header authentic?", Section: "7.2", Requirement: "HDR-19", Formula: "mac = HMAC-SHA-512(key = header key, prefix || digest || payload[0..56])",
		Text: "Every byte before the payload's chunks goes into this MAC: whoever does not know K can change none of them. The payload's salt and commitment are in it, so that no header goes with another payload.",
		In:   []Value{computed("header key", headerKey), prefix, digest, beginning, macAt}, Out: []Value{computed("computed", wanted)}}.compare(wanted, t.data[macAt.Offset:macAt.Offset+64]))
}

// payload opens the payload.
func (t *tracer) payload() {
	t.part = "From K to the plaintext"
	payloadKey := t.derive("The key of the payload", "", key.LabelPayload, "payload key")
	d := t.message("the payload", "HDR-20", payloadKey, "payload key", t.Payload, t.Opened.header.Purpose.Context())
	if t.plaintext == nil {
		return
	}
	length := int64(len(t.data)) - t.Payload - cobblestone.PrefixSize
	last := t.Plaintext / cobblestone.ChunkSize
	for _, i := range []int64{0, last} {
		from := i * cobblestone.ChunkSize
		out := placed(fmt.Sprintf("chunk %d of the plaintext", i), "plaintext", t.plaintext, from, min(cobblestone.ChunkSize, t.Plaintext-from))
		text := "The tag authenticates every byte of the chunk and its place: no chunk can be changed, moved or left out."
		if i == last {
			text += " This is the last chunk: it is shorter than the others, which shows that nothing is missing at the end."
		}
		t.add(t.chunk(fmt.Sprintf("Open chunk %d", i), "COB-12", text, &d, t.Payload, i, length, out))
		if last == 0 {
			break
		}
	}
}
