package crafted

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// What is crafted without a fault is accepted by every op, and is what a writer
// writes.
func TestCrafted(t *testing.T) {
	for name, craft := range map[string]func(int64) *crafted{"small": smallCrafted, "tall": tallCrafted, "set": setCrafted} {
		for seed := range int64(thorough.Number(2, 5)) {
			c := craft(seed<<40 + 77).with()
			for _, op := range inputs.ArchiveOps {
				if answer := reference.Handle(op, c.input(op)); answer.Error != "" {
					t.Errorf("%s, seed %d, %s: %s: %s", name, seed, op, answer.Error, answer.Detail)
				}
			}
			if p, ok := forge.PartsOf(c.unpatched()); !ok || !bytes.Equal(p.Bytes(), c.unpatched()) {
				t.Errorf("%s, seed %d: it cannot be taken apart", name, seed)
			}
		}
	}
}

// Every fault is one, at each of its places, in one of the archives.
func TestArchiveFaults(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 6)
	for _, f := range archiveFaults {
		if !take() {
			continue
		}
		for n := range 5 {
			refused := false
			for _, craft := range []func(int64) *crafted{smallCrafted, setCrafted} {
				for _, op := range inputs.ArchiveOps {
					refused = refused || reference.Handle(op, craft(77<<40).with(chosenFault{f, n}).input(op)).Error != ""
				}
			}
			if !refused {
				t.Errorf("%v is no fault", chosenFault{f, n})
			}
		}
	}
}

// The checks of crafted archives get every answer that they are there for.
func TestCraftedAnswers(t *testing.T) {
	thorough.NotShort(t)
	answers := map[string]int{}
	a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		answers[answer.Error]++
		return answer
	})
	take := thorough.OneIn(t, 8)
	for _, c := range slices.Concat(pairs(cases.DefaultSeed+1), values(cases.DefaultSeed+1), drawnArchives(cases.DefaultSeed+1)) {
		if !take() {
			continue
		}
		clear(answers)
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
			t.Errorf("%s: %+v", c.ID, o)
		}
		t.Logf("%s: %v", c.ID, answers)
		if len(answers) < 2 {
			t.Errorf("%s: every answer is the same: %v", c.ID, answers)
		}
		for part, name := range map[string]string{"/generated-pairs": "unsafe_path", "damaged": "payload_tampered", "set": "missing_container", "/generated-pairs-extract": "entry_not_found"} {
			if strings.Contains(c.ID, part) && answers[name] == 0 {
				t.Errorf("%s: no answer is %s: %v", c.ID, name, answers)
			}
		}
	}
}
