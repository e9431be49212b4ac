package generated

import (
	"math/rand"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/histories"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// The sets that are drawn have what can go wrong in a set, and what cannot.
func TestSetsAreOfAllKinds(t *testing.T) {
	thorough.NotShort(t)
	outcomes := map[string]int{}
	a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		outcomes["error "+answer.Error]++
		entries, _ := answer.Output["entries"].([]vectors.Object)
		for _, e := range entries {
			err, _ := e["error"].(string)
			outcomes["entry "+err]++
		}
		if earlier, _ := answer.Output["earlier"].([]uint64); len(earlier) > 0 {
			outcomes["earlier generations"]++
		}
		if passed, _ := answer.Output["passed_over"].([]string); len(passed) > 0 {
			outcomes["passed over"]++
		}
		return answer
	})
	for seed := range int64(thorough.Number(1, 4)) {
		for _, c := range casesOfSets(seed) {
			if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
				t.Errorf("%+v", o)
			}
		}
	}
	for _, want := range []string{
		"error ", "error wrong_secret", "error missing_container", "error payload_tampered", "error malformed_archive",
		"entry ", "entry missing_container", "entry payload_tampered", "entry malformed_archive", "earlier generations", "passed over",
	} {
		if outcomes[want] == 0 {
			t.Errorf("there is nothing of this kind: %q", want)
		}
	}
	t.Log(outcomes)
}

// A history has generations of several epochs and keys.
func TestHistoriesDiffer(t *testing.T) {
	old, others, pieces := 0, 0, 0
	for seed := range int64(8) {
		h := histories.Draw(rand.New(rand.NewSource(seed)))
		keys := map[key.Key]bool{}
		for _, k := range h.Keys {
			keys[k] = true
		}
		if len(keys) != len(h.Keys) {
			t.Error("a key comes twice")
		}
		if h.Ring.Generation < h.Number && len(h.Ring.OldKeys) > 0 {
			old++
		}
		if len(h.Refs) > 1 {
			others++
		}
		for _, rec := range h.Records {
			if len(rec.Places) > 1 {
				pieces++
			}
		}
	}
	if old == 0 || others == 0 || pieces == 0 {
		t.Errorf("old keys in %d, segments elsewhere in %d, entries in several places: %d", old, others, pieces)
	}
}
