// Package conformance checks an implementation of Coffer: it asks what the
// vectors and the writer audits ask, in the protocol that README.md describes,
// and judges the answers.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// DefaultTimeout is how long an answer may take.
const DefaultTimeout = 10 * time.Second

// Options say what is checked, and how.
type Options struct {
	Command  []string      // the program to check and its arguments; the built-in reference if empty
	Pattern  string        // of the ids of the cases to run, "*" standing for any text; all if empty
	Timeout  time.Duration // for one answer; DefaultTimeout if zero
	Parallel int           // programs at a time; the number of CPUs if zero
	Out      io.Writer     // the report for a person; none if nil
}

// UsageError says that nothing was checked because of the options.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e UsageError) Unwrap() error { return e.Err }

// Run checks an implementation. Its error is a UsageError, or else the suite is
// at fault.
func Run(ctx context.Context, o Options) (*report.Report, error) {
	files, err := vectors.Load()
	if err != nil {
		return nil, err
	}
	return run(ctx, o, files)
}

func run(ctx context.Context, o Options, files []vectors.File) (*report.Report, error) {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Parallel == 0 {
		o.Parallel = runtime.NumCPU()
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	var all []check
	for _, f := range files {
		for _, c := range f.Cases {
			all = append(all, fromVector(f.Subject, c))
		}
	}
	all = append(all, writerAudits()...)
	selected := choose(all, o.Pattern)
	if len(selected) == 0 {
		return nil, UsageError{fmt.Errorf("no case matches %q", o.Pattern)}
	}
	if len(o.Command) > 0 {
		if _, err := exec.LookPath(o.Command[0]); err != nil {
			return nil, UsageError{err}
		}
	}
	if err := canaries(files); err != nil {
		return nil, err
	}

	hello, bad := greet(ctx, o)
	r := report.New(hello, o.Command, o.Pattern, len(all))
	terminal := report.NewTerminal(o.Out, r)
	add := func(e report.Event) {
		r.Add(e)
		terminal.Add(e)
	}
	if bad != nil {
		add(report.Event{ID: protocol.HelloOp, Subject: protocol.HelloOp, Comment: "The implementation says who it is and what it claims.", Outcome: *bad})
	} else if err := runAll(ctx, o, hello, selected, add); err != nil {
		return nil, err
	}
	r.Finish()
	if err := terminal.Finish(); err != nil {
		return nil, fmt.Errorf("the report cannot be written: %w", err)
	}
	return r, nil
}

func greet(ctx context.Context, o Options) (protocol.Hello, *report.Outcome) {
	s, end := o.session()
	defer end()
	a := &asker{ctx: ctx, session: s, timeout: o.Timeout, id: protocol.HelloOp}
	return a.greet()
}

// session returns a session with the implementation, and what ends it.
func (o Options) session() (session, func()) {
	if len(o.Command) == 0 {
		return inProcess(reference.Handle), func() {}
	}
	p := &process{command: o.Command}
	return p, p.close
}

// choose returns the checks whose id matches the pattern.
func choose(all []check, pattern string) []check {
	if pattern == "" {
		return all
	}
	matches := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
	var selected []check
	for _, c := range all {
		if matches.MatchString(c.id) {
			selected = append(selected, c)
		}
	}
	return selected
}

// runAll runs the checks, several at a time, and reports their events in the
// order of the checks. Its error is a suiteFault.
func runAll(ctx context.Context, o Options, hello protocol.Hello, checks []check, add func(report.Event)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type ending struct {
		event report.Event
		err   error
	}
	next := make(chan int)
	ended := make([]chan ending, len(checks))
	for i := range ended {
		ended[i] = make(chan ending, 1)
	}
	go func() {
		defer close(next)
		for i := range checks {
			next <- i
		}
	}()
	var workers sync.WaitGroup
	for range min(o.Parallel, len(checks)) {
		workers.Go(func() {
			s, end := o.session()
			defer end()
			for i := range next {
				a := &asker{ctx: ctx, session: s, timeout: o.Timeout, hello: hello, id: checks[i].id}
				event, err := runOne(a, checks[i])
				ended[i] <- ending{event, err}
			}
		})
	}
	defer workers.Wait()
	for i := range checks {
		e := <-ended[i]
		if e.err != nil {
			cancel() // the rest ends as skipped, and is not reported
			return e.err
		}
		add(e.event)
	}
	return nil
}

// runOne runs a check. A panic in it is the suite's fault: what an
// implementation answers cannot cause one.
func runOne(a *asker, c check) (event report.Event, err error) {
	event = report.Event{ID: c.id, Subject: c.subject, Comment: c.comment, Requirements: c.requirements, Profiles: c.profiles}
	switch {
	case !a.hello.Claims(c.profiles):
		event.Outcome = report.Outcome{Verdict: report.Unsupported}
		return event, nil
	case a.ctx.Err() != nil:
		event.Outcome = report.Outcome{Verdict: report.Skipped, Message: a.ctx.Err().Error()}
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
	return event, nil
}
