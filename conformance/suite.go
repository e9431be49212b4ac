// Package conformance checks an implementation of Coffer: a Suite asks all its cases, in
// the protocol that README.md describes, and reports what comes of them. Cases brings
// them together from the packages that make them; how one is asked and judged is in
// package cases. README.md has a map of the packages.
package conformance

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/conformance/audits"
	"github.com/coffer-format/coffer/conformance/backups"
	"github.com/coffer-format/coffer/conformance/canary"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/crafted"
	"github.com/coffer-format/coffer/conformance/delivery"
	"github.com/coffer-format/coffer/conformance/generated"
	"github.com/coffer-format/coffer/conformance/headers"
	"github.com/coffer-format/coffer/conformance/large"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/recoveries"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/resources"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/conformance/vaults"
	"github.com/coffer-format/coffer/vectors"
)

// Options say what is checked, and how.
type Options struct {
	Command  []string      // the program to check and its arguments; the built-in reference if empty
	Server   *Server       // what is checked instead of a program; nil if it is one
	Pattern  string        // of the ids of the cases to run, "*" standing for any text; all if empty
	Timeout  time.Duration // for one answer; DefaultTimeout if zero
	Parallel int           // programs at a time; the number of CPUs if zero
	Out      io.Writer     // the report for a person; none if nil
	All      bool          // the report describes every failure, not one of each cause
	Progress io.Writer     // a terminal on which a line says how far the run is; none if nil

	// Expect is the list of known failures. A case that it names must fail.
	Expect []Expectation
	// FirstFailure ends the run at the first failure in the order of the cases.
	// What comes after it is not reported.
	FirstFailure bool
}

// Suite is what implementations are checked with.
type Suite struct {
	files  []vectors.File
	cases  []cases.Case // in the order in which they run
	seed   int64        // of what they draw
	judged sync.Map     // what judge found out of a pattern
}

// NewSuite returns the suite, with everything that it draws drawn from a seed. Who
// knows the answers of another run must not pass: each run has a seed of its own,
// unless one is to be repeated. The error is a fault of the suite.
func NewSuite(seed int64) (*Suite, error) {
	files, err := vectors.Load()
	if err != nil {
		return nil, err
	}
	s := newSuite(files, Cases(files, seed))
	s.seed = seed
	return s, nil
}

// Server is a vault that is checked over HTTP, and the flags that say which it is.
type Server struct {
	*vaults.Remote
	Flags []string
}

// NewServerSuite returns the suite of vaults that are servers, with everything that it
// draws drawn from a seed.
func NewServerSuite(seed int64) *Suite {
	return &Suite{cases: vaults.ServerCases(seed), seed: seed}
}

func newSuite(files []vectors.File, all []cases.Case) *Suite {
	return &Suite{files: files, cases: all}
}

// judge says, once it has found out, whether the suite is at fault in the vectors
// that a pattern selects.
func (s *Suite) judge(pattern string) error {
	find := sync.OnceValue(func() error {
		if len(s.files) == 0 { // there are no vectors to lie about
			return nil
		}
		if pattern == "" {
			return canary.Try(s.files)
		}
		matches := IDPattern(pattern)
		selected := slices.Clone(s.files)
		for i, f := range selected {
			selected[i].Cases = slices.DeleteFunc(slices.Clone(f.Cases), func(c vectors.Case) bool { return !matches.MatchString(c.ID) })
		}
		return canary.TrySelected(s.files, selected)
	})
	found, _ := s.judged.LoadOrStore(pattern, find)
	return found.(func() error)()
}

// IDs returns the ids of the cases, in the order in which they run.
func (s *Suite) IDs() []string {
	var ids []string
	for _, c := range s.cases {
		ids = append(ids, c.ID)
	}
	return ids
}

