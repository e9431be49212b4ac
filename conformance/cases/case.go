// Package cases is what the suite consists of, and how it judges: a Case asks an
// implementation through an Asker, and its outcome comes of comparing the answers with
// what a vector says (Judge), or with what the reference answers to the same
// (Asker.AskBoth). Begin with Case; the packages that make cases are those above.
package cases

import (
	"context"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/conformance/report"
)

// Case is a case of the suite: a vector, or an audit that asks several times.
type Case struct {
	ID, Subject, Comment   string
	Requirements, Profiles []string
	vector                 bool // it is one of the vectors
	Alone                  bool // it measures, and nothing else runs meanwhile
	Run                    func(a *Asker) report.Outcome
}

func Passed() report.Outcome { return report.Outcome{Verdict: report.Pass} }

func Failed(format string, args ...any) report.Outcome {
	return report.Outcome{Verdict: report.Fail, Message: fmt.Sprintf(format, args...)}
}

// Run runs a case. A panic in it is the suite's fault: what an
// implementation answers cannot cause one.
func Run(a *Asker, c Case) (event report.Event, err error) {
	event = report.Event{ID: c.ID, Subject: c.Subject, Comment: c.Comment, Requirements: c.Requirements, Profiles: c.Profiles, Vector: c.vector}
	switch {
	case !a.Hello.Claims(c.Profiles):
		event.Outcome = report.Outcome{Verdict: report.Unsupported}
		return event, nil
	case a.Ctx.Err() != nil:
		event.Outcome = report.Outcome{Verdict: report.Skipped, Message: context.Cause(a.Ctx).Error()}
		return event, nil
	}
	defer func() {
		if v := recover(); v != nil {
			var fault Fault
			if e, ok := v.(error); !ok || !errors.As(e, &fault) {
				fault = Fault{fmt.Errorf("%s: panic: %v", c.ID, v)}
			}
			err = fault
		}
	}()
	event.Outcome = c.Run(a)
	event.Milliseconds, event.PeakKiB = a.all.Time.Milliseconds(), a.all.Memory>>10
	return event, nil
}
