package mutants

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/report"
)

// Fate is what became of a mutant.
type Fate string

// The fates. A mutant that does not compile is none, and is only counted.
const (
	Caught     Fate = "caught"
	Survived   Fate = "survived"
	Equivalent Fate = "equivalent" // survived, and declared to behave like the reference
	Invalid    Fate = "does not compile"
)

// Result is a mutant and its fate.
type Result struct {
	Mutant
	Fate    Fate           `json:"fate"`
	By      string         `json:"by,omitempty"`      // the case that caught it
	Verdict report.Verdict `json:"verdict,omitempty"` // of that case
	Reason  string         `json:"reason,omitempty"`  // why it is declared equivalent
}

// timeout is how long a mutant may take for an answer: those that loop do so for
// ever, and the reference takes milliseconds.
const timeout = 5 * time.Second

// maxMemoryKiB is the address space of a mutant: one that allocates without a
// bound ends before the machine does.
const maxMemoryKiB = 3 << 20

// manyMutants is how many would fill the compiler's common cache with what nobody
// needs again. A cache of their own costs the time to fill it.
const manyMutants = 50

// builder builds mutants of one source tree.
type builder struct {
	source string   // absolute
	dir    string   // for what is built
	cache  []string // the environment that gives the compiler a cache of its own
}

// build compiles a mutant, and returns the program's path. Its error says that
// it does not compile.
func (b *builder) build(ctx context.Context, m Mutant, number int) (string, error) {
	original := filepath.Join(b.source, m.File)
	text, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	return b.buildFile(ctx, original, m.apply(text), number)
}

// buildFile compiles the adapter with another text of one of its files.
func (b *builder) buildFile(ctx context.Context, original string, text []byte, number int) (string, error) {
	name := func(suffix string) string { return filepath.Join(b.dir, fmt.Sprintf("%d%s", number, suffix)) }
	if err := os.WriteFile(name(".go"), text, 0o600); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: name(".go")}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(name(".json"), overlay, 0o600); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", name(".json"), "-ldflags", "-s -w", "-o", name(""), "./conformance/mutants/adapter")
	cmd.Dir = b.source
	cmd.Env = append(os.Environ(), append(b.cache, "GOFLAGS=", "GOWORK=off")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return name(""), nil
}

// judge lets the suite judge a program, by the cases of the first pattern first.
func judge(ctx context.Context, program string, patterns ...string) (*report.Event, error) {
	for _, pattern := range patterns {
		r, err := conformance.Run(ctx, conformance.Options{
			Command:      []string{"sh", "-c", fmt.Sprintf(`ulimit -v %d; exec "$0"`, maxMemoryKiB), program},
			Pattern:      pattern,
			Timeout:      timeout,
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

// subjectOf is the subject of the vectors that concern a package first.
func subjectOf(pkg string) string {
	switch pkg {
	case "nfc":
		return "password"
	case "extract":
		return "path"
	}
	return pkg
}

// Options say how mutants are judged.
type Options struct {
	Source   string            // the root of the checkout
	Declared map[string]string // why mutants are equivalent, by id
	Parallel int               // mutants at a time
	Cases    string            // only the cases whose id matches this pattern; all if empty
	Done     func(Result)      // is told each fate as it is decided; one call at a time
}

// Judge lets the suite judge mutants.
func Judge(ctx context.Context, all []Mutant, o Options) ([]Result, error) {
	source, err := filepath.Abs(o.Source)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "coffer-mutants-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &builder{source: source, dir: dir}
	if len(all) > manyMutants {
		b.cache = []string{"GOCACHE=" + filepath.Join(dir, "cache")}
	}
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
				if reason, ok := o.Declared[r.ID]; ok && r.Fate == Survived {
					r.Fate, r.Reason = Equivalent, reason
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
func (b *builder) one(ctx context.Context, m Mutant, number int, cases string) (Result, error) {
	r := Result{Mutant: m, Fate: Survived}
	program, err := b.build(ctx, m, number)
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	if err != nil {
		r.Fate = Invalid
		return r, nil
	}
	defer os.Remove(program)
	patterns := []string{subjectOf(m.Package) + "/*", cases}
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
func (b *builder) checkReference(ctx context.Context, cases string) error {
	file := filepath.Join(b.source, "ref/key/key.go")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	program, err := b.buildFile(ctx, file, text, -1)
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
