// Package samples draws inputs, tries an implementation on each, and looks for the
// smallest that fails when one does. Begin with Property; Archive, Keyring, Message and
// Forged are the samples that properties of several subjects draw.
package samples

import (
	"fmt"
	"math/rand"
	"strings"
	"time"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
)

// Sample is a generated input. It is printed in failures.
type Sample[T any] interface {
	fmt.Stringer
	// Smaller returns simpler inputs, those first that differ most.
	Smaller() []T
}

// Property says what must hold for every sample that draw makes. try asks about
// one, and judges the answer.
type Property[T Sample[T]] struct {
	Subject, Name, Comment string
	Requirements, Profiles string
	Runs                   int
	Draw                   func(r *rand.Rand) T
	Try                    func(a *cases.Asker, v T) report.Outcome
}

// Looking for a smaller input ends after so many inputs, or so long.
const (
	ShrinkTries = 400
	ShrinkTime  = 5 * time.Second
)

// id is that of the property's case.
func (p Property[T]) id() string { return p.Subject + "/generated-" + p.Name }

// Case returns the property as a case of its subject.
func (p Property[T]) Case(seed int64) cases.Case {
	return cases.Case{
		ID: p.id(), Subject: p.Subject, Comment: p.Comment,
		Requirements: strings.Fields(p.Requirements), Profiles: strings.Fields(p.Profiles),
		Run: func(a *cases.Asker) report.Outcome { return p.run(a, seed) },
	}
}

func (p Property[T]) run(a *cases.Asker, seed int64) report.Outcome {
	var (
		worst   = cases.Passed()
		shrinks = -1 // smaller inputs that failed; -1 before any failed
		tries   int
		until   time.Time
	)
	holds := func(v T) bool {
		if shrinks >= 0 {
			if tries++; tries > ShrinkTries || time.Now().After(until) {
				return true // which ends the search
			}
		}
		o := p.Try(a, v)
		if o.Verdict == report.Pass || shrinks >= 0 && o.Verdict == report.Skipped {
			return true
		}
		if shrinks++; shrinks == 0 {
			until = time.Now().Add(ShrinkTime)
		}
		if o.Verdict == report.Hang || o.Verdict == report.Skipped {
			tries = ShrinkTries // another hang would take as long
		}
		worst = o
		worst.Sample = fmt.Sprintf("%v (seed %d, made smaller %d times)", v, seed, shrinks)
		worst.Request = cases.RequestLine(a.Request)
		return false
	}
	params := gopter.DefaultTestParametersWithSeed(cases.SeedFor(seed, p.id()))
	params.MinSuccessfulTests = p.Runs
	result := prop.ForAll(holds, p.gen).Check(params)
	if result.Error != nil {
		panic(cases.Fault{Err: fmt.Errorf("%s, seed %d: %w", p.id(), seed, result.Error)})
	}
	return worst
}

// gen is the generator of gopter.
func (p Property[T]) gen(params *gopter.GenParameters) *gopter.GenResult {
	return gopter.NewGenResult(p.Draw(params.Rng), func(v any) gopter.Shrink {
		rest := v.(T).Smaller()
		return func() (any, bool) {
			if len(rest) == 0 {
				return nil, false
			}
			next := rest[0]
			rest = rest[1:]
			return next, true
		}
	})
}
