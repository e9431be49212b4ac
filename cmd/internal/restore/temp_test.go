package restore

import (
	"os"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/ref/extract"
)

// The rules of names are those of the folder; asking leaves nothing in it.
func TestPlatformOf(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	can, err := namesOf(root)
	if err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(strings.ToUpper(dir)) // whether case matters here
	if want := map[bool]extract.Platform{true: extract.Posix, false: extract.Apple}[err != nil]; can.Platform != want || can.Longest != extract.MaxName {
		t.Errorf("names are %v, want platform %v", can, want)
	}
	if names := tree(t, dir); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := namesOf(root); err == nil {
		t.Error("a folder that is gone has rules")
	}
}
