package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/coffer-format/coffer/conformance/outside"
	"github.com/coffer-format/coffer/conformance/protocol"
)

// ComparisonFormat is the value of "format" in the JSON of a comparison.
const ComparisonFormat = "coffer-comparison/1"

// Comparison is what several implementations showed. Pairs[i][j] is what j opened
// of what i sealed.
type Comparison struct {
	Format  string      `json:"format"`
	Seed    int64       `json:"seed"`    // of what was drawn
	Names   []string    `json:"names"`   // the reference first
	Reports []*Report   `json:"reports"` // of each
	Pairs   [][][]Event `json:"pairs"`
}

// Exit returns the exit status: ExitConformant if all went well, or ExitNot.
func (c *Comparison) Exit() int {
	for _, r := range c.Reports {
		if r.Exit != ExitConformant {
			return ExitNot
		}
	}
	for _, row := range c.Pairs {
		for _, cell := range row {
			for _, e := range cell {
				if e.Against() {
					return ExitNot
				}
			}
		}
	}
	return ExitConformant
}

// tally counts events.
type tally struct{ passed, known, against int }

func tallyOf(events []Event) (t tally) {
	for _, e := range events {
		switch {
		case e.Verdict == Pass:
			t.passed++
		case e.Expected != nil:
			t.known++
		case e.Against():
			t.against++
		}
	}
	return t
}

// String is "-" if nothing was asked, the number that passed if all did, and else
// how many of how many.
func (t tally) String() string {
	all := t.passed + t.known + t.against
	switch {
	case all == 0:
		return "-"
	case t.passed == all:
		return fmt.Sprint(all)
	case t.against == 0:
		return fmt.Sprintf("%d of %d, as expected", t.passed, all)
	}
	return fmt.Sprintf("%d of %d!", t.passed, all)
}

// row is a line of a matrix.
type row struct {
	Name    string
	Tallies []tally // by implementation
}

// subjects returns a row for each subject, in the order of the events.
func (c *Comparison) subjects() []row {
	var rows []row
	number := map[string]int{}
	for i, r := range c.Reports {
		events := map[string][]Event{}
		for _, e := range r.Events {
			if r.startless() {
				break // its verdict says why
			}
			if _, ok := number[e.Subject]; !ok {
				number[e.Subject] = len(rows)
				rows = append(rows, row{e.Subject, make([]tally, len(c.Reports))})
			}
			events[e.Subject] = append(events[e.Subject], e)
		}
		for subject, all := range events {
			rows[number[subject]].Tallies[i] = tallyOf(all)
		}
	}
	return rows
}

// pairs returns a row for each implementation that sealed.
func (c *Comparison) pairs() []row {
	var rows []row
	for i, cells := range c.Pairs {
		r := row{Name: c.Names[i]}
		for _, cell := range cells {
			r.Tallies = append(r.Tallies, tallyOf(cell))
		}
		rows = append(rows, r)
	}
	return rows
}

// DoesNotStart begins the message about a program that cannot be started.
const DoesNotStart = "it does not start: "

// startless reports whether nothing was asked, for there was no answer to hello.
func (r *Report) startless() bool {
	return len(r.Events) == 1 && r.Events[0].ID == protocol.HelloOp
}

// verdict says in a line what a report comes to, and why.
func (r *Report) verdict() string {
	causes := r.causes(Event.Against)
	switch {
	case r.Conformant:
		return "conformant"
	case r.startless():
		return "did not start: " + strings.TrimPrefix(r.Events[0].Message, DoesNotStart)
	case len(causes) > 0:
		return fmt.Sprintf("not conformant: %d of %d cases failed, most of them: %s", r.failures(), len(r.Events)-r.Counts[Unsupported], causes[0].Text)
	case r.Exit == ExitConformant:
		return "passed these"
	}
	return "not conformant: " + r.verdictLine()
}

// verdicts returns the verdict of each implementation.
func (c *Comparison) verdicts() []string {
	var all []string
	for _, r := range c.Reports {
		all = append(all, r.verdict())
	}
	return all
}

// pairFailure is what one implementation did not open of another's, for one cause.
type pairFailure struct {
	Sealed, Opened string
	Asked          int
	Cause          Cause
}

func (c *Comparison) pairFailures() []pairFailure {
	var all []pairFailure
	for i, cells := range c.Pairs {
		for j, cell := range cells {
			for _, cause := range causesOf(cell, Event.Against) {
				all = append(all, pairFailure{c.Names[i], c.Names[j], len(asked(cell)), cause})
			}
		}
	}
	return all
}

// WriteText shows the comparison to a person: the verdict on each implementation,
// its subjects, then every pair, then what failed between them.
func (c *Comparison) WriteText(w io.Writer) error {
	return writeLines(w, c.writeText)
}

func (c *Comparison) writeText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(first string, cells []string) {
		fmt.Fprint(t, outside.Printable(first))
		for _, cell := range cells {
			fmt.Fprintf(t, "\t%s", outside.Printable(cell))
		}
		fmt.Fprintln(t)
	}
	matrix := func(rows []row) {
		for _, r := range rows {
			var cells []string
			for _, n := range r.Tallies {
				cells = append(cells, n.String())
			}
			line(r.Name, cells)
		}
	}
	for i, verdict := range c.verdicts() {
		line(c.Names[i], []string{verdict})
	}
	line("", nil)
	line("", c.Names)
	matrix(c.subjects())
	line("", nil)
	line(`sealed by \ opened by`, c.Names)
	matrix(c.pairs())
	fmt.Fprintf(t, "\nwhat the suite drew follows from the seed %d\n", c.Seed)
	for i, r := range c.Reports {
		if r.Exit != ExitConformant {
			fmt.Fprintf(t, "%s alone: %s\n", outside.Printable(c.Names[i]), outside.Printable(r.Again(protocol.HelloOp)))
		}
	}
	for _, f := range c.pairFailures() {
		fmt.Fprintf(t, "%s does not open what %s sealed: %s (%d of %d, the first: %s)\n",
			outside.Printable(f.Opened), outside.Printable(f.Sealed), outside.Printable(f.Cause.Text), len(f.Cause.Events), f.Asked, f.Cause.Events[0].ID)
	}
	return t.Flush()
}

// WriteJSON writes the comparison for programs. The reports in it are those of
// Schema, and what is in pairs are events as theirs.
func (c *Comparison) WriteJSON(w io.Writer) error { return outside.WriteJSON(w, c) }
