// Package doctor tells the author of an adapter, step by step, whether it speaks the
// protocol, and what to do where it does not. Begin with Run.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/outside"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// Options say which adapter is looked at.
type Options struct {
	Command []string      // the program and its arguments
	Timeout time.Duration // for one answer; DefaultTimeout if zero
	Out     io.Writer     // the findings
}

// doctor looks at one adapter, step by step.
type doctor struct {
	o           Options
	ctx         context.Context
	process     *session.Process
	hello       protocol.Hello
	steps, fine int
	started     time.Time // its first run
}

// errNotFurther says that the steps that are left make no sense.
var errNotFurther = errors.New("the other steps need this one")

// Run tells the author of an adapter whether it speaks the protocol, and what
// to do where it does not. It returns the exit status: report.ExitConformant if it
// does, or report.ExitNot. Its error is the suite's fault.
func Run(ctx context.Context, o Options) (int, error) {
	files, err := vectors.Load()
	if err != nil {
		return 0, err
	}
	if o.Timeout == 0 {
		o.Timeout = session.DefaultTimeout
	}
	d := &doctor{o: o, ctx: ctx, process: session.NewProcess(o.Command)}
	defer d.process.Close()
	for _, step := range []func() error{d.starts, d.greets, d.refusesUnknownOps, d.answersOnce, d.copiesIDs, d.readsLongLines} {
		if err := step(); err != nil {
			d.print("%d of the steps so far are right; the others come after this one\n", d.fine)
			return report.ExitNot, nil
		}
	}
	if err := errors.Join(d.formats(files), d.profiles(files)); err != nil {
		return 0, err
	}
	d.ends()
	d.startsAgain()
	if d.fine < d.steps {
		d.print("%d of %d steps are right\n", d.fine, d.steps)
		return report.ExitNot, nil
	}
	d.print("all %d steps are right. Next: %s\n", d.steps, strings.Replace(d.again(protocol.HelloOp), "conform", "conform --first-failure", 1))
	return report.ExitConformant, nil
}

// again returns the command line that runs a case.
func (d *doctor) again(id string) string { return report.New(d.hello, d.o.Command, "", 0).Again(id) }

func (d *doctor) print(format string, args ...any) {
	io.WriteString(d.o.Out, outside.Lines(fmt.Sprintf(format, args...)))
}

// ok says that a step is right.
func (d *doctor) ok(format string, args ...any) {
	d.steps++
	d.fine++
	d.print("ok      %s\n", fmt.Sprintf(format, args...))
}

// not says that a step is not right, what was seen, and what to do. It returns
// errNotFurther.
func (d *doctor) not(step, seen, advice string) error {
	d.steps++
	d.print("not ok  %s\n        seen: %s\n", step, seen)
	if stderr := strings.TrimSpace(d.process.Stderr()); stderr != "" {
		lines := strings.Split(stderr, "\n")
		for _, l := range lines[max(0, len(lines)-3):] {
			d.print("        stderr: %.200s\n", l)
		}
	}
	d.print("        do: %s\n", advice)
	return errNotFurther
}

// startup is how long something that is written unasked is waited for.
const startup = 300 * time.Millisecond

func (d *doctor) starts() error {
	const advice = "check the path; a script needs a first line that names its interpreter, and permission to be executed"
	if _, err := exec.LookPath(d.o.Command[0]); err != nil {
		return d.not("it starts", err.Error(), advice)
	}
	d.started = time.Now()
	if err := d.process.Start(); err != nil {
		return d.not("it starts", err.Error(), advice)
	}
	const step = "it waits for a request"
	text, err := d.process.Hear(startup)
	if err == session.ErrSilent {
		d.ok("it starts, and waits for a request")
		return nil
	}
	if err != nil {
		return d.not(step, fmt.Sprintf("it ended by itself (%v)", err),
			"read standard input line by line, until it ends; read why it ended on its standard error")
	}
	if _, err := protocol.ParseAnswer(text, helloRequest); errors.Is(err, protocol.ErrMark) {
		return d.not(step, "it wrote a byte order mark before it was asked", adviceOn(err, text))
	}
	return d.not(step, fmt.Sprintf("it wrote %.80q before it was asked", text),
		"standard output is for answers alone: write greetings and logs to standard error")
}

// lineOf asks, and says how an answer is missed.
func (d *doctor) lineOf(step string, q protocol.Request) ([]byte, error) {
	line, err := d.process.Exchange(d.ctx, q, d.o.Timeout)
	if err != nil {
		return nil, d.missed(step, err)
	}
	return line, nil
}

// missed says why there is no answer.
func (d *doctor) missed(step string, err error) error {
	var m *session.Misbehaviour
	switch {
	case !errors.As(err, &m):
		return d.not(step, err.Error(), "nothing: the doctor was interrupted")
	case m.Verdict == report.Hang:
		return d.not(step, m.Message, "read one line at a time, write the answer and a line feed, and flush standard output: "+
			"into a pipe most languages write only when a buffer is full")
	case m.Verdict == report.Crash:
		return d.not(step, m.Message, "catch what went wrong, and answer with an error or unsupported; read its standard error")
	}
	return d.not(step, m.Message, "write each answer as one line that ends with a line feed, and nothing else")
}

// ask is lineOf with an answer that is one.
func (d *doctor) ask(step string, q protocol.Request) (protocol.Answer, error) {
	line, err := d.lineOf(step, q)
	if err != nil {
		return protocol.Answer{}, err
	}
	a, err := protocol.ParseAnswer(line, q)
	if err != nil {
		err = d.not(step, fmt.Sprintf("%v: %s", err, cases.Excerpt(string(line), 0)), adviceOn(err, line))
		d.process.Restart()
	}
	return a, err
}
