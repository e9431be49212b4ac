package annotate

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/coffer-format/coffer/spec/grammar"
)

// Lengths of spec chapter 4, in bytes.
const (
	saltSize        = 24
	commitmentSize  = 32
	tagSize         = 16
	sealedChunkSize = 16400
)

// longestHeader is the length of a header whose slots fill what can be stated.
const longestHeader = 117 + 65535

// listedChunks is up to how many chunks each has fields of its own. Of more, all
// between the first and the last are one field.
const listedChunks = 4

// Container returns the fields of a container of size bytes, without a secret. Of what
// is no container, or one of another version, it tells no more than that [HDR-9].
// Error: that of r.
func Container(r io.ReaderAt, size int64) ([]Field, error) { return container(r, size, false) }

// AsContainer is Container for what is taken for a container of version 1 whatever it
// begins with, such as one whose beginning was changed to see what becomes of it.
func AsContainer(r io.ReaderAt, size int64) ([]Field, error) { return container(r, size, true) }

func container(r io.ReaderAt, size int64, assumed bool) ([]Field, error) {
	a, err := newAnnotator()
	if err != nil {
		return nil, err
	}
	t, _ := a.g.Lookup("Header")
	head := make([]byte, min(size, longestHeader))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, err
	}
	if !assumed && a.another(head, size) {
		return a.fields, nil
	}
	n, wrong := t.DecodePrefix(head)
	a.tree(n, "", "", wrong)
	if whole := n.Find("mac"); whole == nil || whole.Length == 0 {
		a.rest(size, "header", t.Place.Section, wrong)
		return a.fields, nil
	}
	a.message(size-a.end(), "payload")
	return a.fields, nil
}

// magic is what every container begins with.
const magic = "\x89CFR\r\n\x1a\n"

// another adds what there is to say of a file that is no container of version 1.
func (a *annotator) another(head []byte, size int64) bool {
	if size > 0 && !bytes.HasPrefix(head, []byte(magic)) {
		a.add(size, "file", "", "not a container", "7.3", "HDR-6")
		a.fields[0].Fault = "it does not begin as a container does"
		return true
	}
	if len(head) < len(magic)+2 {
		return false
	}
	version := binary.BigEndian.Uint16(head[len(magic):])
	if version == 1 {
		return false
	}
	a.add(int64(len(magic)), "magic", "", meanings["Header.magic"].phrase, "7.1", "HDR-6")
	a.add(2, "version", fmt.Sprint(version), meanings["Header.version"].phrase, "7.1", "HDR-8")
	a.fields[1].Fault = "only version 1 is known"
	a.add(size-a.end(), "rest", "", "means what that version says", "7.3", "HDR-9")
	return true
}

// Message returns the fields of a Cobblestone message of length bytes.
func Message(length int64) []Field {
	a := &annotator{}
	a.message(length, "message")
	return a.fields
}

// message adds the parts of a Cobblestone message (spec section 4.4) of length
// bytes, as far as they go.
func (a *annotator) message(length int64, name string) {
	const section = "4.4"
	end := a.end() + length
	part := func(n int64, what, meaning, rule string) {
		a.add(min(n, end-a.end()), name+"."+what, "", meaning, section, rule)
	}
	salt := "salt of the message"
	if name == "payload" {
		salt = "salt of the message, and id of the container"
	}
	part(saltSize, "salt", salt, "COB-3")
	part(commitmentSize, "commitment", "tells whether a key fits before anything is opened", "COB-11")
	chunks := (end - a.end() + sealedChunkSize - 1) / sealedChunkSize
	for i := int64(0); i < chunks; i++ {
		if i == 1 && chunks > listedChunks {
			part((chunks-2)*sealedChunkSize, fmt.Sprintf("chunks[1..%d]", chunks-2), "sealed chunks, each the ciphertext and the tag", "COB-12")
			i = chunks - 1
		}
		sealed := min(sealedChunkSize, end-a.end())
		chunk := fmt.Sprintf("chunks[%d]", i)
		part(sealed-tagSize, chunk+".ciphertext", "plaintext, encrypted", "COB-5")
		part(tagSize, chunk+".tag", "authenticates the chunk", "COB-12")
	}
}

// trailerSize is the length of an archive's trailer in bytes.
const trailerSize = 8

// Archive returns the fields of an archive's plaintext.
func Archive(plaintext []byte) ([]Field, error) {
	a, err := newAnnotator()
	if err != nil {
		return nil, err
	}
	t, _ := a.g.Lookup("Frame")
	end := max(0, len(plaintext)-trailerSize)
	counts := map[string]int{}
	for at := 0; at < end; {
		n, wrong := t.DecodePrefix(plaintext[at:end])
		a.base = int64(at)
		name := frameName(n, counts)
		a.tree(n, name, "", wrong)
		if wrong != nil {
			a.rest(int64(end), name, t.Place.Section, wrong)
			break
		}
		at += n.End()
	}
	a.base = int64(end)
	if len(plaintext) < trailerSize {
		a.rest(int64(len(plaintext)), "trailer", "8.1", nil)
		return a.fields, nil
	}
	offset := binary.BigEndian.Uint64(plaintext[end:])
	a.add(trailerSize, "trailer", fmt.Sprint(offset), "offset of the index frame", "8.1", "ARC-18")
	return a.fields, nil
}

// frameName numbers the entry frames, and any other frame that is not the only one
// of its type.
func frameName(n *grammar.Node, counts map[string]int) string {
	kind := "unknown"
	if typ := n.Find("type"); typ != nil {
		if name := typ.Type.ValueName(typ.Number); name != "" {
			kind = name
		}
	}
	i := counts[kind]
	counts[kind]++
	if kind == "entry" || i > 0 {
		return fmt.Sprintf("%s[%d]", kind, i)
	}
	return kind
}

// Keyring returns the fields of a keyring's plaintext.
func Keyring(plaintext []byte) ([]Field, error) {
	a, err := newAnnotator()
	if err != nil {
		return nil, err
	}
	t, _ := a.g.Lookup("Keyring")
	a.nested(t, plaintext, "keyring")
	return a.fields, nil
}

// Slot returns the fields of an encoded slot.
func Slot(slot []byte) ([]Field, error) {
	a, err := newAnnotator()
	if err != nil {
		return nil, err
	}
	t, _ := a.g.Lookup("Slot")
	a.nested(t, slot, "slot")
	return a.fields, nil
}
