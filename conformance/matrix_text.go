package conformance

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
)

// tally counts events.
type tally struct{ passed, known, against, rest int }

func tallyOf(events []report.Event) (t tally) {
	for _, e := range events {
		switch {
		case e.Verdict == report.Pass:
			t.passed++
		case e.Expected != nil:
			t.known++
		case e.Against():
			t.against++
		default:
			t.rest++
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

// WriteText shows the comparison to a person: the subjects of each implementation,
// then every pair, then what failed between them.
func (c *Comparison) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	c.writeSubjects(t)
	fmt.Fprintln(t)
	fmt.Fprint(t, "sealed by \\ opened by")
	for _, name := range c.Names {
		fmt.Fprintf(t, "\t%s", name)
	}
	fmt.Fprintln(t)
	for i, row := range c.Pairs {
		fmt.Fprint(t, c.Names[i])
		for _, cell := range row {
			fmt.Fprintf(t, "\t%v", tallyOf(cell))
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintln(t)
	if err := t.Flush(); err != nil {
		return err
	}
	for i, r := range c.Reports {
		if r.Exit != report.ExitConformant {
			if _, err := fmt.Fprintf(w, "%s failed: %s\n", c.Names[i], r.Again(protocol.HelloOp)); err != nil {
				return err
			}
		}
	}
	for i, row := range c.Pairs {
		for j, cell := range row {
			for _, e := range cell {
				if !e.Against() {
					continue
				}
				if _, err := fmt.Fprintf(w, "%s sealed, %s opened: %s: %s: %s\n", c.Names[i], c.Names[j], e.ID, e.Verdict, e.Message); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *Comparison) writeSubjects(w io.Writer) {
	var subjects []string
	events := map[string][][]report.Event{}
	for i, r := range c.Reports {
		for _, e := range r.Events {
			if events[e.Subject] == nil {
				subjects = append(subjects, e.Subject)
				events[e.Subject] = make([][]report.Event, len(c.Reports))
			}
			events[e.Subject][i] = append(events[e.Subject][i], e)
		}
	}
	for _, name := range c.Names {
		fmt.Fprintf(w, "\t%s", name)
	}
	fmt.Fprintln(w)
	for _, s := range subjects {
		fmt.Fprint(w, s)
		for i := range c.Reports {
			fmt.Fprintf(w, "\t%v", tallyOf(events[s][i]))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "verdict")
	for _, r := range c.Reports {
		verdict := "not conformant"
		switch {
		case r.Conformant:
			verdict = "conformant"
		case r.Exit == report.ExitConformant:
			verdict = "passed these"
		}
		fmt.Fprintf(w, "\t%s", verdict)
	}
	fmt.Fprintln(w)
}
