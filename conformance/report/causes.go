package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Cause is one of the causes of failures, and its failures.
type Cause struct {
	Text   string
	Absent string  // an op that is claimed and not supported
	Events []Event // in the order of the suite
}

// What differs between messages about the same thing: what a value of the wrong
// shape is, and texts and numbers, but not single words, which are names.
var (
	misshapen  = regexp.MustCompile(`: the (string|number) .*, want `)
	lengthy    = regexp.MustCompile(`a string of [0-9]+ characters \(.*\)`)
	inList     = regexp.MustCompile(`\[[0-9]+\]`)
	particular = regexp.MustCompile(`"[^"]*"|[0-9]+`)
	name       = regexp.MustCompile(`^"[a-z_]*"$`)
)

// CauseOf returns what failures of one cause have in common.
func CauseOf(o Outcome) string {
	if o.Cause != "" {
		return o.Cause
	}
	message, _, _ := strings.Cut(o.Message, "\n")
	message = lengthy.ReplaceAllString(message, "a string")
	message = misshapen.ReplaceAllString(message, ": a $1, want ")
	message = inList.ReplaceAllString(message, "[]")
	message, wanted, shape := strings.Cut(message, ", want ")
	message = particular.ReplaceAllStringFunc(message, func(s string) string {
		switch {
		case name.MatchString(s):
			return s
		case s[0] == '"':
			return `"..."`
		}
		return "N"
	})
	if shape {
		message += ", want " + wanted
	}
	return words(o.Verdict) + ": " + message
}

func words(v Verdict) string { return strings.ReplaceAll(string(v), "_", " ") }

// causes returns the causes of some of the events, that with the most first.
func (r *Report) causes(failed func(Event) bool) []Cause { return causesOf(r.Events, failed) }

func causesOf(events []Event, failed func(Event) bool) []Cause {
	var all []Cause
	at := map[string]int{}
	for _, e := range events {
		if !failed(e) || e.Verdict == Skipped {
			continue
		}
		text := CauseOf(e.Outcome)
		i, ok := at[text]
		if !ok {
			i = len(all)
			at[text] = i
			all = append(all, Cause{Text: text, Absent: e.Absent})
		}
		all[i].Events = append(all[i].Events, e)
	}
	slices.SortStableFunc(all, func(a, b Cause) int { return cmp.Compare(len(b.Events), len(a.Events)) })
	return all
}

// amount says how many of the events are vectors, and how many are not.
func amount(events []Event) string {
	vectors := 0
	for _, e := range events {
		if e.Vector {
			vectors++
		}
	}
	switch others := len(events) - vectors; {
	case others == 0:
		return fmt.Sprintf("%d vectors", vectors)
	case vectors == 0:
		return fmt.Sprintf("%d generated and audits", others)
	default:
		return fmt.Sprintf("%d vectors + %d generated and audits", vectors, others)
	}
}

// asked returns those of the events whose profiles are claimed.
func asked(events []Event) []Event {
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Verdict == Unsupported })
}

// having returns those of the events that have a verdict.
func having(events []Event, v Verdict) []Event {
	return slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.Verdict != v })
}
