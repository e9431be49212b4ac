package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/conformance/report"
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

// runOne runs a check. A panic in it is the suite's fault: what an
// implementation answers cannot cause one.
func runOne(a *asker, c check) (event report.Event, err error) {
	event = report.Event{ID: c.id, Subject: c.subject, Comment: c.comment, Requirements: c.requirements, Profiles: c.profiles, Vector: c.vector}
	switch {
	case !a.hello.Claims(c.profiles):
		event.Outcome = report.Outcome{Verdict: report.Unsupported}
		return event, nil
	case a.ctx.Err() != nil:
		event.Outcome = report.Outcome{Verdict: report.Skipped, Message: context.Cause(a.ctx).Error()}
		return event, nil
	}
	defer func() {
		if v := recover(); v != nil {
			var fault suiteFault
			if e, ok := v.(error); !ok || !errors.As(e, &fault) {
				fault = suiteFault{fmt.Errorf("%s: panic: %v", c.id, v)}
			}
			err = fault
		}
	}()
	event.Outcome = c.run(a)
	event.Milliseconds, event.PeakKiB = a.all.time.Milliseconds(), a.all.memory>>10
	return event, nil
}
