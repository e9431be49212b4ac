package conformance

import (
	"context"
	"testing"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// askOf returns an asker of a function.
func askOf(f func(op string, input vectors.Object) protocol.Answer) *asker {
	return &asker{
		ctx: context.Background(), session: session.InProcess(f), timeout: session.DefaultTimeout, hello: reference.Hello(), id: "test",
	}
}

func outcomeOf(t *testing.T, a *asker, c check) report.Outcome {
	t.Helper()
	event, err := runOne(a, c)
	if err != nil {
		t.Fatalf("%s: %v", c.id, err)
	}
	return event.Outcome
}
