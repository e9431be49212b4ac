package generator

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"
)

// examplePassword is ASCII, so that preparing it changes nothing.
const examplePassword = "correct horse battery staple"

// example is the container of spec chapter 15. What a writer draws at random is
// counted up here, so that it can be recognized in the bytes.
func example() *box {
	count := func(from byte, n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = from + byte(i)
		}
		return b
	}
	b := newBox("container/example", purposeArchive)
	b.rekey(counting, count(0x80, 24))
	b.plain = newPlain(b.payload.salt, []frame{
		file("messages/ada.txt", messages, "Hello, Bob.\n"),
		file("note.txt", document, "Remember."),
	})
	b.plain.producer = "example"
	b.slots = []*slotBox{passwordSlotUnder(count(0x40, 32), count(0x60, 24), b.key, examplePassword, cheap)}
	b.finish()
	return b
}

// exampleCases are the vectors that the chapter refers to.
func exampleCases(s *suite) {
	b := example()
	s.unlocked("example", "HDR-17 HDR-19 HDR-20 SLT-6 SLT-9",
		"The container of spec chapter 15, opened by its password.", b, b.slots[0].secret)
	s.valid("example-restored", "ARC-29 ARC-30 HDR-17", "The entries of the container of spec chapter 15.",
		"archive.restore", b.input(b.slots[0].secret), b.plain.restored()).of(b)
}

//go:embed example.tmpl
var exampleText string

// Example returns chapter 15 of the specification. Every value in it is that of
// the vector container/example.
func Example() ([]byte, error) {
	b := example()
	slot := b.slots[0]
	t, err := template.New("example").Funcs(template.FuncMap{
		"hex":  hex.EncodeToString,
		"dump": dump,
	}).Parse(exampleText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Key": b.key, "Shown": shown(b.key), "Password": examplePassword, "Prepared": []byte(examplePassword),
		"KeyCheck": b.keyCheck, "Fingerprint": fingerprint(b.keyCheck), "HeaderKey": derive(b.key, "header"),
		"PayloadKey": b.payload.inputKey,
		"SlotSalt":   slot.body[:atMemory], "SlotContext": []byte(slot.key.context), "SealedKey": valuesOf(slot.key),
		"Payload":        valuesOf(b.payload),
		"PayloadContext": b.payload.context, "Files": filesOf(b.plain.frames),
		"Length": len(b.payload.plaintext), "Unpadded": len(b.payload.plaintext) - len(b.plain.zeros),
		"Plaintext": b.plain.fields(), "Container": b.fields(), "Size": len(b.bytes()), "Signed": len(b.signed()),
		"Digest": b.digest, "MAC": b.mac, "Created": moment(b.plain.created), "Producer": b.plain.producer,
	})
	return out.Bytes(), err
}

// values are those of a message of one chunk, for the template.
type values struct{ InputKey, Salt, Key, BaseNonce, Commitment, Chunk []byte }

func valuesOf(m *message) values {
	return values{m.inputKey, m.salt, m.derivedKey, m.baseNonce, m.commitment, m.chunks[0]}
}

// entry is an entry, for the template.
type entry struct {
	Path     string
	Kind     byte
	Modified any
	Size     uint64
	Content  []byte
}

func filesOf(frames []frame) (all []entry) {
	for _, f := range frames {
		all = append(all, entry{f.path, f.kind, moment(f.modified), f.size, f.content})
	}
	return all
}

// field is a part of the bytes that an annotated dump shows.
type field struct {
	bytes []byte
	name  string
}

// dumpWidth is the number of bytes in a line of a dump.
const dumpWidth = 16