// Run runs those of the cases that are chosen, unless the suite is found to be at
// fault. Its error is a UsageError, or else that.
func (s *Suite) Run(ctx context.Context, o Options) (*report.Report, error) {
	if len(o.Command) > 0 {
		if _, err := exec.LookPath(o.Command[0]); err != nil {
			return nil, cases.UsageError{Err: err}
		}
	}
	return s.Report(ctx, o)
}

// Report is Run for a program that need not be there: the report says so.
func (s *Suite) Report(ctx context.Context, o Options) (*report.Report, error) {
	if o.Timeout == 0 {
		o.Timeout = session.DefaultTimeout
	}
	if o.Parallel == 0 {
		o.Parallel = runtime.NumCPU()
	}
	if o.Server != nil { // it has one clock
		o.Parallel = 1
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	selected := choose(s.cases, o.Pattern)
	if len(selected) == 0 {
		return nil, cases.UsageError{Err: unmatched(o.Pattern, s.cases)}
	}
	known, err := knownFailures(o.Expect, s.cases)
	if err != nil {
		return nil, err
	}
	progress := o.progress(len(selected))
	progress.Say("starting " + strings.Join(o.Command, " "))
	hello, bad := greet(ctx, o)
	if bad == nil {
		progress.Say("the suite checks itself")
		if err := s.judge(o.Pattern); err != nil {
			return nil, err
		}
	}
	r := report.New(hello, o.Command, o.Pattern, len(s.cases))
	r.Seed = s.seed
	if o.Server != nil {
		r.Flags = append([]string{"vault"}, o.Server.Flags...)
	}
	if progress != nil {
		progress.What = r.Name()
	}
	terminal := report.NewTerminal(o.Out, r, o.All || o.FirstFailure, progress)
	add := func(e report.Event) (last bool) {
		e = known.apply(e)
		r.Add(e)
		terminal.Add(e)
		return o.FirstFailure && e.Against() && e.Verdict != report.Skipped
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
	if left := len(selected) - len(r.Events); o.FirstFailure && bad == nil && left > 0 {
		fmt.Fprintf(o.Out, "stopped at the first failure: %d of %d cases were not run\n", left, len(selected))
	}
	return r, nil
}

func (o Options) progress(total int) *report.Progress {
	if o.Progress == nil {
		return nil
	}
	return &report.Progress{W: o.Progress, Total: total}
}

// Cases returns the cases, in the order in which they run: those of a subject
// stand together.
func Cases(files []vectors.File, seed int64) []cases.Case {
	all := slices.Concat(
		vectorCases(files), audits.Cases(seed), backups.Cases(seed), recoveries.Cases(seed), vaults.Cases(seed), delivery.Cases(files, seed), generated.Grammar(seed), resources.Cases(files, seed),
		crafted.Archives(seed), generated.Cases(seed), headers.Cases(seed), crafted.Salvages(seed), generated.States(seed), large.Cases(seed),
	)
	place := map[string]int{}
	for _, c := range all {
		if _, known := place[c.Subject]; !known {
			place[c.Subject] = len(place)
		}
	}
	slices.SortStableFunc(all, func(a, b cases.Case) int { return place[a.Subject] - place[b.Subject] })
	return all
}

// open returns a session with what is checked, and what ends it.
func (o Options) open() (session.Session, func()) {
	if o.Server != nil {
		return o.Server.Remote, o.Server.Restart
	}
	return session.Open(o.Command)
}

func greet(ctx context.Context, o Options) (protocol.Hello, *report.Outcome) {
	s, end := o.open()
	defer end()
	a := &cases.Asker{Ctx: ctx, Session: s, Timeout: o.Timeout, ID: protocol.HelloOp}
	return a.Greet()
}

// vectorCases returns the cases that are vectors.
func vectorCases(files []vectors.File) []cases.Case {
	var all []cases.Case
	for _, f := range files {
		for _, c := range f.Cases {
			all = append(all, cases.FromVector(f.Subject, c))
		}
	}
	return all
}

// IDPattern returns what matches a pattern in which "*" stands for any text.
func IDPattern(p string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, ".*") + "$")
}
