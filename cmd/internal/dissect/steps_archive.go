package dissect

import (
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/ref/cobblestone"
)

// plain returns the fields of the plaintext whose names begin with prefix.
func (t *tracer) plain(name, prefix string) Value {
	r := t.Opened.span(prefix)
	if r == nil {
		return said(name, "none")
	}
	return placed(name, "plaintext", t.plaintext, r.Offset, r.Length)
}

// archive follows the way from the end of the plaintext to a byte of an entry.
func (t *tracer) archive() {
	t.part = "From the end of the plaintext to an entry"
	index := t.plain("index frame", "index.")
	t.add(Step{Title: "Read the end first", Section: "8.5", Requirement: "ARC-18", Formula: "trailer = offset of the index frame, 8 bytes, big-endian",
		Text: fmt.Sprintf("An archive is written front to back and read from its end. The last 8 bytes of the plaintext are the trailer, which says that the index begins at %s. All of what follows is plaintext that has been authenticated.", Grouped(index.Offset)),
		In:   []Value{t.plain("trailer", "trailer")}, Out: []Value{index}})
	segment := t.plain("segment frame", "segment.")
	t.add(Step{Title: "The index names the segments", Section: "8.5", Requirement: "ARC-20", Formula: "segment reference = container id (24 bytes) || offset (8 bytes) || length (8 bytes)",
		Text: fmt.Sprintf("The last reference is to the container's own segment: its id is this container's, which is the salt of the payload, and it says %s bytes from %s on. A container that stands alone has no other. In a set an index refers to segments of earlier nights as well.", Grouped(segment.Length), Grouped(segment.Offset)),
		In:   []Value{t.plain("segment references", "index.segments[")}, Out: []Value{segment}})
	for i, e := range t.Entries {
		if e.Record != nil && len(e.Spans) > 0 {
			t.entry(i)
			t.part = "From an entry to one byte of the file"
			t.oneByte(e, e.Size/2)
			return
		}
	}
}

// entry follows the way from the record of an entry to its content.
func (t *tracer) entry(i int) {
	e := t.Entries[i]
	record := fmt.Sprintf("segment.live[%d].", i)
	places := number(t.Opened.Fields, record+"places")
	fields, length := t.frame(e.Spans[0].Offset)
	t.add(Step{Title: "A record finds an entry", Section: "8.4", Requirement: "ARC-26", Formula: "record = length of the places (2 bytes) || places || path, kind, modified_ms and size of the entry",
		Text:   fmt.Sprintf("The record of %q begins with the number %d: its places take %d bytes, 32 each, so it has %s. The frame begins at %s.", e.Path, places, places, counted(places/32, "place"), Grouped(fields.Offset)),
		Common: []string{"The records of a segment are sorted by path. A place is the id of a container (24 bytes) and the offset of a frame in its plaintext (8 bytes)."},
		In:     []Value{t.plain("record", record), t.plain("its places", record+"places[")}, Out: []Value{fields}})
	t.add(Step{Title: "The frame holds the content", Section: "8.1", Requirement: "ARC-46", Formula: length,
		Text:   fmt.Sprintf("The frame of %q begins at %s and its fields take %s bytes, so the content begins at %s + %s = %s. The chunk in which they lie, number %d, is opened as every other.", e.Path, Grouped(fields.Offset), Grouped(fields.Length), Grouped(fields.Offset), Grouped(fields.Length), Grouped(e.Spans[0].Offset), fields.Offset/cobblestone.ChunkSize),
		Common: []string{"The record governs: the frame repeats path, kind and time for salvage, and only its size must be that of the record."},
		In:     []Value{fields}, Out: []Value{placed("content of "+e.Path, "plaintext", t.plaintext, e.Spans[0].Offset, e.Spans[0].Length)}})
}

