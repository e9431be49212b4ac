package check

import (
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/spec/trace"
	"github.com/coffer-format/coffer/vectors"
)

// A requirement that loses the last evidence of a kind is a problem, and so is one
// that is excused from what it has.
func TestLacks(t *testing.T) {
	none := trace.Evidence{}
	audited := trace.Evidence{Audits: []string{"writer/times"}, Code: make([]trace.Site, 1)}
	cased := trace.Evidence{Accepted: []string{"key/a"}, Refused: []string{"key/b"}, Code: make([]trace.Site, 1)}
	excused := trace.Evidence{Excuse: vectors.Excuse{Accept: "No.", Reject: "No.", Code: "No."}}
	with := func(e trace.Evidence, change func(e *trace.Evidence)) trace.Evidence {
		change(&e)
		return e
	}
	for _, c := range []struct {
		name     string
		evidence trace.Evidence
		problems int
	}{
		{"nothing", none, 3},
		{"an audit and code", audited, 0},
		{"cases and code", cased, 0},
		{"excuses", excused, 0},
		{"no code", with(cased, func(e *trace.Evidence) { e.Code = nil }), 1},
		{"no case that accepts", with(cased, func(e *trace.Evidence) { e.Accepted = nil }), 1},
		{"no case that refuses", with(cased, func(e *trace.Evidence) { e.Refused = nil }), 1},
		{"an audit lost", with(audited, func(e *trace.Evidence) { e.Audits = nil }), 2},
		{"excused from code without need", with(cased, func(e *trace.Evidence) { e.Excuse.Code = "No." }), 1},
		{"excused from accepting without need", with(cased, func(e *trace.Evidence) { e.Excuse.Accept = "No." }), 1},
		{"excused from refusing without need", with(cased, func(e *trace.Evidence) { e.Excuse.Reject = "No." }), 1},
		{"excused from cases in spite of an audit", with(audited, func(e *trace.Evidence) { e.Excuse = vectors.Excuse{Accept: "No."} }), 1},
	} {
		if got := lacks(&c.evidence); len(got) != c.problems {
			t.Errorf("%s: %q, want %d problems", c.name, got, c.problems)
		}
	}
}

// Of every requirement of the repository, its code, its cases on a side and its
// audits are missed as soon as they are gone.
func TestEveryEvidenceIsMissed(t *testing.T) {
	thorough.NotShort(t)
	r := whole(t)
	evidence := r.trace.Evidence()
	for _, q := range r.spec.Requirements {
		whole := *evidence[q.ID]
		for kind, take := range map[string]func(e *trace.Evidence) bool{
			"code":   func(e *trace.Evidence) bool { had := len(e.Code) > 0; e.Code = nil; return had },
			"accept": func(e *trace.Evidence) bool { had := len(e.Accepted) > 0; e.Accepted = nil; return had },
			"reject": func(e *trace.Evidence) bool { had := len(e.Refused) > 0; e.Refused = nil; return had },
			"audit":  func(e *trace.Evidence) bool { had := len(e.Audits) > 0; e.Audits = nil; return had },
			"excuse": func(e *trace.Evidence) bool {
				had := e.Excuse != vectors.Excuse{}
				e.Excuse = vectors.Excuse{}
				return had
			},
		} {
			less := whole
			byAudit := len(whole.Audits) > 0 && slices.Contains([]string{"accept", "reject"}, kind)
			byCases := kind == "audit" && len(whole.Accepted) > 0 && len(whole.Refused) > 0
			if take(&less) && !byAudit && !byCases && len(lacks(&less)) == 0 {
				t.Errorf("[%s]: nothing is missed without its %s", q.ID, kind)
			}
		}
	}
}
