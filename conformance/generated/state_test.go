package generated

import (
	"maps"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// Who remembers an answer, and overlooks a field of the request, fails.
func TestGeneratedStateCatches(t *testing.T) {
	overlooked := map[string][]string{
		"key": {"key_check", "key"}, "cobblestone": {"key", "context", "message"}, "password": {"password"}, "container": {"container", "secret"},
		"archive": {"container"}, "path": {"paths", "platform"}, "keyring": {"container"}, "salvage": {"container"},
	}
	for _, c := range States(cases.DefaultSeed) {
		for _, field := range overlooked[c.Subject] {
			known := map[string]protocol.Answer{}
			o := casetest.Outcome(t, casetest.Asker(func(op string, input vectors.Object) protocol.Answer {
				rest := maps.Clone(input)
				delete(rest, field)
				k := casetest.Key(op, rest)
				answer, ok := known[k]
				if !ok {
					answer = reference.Handle(op, input)
					known[k] = answer
				}
				return answer
			}), c)
			if !o.Verdict.Against() || o.Verdict == report.Skipped {
				t.Errorf("%s passes who overlooks %s", c.ID, field)
			}
		}
		if len(overlooked[c.Subject]) == 0 {
			t.Errorf("nobody fails %s", c.ID)
		}
	}
}
