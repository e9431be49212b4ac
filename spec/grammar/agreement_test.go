package grammar_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/spec/grammar"
)

// fields are the values of a structure by their paths: bytes in hexadecimal,
// numbers in decimal, values of an enum by their names.
type fields map[string]string

func (f fields) bytes(path string, b []byte)  { f[path] = fmt.Sprintf("%x", b) }
func (f fields) number(path string, n uint64) { f[path] = fmt.Sprint(n) }
func (f fields) add(prefix string, more fields) {
	for path, value := range more {
		f[prefix+path] = value
	}
}

// comparison is of the reference with a grammar.
type comparison struct {
	g      *grammar.Grammar
	differ func(what, format string, args ...any) // is told what the two do not agree on
}

// decoded returns the fields that the grammar sees in all of data.
func (c comparison) decoded(typ string, data []byte) (fields, error) {
	structure, ok := c.g.Lookup(typ)
	if !ok {
		panic("there is no " + typ)
	}
	n, err := structure.Decode(data)
	all := fields{}
	n.Leaves(func(path string, leaf *grammar.Node) {
		switch {
		case leaf.Type.Kind == grammar.Opaque:
			all.bytes(path, leaf.Data)
		case leaf.Type.Name == "Kind" && leaf.Type.ValueName(leaf.Number) == "":
			all[path] = archive.Other.String() // [ARC-3]
		case leaf.Type.Kind == grammar.Enum:
			all[path] = cmp.Or(leaf.Type.ValueName(leaf.Number), fmt.Sprintf("unknown (%d)", leaf.Number))
		default:
			all.number(path, leaf.Number)
		}
	})
	return all, err
}

// layoutFaults are the words in the reference's errors that say that bytes do not
// decode, rather than that what they say is refused.
var layoutFaults = []string{"decode", "layout", "reaches beyond the end of the slots", "refers to"}

// agree compares what the reference made of data, or its error, with what the
// grammar says.
func (c comparison) agree(what, typ string, data []byte, got fields, refused error) {
	want, wrong := c.decoded(typ, data)
	switch {
	case refused == nil && wrong != nil:
		c.differ(what, "the reference decodes a %s that the grammar does not: %v\n%x", typ, wrong, data)
	case refused == nil:
		if diff := gocmp.Diff(want, got); diff != "" {
			c.differ(what, "the grammar (-) and the reference (+) differ:\n%s\n%x", diff, data)
		}
	case wrong == nil && isLayoutFault(refused):
		c.differ(what, "the grammar decodes a %s that the reference does not: %v\n%x", typ, refused, data)
	}
}

