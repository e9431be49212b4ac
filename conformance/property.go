package conformance

import (
	"fmt"
	"math/rand"
	"strings"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/prop"
)

// sample is a generated input. It is printed in failures.
type sample[T any] interface {
	fmt.Stringer
	// smaller returns simpler inputs, those first that differ most.
	smaller() []T
}

// property says what must hold for every sample that draw makes. try asks about
// one, and judges the answer.
type property[T sample[T]] struct {
	subject, name, comment string
	requirements, profiles string
	runs                   int
	draw                   func(r *rand.Rand) T
	try                    func(a *cases.Asker, v T) report.Outcome
}

// Looking for a smaller input ends after so many inputs, or so long.
const (
	shrinkTries = 400
	shrinkTime  = 5 * time.Second
)

// id is that of the property's check.
func (p property[T]) id() string { return p.subject + "/generated-" + p.name }

// check returns the property as a check of its subject.
func (p property[T]) check(seed int64) cases.Case {
	return cases.Case{
		ID: p.id(), Subject: p.subject, Comment: p.comment,
		Requirements: strings.Fields(p.requirements), Profiles: strings.Fields(p.profiles),
		Run: func(a *cases.Asker) report.Outcome { return p.run(a, seed) },
	}
}

func (p property[T]) run(a *cases.Asker, seed int64) report.Outcome {
	var (
		worst   = cases.Passed()
		shrinks = -1 // smaller inputs that failed; -1 before any failed
		tries   int
		until   time.Time
	)
	holds := func(v T) bool {
		if shrinks >= 0 {
			if tries++; tries > shrinkTries || time.Now().After(until) {
				return true // which ends the search
			}
		}
		o := p.try(a, v)
		if o.Verdict == report.Pass || shrinks >= 0 && o.Verdict == report.Skipped {
			return true
		}
		if shrinks++; shrinks == 0 {
			until = time.Now().Add(shrinkTime)
		}
		if o.Verdict == report.Hang || o.Verdict == report.Skipped {
			tries = shrinkTries // another hang would take as long
		}
		worst = o
		worst.Sample = fmt.Sprintf("%v (seed %d, made smaller %d times)", v, seed, shrinks)
		worst.Request = cases.RequestLine(a.Request)
		return false
	}
	params := gopter.DefaultTestParametersWithSeed(cases.SeedFor(seed, p.id()))
	params.MinSuccessfulTests = p.runs
	result := prop.ForAll(holds, p.gen).Check(params)
	if result.Error != nil {
		panic(cases.Fault{Err: fmt.Errorf("%s, seed %d: %w", p.id(), seed, result.Error)})
	}
	return worst
}

// gen is the generator of gopter.
func (p property[T]) gen(params *gopter.GenParameters) *gopter.GenResult {
	return gopter.NewGenResult(p.draw(params.Rng), func(v any) gopter.Shrink {
		rest := v.(T).smaller()
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
