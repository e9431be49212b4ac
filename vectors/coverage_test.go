package vectors_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/trace"
	"github.com/coffer-format/coffer/vectors"
)

// exercise says what shows a requirement: cases that accept, cases that refuse,
// audits of writers.
type exercise struct{ accept, reject, audit bool }

func exercises(t *testing.T) map[string]exercise {
	t.Helper()
	all := map[string]exercise{}
	_, byID := load(t)
	for _, c := range byID {
		for _, id := range c.Requirements {
			e := all[id]
			e.accept = e.accept || c.Result == vectors.Valid
			e.reject = e.reject || c.Result == vectors.Invalid
			all[id] = e
		}
	}
	for _, id := range audited(t) {
		e := all[id]
		e.audit = true
		all[id] = e
	}
	return all
}

// audited returns the requirements of the writer audits.
func audited(t *testing.T) []string {
	t.Helper()
	found, err := trace.Read(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, audit := range found.Audits {
		ids = append(ids, audit.Requirements...)
	}
	if len(ids) < 20 {
		t.Fatalf("%d requirements of audits were found", len(ids))
	}
	return ids
}

// Every requirement of the specification is exercised from both sides or by an
// audit, or is excused; and no excuse covers what is exercised.
func TestCoverage(t *testing.T) {
	shown, excuses := exercises(t), vectors.Excuses()
	counts := map[string]int{}
	for _, r := range spec.Requirements() {
		e, excuse := shown[r.ID], excuses[r.ID]
		accept := excuse.Side == vectors.ExcusedAccept || excuse.Side == vectors.ExcusedBoth
		reject := excuse.Side == vectors.ExcusedReject || excuse.Side == vectors.ExcusedBoth
		switch {
		case e.audit && excuse.Side != "":
			t.Errorf("[%s] is excused and has an audit", r.ID)
		case e.audit:
		case e.accept && accept:
			t.Errorf("[%s] is excused from a case that accepts, and has one", r.ID)
		case e.reject && reject:
			t.Errorf("[%s] is excused from a case that refuses, and has one", r.ID)
		case !e.accept && !accept:
			t.Errorf("[%s] has neither a case that accepts nor an excuse", r.ID)
		case !e.reject && !reject:
			t.Errorf("[%s] has neither a case that refuses nor an excuse", r.ID)
		}
		counts[excuse.Side]++
	}
	t.Logf("excused: %v", counts)
}

// Every excuse is of a requirement that exists, stands once, and has a sentence.
func TestExcuses(t *testing.T) {
	for id, excuse := range vectors.Excuses() {
		if _, ok := spec.Lookup(id); !ok {
			t.Errorf("there is no [%s]", id)
		}
		if !slices.Contains([]string{vectors.ExcusedAccept, vectors.ExcusedReject, vectors.ExcusedBoth}, excuse.Side) {
			t.Errorf("[%s] is excused from %q", id, excuse.Side)
		}
		if !strings.HasSuffix(excuse.Reason, ".") || strings.Count(excuse.Reason, ". ") > 0 {
			t.Errorf("[%s]: the reason is not a sentence: %q", id, excuse.Reason)
		}
	}
}
