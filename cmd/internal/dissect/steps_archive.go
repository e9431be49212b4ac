package dissect

import (
	"fmt"

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

// archive follows the way from the end of the plaintext to the content of an entry.
func (t *tracer) archive() {
	if t.Error != nil {
		return
	}
	t.part = "From the end of the plaintext to an entry"
	t.add(Step{Title: "Read the end first", Section: "8.5", Requirement: "ARC-18", Formula: "trailer = offset of the index frame, 8 bytes",
		Text: "An archive is written front to back and read from its end. All of what follows is plaintext that has been authenticated.",
		In:   []Value{t.plain("trailer", "trailer")}, Out: []Value{t.plain("index frame", "index.")}})
	t.add(Step{Title: "The index names the segments", Section: "8.5", Requirement: "ARC-20", Formula: "segment = length bytes from offset on, in the container of that id",
		Text: "A container that stands alone has one segment, its own. In a set an index refers to those of earlier nights as well.",
		In:   []Value{t.plain("segment reference", "index.segments[")}, Out: []Value{t.plain("segment frame", "segment.")}})
	for i, e := range t.Entries {
		if e.Record == nil || len(e.Spans) == 0 {
			continue
		}
		record := fmt.Sprintf("segment.live[%d].", i)
		t.add(Step{Title: "A record finds an entry", Section: "8.4", Requirement: "ARC-26", Formula: "place = container id and offset of the entry's frame",
			Text: fmt.Sprintf("The record of %q says where its frame lies. Records are sorted by path.", e.Path),
			In:   []Value{t.plain("record", record), t.plain("its place", record+"places[")}, Out: []Value{t.frame(e.Spans[0].Offset)}})
		t.add(Step{Title: "The frame holds the content", Section: "8.1", Requirement: "ARC-26", Formula: "frame = type || path || kind || modified_ms || size || content",
			Text: "The frame says again what the record says, and both must agree. Then come the bytes of the file, as they are.",
			In:   []Value{t.frame(e.Spans[0].Offset)}, Out: []Value{placed("content of "+e.Path, "plaintext", t.plaintext, e.Spans[0].Offset, e.Spans[0].Length)}})
		t.oneByte(e)
		return
	}
}

// oneByte says what vouches for a byte of an entry.
func (t *tracer) oneByte(e Entry) {
	j := e.Size / 2
	var at int64
	for _, s := range e.Spans {
		if s.Content <= j && j < s.Content+s.Length {
			at = s.Offset + j - s.Content
		}
	}
	i := at / cobblestone.ChunkSize
	sealed := t.Payload + cobblestone.PrefixSize + i*cobblestone.SealedChunkSize
	end := min(sealed+cobblestone.SealedChunkSize, int64(len(t.data)))
	t.add(Step{Title: "One byte, and what vouches for it", Section: "4.4", Requirement: "COB-19",
		Formula: "byte p of the plaintext = byte p mod 16384 of chunk floor(p / 16384); chunk i begins at payload + 56 + 16400 i",
		Text: fmt.Sprintf("Byte %d of %q, a text or a photo, is byte %d of the plaintext, and so byte %d of chunk %d, which begins at byte %d of the file. To read it, a reader opens the last chunk, the chunks of the index, the segment and the frame, and this one: nothing else. "+
			"What vouches for it: the tag of its chunk, under a key that comes from K and the payload's salt; the nonce, which is the chunk's number, for its place; the commitment, which fits no other key; and the MAC of the header, which binds salt and commitment to this header.", j, e.Path, at, at%cobblestone.ChunkSize, i, sealed),
		In:  []Value{t.in("the byte, encrypted", sealed+at%cobblestone.ChunkSize, 1), t.in("the tag of its chunk", end-cobblestone.TagSize, cobblestone.TagSize), t.field("the commitment", "payload.commitment"), t.field("the MAC", "mac")},
		Out: []Value{placed("the byte", "plaintext", t.plaintext, at, 1)}})
}

// frame returns the fields of a frame before its content at an offset.
func (t *tracer) frame(content int64) Value {
	for _, f := range t.Opened.Fields {
		if f.Offset > content || f.Offset+f.Length <= content {
			continue
		}
		name := f.Name[:len(f.Name)-len(".content")]
		r := t.Opened.span(name + ".")
		return placed("fields of the frame", "plaintext", t.plaintext, r.Offset, f.Offset-r.Offset)
	}
	return said("frame", "not found")
}