// dump writes fields one below the other, with the offset of every line.
func dump(fields []field) string {
	var b strings.Builder
	offset := 0
	for _, f := range fields {
		name := f.name
		for i := 0; i < len(f.bytes); i += dumpWidth {
			line := f.bytes[i:min(i+dumpWidth, len(f.bytes))]
			fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%5d  %-*x  %s", offset+i, 2*dumpWidth, line, name), " "))
			name = ""
		}
		offset += len(f.bytes)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// messageFields are those of a message of one chunk.
func messageFields(m *message, name string) []field {
	chunk := m.chunks[0]
	return []field{
		{m.salt, name + "salt"},
		{m.commitment, name + "commitment"},
		{chunk[:len(chunk)-tagSize], name + "sealed chunk 0, ciphertext"},
		{chunk[len(chunk)-tagSize:], name + "sealed chunk 0, tag"},
	}
}

// fields are those of the example: one password slot, one chunk.
func (b *box) fields() []field {
	s := b.slots[0]
	all := []field{
		{[]byte(b.magic), "magic"},
		{u16(b.version), "version"},
		{[]byte{b.purpose}, "purpose: archive"},
		{b.keyCheck, "key_check"},
		{u16(len(s.bytes())), "length of slots"},
		{u16(s.typ), "slot 0: type: password"},
		{u16(len(s.body)), "slot 0: length of body"},
		{s.body[:atMemory], "slot 0: salt"},
		{s.body[atMemory:atPasses], "slot 0: memory_kib"},
		{s.body[atPasses:atLanes], "slot 0: passes"},
		{s.body[atLanes:atPasswordSealed], "slot 0: lanes"},
	}
	all = append(all, messageFields(s.key, "slot 0: sealed_key: ")...)
	all = append(all, field{b.digest, "digest"}, field{b.mac, "mac"})
	return append(all, messageFields(b.payload, "payload: ")...)
}

func entryFields(path string, kind byte, modified, size uint64, name string) []field {
	return []field{
		{u16(len(path)), name + "length of path"},
		{[]byte(path), name + "path: " + path},
		{[]byte{kind}, name + "kind"},
		{u64(modified), name + "modified_ms"},
		{u64(size), name + "size"},
	}
}

// fields are those of a stand-alone archive.
func (p *plain) fields() []field {
	var all []field
	for i, f := range p.frames {
		name := fmt.Sprintf("entry frame %d: ", i)
		all = append(all, field{[]byte{f.typ}, name + "type"})
		all = append(all, entryFields(f.path, f.kind, f.modified, f.size, name)...)
		all = append(all, field{f.content, name + "content"})
	}
	all = append(all, field{[]byte{2}, "padding frame: type"}, field{u64(p.stated), "padding frame: length"},
		field{p.zeros, "padding frame: zeros"})
	var live []byte
	for _, r := range p.live {
		live = append(live, r.bytes()...)
	}
	all = append(all, field{[]byte{3}, "segment frame: type"}, field{u32(len(live)), "segment frame: length of live"})
	for i, r := range p.live {
		name := fmt.Sprintf("record %d: ", i)
		all = append(all, field{u16(len(r.container) + 8), name + "length of places"})
		all = append(all, field{r.container, name + "place: container"}, field{u64(r.offset), name + "place: offset"})
		all = append(all, entryFields(r.path, r.kind, r.modified, r.size, name)...)
	}
	ref := p.refs[0]
	return append(all,
		field{u32(0), "segment frame: length of removed"},
		field{u24(0), "segment frame: length of stored"},
		field{[]byte{4}, "index frame: type"},
		field{p.setID, "index: set_id"},
		field{u64(p.generation), "index: generation"},
		field{u64(p.epoch), "index: epoch"},
		field{u64(p.created), "index: created_ms"},
		field{[]byte{p.complete}, "index: complete"},
		field{p.previous, "index: previous"},
		field{[]byte{byte(len(p.producer))}, "index: length of producer"},
		field{[]byte(p.producer), "index: producer: " + p.producer},
		field{u16(40), "index: length of segments"},
		field{ref.container, "segment reference: container"},
		field{u64(ref.offset), "segment reference: offset"},
		field{u64(ref.length), "segment reference: length"},
		field{u64(p.trailer), "trailer: offset of the index frame"},
	)
}