// frame returns the fields of a frame before its content at an offset, and says how long
// they are.
func (t *tracer) frame(content int64) (fields Value, length string) {
	for _, f := range t.Opened.Fields {
		if f.Offset > content || f.Offset+f.Length <= content {
			continue
		}
		name := strings.TrimSuffix(f.Name, "content")
		r := t.Opened.span(name)
		fields = placed("fields of the frame", "plaintext", t.plaintext, r.Offset, f.Offset-r.Offset)
		path, runs := t.Opened.span(name+"entry.path"), t.Opened.span(name+"runs")
		length = fmt.Sprintf("fields = type 1 + length of the path 2 + path %d + kind 1 + modified_ms 8 + size 8 = %d", path.Length-2, fields.Length)
		if runs != nil {
			length = fmt.Sprintf("fields = type 1 + length of the path 2 + path %d + kind 1 + modified_ms 8 + size 8 + length of the runs 3 + runs %d = %d", path.Length-2, runs.Length-3, fields.Length)
		}
		return fields, length
	}
	panic(fmt.Sprintf("unreachable: no frame has the content at %d", content)) // the reference has read it
}

// oneByte finds byte j of an entry in the file, and says what vouches for it.
func (t *tracer) oneByte(e Entry, j int64) {
	var span Span
	for _, s := range e.Spans {
		if s.Content <= j && j < s.Content+s.Length {
			span = s
		}
	}
	p := span.Offset + j - span.Content
	i, rest := p/cobblestone.ChunkSize, p%cobblestone.ChunkSize
	sealed, length := t.sealed(i)
	enciphered, tag := t.in("the byte, encrypted", sealed+rest, 1), t.in("the tag of its chunk", sealed+length, cobblestone.TagSize)
	t.add(Step{Title: fmt.Sprintf("Where byte %s lies in the file", Grouped(j)), Section: "4.4", Requirement: "COB-7",
		Formula: fmt.Sprintf("p = offset of the content + byte = %d + %d = %d; i = floor(p / 16384) = %d; sealed chunk i = payload + 56 + 16400 i = %d + 56 + 16400 × %d = %d; byte of the file = sealed chunk i + p mod 16384 = %d + %d = %d; tag = sealed chunk i + %d = %d; nonce_i = base_nonce XOR %d, as 12 bytes, big-endian",
			span.Offset, j-span.Content, p, i, t.Payload, i, sealed, sealed, rest, enciphered.Offset, length, tag.Offset, i),
		Text:   fmt.Sprintf("Byte %s of %q is byte %s of the plaintext: byte %s of chunk %d, which begins at %d × 16\u202f384 = %s. So it is byte %s of the file.", Grouped(j), e.Path, Grouped(p), Grouped(rest), i, i, Grouped(i*cobblestone.ChunkSize), Grouped(enciphered.Offset)),
		Common: []string{"A byte is encrypted in its place. The tag of a chunk comes after its ciphertext."},
		In:     []Value{computed("base nonce", t.derived.BaseNonce[:]), enciphered},
		Out:    []Value{nonce(&t.derived, i), tag}})
	t.chunks(i)
	t.add(Step{Title: "What vouches for the byte, and what does not", Section: "4.7", Requirement: "COB-19",
		Formula: "MAC of the header → salt and commitment → key and base nonce → tag of the chunk → byte",
		Text:    fmt.Sprintf("To read it, a reader opens the last chunk, the chunks of index, segment and the fields of the frame, and chunk %d: nothing else.", i),
		Common: []string{"What vouches for the byte: the tag of its chunk, under a key that comes from K and the payload's salt, for what it is; the nonce for its place; the last chunk for the length of the whole; the MAC of the header for salt and commitment; and the record, read in the same way, for the entry to which it belongs.",
			"What does not: nothing shows that this container is the newest, since an older one under the same K verifies as well, whole as it is. And whoever knows K can make another that verifies; where a password opens the container, whoever guesses it has K."},
		In:  []Value{t.field("the MAC", "mac"), t.field("the commitment", "payload.commitment"), tag, enciphered},
		Out: []Value{placed("the byte", "plaintext", t.plaintext, p, 1)}})
}
