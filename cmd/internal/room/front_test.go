package room

import (
	"io/fs"
	"os"
	"testing"

	"github.com/coffer-format/coffer/conformance/mutants"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The figures of the first page that are not read from the repository are not greater
// than what it has.
func TestFigures(t *testing.T) {
	thorough.NotShort(t)
	all, err := mutants.All("../../..")
	if err != nil || len(all) < mutantsAtLeast {
		t.Errorf("there are %d mutants, the page says over %d: %v", len(all), mutantsAtLeast, err)
	}
	adapters, err := fs.ReadDir(os.DirFS("../../.."), "conformance/adapters")
	if err != nil || len(adapters)+1 != implementations {
		t.Errorf("there are %d adapters and the reference, the page says %d: %v", len(adapters), implementations, err)
	}
}
