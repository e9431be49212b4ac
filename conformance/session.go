package conformance

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// session asks one implementation, one request at a time. The line that
// exchange returns is whatever was answered. Its error is a *misbehaviour, or
// that of the context.
type session interface {
	exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error)
	// restart makes the next exchange begin with a new process, if there is one.
	restart()
	// stderr returns the end of what was written there since the last exchange began.
	stderr() string
}

// DefaultTimeout is how long an answer may take.
const DefaultTimeout = 10 * time.Second

// open returns a session with the program of a command, or with the built-in
// reference if there is none, and what ends it.
func open(command []string) (session, func()) {
	if len(command) == 0 {
		return inProcess(reference.Answer), func() {}
	}
	p := newProcess(command)
	return p, p.close
}

// misbehaviour says why there is no answer.
type misbehaviour struct {
	verdict report.Verdict
	message string
}

func (m *misbehaviour) Error() string { return m.message }

// inProcess is a session with a function of this program.
type inProcess func(op string, input vectors.Object) protocol.Answer

func (f inProcess) exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	type reply struct {
		line []byte
		err  error
	}
	done := make(chan reply, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- reply{nil, &misbehaviour{report.Crash, fmt.Sprintf("panic: %v", v)}}
			}
		}()
		answer := f(q.Op, q.Input)
		answer.ID = q.ID
		var b bytes.Buffer
		err := protocol.WriteLine(&b, answer)
		done <- reply{bytes.TrimSuffix(b.Bytes(), []byte("\n")), err}
	}()
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	select {
	case r := <-done:
		return r.line, r.err
	case <-limit.C:
		return nil, hung(timeout)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (inProcess) restart()       {}
func (inProcess) stderr() string { return "" }

func hung(timeout time.Duration) error {
	return &misbehaviour{report.Hang, fmt.Sprintf("no answer within %v", timeout)}
}
