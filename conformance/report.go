package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/spec"
)

// ReportFormat is the value of "format" in a JSON report.
const ReportFormat = "coffer-report/1"

// Report is the JSON report. Everything in it follows from the events.
type Report struct {
	Format         string             `json:"format"`
	Implementation protocol.Hello     `json:"implementation"`
	Command        []string           `json:"command,omitempty"`
	Pattern        string             `json:"pattern,omitempty"`
	Cases          int                `json:"cases"` // of the suite, selected or not
	Conformant     bool               `json:"conformant"`
	Exit           int                `json:"exit"`
	Counts         map[Verdict]int    `json:"counts"`
	Requirements   []RequirementState `json:"requirements"`
	Events         []Event            `json:"events"`
}

// RequirementState says what the events show of a requirement.
type RequirementState struct {
	ID    string `json:"id"`
	State string `json:"state"` // satisfied, violated or not_exercised
}

// report collects events. It writes failures as they come, the rest at the end.
type report struct {
	Report
	out  *bytes.Buffer // what is to be written to Out next
	opts Options
	err  error // of writing
}

func newReport(o Options, hello protocol.Hello, cases int) *report {
	r := &report{opts: o, out: new(bytes.Buffer)}
	r.Report = Report{
		Format:         ReportFormat,
		Implementation: hello,
		Command:        o.Command,
		Pattern:        o.Pattern,
		Cases:          cases,
		Counts:         map[Verdict]int{},
		Events:         []Event{},
	}
	return r
}

// counts reports whether a verdict is against the implementation.
func against(v Verdict) bool { return v != Pass && v != Unsupported }

func (r *report) add(e Event) {
	r.Events = append(r.Events, e)
	r.Counts[e.Verdict]++
	if against(e.Verdict) && e.Verdict != Skipped {
		r.describe(e)
		r.flush()
	}
}

// describe writes all that helps to find the cause of a failure.
func (r *report) describe(e Event) {
	fmt.Fprintf(r.out, "%s  %s\n", strings.ToUpper(strings.ReplaceAll(string(e.Verdict), "_", " ")), e.ID)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(r.out, "    %-8s %s\n", name, printable(text))
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
	fmt.Fprintf(r.out, "    %-8s %s\n\n", "again", r.again(e.ID))
}

// again returns the command line that runs one case.
func (r *report) again(id string) string {
	words := []string{"coffer", "conform"}
	if id != protocol.HelloOp { // which every run begins with
		words = append(words, "--run", id)
	}
	if len(r.opts.Command) > 0 {
		words = append(append(words, "--"), r.opts.Command...)
	}
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

func shellWord(w string) string {
	plain := func(c rune) bool {
		return unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("-_./=:,+@%", c)
	}
	if w != "" && strings.IndexFunc(w, func(c rune) bool { return !plain(c) }) < 0 {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
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

// finish writes the tables, the verdict and the JSON report.
func (r *report) finish() (exit int, err error) {
	r.judgeRun()
	r.table()
	r.verdict()
	r.flush()
	if r.opts.JSON != nil && r.err == nil {
		e := json.NewEncoder(r.opts.JSON)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		r.err = e.Encode(r.Report)
	}
	if r.err != nil {
		return ExitSuite, fmt.Errorf("the report cannot be written: %w", r.err)
	}
	return r.Exit, nil
}

// judgeRun draws the conclusions from the events.
func (r *report) judgeRun() {
	r.Exit = ExitConformant
	if r.Counts[Pass] == 0 {
		r.Exit = ExitNot
	}
	for v, n := range r.Counts {
		if against(v) && n > 0 {
			r.Exit = ExitNot
		}
	}
	r.Conformant = r.Exit == ExitConformant && len(r.Events) == r.Cases

	states := map[string]string{}
	for _, e := range r.Events {
		for _, id := range e.Requirements {
			switch {
			case against(e.Verdict) && e.Verdict != Skipped:
				states[id] = "violated"
			case e.Verdict == Pass && states[id] == "":
				states[id] = "satisfied"
			}
		}
	}
	for _, q := range spec.Requirements() {
		state := states[q.ID]
		if state == "" {
			state = "not_exercised"
		}
		r.Requirements = append(r.Requirements, RequirementState{q.ID, state})
	}
}

func (r *report) table() {
	var subjects []string
	counts := map[string]map[Verdict]int{}
	for _, e := range r.Events {
		if counts[e.Subject] == nil {
			subjects = append(subjects, e.Subject)
			counts[e.Subject] = map[Verdict]int{}
		}
		counts[e.Subject][e.Verdict]++
	}
	columns := slices.DeleteFunc(slices.Clone(Verdicts), func(v Verdict) bool {
		return r.Counts[v] == 0 && v != Pass && v != Fail
	})
	w := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, cell func(Verdict) string) {
		fmt.Fprintf(w, "%-12s\t", name)
		for _, v := range columns {
			fmt.Fprintf(w, "%s\t", cell(v))
		}
		fmt.Fprintln(w)
	}
	row("", func(v Verdict) string { return strings.ReplaceAll(string(v), "_", " ") })
	for _, s := range subjects {
		row(s, func(v Verdict) string { return fmt.Sprint(counts[s][v]) })
	}
	row("all", func(v Verdict) string { return fmt.Sprint(r.Counts[v]) })
	w.Flush() // to a buffer: no error
	fmt.Fprintln(r.out)
}

func (r *report) verdict() {
	h := r.Implementation
	if name := strings.TrimSpace(h.Name + " " + h.Version); name != "" {
		fmt.Fprintf(r.out, "%s claims: %s\n", printable(name), strings.Join(h.Profiles, ", "))
	}
	for _, set := range h.Indistinct {
		fmt.Fprintf(r.out, "it cannot tell apart: %s\n", strings.Join(set, ", "))
	}
	count := func(verdicts ...Verdict) (n int) {
		for _, v := range verdicts {
			n += r.Counts[v]
		}
		return n
	}
	bad := count(Fail, WrongError, Crash, Hang, ProtocolError)
	switch {
	case bad > 0:
		fmt.Fprintf(r.out, "NOT CONFORMANT: %d of %d cases failed\n", bad, len(r.Events)-count(Unsupported))
	case count(Skipped) > 0:
		fmt.Fprintf(r.out, "NOT CONFORMANT: the run was interrupted, %d cases were skipped\n", count(Skipped))
	case count(Pass) == 0:
		fmt.Fprintln(r.out, "NOT CONFORMANT: the profiles that are claimed have none of the cases")
	case !r.Conformant:
		fmt.Fprintf(r.out, "passed %d of the %d cases of the suite; the others were not asked for\n", count(Pass), r.Cases)
	default:
		fmt.Fprintf(r.out, "CONFORMANT: passed all %d cases of these profiles\n", count(Pass))
	}
}

func (r *report) flush() {
	if r.err == nil {
		_, r.err = io.Copy(r.opts.Out, r.out)
	}
}
