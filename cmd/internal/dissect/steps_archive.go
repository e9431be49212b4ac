package dissect

import "fmt"

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
		return
	}
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
