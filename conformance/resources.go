package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

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

// resourceChecks returns the checks of subject "resources".
func resourceChecks(files []vectors.File, seed int64) []check {
	return append(hostileVectors(files), generatedResources(seed)...)
}

// hostileVectors returns the checks that each hostile vector is refused about as
// fast as its valid parent is accepted, in about as much memory.
func hostileVectors(files []vectors.File) []check {
	cases := map[string]vectors.Case{}
	for _, f := range files {
		for _, c := range f.Cases {
			cases[c.ID] = c
		}
	}
	var all []check
	for _, f := range files {
		for _, c := range f.Cases {
			if hostile(c) {
				all = append(all, bounded(c, cases[c.Parent]))
			}
		}
	}
	return all
}

// bounded is a hostile vector with its time and memory measured.
func bounded(c, parent vectors.Case) check {
	return check{
		id: "resources/" + strings.ReplaceAll(c.ID, "/", "-"), subject: "resources", alone: true,
		comment:      c.Comment + " To refuse it takes neither long nor much memory.",
		requirements: c.Requirements, profiles: c.Profiles,
		run: func(a *asker) report.Outcome {
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
			return u.within(ordinary)
		},
	}
}

// need is what a request needed.
type need struct {
	usage
	size int64 // characters of the request
}

// measure asks a vector, and judges the answer.
func measure(a *asker, c vectors.Case) (report.Outcome, need, *report.Outcome) {
	expected, err := expand(c)
	if err != nil {
		panic(suiteFault{err})
	}
	line, err := json.Marshal(expected.Input)
	if err != nil {
		panic(suiteFault{err})
	}
	answer, bad := a.ask(c.Op, expected.Input)
	if bad != nil {
		return report.Outcome{}, need{}, bad
	}
	return judge(expected, a.hello, answer), need{a.last, int64(len(line))}, nil
}

// within judges what a hostile input needed, given what an ordinary one did.
func (n need) within(ordinary need) report.Outcome {
	if most := slowerFactor*ordinary.time + slowerBy; n.time > most {
		o := failed("took %v to refuse it", n.time.Round(time.Millisecond))
		o.Want = fmt.Sprintf("at most %v: the valid parent took %v", most.Round(time.Millisecond), ordinary.time.Round(time.Millisecond))
		o.Got = fmt.Sprint(n.time.Round(time.Millisecond))
		return o
	}
	if n.memory == 0 || ordinary.memory == 0 {
		o := passed()
		o.Message = "the memory was not measured"
		return o
	}
	most := int64(growthBy) + growthFactor*max(0, n.size-ordinary.size)
	if more := n.memory - ordinary.memory; more > most {
		o := failed("needed %d MiB more memory to refuse it than to accept its valid parent", more>>20)
		o.Want = fmt.Sprintf("at most %d MiB more", most>>20)
		o.Got = fmt.Sprintf("%d MiB instead of %d MiB", n.memory>>20, ordinary.memory>>20)
		return o
	}
	return passed()
}
