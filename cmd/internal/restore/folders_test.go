package restore

import (
	"path"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/extract/extracttest"
)

// Folders are counted once each, whatever the order of the paths.
func TestFolders(t *testing.T) {
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(2))
	properties.Property("counted", prop.ForAll(func(paths []string) bool {
		want := map[string]bool{}
		for _, p := range paths {
			for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
				want[dir] = true
			}
		}
		return folders(paths) == len(want)
	}, pathSets()))
	properties.TestingRun(t)
	if n := folders([]string{"b/c/d", "a", "b/c-", "b/c/e", "b-/c/d", "b/ca/x"}); n != 5 {
		t.Errorf("%d folders", n)
	}
}

var pathSets = extracttest.PathSets
