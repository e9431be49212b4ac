package cases

import (
	"fmt"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// FromVector makes a case of a vector. It expands the vector's bytes when it
// runs, so that long cases do not all lie in memory.
func FromVector(subject string, c vectors.Case) Case {
	return Case{
		ID: c.ID, Subject: subject, Comment: c.Comment, Requirements: c.Requirements, Profiles: c.Profiles, vector: true,
		Run: func(a *Asker) report.Outcome {
			expected, err := Expand(c)
			if err != nil {
				panic(Fault{err})
			}
			answer, bad := a.Ask(c.Op, expected.Input)
			if bad != nil {
				return *bad
			}
			return Judge(expected, a.Hello, answer)
		},
	}
}

// Expand returns a case whose byte strings are plain hexadecimal.
func Expand(c vectors.Case) (vectors.Case, error) {
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
