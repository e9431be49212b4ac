package annotate

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/spec"
)

// The fields of the worked example begin where the dumps of chapter 15 have a
// line with a name, and nowhere else.
func TestExample(t *testing.T) {
	for section, annotate := range map[string]func([]byte) ([]Field, error){
		"15.4": Archive,
		"15.7": func(b []byte) ([]Field, error) { return Container(bytes.NewReader(b), int64(len(b))) },
	} {
		data, offsets := dumped(t, section)
		fields, err := annotate(data)
		if err != nil {
			t.Fatal(err)
		}
		checkTiles(t, section, fields, int64(len(data)))
		var got []int64
		for _, f := range fields {
			got = append(got, f.Offset)
			if f.Fault != "" {
				t.Errorf("%s: %+v", section, f)
			}
		}
		if diff := cmp.Diff(offsets, got); diff != "" {
			t.Errorf("%s: chapter 15 (-) and the fields (+) differ:\n%s", section, diff)
		}
	}
}

// dumped returns the bytes of a dump in the specification, and where its fields
// begin.
func dumped(t *testing.T, section string) (data []byte, offsets []int64) {
	t.Helper()
	line := regexp.MustCompile(`^ *([0-9]+)  ([0-9a-f]+)(  +.+)?$`)
	for _, c := range spec.CodeBlocks() {
		if c.Section != section {
			continue
		}
		for text := range strings.Lines(c.Text) {
			m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
			if m == nil {
				t.Fatalf("%s: %q is no line of a dump", section, text)
			}
			if m[3] != "" {
				at, _ := strconv.ParseInt(m[1], 10, 64)
				offsets = append(offsets, at)
			}
			var b []byte
			if _, err := fmt.Sscanf(m[2], "%x", &b); err != nil {
				t.Fatal(err)
			}
			data = append(data, b...)
		}
	}
	return data, offsets
}

// What a person sees of a container: names, values, and the chapter.
func TestValues(t *testing.T) {
	data, _ := dumped(t, "15.7")
	fields, err := Container(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Field{
		{10, 1, "purpose", "1 archive", "what the payload is", "7.1", "HDR-14", ""},
		{45, 2, "slots[0].type", "1 password", "which secret opens the slot", "6.1", "SLT-2", ""},
		{47, 2, "slots[0].body", "145", "how many bytes follow", "6.1", "CON-1", ""},
		{81, 4, "slots[0].body.memory_kib", "8", "KiB of memory that Argon2id takes", "6.3", "SLT-10", ""},
		{178, 16, "slots[0].body.sealed_key.chunks[0].tag", "", "authenticates the chunk", "4.4", "COB-12", ""},
		{690, 16, "payload.chunks[0].tag", "", "authenticates the chunk", "4.4", "COB-12", ""},
	} {
		if !slices.Contains(fields, want) {
			t.Errorf("there is no %+v", want)
		}
	}
	data, _ = dumped(t, "15.4")
	if fields, err = Archive(data); err != nil {
		t.Fatal(err)
	}
	for _, want := range []Field{
		{3, 16, "entry[0].entry.path", `"messages/ada.txt"`, "path of the entry", "8.1", "ARC-5", ""},
		{20, 8, "entry[0].entry.modified_ms", "2253499813685248 = 2^51 + 1700000000000, 2023-11-14T22:13:20.000Z", "when the entry was modified", "8.1", "ARC-83", ""},
		{94, 8, "padding.zeros", "", "padding", "8.1", "ARC-10", ""},
		{220, 1, "segment.live[1].entry.kind", "6 document", "kind of the entry", "8.1", "ARC-3", ""},
		{360, 8, "trailer", "244", "offset of the index frame", "8.1", "ARC-18", ""},
	} {
		if !slices.Contains(fields, want) {
			t.Errorf("there is no %+v", want)
		}
	}
}
