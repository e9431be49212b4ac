package generated

import (
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// Whatever seed a run draws, no check that follows from it blames the suite, or
// the reference. Only those run that cost little.
func TestGeneratedOfManySeeds(t *testing.T) {
	thorough.NotShort(t)
	const seeds = 8
	take := thorough.OneIn(t, 4)
	for seed := int64(4010577710374285); seed < 4010577710374285+seeds; seed++ {
		if !take() {
			continue
		}
		for _, of := range []func(int64) []cases.Case{propertiesOfSlots, propertiesOfTexts} {
			for _, c := range of(seed) {
				if o := casetest.Outcome(t, casetest.Asker(reference.Handle), c); o.Verdict != report.Pass {
					t.Errorf("%s, seed %d: %+v", c.ID, seed, o)
				}
			}
		}
	}
}
