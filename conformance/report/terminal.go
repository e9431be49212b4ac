package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/coffer-format/coffer/spec"
)

// Terminal shows a report to a person: failures as they come, the rest at the
// end.
type Terminal struct {
	r   *Report
	w   io.Writer
	out bytes.Buffer // what is to be written next
	err error
}

// NewTerminal returns a Terminal that writes to w.
func NewTerminal(w io.Writer, r *Report) *Terminal { return &Terminal{r: r, w: w} }

// Add shows an event of the report if it is a failure.
func (t *Terminal) Add(e Event) {
	if e.Against() && e.Verdict != Skipped {
		t.describe(e)
		t.flush()
	}
}

// Finish shows the tables and the verdict of the finished report. Its error is
// that of the first write that failed.
func (t *Terminal) Finish() error {
	t.table()
	t.verdict()
	t.flush()
	return t.err
}

// describe writes all that helps to find the cause of a failure.
func (t *Terminal) describe(e Event) {
	fmt.Fprintf(&t.out, "%s  %s\n", strings.ToUpper(strings.ReplaceAll(string(e.Verdict), "_", " ")), e.ID)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&t.out, "    %-8s %s\n", name, printable(text))
		}
	}
	row("case", e.Comment)
	row("why", e.Message)
	row("want", e.Want)
	row("got", e.Got)
	if d := e.Intermediate; d != nil {
		row("first", d.Name+" differs")
		row("  want", d.Want)
		row("  got", d.Got)
	}
	for _, id := range e.Requirements {
		if q, ok := spec.Lookup(id); ok {
			row("["+id+"]", q.Sentence)
		}
	}
	if e.Stderr != "" {
		lines := strings.Split(strings.TrimSpace(e.Stderr), "\n")
		for _, l := range lines[max(0, len(lines)-5):] {
			row("stderr", l)
		}
	}
	fmt.Fprintf(&t.out, "    %-8s %s\n\n", "again", t.r.Again(e.ID))
}

// printable keeps what an implementation says from steering the terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return '\ufffd'
	}, s)
}

func (t *Terminal) table() {
	columns := t.r.columns()
	counts := map[string]map[Verdict]int{}
	for _, e := range t.r.Events {
		if counts[e.Subject] == nil {
			counts[e.Subject] = map[Verdict]int{}
		}
		counts[e.Subject][e.Verdict]++
	}
	w := tabwriter.NewWriter(&t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, cell func(Verdict) string) {
		fmt.Fprintf(w, "%-12s\t", name)
		for _, v := range columns {
			fmt.Fprintf(w, "%s\t", cell(v))
		}
		fmt.Fprintln(w)
	}
	row("", func(v Verdict) string { return strings.ReplaceAll(string(v), "_", " ") })
	for _, s := range t.r.subjects() {
		row(s, func(v Verdict) string { return fmt.Sprint(counts[s][v]) })
	}
	row("all", func(v Verdict) string { return fmt.Sprint(t.r.Counts[v]) })
	w.Flush() // to a buffer: no error
	fmt.Fprintln(&t.out)
}

func (t *Terminal) verdict() {
	h := t.r.Implementation
	if name := strings.TrimSpace(h.Name + " " + h.Version); name != "" {
		fmt.Fprintf(&t.out, "%s claims: %s\n", printable(name), strings.Join(h.Profiles, ", "))
	}
	for _, set := range h.Indistinct {
		fmt.Fprintf(&t.out, "it cannot tell apart: %s\n", strings.Join(set, ", "))
	}
	fmt.Fprintln(&t.out, t.r.seedLine())
	fmt.Fprintln(&t.out, t.r.verdictLine())
}

func (t *Terminal) flush() {
	if t.err == nil {
		_, t.err = io.Copy(t.w, &t.out)
	}
}
