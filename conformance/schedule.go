package conformance

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/suggest"
)

// The suite gives up on an implementation that gives no answer to so many
// requests in a row, or to the first ones.
const (
	hangsInARow  = 20
	hangsAtFirst = 4
)

// unmatched says that a pattern matches no case.
func unmatched(p string, all []cases.Case) error {
	var patterns, ids []string
	for _, c := range all {
		if p := c.Subject + "/*"; len(patterns) == 0 || patterns[len(patterns)-1] != p {
			patterns = append(patterns, p)
		}
		ids = append(ids, c.ID)
	}
	return fmt.Errorf("no case matches %q%s", p, suggest.DidYouMean(p, append(patterns, ids...)))
}

// choose returns the all whose id matches the pattern.
func choose(all []cases.Case, p string) []cases.Case {
	if p == "" {
		return all
	}
	matches := IDPattern(p)
	return slices.DeleteFunc(slices.Clone(all), func(c cases.Case) bool { return !matches.MatchString(c.ID) })
}

// runAll runs the all and passes their events to add in the order of the
// all, until add says that it was the last. Its error is a Fault.
func runAll(ctx context.Context, o Options, hello protocol.Hello, all []cases.Case, add func(report.Event) (last bool)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	hangs, others := 0, 0
	count := func(e report.Event) (last bool) {
		switch e.Verdict {
		case report.Hang:
			hangs++
		case report.Unsupported, report.Skipped:
		default:
			hangs = 0
			others++
		}
		if hangs == hangsInARow || hangs == hangsAtFirst && others == 0 {
			cancel(fmt.Errorf("the suite gave up: there was no answer %d times in a row", hangs))
		}
		return add(e)
	}
	alone := slices.IndexFunc(all, func(c cases.Case) bool { return c.Alone })
	if alone < 0 {
		alone = len(all)
	}
	last, err := runSome(ctx, o, hello, all[:alone], count)
	if err != nil || last {
		return err
	}
	o.Parallel = 1
	_, err = runSome(ctx, o, hello, all[alone:], count)
	return err
}

// runSome runs all, several at a time.
func runSome(ctx context.Context, o Options, hello protocol.Hello, all []cases.Case, add func(report.Event) bool) (last bool, err error) {
	type ending struct {
		event report.Event
		err   error
	}
	ctx, cancel := context.WithCancel(ctx)
	next := make(chan int)
	ended := make([]chan ending, len(all))
	for i := range ended {
		ended[i] = make(chan ending, 1)
	}
	go func() {
		defer close(next)
		for i := range all {
			next <- i
		}
	}()
	var workers sync.WaitGroup
	for range min(o.Parallel, len(all)) {
		workers.Go(func() {
			s, end := o.open()
			defer end()
			for i := range next {
				a := &cases.Asker{Ctx: ctx, Session: s, Timeout: o.Timeout, Hello: hello, ID: all[i].ID, Alone: all[i].Alone, IsOwn: len(o.Command) == 0}
				event, err := cases.Run(a, all[i])
				ended[i] <- ending{event, err}
			}
		})
	}
	defer workers.Wait()
	defer cancel() // what is left ends as skipped, and is not reported
	for i := range all {
		e := <-ended[i]
		if e.err != nil {
			return true, e.err
		}
		if add(e.event) {
			return true, nil
		}
	}
	return false, nil
}
