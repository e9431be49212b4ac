package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// asker asks on behalf of a check.
type asker struct {
	ctx     context.Context
	session session.Session
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
	line, err := a.measured(a.request)
	if err == nil {
		var answer protocol.Answer
		if answer, err = protocol.ParseAnswer(line, a.request); err == nil {
			return answer, nil
		}
		a.session.Restart() // what else it may have said is about nothing
		err = &session.Misbehaviour{Verdict: report.ProtocolError, Message: err.Error()}
	}
	var m *session.Misbehaviour
	if !errors.As(err, &m) {
		m = &session.Misbehaviour{Verdict: report.Skipped, Message: context.Cause(a.ctx).Error()}
	}
	o := &report.Outcome{Verdict: m.Verdict, Message: m.Message, Stderr: a.session.Stderr()}
	if len(line) > 0 {
		o.Got = excerpt(string(line), 0)
	}
	return protocol.Answer{}, o
}

// measured measures an exchange: of a program the most memory that it had, of a
// function all that was allocated while it ran.
func (a *asker) measured(q protocol.Request) ([]byte, error) {
	_, here := a.session.(session.InProcess)
	var before, after runtime.MemStats
	if here && a.alone {
		runtime.ReadMemStats(&before)
	}
	began := time.Now()
	line, err := a.session.Exchange(a.ctx, q, a.timeout)
	a.last = usage{time: time.Since(began)}
	switch s := a.session.(type) {
	case session.InProcess:
		if a.alone {
			runtime.ReadMemStats(&after)
			a.last.memory = int64(after.TotalAlloc - before.TotalAlloc)
		}
	case *session.Process:
		a.last.memory = s.Memory
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
		return hello, &report.Outcome{Verdict: report.ProtocolError, Message: "the answer to hello is not one: " + err.Error(), Stderr: a.session.Stderr()}
	}
	return hello, nil
}

// longestRequest is the number of characters up to which a report has the request
// that failed.
const longestRequest = 6000

// requestLine returns the line that asks a request, if it is not too long for a
// report.
func requestLine(q protocol.Request) string {
	line, err := json.Marshal(q)
	if err != nil {
		panic(suiteFault{err}) // unreachable: it was sent
	}
	if len(line) > longestRequest {
		return fmt.Sprintf("%s... (%d characters)", line[:longestRequest/20], len(line))
	}
	return string(line)
}
