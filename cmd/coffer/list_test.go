package main

import (
	"bufio"
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
)

// parts is a sink that knows the longest of what was written to it at once.
type parts struct {
	bytes.Buffer
	longest int
}

func (p *parts) Write(b []byte) (int, error) {
	p.longest = max(p.longest, len(b))
	return p.Buffer.Write(b)
}

// A list in JSON is printed entry by entry, and is what it would be if it were printed
// at once.
func TestListJSON(t *testing.T) {
	for _, n := range []int{0, 1, 3, 5000} {
		var paths []string
		for i := range n {
			paths = append(paths, fmt.Sprintf("%04d \u202e<&> \"[]\"", i))
		}
		data := craftArchive(new(testscript.TestScript), nil, archive.Index{Complete: true, Producer: "\"entries\": []"}, paths...).Bytes()
		c, err := container.Open(bytes.NewReader(data), int64(len(data)), container.WithKey(testKey))
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Archive()
		if err != nil {
			t.Fatal(err)
		}
		l := listing{"", r.List, c.Header.ContainerID(), c.Key.Check()}
		all := l.archive()
		for _, rec := range r.Entries() {
			all.Entries = append(all.Entries, entryOf(rec, c.Header.ContainerID()))
		}
		var want bytes.Buffer
		if err := display.JSON(&want, all); err != nil {
			t.Fatal(err)
		}
		var got parts
		out := bufio.NewWriter(&got)
		if err := l.json(out); err != nil {
			t.Fatal(err)
		}
		out.Flush()
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%d entries: %s", n, diff)
		}
		if got.longest > 1<<14 {
			t.Errorf("%d entries: %d bytes are printed at once", n, got.longest)
		}
	}
}
