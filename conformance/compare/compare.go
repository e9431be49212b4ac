// Package compare checks several implementations and lets each open what each other has
// sealed. Begin with Run.
package compare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
)

// Run checks the built-in reference and the program of each command, and lets
// each open what each other has sealed. A program that does not start has a report
// that says so. The options' Command is not used. Its error
// is a UsageError, or else the suite is at fault.
func Run(ctx context.Context, s *conformance.Suite, o conformance.Options, commands [][]string) (*report.Comparison, error) {
	o.Out = nil
	c := &report.Comparison{Format: report.ComparisonFormat}
	for _, command := range append([][]string{nil}, commands...) {
		o.Command = command
		r, err := s.Report(ctx, o)
		if err != nil {
			return nil, err
		}
		c.Names = append(c.Names, distinct(c.Names, r.Name()))
		c.Reports = append(c.Reports, r)
	}
	c.Seed = c.Reports[0].Seed
	return c, pair(ctx, o, c, exchanges(rand.New(rand.NewSource(c.Seed))))
}

// distinct returns a name that is not among the others.
func distinct(others []string, name string) string {
	candidate := name
	for n := 2; ; n++ {
		taken := false
		for _, other := range others {
			taken = taken || other == candidate
		}
		if !taken {
			return candidate
		}
		candidate = fmt.Sprintf("%s (%d)", name, n)
	}
}

// pair lets each implementation seal, and each open what was sealed.
func pair(ctx context.Context, o conformance.Options, c *report.Comparison, all []exchanged) (err error) {
	defer func() {
		if v := recover(); v != nil {
			var fault cases.Fault
			if e, ok := v.(error); !ok || !errors.As(e, &fault) {
				fault = cases.Fault{Err: fmt.Errorf("pairs: panic: %v", v)}
			}
			err = fault
		}
	}()
	askers := make([]*cases.Asker, len(c.Reports))
	for i, r := range c.Reports {
		o.Command = r.Command
		s, end := session.Open(o.Command)
		defer end()
		askers[i] = &cases.Asker{Ctx: ctx, Session: s, Timeout: cmp.Or(o.Timeout, session.DefaultTimeout), Hello: r.Implementation}
	}
	sealed := make([][]sealing, len(askers))
	for i, a := range askers {
		sealed[i] = sealAll(a, all)
	}
	for i := range askers {
		row := make([][]report.Event, len(askers))
		for j, a := range askers {
			row[j] = openAll(a, all, sealed[i])
		}
		c.Pairs = append(c.Pairs, row)
	}
	return nil
}
