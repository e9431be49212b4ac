package restore

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/salvage"
)

// Salvage restores what is whole, and what is damaged only if that is wanted and
// under another name, which is told when it must be yet another one.
func TestSalvaged(t *testing.T) {
	contents := map[string]string{"photo": strings.Repeat("p", 50000), "photo.damaged": "whole", "text": "t"}
	message := sealed(t, contents)
	at := 0
	for i := cobblestone.PrefixSize; i < len(message); i += cobblestone.SealedChunkSize { // a chunk within the photo
		found := salvaged(t, message, i)
		status := map[string]salvage.Status{}
		for e := range found.Entries() {
			status[e.Record.Entry.Path] = e.Status
		}
		if status["photo"] == salvage.Damaged && status["photo.damaged"] == salvage.Whole && status["text"] == salvage.Whole {
			at = i
			break
		}
	}
	if at == 0 {
		t.Fatal("no chunk lies within the photo only")
	}
	found := salvaged(t, message, at)

	dir := t.TempDir()
	if err := Salvaged(context.Background(), found, false, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !maps.Equal(got, map[string]string{"photo.damaged": "whole", "text": "t"}) {
		t.Errorf("without partial: %q", slices.Sorted(maps.Keys(got)))
	}

	dir = t.TempDir()
	renamed := map[string]string{}
	opts := Options{Renamed: func(path, name string) { renamed[path] = name }}
	if err := Salvaged(context.Background(), found, true, dir, opts); err != nil {
		t.Fatal(err)
	}
	got := tree(t, dir)
	if len(got) != 3 || got["text"] != "t" || len(renamed) != 1 {
		t.Errorf("with partial: %q, renamed %q", slices.Sorted(maps.Keys(got)), renamed)
	}
	damaged := got["photo (2).damaged"]
	if got["photo.damaged"] != "whole" {
		damaged = got["photo.damaged"]
	}
	if len(damaged) != 50000 || strings.Count(damaged, "\x00") == 0 || strings.Trim(damaged, "p\x00") != "" {
		t.Errorf("the damaged file has %d bytes, %d of them lost", len(damaged), strings.Count(damaged, "\x00"))
	}
}

func salvaged(t *testing.T, message []byte, damageAt int) *salvage.Salvage {
	t.Helper()
	damaged := bytes.Clone(message)
	damaged[damageAt] ^= 1
	chunks, err := cobblestone.NewChunks(bytes.NewReader(damaged), int64(len(damaged)), damaged[:56], testKey, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := salvage.Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
