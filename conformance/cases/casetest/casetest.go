package casetest

import (
	"context"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// Asker returns an asker of a function.
func Asker(f func(op string, input vectors.Object) protocol.Answer) *cases.Asker {
	return &cases.Asker{
		Ctx: context.Background(), Session: session.InProcess(f), Timeout: session.DefaultTimeout, Hello: reference.Hello(), ID: "test",
	}
}

func Outcome(t *testing.T, a *cases.Asker, c cases.Case) report.Outcome {
	t.Helper()
	event, err := cases.Run(a, c)
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return event.Outcome
}
