package extract

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Zero bytes come back as zero bytes, in the middle and at the end, and take no room.
func TestHoles(t *testing.T) {
	contents := map[string]string{
		"only":   strings.Repeat("\x00", 8<<20),
		"middle": "x" + strings.Repeat("\x00", 4<<20) + "y",
		"end":    strings.Repeat("x", 5000) + strings.Repeat("\x00", 4<<20),
		"small":  "\x00",
	}
	dir := t.TempDir()
	if err := All(context.Background(), open(t, sealed(t, contents)), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !maps.Equal(got, contents) {
		t.Error("other contents")
	}
	for name, content := range contents {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if used := info.Sys().(*syscall.Stat_t).Blocks * 512; used > 1<<17 {
			t.Errorf("%s: %d of %d bytes take room", name, used, len(content))
		}
	}
}
