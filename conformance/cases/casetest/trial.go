package casetest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/spec"
)

// Named checks that cases name themselves once, and requirements and profiles that exist.
func Named(t *testing.T, all []cases.Case) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.ID] {
			t.Errorf("%s occurs twice", c.ID)
		}
		seen[c.ID] = true
		if len(c.Requirements) == 0 || !strings.HasSuffix(c.Comment, ".") {
			t.Errorf("%s has no requirement, or no sentence", c.ID)
		}
		for _, id := range c.Requirements {
			if _, ok := spec.Lookup(id); !ok {
				t.Errorf("%s: there is no [%s]", c.ID, id)
			}
		}
		for _, p := range c.Profiles {
			if !slices.Contains(protocol.Profiles, p) {
				t.Errorf("%s: there is no profile %s", c.ID, p)
			}
		}
	}
}

// Passed checks that the reference passes those cases of a seed that take says.
func Passed(t *testing.T, seed int64, all []cases.Case, take func() bool) {
	t.Helper()
	for _, c := range all {
		if !take() {
			continue
		}
		if o := Outcome(t, Asker(new(reference.Program).Answer), c); o.Verdict != report.Pass {
			t.Errorf("seed %d, %s: %+v", seed, c.ID, o)
		}
	}
}

// Trial tries liars, which answer as the reference does but for one thing.
type Trial struct {
	t            *testing.T
	all, untried map[string]cases.Case
	take         func() bool
}

// NewTrial returns one of cases of one subject. Of what it is to try, it tries what take says.
func NewTrial(t *testing.T, all []cases.Case, take func() bool) *Trial {
	byName := map[string]cases.Case{}
	for _, c := range all {
		byName[strings.TrimPrefix(c.ID, c.Subject+"/")] = c
	}
	return &Trial{t, byName, maps.Clone(byName), take}
}

// Fails checks that a liar fails the cases that are there for it, whose names have spaces
// between. Each case asks one of its own.
func (r *Trial) Fails(fault, names string, liar func() Answers) {
	r.t.Helper()
	for _, name := range strings.Fields(names) {
		c, ok := r.all[name]
		if !ok {
			r.t.Fatalf("there is no case %s", name)
		}
		delete(r.untried, name)
		if !r.take() {
			continue
		}
		if o := Outcome(r.t, Asker(liar()), c); o.Verdict != report.Fail || o.Message == "" || o.Got == "" {
			r.t.Errorf("%s: who %s gets %+v", name, fault, o)
		}
	}
}

// End checks that every case was there for a liar.
func (r *Trial) End() {
	r.t.Helper()
	for name := range r.untried {
		r.t.Errorf("no liar tries %s", name)
	}
}
