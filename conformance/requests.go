package conformance

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// requests collects what a check asks, one thing after the other.
type requests struct {
	r   *rand.Rand
	all []variant
}

// ask adds a request about something, which is told by what is special about it.
func (q *requests) ask(op string, input vectors.Object, format string, args ...any) {
	q.askLater(op, func() vectors.Object { return input }, format, args...)
}

// askLater is ask for an input that is long, and is made when it is asked.
func (q *requests) askLater(op string, input func() vectors.Object, format string, args ...any) {
	q.all = append(q.all, variant{fmt.Sprintf(format, args...), op, input})
}

// requestsCheck asks what is collected, and follows from the seed.
func requestsCheck(seed int64, subject, name, requirements, profiles, comment string, collect func(q *requests)) check {
	c := check{id: subject + "/generated-" + name, subject: subject, comment: comment, requirements: strings.Fields(requirements), profiles: strings.Fields(profiles)}
	c.run = func(a *asker) report.Outcome {
		q := &requests{r: rand.New(rand.NewSource(seedFor(seed, c.id)))}
		collect(q)
		return tryVariants(a, c.id, q.all)
	}
	return c
}

// stateComment is the comment of checks whose requests are related.
const stateComment = "What was asked before, about the same key, id or salt, does not show in an answer."

// related collects requests of which one could spoil the answer to another: the
// same id, salt or key with something else. Whatever is remembered of one must not
// show in the answer to the next.
func related(collect func(q *requests)) func(q *requests) {
	return func(q *requests) {
		collect(q)
		once := q.all
		for range 2 {
			again := slices.Clone(once)
			q.r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
			q.all = append(q.all, again...)
		}
		for i, one := range once { // and straight after each other
			q.all = append(q.all, one, once[(i+1)%len(once)], one)
		}
	}
}

// variant is one of many requests that a check makes in a row.
type variant struct {
	what  string
	op    string
	input func() vectors.Object
}

// tryVariants asks all of them, and says which is the first that the implementation
// does not answer as the reference does.
func tryVariants(a *asker, id string, all []variant) report.Outcome {
	if len(all) == 0 {
		panic(suiteFault{fmt.Errorf("%s has nothing to ask", id)})
	}
	for _, v := range all {
		if o := a.askBoth(v.op, v.input()); o.Verdict != report.Pass {
			o.Sample, o.Request = "it "+v.what, requestLine(a.request)
			return o
		}
	}
	return passed()
}
