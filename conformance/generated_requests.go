package conformance

import (
	"fmt"
	"math/rand"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// requests collects what a check asks, one thing after the other.
type requests struct {
	r   *rand.Rand
	all []grammarVariant
}

func (q *requests) add(op string, h *craftedContainer, secret vectors.Object, format string, args ...any) {
	q.all = append(q.all, grammarVariant{fmt.Sprintf(format, args...), op, func() vectors.Object { return h.asking(op, secret) }})
}

func (q *requests) ask(op string, input vectors.Object, format string, args ...any) {
	q.all = append(q.all, grammarVariant{fmt.Sprintf(format, args...), op, func() vectors.Object { return input }})
}

// drawnCheck asks what is collected, and follows from the seed.
func drawnCheck(seed int64, subject, name, requirements, profiles, comment string, collect func(q *requests)) check {
	c := check{id: subject + "/generated-" + name, subject: subject, comment: comment, requirements: strings.Fields(requirements), profiles: strings.Fields(profiles)}
	c.run = func(a *asker) report.Outcome {
		q := &requests{r: rand.New(rand.NewSource(seedFor(seed, c.id)))}
		collect(q)
		return tryVariants(a, c.id, q.all)
	}
	return c
}