func isLayoutFault(err error) bool {
	for _, words := range layoutFaults {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// agreeOnHeader compares the header of a container, and the bodies of its slots.
func (c comparison) agreeOnHeader(what string, container []byte) {
	h, faults, err := header.Examine(bytes.NewReader(container), int64(len(container)))
	if err != nil {
		return // no header, or not all of it: what is left of it is not a structure
	}
	head := container[:h.Size()]
	want, wrong := c.decoded("Header", head)
	for _, fault := range faults {
		if strings.Contains(fault.Error(), "slot") {
			// The slots that were refused are not returned.
			if wrong == nil && strings.Contains(fault.Error(), "reaches beyond the end of the slots") {
				c.differ(what, "the grammar decodes slots that the reference does not: %v\n%x", fault, head)
			}
			c.agreeOnBodies(what, want, fault)
			return
		}
	}
	got := fields{}
	got.bytes("magic", []byte(header.Magic))
	got.number("version", header.Version)
	got["purpose"] = h.Purpose.String()
	got.bytes("key_check", h.KeyCheck[:])
	got.bytes("digest", h.Digest[:])
	got.bytes("mac", h.MAC[:])
	for i, s := range h.Slots {
		encoded, err := slot.Marshal([]slot.Slot{s})
		if err != nil {
			panic(err) // unreachable: it was decoded
		}
		got[fmt.Sprintf("slots[%d].type", i)] = s.Type().String()
		got.bytes(fmt.Sprintf("slots[%d].body", i), encoded[4:])
		if typ, body := slotFields(s); typ != "" {
			c.agree(what, typ, encoded[4:], body, nil)
		}
	}
	if wrong != nil {
		c.differ(what, "the reference decodes a header that the grammar does not: %v\n%x", wrong, head)
	} else if diff := gocmp.Diff(want, got); diff != "" {
		c.differ(what, "the grammar (-) and the reference (+) differ:\n%s", diff)
	}
}

// agreeOnBodies makes sure that of slots that the reference refuses for the layout
// of one, one has a body that the grammar refuses, or an rp_id that [SLT-16] does.
func (c comparison) agreeOnBodies(what string, head fields, refused error) {
	var i int
	var rest string
	if n, _ := fmt.Sscanf(refused.Error(), "malformed_header: slot %d does not have the layout of a %s slot", &i, &rest); n != 2 {
		return
	}
	var body []byte
	fmt.Sscanf(head[fmt.Sprintf("slots[%d].body", i)], "%x", &body)
	typ := map[string]string{"password": "PasswordSlot", "vault": "VaultSlot", "passkey": "PasskeySlot"}[head[fmt.Sprintf("slots[%d].type", i)]]
	values, wrong := c.decoded(typ, body)
	if wrong == nil && !oddRPID(values["rp_id"]) {
		c.differ(what, "the grammar decodes a %s that the reference does not: %x", typ, body)
	}
}

func oddRPID(hex string) bool {
	var id string
	fmt.Sscanf(hex, "%x", &id)
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") != ""
}

func slotFields(s slot.Slot) (typ string, f fields) {
	f = fields{}
	switch s := s.(type) {
	case *slot.Password:
		f.bytes("salt", s.Salt[:])
		f.number("memory_kib", uint64(s.Params.MemoryKiB))
		f.number("passes", uint64(s.Params.Passes))
		f.number("lanes", uint64(s.Params.Lanes))
		f.bytes("sealed_key", s.SealedKey[:])
		return "PasswordSlot", f
	case *slot.Vault:
		f.bytes("vault", s.Vault[:])
		f.bytes("credential", s.Credential[:])
		f.bytes("sealed_key", s.SealedKey[:])
		return "VaultSlot", f
	case *slot.Passkey:
		f.bytes("salt", s.Salt[:])
		f.bytes("rp_id", []byte(s.RPID))
		f.bytes("credential", s.Credential)
		f.bytes("sealed_key", s.SealedKey[:])
		return "PasskeySlot", f
	}
	return "", nil
}

// plaintext is an authenticated plaintext in memory.
type plaintext []byte

func (p plaintext) Size() int64                             { return int64(len(p)) }
func (p plaintext) ReadAt(b []byte, off int64) (int, error) { return bytes.NewReader(p).ReadAt(b, off) }
func (p plaintext) WriteRange(w io.Writer, off, n int64) error {
	_, err := io.Copy(w, io.NewSectionReader(p, off, n))
	return err
}

// agreeOnArchive compares the index, the segment and the frames of an archive.
func (c comparison) agreeOnArchive(what string, plain []byte, id archive.ID) {
	r, err := archive.NewReader(plaintext(plain), id)
	index, segment := lastFrames(plain)
	if err != nil {
		if _, wrong := c.decoded("Index", index); wrong != nil && errors.Is(err, fault.MissingContainer) {
			c.differ(what, "the reference decodes an Index that the grammar does not: %v\n%x", wrong, index)
		}
		if strings.Contains(err.Error(), "index does not decode") || strings.Contains(err.Error(), "refers to") {
			c.agree(what, "Index", index, nil, err)
		}
		if strings.Contains(err.Error(), "segment") && !strings.Contains(err.Error(), "index") {
			c.agree(what, "Segment", segment, nil, err)
		}
		return
	}
	x := r.Index()
	got := fields{}
	got.bytes("set_id", x.SetID[:])
	got.number("generation", x.Generation)
	got.number("epoch", x.Epoch)
	got.number("created_ms", uint64(x.CreatedMS))
	got.number("complete", 0)
	if x.Complete {
		got.number("complete", 1)
	}
	got.bytes("previous", x.Previous[:])
	got.bytes("producer", []byte(x.Producer))
	for i, ref := range x.Segments {
		got.bytes(fmt.Sprintf("segments[%d].container", i), ref.Container[:])
		got.number(fmt.Sprintf("segments[%d].offset", i), uint64(ref.Offset))
		got.number(fmt.Sprintf("segments[%d].length", i), uint64(ref.Length))
	}
	c.agree(what, "Index", index, got, nil)

	got = fields{}
	for i, rec := range r.Entries() {
		name := fmt.Sprintf("live[%d].", i)
		for j, place := range rec.Places {
			got.bytes(fmt.Sprintf("%splaces[%d].container", name, j), place.Container[:])
			got.number(fmt.Sprintf("%splaces[%d].offset", name, j), uint64(place.Offset))
		}
		got.add(name+"entry.", entryFields(rec.Entry))
	}
	for i, x := range r.Stored() {
		name := fmt.Sprintf("stored[%d].", i)
		got.bytes(name+"container_id", x.ID[:])
		got.number(name+"generation", x.Generation)
		got.number(name+"epoch", x.Epoch)
		got.number(name+"length", uint64(x.Length))
		got.bytes(name+"digest", x.Digest[:])
	}
	removed, _ := c.decoded("Segment", segment)
	for path, value := range removed {
		if strings.HasPrefix(path, "removed[") {
			got[path] = value // the reader keeps none of them
		}
	}
	c.agree(what, "Segment", segment, got, nil)
	c.agreeOnFrames(what, plain, r)
}

// agreeOnFrames walks the frames as the grammar says, where the reference has
// found nothing to refuse, and compares those of the records.
func (c comparison) agreeOnFrames(what string, plain []byte, r *archive.Reader) {
	frame, _ := c.g.Lookup("Frame")
	walked := r.Verify()
	end, at := len(plain)-8, 0
	var order []string
	sizes := map[int]uint64{}
	for at < end {
		n, wrong := frame.DecodePrefix(plain[at:end])
		if wrong != nil {
			if walked == nil {
				c.differ(what, "the reference walks over a frame at %d that the grammar refuses: %v", at, wrong)
			}
			return
		}
		typ := n.Find("type")
		order = append(order, typ.Type.ValueName(typ.Number))
		for _, name := range []string{"entry.entry.size", "piece.entry.size"} {
			if size := n.Find(name); size != nil {
				sizes[at] = size.Number
			}
		}
		at += n.End()
	}
	if walked != nil {
		return
	}
	tail := strings.TrimLeft(strings.NewReplacer("entry ", "", "piece ", "").Replace(strings.Join(order, " ")+" "), " ")
	if tail != "padding segment index " {
		c.differ(what, "the reference walks over the frames %v", order)
	}
	for _, rec := range r.Placed() {
		last := rec.Places[len(rec.Places)-1]
		if size, ok := sizes[int(last.Offset)]; !ok || size != uint64(rec.Entry.Size) {
			c.differ(what, "no frame of %q is at %d", rec.Entry.Path, last.Offset)
		}
	}
}

func entryFields(e archive.Entry) fields {
	f := fields{}
	f.bytes("path", []byte(e.Path))
	f["kind"] = e.Kind.String()
	f.number("modified_ms", uint64(e.ModifiedMS))
	f.number("size", uint64(e.Size))
	return f
}

// lastFrames returns the structures of the index frame to which the trailer points
// and of the segment frame before it, as far as there are any.
func lastFrames(plain []byte) (index, segment []byte) {
	if len(plain) < 8 {
		return nil, nil
	}
	end := uint64(len(plain) - 8)
	at := binary.BigEndian.Uint64(plain[end:])
	if at >= end {
		return nil, nil
	}
	index = plain[at+1 : end]
	if len(index) < 16 {
		return index, nil
	}
	offset, length := binary.BigEndian.Uint64(index[len(index)-16:]), binary.BigEndian.Uint64(index[len(index)-8:])
	if offset < at && length <= at-offset && length > 0 {
		segment = plain[offset+1 : offset+length]
	}
	return index, segment
}

// agreeOnKeyring compares a keyring.
func (c comparison) agreeOnKeyring(what string, plain []byte, k key.Key) {
	if len(plain) > keyring.MaxSize { // which is for the caller of Parse to refuse [KRG-5]
		if _, wrong := c.decoded("Keyring", plain); wrong == nil {
			c.differ(what, "the grammar decodes a keyring of %d bytes", len(plain))
		}
		return
	}
	ring, err := keyring.Parse(plain, &k)
	got := fields{}
	if err == nil {
		got.bytes("set_id", ring.SetID[:])
		got.number("epoch", ring.Epoch)
		got.bytes("writer", ring.Writer[:])
		got.number("created_ms", uint64(ring.CreatedMS))
		got.number("generation", ring.Generation)
		got.bytes("head", ring.Head[:])
		for i, old := range ring.OldKeys {
			got.number(fmt.Sprintf("old_keys[%d].epoch", i), old.Epoch)
			got.bytes(fmt.Sprintf("old_keys[%d].key", i), old.Key[:])
		}
	}
	c.agree(what, "Keyring", plain, got, err)
}
