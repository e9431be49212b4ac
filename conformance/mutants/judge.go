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

// judge lets the suite judge a program, by the cases of the first pattern first.
func judge(ctx context.Context, program string, patterns ...string) (*report.Event, error) {
	suite, err := theSuite()
	if err != nil {
		return nil, err
	}
	for _, pattern := range patterns {
		r, err := suite.Run(ctx, conformance.Options{
			Command:      Bounded(program),
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
	b, err := NewBuilder(o.Source, len(all))
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
	next := make(chan int)
	var mutex sync.Mutex
	var workers sync.WaitGroup
	for range o.Parallel {
		workers.Go(func() {
			for i := range next {
				r, err := b.one(ctx, all[i], i, o.Cases)
				if err != nil {
					cancel(err)
					return
				}
				if fate, reason, ok := o.Declared.Of(r.ID); ok && r.Fate == Survived {
					r.Fate, r.Reason = fate, reason
				}
				mutex.Lock()
				results[i] = r
				o.Done(r)
				mutex.Unlock()
			}
		})
	}
feed:
	for i := range all {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
	return results, context.Cause(ctx)
}

// one builds and judges a mutant.
func (b *Builder) one(ctx context.Context, m Mutant, number int, cases string) (Result, error) {
	r := Result{Mutant: m, Fate: Survived}
	text, err := os.ReadFile(filepath.Join(b.source, m.File))
	if err != nil {
		return r, err
	}
	program, err := b.Build(ctx, strconv.Itoa(number), map[string][]byte{m.File: m.apply(text)})
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	if err != nil {
		r.Fate = Invalid
		return r, nil
	}
	defer os.Remove(program)
	patterns := []string{subjectOf(m) + "/*", cases}
	if cases != "" {
		patterns = patterns[1:]
	}
	e, err := judge(ctx, program, patterns...)
	if err != nil {
		return r, err
	}
	if e != nil {
		r.Fate, r.By, r.Verdict = Caught, e.ID, e.Verdict
	}
	return r, nil
}

// checkReference builds the reference as it is, which must be conformant: what
// is said of mutants would mean nothing otherwise.
func (b *Builder) checkReference(ctx context.Context, cases string) error {
	program, err := b.Build(ctx, "reference", nil)
	if err != nil {
		return fmt.Errorf("the reference does not compile: %w", err)
	}
	e, err := judge(ctx, program, cases)
	if err != nil {
		return err
	}
	if e != nil {
		return fmt.Errorf("the reference itself fails %s: %s", e.ID, strings.TrimSpace(e.Message))
	}
	return nil
}
