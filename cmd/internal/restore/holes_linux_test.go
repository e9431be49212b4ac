package restore

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/salvage"
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

// A partial restore leaves holes for what is lost.
func TestPartialHoles(t *testing.T) {
	contents := map[string]string{"a": strings.Repeat("x", 4<<20)}
	message := sealed(t, contents)
	clear(message[1<<16 : 4<<20-1<<16])
	chunks, err := cobblestone.NewChunks(bytes.NewReader(message), int64(len(message)), message[:56], testKey, "")
	if err != nil {
		t.Fatal(err)
	}
	found, err := salvage.Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := Salvaged(context.Background(), found, true, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "a.damaged"))
	if err != nil || info.Size() != 4<<20 {
		t.Fatal(info, err)
	}
	if used := info.Sys().(*syscall.Stat_t).Blocks * 512; used > 1<<18 {
		t.Errorf("%d of %d bytes take room", used, info.Size())
	}
}
