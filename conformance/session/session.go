// Package session is how the suite reaches what it checks: a program to which requests
// are written line by line, or a function of this program. Session is what both are
// to those who ask, and Open returns one; what can go wrong with a program is in Process.
package session

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

// Session asks one implementation, one request at a time. The line that
// Exchange returns is whatever was answered. Its error is a *Misbehaviour, or
// that of the context.
type Session interface {
	Exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error)
	// Restart makes the next exchange begin with a new process, if there is one.
	Restart()
	// Stderr returns the end of what was written there since the last exchange began.
	Stderr() string
}

// DefaultTimeout is how long an answer may take.
const DefaultTimeout = 10 * time.Second

// Open returns a session with the program of a command, or with the built-in
// reference if there is none, and what ends it.
func Open(command []string) (Session, func()) {
	if len(command) == 0 {
		return InProcess(new(reference.Program).Answer), func() {}
	}
	p := NewProcess(command)
	return p, p.Close
}

// Misbehaviour says why there is no answer.
type Misbehaviour struct {
	Verdict report.Verdict
	Message string
}

func (m *Misbehaviour) Error() string { return m.Message }

// InProcess is a session with a function of this program.
type InProcess func(op string, input vectors.Object) protocol.Answer

// Exchange calls the function, which crashes by panicking.
func (f InProcess) Exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	type reply struct {
		line []byte
		err  error
	}
	done := make(chan reply, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- reply{nil, &Misbehaviour{report.Crash, fmt.Sprintf("panic: %v", v)}}
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

// Restart does nothing.
func (InProcess) Restart() {}

// Stderr returns nothing.
func (InProcess) Stderr() string { return "" }

func hung(timeout time.Duration) error {
	return &Misbehaviour{report.Hang, fmt.Sprintf("no answer within %v", timeout)}
}
