package conformance

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
)

// Expectation is a line of a list of known failures: the cases whose id matches
// the pattern must fail.
type Expectation struct {
	Line    int
	Pattern string // "*" stands for any text
	report.Expected
}

// ParseExpectations reads a list of known failures. A line has a pattern, and if
// wanted a verdict and a reason; "#" begins a comment. Its error is a UsageError
// or that of r.
func ParseExpectations(r io.Reader) ([]Expectation, error) {
	var all []Expectation
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "#") }); i >= 0 {
			words = words[:i]
		}
		if len(words) == 0 {
			continue
		}
		e := Expectation{Line: n, Pattern: words[0]}
		words = words[1:]
		if len(words) > 0 && slices.Contains(report.Verdicts, report.Verdict(words[0])) {
			e.Verdict = report.Verdict(words[0])
			if !e.Verdict.Against() || e.Verdict == report.Skipped {
				return nil, cases.UsageError{Err: fmt.Errorf("line %d of the list of known failures: %s is no failure", n, e.Verdict)}
			}
			words = words[1:]
		}
		e.Reason = strings.Join(words, " ")
		all = append(all, e)
	}
	return all, lines.Err()
}

// known are the expectations by the ids of the cases.
type known map[string]Expectation

// knownFailures finds out which cases a list is about. A line that matches none,
// or one that another line matches, is a UsageError.
func knownFailures(list []Expectation, all []cases.Case) (known, error) {
	k := known{}
	for _, e := range list {
		matches, found := IDPattern(e.Pattern), false
		for _, c := range all {
			if !matches.MatchString(c.ID) {
				continue
			}
			found = true
			if other, twice := k[c.ID]; twice {
				return nil, cases.UsageError{Err: fmt.Errorf("lines %d and %d of the list of known failures both match %s", other.Line, e.Line, c.ID)}
			}
			k[c.ID] = e
		}
		if !found {
			return nil, cases.UsageError{Err: fmt.Errorf("line %d of the list of known failures: %w", e.Line, unmatched(e.Pattern, all))}
		}
	}
	return k, nil
}

// apply returns the event as the list has it be seen. A known failure that passes
// is one: somebody must take it from the list.
func (k known) apply(e report.Event) report.Event {
	line, listed := k[e.ID]
	switch {
	case !listed || e.Verdict == report.Unsupported || e.Verdict == report.Skipped:
	case e.Verdict == report.Pass:
		e.Outcome = cases.Failed("passed, although line %d of the list of known failures names it: take it from the list", line.Line)
		e.Want, e.Got = "a failure", "pass"
	case line.Verdict != "" && line.Verdict != e.Verdict:
		e.Message += fmt.Sprintf(" (line %d of the list of known failures says %s)", line.Line, line.Verdict)
	default:
		e.Expected = &line.Expected
	}
	return e
}
