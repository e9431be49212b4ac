package crafted

import (
	"fmt"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// The generated checks of salvage get every kind of answer that they are there for:
// refusals, faults, and entries that are whole, damaged, missing and unsafe, found
// with an index, with a segment and with neither.
func TestSalvagedAnswers(t *testing.T) {
	thorough.NotShort(t)
	answers := map[string]int{}
	a := casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
		answer := reference.Handle(op, input)
		if answer.Output == nil {
			answers["refused: "+answer.Error]++
			return answer
		}
		name, _ := answer.Output["fault"].(string)
		answers["noted: "+name]++
		how := "neither"
		if answer.Output["indexed"] == true {
			how = "index"
		} else if answer.Output["end_reached"] == true {
			how = "segment"
		}
		answers["found by: "+how]++
		for _, one := range answer.Output["entries"].([]vectors.Object) {
			answers["entry: "+fmt.Sprint(one["status"])]++
		}
		if fmt.Sprint(answer.Output["unsafe"]) != "[]" {
			answers["entry: unsafe"]++
		}
		return answer
	})
	for _, c := range Salvages(cases.DefaultSeed + 1) {
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Pass {
			t.Errorf("%s: %+v", c.ID, o)
		}
	}
	for _, want := range []string{
		"refused: wrong_secret", "refused: damaged_header", "refused: header_tampered", "refused: payload_tampered", "refused: malformed_archive",
		"refused: malformed_header", "refused: limit_exceeded", "refused: no_matching_slot", "refused: not_a_container", "refused: unsupported_version", "refused: truncated",
		"noted: not_a_container", "noted: unsupported_version", "noted: truncated",
		"noted: ", "noted: damaged_header", "noted: malformed_header", "noted: limit_exceeded", "noted: header_tampered", "noted: payload_tampered",
		"noted: malformed_archive", "noted: unsafe_path", "noted: missing_container",
		"found by: index", "found by: segment", "found by: neither",
		"entry: whole", "entry: damaged", "entry: missing", "entry: unsafe",
	} {
		if answers[want] == 0 {
			t.Errorf("no answer is %q: %v", want, answers)
		}
	}
}
