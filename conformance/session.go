package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
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

// misbehaviour says why there is no answer.
type misbehaviour struct {
	verdict report.Verdict
	message string
}

func (m *misbehaviour) Error() string { return m.message }

// asker asks on behalf of a check.
type asker struct {
	ctx     context.Context
	session session
	timeout time.Duration
	hello   protocol.Hello
	id      string
	alone   bool             // nothing else runs in this program
	request protocol.Request // the last
	last    usage            // of it
	all     usage            // of all requests
}

// usage is what requests took.
type usage struct {
	time   time.Duration
	memory int64 // bytes, the most at a time; 0 if it was not measured
}

// ask returns the answer to a request, or the outcome if there is none.
func (a *asker) ask(op string, input vectors.Object) (protocol.Answer, *report.Outcome) {
	a.request = protocol.Request{ID: a.id, Op: op, Input: input}
	line, err := a.exchange(a.request)
	if err == nil {
		var answer protocol.Answer
		if answer, err = protocol.ParseAnswer(line, a.request); err == nil {
			return answer, nil
		}
		a.session.restart() // what else it may have said is about nothing
		err = &misbehaviour{report.ProtocolError, err.Error()}
	}
	var m *misbehaviour
	if !errors.As(err, &m) {
		m = &misbehaviour{report.Skipped, context.Cause(a.ctx).Error()}
	}
	o := &report.Outcome{Verdict: m.verdict, Message: m.message, Stderr: a.session.stderr()}
	if len(line) > 0 {
		o.Got = excerpt(string(line), 0)
	}
	return protocol.Answer{}, o
}

// exchange measures an exchange: of a program the most memory that it had, of a
// function all that was allocated while it ran.
func (a *asker) exchange(q protocol.Request) ([]byte, error) {
	_, here := a.session.(inProcess)
	var before, after runtime.MemStats
	if here && a.alone {
		runtime.ReadMemStats(&before)
	}
	began := time.Now()
	line, err := a.session.exchange(a.ctx, q, a.timeout)
	a.last = usage{time: time.Since(began)}
	switch s := a.session.(type) {
	case inProcess:
		if a.alone {
			runtime.ReadMemStats(&after)
			a.last.memory = int64(after.TotalAlloc - before.TotalAlloc)
		}
	case *process:
		a.last.memory = s.memory
	}
	a.all.time += a.last.time
	a.all.memory = max(a.all.memory, a.last.memory)
	return line, err
}

// greet asks for the hello.
func (a *asker) greet() (protocol.Hello, *report.Outcome) {
	answer, bad := a.ask(protocol.HelloOp, vectors.Object{"protocol": protocol.Version})
	if bad != nil {
		return protocol.Hello{}, bad
	}
	hello, err := protocol.ParseHello(answer)
	if err != nil || answer.Output == nil {
		if err == nil {
			err = errors.New("it has no output")
		}
		return hello, &report.Outcome{Verdict: report.ProtocolError, Message: "the answer to hello is not one: " + err.Error(), Stderr: a.session.stderr()}
	}
	return hello, nil
}

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
