// Package resources has the cases that measure time and memory: what claims too much is
// refused about as fast as its valid parent is accepted, in about as much memory.
package resources

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// The bounds for an input that claims to be greater, or to need more, than a
// reader accepts. They are in README.md, too.
const (
	slowerFactor = 2               // as long as the input's valid parent took,
	slowerBy     = 2 * time.Second // and this
	growthBy     = 64 << 20        // bytes more than for the valid parent,
	growthFactor = 4               // and so many times what the request is longer
)

// boundRules are the requirements whose violations may cost time or memory: a
// length or a count is compared before it is believed.
var boundRules = []string{"CON-3", "CON-5", "CON-6", "SLT-10"}

// hostile reports whether a vector claims what is too much.
func hostile(c vectors.Case) bool {
	return c.Result == vectors.Invalid && c.Parent != "" &&
		(c.Error == "limit_exceeded" || slices.ContainsFunc(c.Requirements, func(id string) bool { return slices.Contains(boundRules, id) }))
}

// Cases returns the cases of subject "resources".
func Cases(files []vectors.File, seed int64) []cases.Case {
	return append(hostileVectors(files), generated(seed)...)
}

// hostileVectors returns the cases that each hostile vector is refused about as
// fast as its valid parent is accepted, in about as much memory.
func hostileVectors(files []vectors.File) []cases.Case {
	byID := map[string]vectors.Case{}
	for _, f := range files {
		for _, c := range f.Cases {
			byID[c.ID] = c
		}
	}
	var all []cases.Case
	for _, f := range files {
		for _, c := range f.Cases {
			if hostile(c) {
				all = append(all, bounded(c, byID[c.Parent]))
			}
		}
	}
	return all
}

// bounded is a hostile vector with its time and memory measured.
func bounded(c, parent vectors.Case) cases.Case {
	return cases.Case{
		ID: "resources/" + strings.ReplaceAll(c.ID, "/", "-"), Subject: "resources", Alone: true,
		Comment:      c.Comment + " To refuse it takes neither long nor much memory.",
		Requirements: c.Requirements, Profiles: c.Profiles,
		Run: func(a *cases.Asker) report.Outcome {
			outcome, ordinary, bad := measure(a, parent)
			if bad != nil {
				return *bad
			}
			if outcome.Verdict != report.Pass {
				return outcome
			}
			outcome, u, bad := measure(a, c)
			if bad != nil {
				return *bad
			}
			if outcome.Verdict != report.Pass {
				return outcome
			}
			return u.Within(ordinary)
		},
	}
}

// Need is what a request needed.
type Need struct {
	cases.Usage
	Size int64 // characters of the request
}

// measure asks a vector, and judges the answer.
func measure(a *cases.Asker, c vectors.Case) (report.Outcome, Need, *report.Outcome) {
	expected, err := cases.Expand(c)
	if err != nil {
		panic(cases.Fault{Err: err})
	}
	line, err := json.Marshal(expected.Input)
	if err != nil {
		panic(cases.Fault{Err: err})
	}
	answer, bad := a.Ask(c.Op, expected.Input)
	if bad != nil {
		return report.Outcome{}, Need{}, bad
	}
	return cases.Judge(expected, a.Hello, answer), Need{a.Last, int64(len(line))}, nil
}

// Within judges what a hostile input needed, given what an ordinary one did.
func (n Need) Within(ordinary Need) report.Outcome {
	if most := slowerFactor*ordinary.Time + slowerBy; n.Time > most {
		o := cases.Failed("took %v to refuse it", n.Time.Round(time.Millisecond))
		o.Want = fmt.Sprintf("at most %v: the valid parent took %v", most.Round(time.Millisecond), ordinary.Time.Round(time.Millisecond))
		o.Got = fmt.Sprint(n.Time.Round(time.Millisecond))
		return o
	}
	if n.Memory == 0 || ordinary.Memory == 0 {
		o := cases.Passed()
		o.Message = "the memory was not measured"
		return o
	}
	most := int64(growthBy) + growthFactor*max(0, n.Size-ordinary.Size)
	if more := n.Memory - ordinary.Memory; more > most {
		o := cases.Failed("needed %d MiB more memory to refuse it than to accept its valid parent", more>>20)
		o.Want = fmt.Sprintf("at most %d MiB more", most>>20)
		o.Got = fmt.Sprintf("%d MiB instead of %d MiB", n.Memory>>20, ordinary.Memory>>20)
		return o
	}
	return cases.Passed()
}
