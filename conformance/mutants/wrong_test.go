package mutants

import (
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// Every wrong implementation can be made, and one of them is caught by a case
// that was written for it. The command runs all.
func TestWrong(t *testing.T) {
	thorough.NotShort(t)
	all, err := ReadWrong(source)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Errorf("there are %d", len(all))
	}
	e, err := JudgeWrong(t.Context(), source, all[0])
	if err != nil || e == nil {
		t.Errorf("%s: %v, %v", all[0].ID, e, err)
	}
	right := all[0]
	right.Replacement = right.Original
	right.Cases = []string{"key/*"}
	if e, err := JudgeWrong(t.Context(), source, right); err != nil || e != nil {
		t.Errorf("the reference fails %v, %v", e, err)
	}
}
