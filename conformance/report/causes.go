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
	Absent bool    // an op that is claimed and not supported
	Events []Event // in the order of the suite
}

// particular is what differs between messages about the same thing.
var particular = regexp.MustCompile(`"[^"]*"|[0-9]+`)

// CauseOf returns what failures of one cause have in common.
func CauseOf(o Outcome) string {
	if o.Cause != "" {
		return o.Cause
	}
	message, _, _ := strings.Cut(o.Message, "\n")
	return words(o.Verdict) + ": " + particular.ReplaceAllString(message, "N")
}

func words(v Verdict) string { return strings.ReplaceAll(string(v), "_", " ") }

// causes returns the causes of some of the events, that with the most first.
func (r *Report) causes(failed func(Event) bool) []Cause {
	var all []Cause
	at := map[string]int{}
	for _, e := range r.Events {
		if !failed(e) || e.Verdict == Skipped {
			continue
		}
		text := CauseOf(e.Outcome)
		i, ok := at[text]
		if !ok {
			i = len(all)
			at[text] = i
			all = append(all, Cause{Text: text, Absent: e.Absent != ""})
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
		return fmt.Sprintf("%d generated cases and audits", others)
	default:
		return fmt.Sprintf("%d vectors + %d generated cases and audits", vectors, others)
	}
}

// having returns the events with a verdict.
func (r *Report) having(v Verdict) []Event {
	return slices.DeleteFunc(slices.Clone(r.Events), func(e Event) bool { return e.Verdict != v })
}
