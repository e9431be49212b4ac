package conformance

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The suite gives up after hangs in a row: a few if nothing was ever answered, more
// if something was. What was given up is skipped, and says why.
func TestGivingUp(t *testing.T) {
	thorough.NotShort(t)
	for name, c := range map[string]struct{ first, want int }{"at first": {0, hangsAtFirst}, "later": {1, hangsInARow}} {
		asked := 0
		checks := []cases.Case{}
		for i := range 50 {
			checks = append(checks, cases.Case{ID: "x", Run: func(a *cases.Asker) report.Outcome {
				asked++
				if i < c.first {
					return cases.Passed()
				}
				select { // longer than the scheduler takes to hear of it
				case <-a.Ctx.Done():
					return report.Outcome{Verdict: report.Skipped, Message: context.Cause(a.Ctx).Error()}
				case <-time.After(20 * time.Millisecond):
					return report.Outcome{Verdict: report.Hang}
				}
			}})
		}
		r := report.New(protocol.Hello{}, nil, "", len(checks))
		add := func(e report.Event) bool { r.Add(e); return false }
		if err := runAll(t.Context(), Options{Parallel: 1, Timeout: time.Second}, protocol.Hello{}, checks, add); err != nil {
			t.Fatal(err)
		}
		last := r.Events[len(r.Events)-1]
		if len(r.Events) != 50 || asked > c.first+c.want+1 || last.Verdict != report.Skipped || !strings.Contains(last.Message, "gave up") {
			t.Errorf("%s: asked %d of %d, %+v", name, asked, len(r.Events), last)
		}
	}
}
