package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed comparison.html
var comparisonText string

// mostCauses is how many causes of failures the page of a comparison shows of each
// implementation: its own report has all.
const mostCauses = 10

// comparisonPage is what comparison.html shows.
type comparisonPage struct {
	Seed            int64
	Names, Verdicts []string
	OK              bool
	Failed          int // implementations that failed alone
	Subjects, Pairs []row
	Failures        []comparisonFailure
	More            int
}

// comparisonFailure is a cause of failures, and the first of them.
type comparisonFailure struct {
	Who, Text, Again string
	Count            int
	Event            Event
}

// Class is the style of a cell.
func (t tally) Class() string {
	switch {
	case t.against > 0:
		return "bad"
	case t.known > 0:
		return "mild"
	case t.passed == 0:
		return "soft"
	}
	return "good"
}

// WriteHTML writes the comparison as a page that needs nothing else.
func (c *Comparison) WriteHTML(w io.Writer) error {
	p := comparisonPage{Seed: c.Seed, Names: c.Names, Verdicts: c.verdicts(), OK: c.Exit() == ExitConformant, Subjects: c.subjects(), Pairs: c.pairs()}
	for i, r := range c.Reports {
		if r.Exit != ExitConformant {
			p.Failed++
		}
		causes := r.causes(Event.Against)
		shown := causes[:min(len(causes), mostCauses)]
		p.More += len(causes) - len(shown)
		for _, cause := range shown {
			e := cause.Events[0]
			p.Failures = append(p.Failures, comparisonFailure{c.Names[i], cause.Text, r.Again(e.ID), len(cause.Events), e})
		}
	}
	for _, f := range c.pairFailures() {
		who := f.Opened + " opens what " + f.Sealed + " sealed"
		p.Failures = append(p.Failures, comparisonFailure{Who: who, Text: f.Cause.Text, Count: len(f.Cause.Events), Event: f.Cause.Events[0]})
	}
	page := template.Must(pageFunctions("comparison").Parse(comparisonText))
	return writeLines(w, func(w io.Writer) error { return page.Execute(w, p) })
}
