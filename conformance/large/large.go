// Package large has the cases of messages and containers that are longer than a line of
// the protocol. A Message is asked for as a recipe, and only its chunks that must be
// opened are there.
package large

import (
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// Cases returns the cases that need the profile "large". What they ask for follows from
// the seed.
func Cases(seed int64) []cases.Case {
	return slices.Concat(messageCases(seed), sealingCases(seed), archiveCases(seed))
}

// large is a case that needs the profile "large".
func large(seed int64, subject, name, requirements, profiles, comment string, run func(t *cases.Asker, r *rand.Rand) report.Outcome) cases.Case {
	id := subject + "/generated-large-" + name
	return cases.Case{
		ID: id, Subject: subject, Comment: comment,
		Requirements: strings.Fields(requirements), Profiles: append(strings.Fields(profiles), "large"),
		Run: func(a *cases.Asker) report.Outcome {
			o := run(a, rand.New(rand.NewSource(cases.SeedFor(seed, id))))
			if o.Verdict != report.Pass {
				o.Request = cases.RequestLine(a.Request)
			}
			return o
		},
	}
}

// expects asks, and compares the answer with what is said: an output, or the name
// of an error before which some bytes may be released.
func expects(t *cases.Asker, about, op string, input, output vectors.Object, name string) report.Outcome {
	want := vectors.Case{ID: t.ID, Op: op, Input: input, Result: vectors.Valid, Error: name}
	if name != "" {
		want.Result = vectors.Invalid
	}
	var err error
	if want.Output, err = vectors.ExpandObject(output); err != nil {
		panic(cases.Fault{Err: err})
	}
	answer, bad := t.Ask(op, input)
	if bad == nil {
		o := cases.Judge(want, t.Hello, answer)
		bad = &o
	}
	if bad.Verdict != report.Pass {
		bad.Message = about + ": " + bad.Message
	}
	return *bad
}
