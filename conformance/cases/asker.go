package cases

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

// Asker asks on behalf of a case.
type Asker struct {
	Ctx     context.Context
	Session session.Session
	Timeout time.Duration
	Hello   protocol.Hello
	ID      string
	Alone   bool             // nothing else runs in this program
	IsOwn   bool             // the implementation is the reference of this program
	Request protocol.Request // the last
	Last    Usage            // of it
	all     Usage            // of all requests
}

// Usage is what requests took.
type Usage struct {
	Time   time.Duration
	Memory int64 // bytes, the most at a time; 0 if it was not measured
}

// Ask returns the answer to a request, or the outcome if there is none.
func (a *Asker) Ask(op string, input vectors.Object) (protocol.Answer, *report.Outcome) {
	a.Request = protocol.Request{ID: a.ID, Op: op, Input: input}
	line, err := a.measured(a.Request)
	if err == nil {
		var answer protocol.Answer
		if answer, err = protocol.ParseAnswer(line, a.Request); err == nil {
			return answer, nil
		}
		a.Session.Restart() // what else it may have said is about nothing
		err = &session.Misbehaviour{Verdict: report.ProtocolError, Message: err.Error()}
	}
	var m *session.Misbehaviour
	if !errors.As(err, &m) {
		m = &session.Misbehaviour{Verdict: report.Skipped, Message: context.Cause(a.Ctx).Error()}
	}
	o := &report.Outcome{Verdict: m.Verdict, Message: m.Message, Stderr: a.Session.Stderr()}
	if len(line) > 0 {
		o.Got = Excerpt(string(line), 0)
	}
	return protocol.Answer{}, o
}

// measured measures an exchange: of a program the most memory that it had, of a
// function all that was allocated while it ran.
func (a *Asker) measured(q protocol.Request) ([]byte, error) {
	_, here := a.Session.(session.InProcess)
	var before, after runtime.MemStats
	if here && a.Alone {
		runtime.ReadMemStats(&before)
	}
	began := time.Now()
	line, err := a.Session.Exchange(a.Ctx, q, a.Timeout)
	a.Last = Usage{Time: time.Since(began)}
	switch s := a.Session.(type) {
	case session.InProcess:
		if a.Alone {
			runtime.ReadMemStats(&after)
			a.Last.Memory = int64(after.TotalAlloc - before.TotalAlloc)
		}
	case *session.Process:
		a.Last.Memory = s.Memory
	}
	a.all.Time += a.Last.Time
	a.all.Memory = max(a.all.Memory, a.Last.Memory)
	return line, err
}

// Greet asks for the hello.
func (a *Asker) Greet() (protocol.Hello, *report.Outcome) {
	answer, bad := a.Ask(protocol.HelloOp, vectors.Object{"protocol": protocol.Version})
	if bad != nil {
		return protocol.Hello{}, bad
	}
	hello, err := protocol.ParseHello(answer)
	if err != nil || answer.Output == nil {
		if err == nil {
			err = errors.New("it has no output")
		}
		return hello, &report.Outcome{Verdict: report.ProtocolError, Message: "the answer to hello is not one: " + err.Error(), Stderr: a.Session.Stderr()}
	}
	return hello, nil
}

// LongestRequest is the number of characters up to which a report has the request
// that failed.
const LongestRequest = 6000

// RequestLine returns the line that asks a request, if it is not too long for a
// report.
func RequestLine(q protocol.Request) string {
	line, err := json.Marshal(q)
	if err != nil {
		panic(Fault{err}) // unreachable: it was sent
	}
	if len(line) > LongestRequest {
		return fmt.Sprintf("%s... (%d characters)", line[:LongestRequest/20], len(line))
	}
	return string(line)
}
