package mutants

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
)

// Fate is what became of a mutant.
type Fate string

// The fates. A mutant that does not compile is none, and is only counted.
const (
	Caught       Fate = "caught"
	Survived     Fate = "survived"
	Equivalent   Fate = "equivalent"   // survived, and declared to behave like the reference
	Unobservable Fate = "unobservable" // survived, and declared to differ where no request can see it
	Invalid      Fate = "does not compile"
)

// Result is a mutant and its fate.
type Result struct {
	Mutant
	Fate    Fate           `json:"fate"`
	By      string         `json:"by,omitempty"`      // the case that caught it
	Verdict report.Verdict `json:"verdict,omitempty"` // of that case
	Reason  string         `json:"reason,omitempty"`  // why it is declared as it is
}

// theSuite is read, and finds itself without fault, once for all mutants.
var theSuite = sync.OnceValues(func() (*conformance.Suite, error) { return conformance.NewSuite(cases.DefaultSeed) })

// judge lets the suite judge a command, by the cases of the first pattern first.
func judge(ctx context.Context, command []string, patterns ...string) (*report.Event, error) {
	suite, err := theSuite()
	if err != nil {
		return nil, err
	}
	for _, pattern := range patterns {
		r, err := suite.Run(ctx, conformance.Options{
			Command:      command,
			Pattern:      pattern,
			Timeout:      Timeout,
			Parallel:     1,
			Out:          io.Discard,
			FirstFailure: true,
		})
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, e := range r.Events {
			if e.Against() {
				return &e, nil
			}
		}
	}
	return nil, nil
}

// subjectOf is the subject whose cases are likely to catch a mutant.
func subjectOf(m Mutant) string {
	switch name := path.Base(m.File); {
	case slices.Contains(encoding, m.File):
		return "backup"
	case m.Encoder:
		return "writer"
	case m.Package == "nfc":
		return "password"
	case m.Package == "extract":
		return "path"
	case m.Package == "wire":
		return "archive"
	case strings.HasPrefix(m.File, "ref/vault/client/"), m.Package == "opaque":
		return "vault"
	case strings.HasPrefix(m.File, "ref/vault/"):
		return "server"
	case name == "salvage.go", name == "lossy.go", name == "chunks.go":
		return "salvage"
	}
	return m.Package
}

// Options say how mutants are judged.
type Options struct {
	Source   string // the root of the checkout
	Declared Declarations
	Parallel int          // mutants at a time
	Cases    string       // only the cases whose id matches this pattern; all if empty
	Done     func(Result) // is told each fate as it is decided; one call at a time
}

// Judge lets the suite judge mutants.
func Judge(ctx context.Context, all []Mutant, o Options) ([]Result, error) {
	var files []string // each once, in the order of the mutants
	numbers := map[string][]int{}
	for i, m := range all {
		if numbers[m.File] == nil {
			files = append(files, m.File)
		}
		numbers[m.File] = append(numbers[m.File], i)
	}
	b, err := NewBuilder(o.Source, len(files))
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if err := b.checkReference(ctx, o.Cases); err != nil {
		return nil, err
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]Result, len(all))
	next := make(chan string)
	var mutex sync.Mutex
	done := func(number int, r Result) {
		if fate, reason, ok := o.Declared.Of(r.ID); ok && r.Fate == Survived {
			r.Fate, r.Reason = fate, reason
		}
		mutex.Lock()
		defer mutex.Unlock()
		results[number] = r
		o.Done(r)
	}
	var workers sync.WaitGroup
	for range o.Parallel {
		workers.Go(func() {
			for name := range next {
				if err := b.file(ctx, name, all, numbers[name], o.Cases, done); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
feed:
	for _, name := range files {
		select {
		case next <- name:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
	return results, context.Cause(ctx)
}

// file builds and judges the mutants of one file, and tells the result of each by its number.
func (b *Builder) file(ctx context.Context, name string, all []Mutant, numbers []int, cases string, done func(int, Result)) error {
	f, err := b.parse(name, all, numbers)
	if err != nil {
		return err
	}
	program, invalid, err := b.together(ctx, f, all)
	if err != nil {
		return err
	}
	for _, in := range f.functions {
		for _, n := range in.mutants {
			r := Result{Mutant: all[n], Fate: Invalid}
			if !invalid[n] {
				if r, err = fateOf(ctx, all[n], Bounded(program, n+1), cases); err != nil {
					return err
				}
			}
			done(n, r)
		}
	}
	if err := os.Remove(program); err != nil {
		return err
	}
	for _, n := range f.alone {
		r, err := b.one(ctx, all[n], n, cases)
		if err != nil {
			return err
		}
		done(n, r)
	}
	return nil
}

// one builds and judges a mutant that needs a program of its own.
func (b *Builder) one(ctx context.Context, m Mutant, number int, cases string) (Result, error) {
	text, err := os.ReadFile(filepath.Join(b.source, m.File))
	if err != nil {
		return Result{}, err
	}
	program, err := b.Build(ctx, strconv.Itoa(number), path.Dir(m.File), map[string][]byte{m.File: m.apply(text)})
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx)
	}
	if err != nil {
		return Result{Mutant: m, Fate: Invalid}, nil
	}
	defer os.Remove(program)
	return fateOf(ctx, m, Bounded(program, 0), cases)
}

// fateOf lets the suite judge a mutant, which command runs.
func fateOf(ctx context.Context, m Mutant, command []string, cases string) (Result, error) {
	patterns := []string{subjectOf(m) + "/*", cases}
	if cases != "" {
		patterns = patterns[1:]
	}
	r := Result{Mutant: m, Fate: Survived}
	e, err := judge(ctx, command, patterns...)
	if e != nil {
		r.Fate, r.By, r.Verdict = Caught, e.ID, e.Verdict
	}
	return r, err
}

// checkReference builds the reference as it is, which must be conformant: what
// is said of mutants would mean nothing otherwise.
func (b *Builder) checkReference(ctx context.Context, cases string) error {
	program, err := b.Build(ctx, "reference", "conformance/mutants/adapter", nil)
	if err != nil {
		return fmt.Errorf("the reference does not compile: %w", err)
	}
	e, err := judge(ctx, Bounded(program, 0), cases)
	if err != nil {
		return err
	}
	if e != nil {
		return fmt.Errorf("the reference itself fails %s: %s", e.ID, strings.TrimSpace(e.Message))
	}
	return nil
}
