package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed comparison.html
var comparisonText string

// mostFailures is how many failures the page of a comparison shows of each
// implementation: its own report has all.
const mostFailures = 5

// comparisonPage is what comparison.html shows.
type comparisonPage struct {
	Seed            int64
	Names, Verdicts []string
	OK              bool
	Subjects, Pairs []row
	Failures        []comparisonFailure
	More            int
}

type comparisonFailure struct {
	Who, Again string
	Event      Event
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
		shown := 0
		for _, e := range r.Events {
			switch {
			case !e.Against():
			case shown == mostFailures:
				p.More++
			default:
				shown++
				p.Failures = append(p.Failures, comparisonFailure{c.Names[i], r.Again(e.ID), e})
			}
		}
	}
	for _, f := range c.pairFailures() {
		p.Failures = append(p.Failures, comparisonFailure{Who: f.Opened + " opens what " + f.Sealed + " sealed", Event: f.Event})
	}
	page := template.Must(pageFunctions("comparison").Parse(comparisonText))
	return writeLines(w, func(w io.Writer) error { return page.Execute(w, p) })
}
