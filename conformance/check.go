package conformance

import (
	"fmt"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// check is a case of the suite: a vector, or an audit that asks several times.
type check struct {
	id, subject, comment   string
	requirements, profiles []string
	vector                 bool // it is one of the vectors
	alone                  bool // it measures, and nothing else runs meanwhile
	run                    func(a *asker) report.Outcome
}

func passed() report.Outcome { return report.Outcome{Verdict: report.Pass} }

func failed(format string, args ...any) report.Outcome {
	return report.Outcome{Verdict: report.Fail, Message: fmt.Sprintf(format, args...)}
}

// suiteFault is a mistake of the suite, found while it judges.
type suiteFault struct{ err error }

func (f suiteFault) Error() string { return "the suite is at fault: " + f.err.Error() }

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
