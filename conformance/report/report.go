// Package report draws the conclusions of a conformance run from its events, and
// shows them to people and to programs.
package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

// Format is the value of "format" in a JSON report.
const Format = "coffer-report/1"

// Report is what a run showed. Everything in it follows from the events; as JSON it
// is the report for programs.
type Report struct {
	Format         string             `json:"format"`
	Implementation protocol.Hello     `json:"implementation"`
	Command        []string           `json:"command,omitempty"`
	Flags          []string           `json:"flags,omitempty"` // of "coffer-dev conform", where they say what is checked
	Pattern        string             `json:"pattern,omitempty"`
	Seed           int64              `json:"seed"`  // of the generated inputs
	Cases          int                `json:"cases"` // of the suite, selected or not
	Conformant     bool               `json:"conformant"`
	Exit           int                `json:"exit"`
	Counts         map[Verdict]int    `json:"counts"`
	Known          int                `json:"known_failures,omitempty"` // events that failed as expected
	Requirements   []RequirementState `json:"requirements"`
	Events         []Event            `json:"events"`
}

// RequirementState says what the events show of a requirement.
type RequirementState struct {
	ID     string `json:"id"`
	State  string `json:"state"`            // satisfied, violated, not_exercised or not_observable
	Reason string `json:"reason,omitempty"` // why it is not observable
}

// New returns a report without events.
func New(hello protocol.Hello, command []string, pattern string, cases int) *Report {
	return &Report{
		Format:         Format,
		Implementation: hello,
		Command:        command,
		Pattern:        pattern,
		Cases:          cases,
		Counts:         map[Verdict]int{},
		Events:         []Event{},
	}
}

// Add takes the next event.
func (r *Report) Add(e Event) {
	r.Events = append(r.Events, e)
	r.Counts[e.Verdict]++
	if e.Expected != nil {
		r.Known++
	}
}

// Finish draws the conclusions, once all events are added.
func (r *Report) Finish() {
	r.Exit = ExitConformant
	if r.Counts[Pass]+r.Known == 0 || slices.ContainsFunc(r.Events, Event.Against) {
		r.Exit = ExitNot
	}
	r.Conformant = r.Exit == ExitConformant && r.Known == 0 && len(r.Events) == r.Cases && len(r.notAsked()) == 0

	states := map[string]string{}
	for _, e := range r.Events {
		for _, id := range e.Requirements {
			switch {
			case e.Verdict.Against() && e.Verdict != Skipped:
				states[id] = "violated"
			case e.Verdict == Pass && states[id] == "":
				states[id] = "satisfied"
			}
		}
	}
	excuses := vectors.Excuses()
	for _, q := range spec.Requirements() {
		s := RequirementState{ID: q.ID, State: states[q.ID]}
		unseen := excuses[q.ID].Unseen()
		switch {
		case s.State != "":
		case unseen != "":
			s.State, s.Reason = "not_observable", unseen
		default:
			s.State = "not_exercised"
		}
		r.Requirements = append(r.Requirements, s)
	}
}

// failures returns the number of cases that were asked and count against the
// implementation.
func (r *Report) failures() int {
	failed := -r.Known
	for _, v := range []Verdict{Fail, WrongError, Crash, Hang, ProtocolError} {
		failed += r.Counts[v]
	}
	return failed
}

// verdictLine says in a sentence what the report comes to.
func (r *Report) verdictLine() string {
	failed := r.failures()
	passed := amount(having(r.Events, Pass))
	switch {
	case failed > 0:
		return fmt.Sprintf("NOT CONFORMANT: %d of %d cases failed", failed, len(asked(r.Events)))
	case r.Counts[Skipped] > 0:
		return fmt.Sprintf("NOT CONFORMANT: the run was interrupted, %d cases were skipped", r.Counts[Skipped])
	case r.Known > 0:
		return fmt.Sprintf("as expected: %d known failures, passed %s; not conformant", r.Known, passed)
	case r.Counts[Pass] == 0:
		return "NOT CONFORMANT: the profiles that are claimed have none of the cases"
	case len(r.notAsked()) > 0:
		return fmt.Sprintf("passed %s; %d were not asked, and this is no statement about them", passed, len(r.notAsked()))
	case !r.Conformant:
		return fmt.Sprintf("passed %s; the suite has %d cases, and the others were not asked", passed, r.Cases)
	}
	return fmt.Sprintf("CONFORMANT: passed all %d cases of these profiles", r.Counts[Pass])
}

// casesLine says what the cases were.
func (r *Report) casesLine() string {
	all := asked(r.Events)
	line := fmt.Sprintf("%d cases: %s", len(all), amount(all))
	left := r.notAsked()
	if n := r.Counts[Unsupported] - len(left); n > 0 {
		line += fmt.Sprintf("; %d of profiles not claimed", n)
	}
	if len(left) > 0 {
		line += fmt.Sprintf("; %d not asked: %s", len(left), left[0].Message)
	}
	return line
}

// notAsked returns the events of cases whose profiles are claimed, and that nobody could ask.
func (r *Report) notAsked() []Event {
	return slices.DeleteFunc(having(r.Events, Unsupported), func(e Event) bool { return e.Message == "" })
}

// seedLine says how to get the same inputs again.
func (r *Report) seedLine() string {
	return fmt.Sprintf("seed %d: --seed %d asks the same again", r.Seed, r.Seed)
}

// subjects returns the subjects in the order of the events.
func (r *Report) subjects() []string {
	var all []string
	seen := map[string]bool{}
	for _, e := range r.Events {
		if !seen[e.Subject] {
			seen[e.Subject] = true
			all = append(all, e.Subject)
		}
	}
	return all
}

// columns returns the verdicts that a table has columns for.
func (r *Report) columns() []Verdict {
	return slices.DeleteFunc(slices.Clone(Verdicts), func(v Verdict) bool {
		return r.Counts[v] == 0 && v != Pass && v != Fail
	})
}

// Again returns the command line that runs one case with the same inputs.
func (r *Report) Again(id string) string {
	words := append([]string{"coffer-dev", "conform"}, r.Flags...)
	if r.Seed != 0 {
		words = append(words, "--seed", fmt.Sprint(r.Seed))
	}
	if id != protocol.HelloOp { // which every run begins with
		words = append(words, "--run", id)
	}
	if len(r.Command) > 0 {
		words = append(append(words, "--"), r.Command...)
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

// Name returns the name of the implementation: what it says, or its program.
func (r *Report) Name() string {
	switch {
	case len(r.Command) == 0 && len(r.Flags) == 0:
		return "reference"
	case len(r.Command) > 0 && r.Implementation.Name == "":
		return r.Command[0]
	}
	return r.Implementation.Name
}
