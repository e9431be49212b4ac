// Package casetest helps tests that let something answer cases.
package casetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// Answers is what something answers.
type Answers = func(op string, input vectors.Object) protocol.Answer

// Asker returns one that asks a function, which claims all that the reference does.
func Asker(f Answers) *cases.Asker {
	return &cases.Asker{
		Ctx: context.Background(), Session: session.InProcess(f), Timeout: session.DefaultTimeout, Hello: reference.Hello(), ID: "test",
	}
}

// Outcome returns that of a case, which must not blame the suite.
func Outcome(t *testing.T, a *cases.Asker, c cases.Case) report.Outcome {
	t.Helper()
	event, err := cases.Run(a, c)
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return event.Outcome
}

// Key tells requests apart.
func Key(op string, input vectors.Object) string {
	data, err := json.Marshal(input)
	if err != nil {
		panic(err) // the suite has made it
	}
	return op + " " + string(data)
}
