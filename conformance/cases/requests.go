package cases

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// Requests collects what a case asks, one thing after the other.
type Requests struct {
	R   *rand.Rand
	all []Variant
}

// Ask adds a request about something, which is told by what is special about it.
func (q *Requests) Ask(op string, input vectors.Object, format string, args ...any) {
	q.AskLater(op, func() vectors.Object { return input }, format, args...)
}

// AskLater is ask for an input that is long, and is made when it is asked.
func (q *Requests) AskLater(op string, input func() vectors.Object, format string, args ...any) {
	q.all = append(q.all, Variant{fmt.Sprintf(format, args...), op, input})
}

// OfRequests asks what is collected, and follows from the seed.
func OfRequests(seed int64, subject, name, requirements, profiles, comment string, collect func(q *Requests)) Case {
	c := Case{ID: subject + "/generated-" + name, Subject: subject, Comment: comment, Requirements: strings.Fields(requirements), Profiles: strings.Fields(profiles)}
	c.Run = func(a *Asker) report.Outcome {
		q := &Requests{R: rand.New(rand.NewSource(SeedFor(seed, c.ID)))}
		collect(q)
		return TryVariants(a, c.ID, q.all)
	}
	return c
}

// StateComment is the comment of cases whose requests are related.
const StateComment = "What was asked before, about the same key, id or salt, does not show in an answer."

// Related collects requests of which one could spoil the answer to another: the
// same id, salt or key with something else. Whatever is remembered of one must not
// show in the answer to the next.
func Related(collect func(q *Requests)) func(q *Requests) {
	return func(q *Requests) {
		collect(q)
		once := q.all
		for range 2 {
			again := slices.Clone(once)
			q.R.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
			q.all = append(q.all, again...)
		}
		for i, one := range once { // and straight after each other
			q.all = append(q.all, one, once[(i+1)%len(once)], one)
		}
	}
}

// Variant is one of many requests that a case makes in a row.
type Variant struct {
	What  string
	Op    string
	Input func() vectors.Object
}

// TryVariants asks all of them, and says which is the first that the implementation
// does not answer as the reference does.
func TryVariants(a *Asker, id string, all []Variant) report.Outcome {
	if len(all) == 0 {
		panic(Fault{fmt.Errorf("%s has nothing to ask", id)})
	}
	for _, v := range all {
		if o := a.AskBoth(v.Op, v.Input()); o.Verdict != report.Pass {
			o.Sample, o.Request = "it "+v.What, RequestLine(a.Request)
			return o
		}
	}
	return Passed()
}
