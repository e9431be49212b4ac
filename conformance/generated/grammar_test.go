package generated

import (
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// The reference answers every variant as it does itself, some are refused under
// each of the names for what does not decode, and some accepted.
func TestGrammarVariants(t *testing.T) {
	thorough.NotShort(t)
	answers := map[string]int{}
	a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		answers[answer.Error]++
		return answer
	})
	take := thorough.OneIn(t, 3)
	for _, c := range Grammar(cases.DefaultSeed) {
		if !take() {
			continue
		}
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
			t.Errorf("%s: %+v", c.ID, o)
		}
	}
	t.Logf("answers: %v", answers)
	for name, least := range map[string]int{"": 50, "malformed_header": 60, "malformed_archive": 150, "truncated": 2, "unsupported_version": 3} {
		if thorough.Wanted() && answers[name] < least {
			t.Errorf("%d answers are %q, not at least %d", answers[name], name, least)
		}
	}
}

// An implementation that takes one length for another is told of at the field.
func TestGrammarFault(t *testing.T) {
	thorough.Only(t)
	a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		if strings.Contains(answer.Detail, "layout of a passkey slot") {
			return reference.Handle(op, vectors.Object{"container": inputs.Hex(samples.Archive{Seed: 11}.Container())})
		}
		return answer
	})
	failed := map[string]string{}
	for _, c := range Grammar(cases.DefaultSeed) {
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
			failed[c.ID] = o.Message + " " + o.Sample
		}
	}
	if len(failed) < 4 || !strings.Contains(failed["grammar/PasskeySlot.rp_id"], "it states 0 bytes") {
		t.Errorf("failed: %v", failed)
	}
	for id := range failed {
		if !strings.Contains(id, "PasskeySlot") && !strings.Contains(id, "Slot.") && !strings.Contains(id, "Header") {
			t.Errorf("%s failed", id)
		}
	}
}
