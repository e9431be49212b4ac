package vault

import (
	"go/build"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/coffer-format/coffer/"

// A vault that cannot open a container has none of the code that does: neither this package
// nor the record machine imports the packages of keys, slots and containers, directly or not.
func TestImports(t *testing.T) {
	var needed []string
	var visit func(dir string)
	visit = func(dir string) {
		if slices.Contains(needed, dir) {
			return
		}
		needed = append(needed, dir)
		p, err := build.ImportDir(filepath.FromSlash("../../"+dir), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range p.Imports {
			if dir, ours := strings.CutPrefix(path, module); ours {
				visit(dir)
			}
		}
	}
	visit("ref/vault/record")
	slices.Sort(needed)
	want := []string{"ref/opaque", "ref/vault", "ref/vault/record", "ref/wire"}
	if !slices.Equal(needed, want) {
		t.Errorf("a vault needs %s, and not only %s", needed, want)
	}
}
