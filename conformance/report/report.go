// Package report draws the conclusions of a conformance run from its events, and
// shows them to people and to programs.
package report

import (
	"strings"
	"unicode"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/spec"
)

// Format is the value of "format" in a JSON report.
const Format = "coffer-report/1"

// Report is what a run showed. Everything in it follows from the events; as JSON it
// is the report for programs.
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
}

// Finish draws the conclusions, once all events are added.
func (r *Report) Finish() {
	r.Exit = ExitConformant
	if r.Counts[Pass] == 0 {
		r.Exit = ExitNot
	}
	for v, n := range r.Counts {
		if v.Against() && n > 0 {
			r.Exit = ExitNot
		}
	}
	r.Conformant = r.Exit == ExitConformant && len(r.Events) == r.Cases

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
	for _, q := range spec.Requirements() {
		state := states[q.ID]
		if state == "" {
			state = "not_exercised"
		}
		r.Requirements = append(r.Requirements, RequirementState{q.ID, state})
	}
}

// Again returns the command line that runs one case.
func (r *Report) Again(id string) string {
	words := []string{"coffer", "conform"}
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
