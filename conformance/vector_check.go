package conformance

import (
	"fmt"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// fromVector makes a check of a vector. It expands the case's bytes when it
// runs, so that long cases do not all lie in memory.
func fromVector(subject string, c vectors.Case) check {
	return check{
		id: c.ID, subject: subject, comment: c.Comment, requirements: c.Requirements, profiles: c.Profiles, vector: true,
		run: func(a *asker) report.Outcome {
			expected, err := expand(c)
			if err != nil {
				panic(suiteFault{err})
			}
			answer, bad := a.ask(c.Op, expected.Input)
			if bad != nil {
				return *bad
			}
			return judge(expected, a.hello, answer)
		},
	}
}

// expand returns a case whose byte strings are plain hexadecimal.
func expand(c vectors.Case) (vectors.Case, error) {
	var err error
	if c.Input, err = vectors.ExpandObject(c.Input); err != nil {
		return c, fmt.Errorf("%s: %w", c.ID, err)
	}
	if c.Output, err = vectors.ExpandObject(c.Output); err != nil {
		return c, fmt.Errorf("%s: %w", c.ID, err)
	}
	if c.Intermediates, err = vectors.ExpandIntermediates(c.Intermediates); err != nil {
		return c, fmt.Errorf("%s: %w", c.ID, err)
	}
	return c, nil
}
