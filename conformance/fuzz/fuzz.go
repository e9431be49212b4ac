// Package fuzz looks for inputs that an implementation answers otherwise than the
// reference: it mutates the inputs of vectors, makes a difference smaller and keeps it in a
// corpus. Begin with Run.
package fuzz

import (
	"context"
	"fmt"
	"io"
	"math/bits"
	"math/rand"
	"os/exec"
	"regexp"
	"slices"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/outside"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/vectors"
)

// DefaultTime is how long Fuzz looks for differences.
const DefaultTime = 30 * time.Second

// Options say which implementation is compared with the reference, and how.
type Options struct {
	Command []string      // the program and its arguments; the built-in reference if empty
	Time    time.Duration // DefaultTime if zero
	First   bool          // the first difference that is not in the corpus is the last
	Corpus  string        // the folder of the differences; none is kept if empty
	Seed    int64         // of the inputs
	Timeout time.Duration // for one answer; DefaultTimeout if zero
	Out     io.Writer     // what is found, for a person; nothing if nil

	steps int // after so many it ends, too, unless 0
}

// Result is what a run of Fuzz found.
type Result struct {
	Inputs      int      // that were compared, those of the corpus among them
	Outcomes    int      // of the reference that are told apart
	Differences []string // the ids of the cases that differ
	Mended      []string // the ids of those of the corpus that no longer do
	Unusable    []string // the files of the corpus that are no cases
	Exit        int      // report.ExitNot if something differs, or the run was interrupted or compared nothing
}

// Run compares an implementation with the reference: on the cases of the corpus,
// then on inputs that it makes from the vectors until the time is over. It makes a
// difference smaller, and saves it in the corpus. Its error is a UsageError, one
// of the corpus' files, or else the suite is at fault.
func Run(ctx context.Context, o Options) (*Result, error) {
	if len(o.Command) > 0 {
		if _, err := exec.LookPath(o.Command[0]); err != nil {
			return nil, cases.UsageError{Err: err}
		}
	}
	s, end := session.Open(o.Command)
	defer end()
	return fuzz(ctx, o, s)
}

// fuzzer is a run of Fuzz.
type fuzzer struct {
	o     Options
	asker *cases.Asker
	r     *rand.Rand
	all   []*specimen            // the pool
	pool  map[string][]*specimen // the same by op
	ops   []string               // of the pool, sorted
	seen  map[string]bool        // outcomes of the reference
	known map[string]bool        // kinds of difference
	Result
}

func fuzz(ctx context.Context, o Options, s session.Session) (result *Result, err error) {
	if o.Time == 0 {
		o.Time = DefaultTime
	}
	if o.Timeout == 0 {
		o.Timeout = session.DefaultTimeout
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	defer func() {
		if v := recover(); v != nil {
			result, err = nil, cases.Fault{Err: fmt.Errorf("fuzzing with seed %d: panic: %v", o.Seed, v)}
		}
	}()
	f := &fuzzer{
		o: o, r: rand.New(rand.NewSource(o.Seed)), pool: map[string][]*specimen{}, seen: map[string]bool{}, known: map[string]bool{},
		asker: &cases.Asker{Ctx: ctx, Session: s, Timeout: o.Timeout, ID: protocol.HelloOp},
	}
	hello, bad := f.asker.Greet()
	if bad != nil {
		f.say("%s", show("DIFFERENCE", protocol.HelloOp, *bad))
		f.Differences = append(f.Differences, protocol.HelloOp)
		return f.finish(), nil
	}
	f.asker.Hello, f.asker.ID = hello, "fuzz"
	if err := f.sow(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(o.Time)
	if err := f.replay(); err != nil {
		return nil, err
	}
	before := len(f.Differences)
	for n := 0; len(f.ops) > 0 && ctx.Err() == nil && time.Now().Before(deadline) && (o.steps == 0 || n < o.steps); n++ {
		if err := f.step(); err != nil {
			return nil, err
		}
		if o.First && len(f.Differences) > before {
			break
		}
	}
	return f.finish(), nil
}

func (f *fuzzer) finish() *Result {
	f.Outcomes = len(f.seen)
	f.Exit = report.ExitConformant
	verdict := "no difference"
	switch {
	case len(f.Differences) > 0:
		f.Exit = report.ExitNot
		verdict = fmt.Sprintf("different answers: %d", len(f.Differences))
	case f.asker.Ctx.Err() != nil:
		f.Exit = report.ExitNot
		verdict = "interrupted"
	case f.Inputs == 0:
		f.Exit = report.ExitNot
		verdict = "the profiles that are claimed have no input"
	}
	if n := len(f.Unusable); n > 0 {
		f.say("files of the corpus that could not be used: %d\n", n)
	}
	f.say("%d inputs with seed %d, %d outcomes of the reference: %s\n", f.Inputs, f.o.Seed, f.Outcomes, verdict)
	return &f.Result
}

func (f *fuzzer) say(format string, args ...any) {
	io.WriteString(f.o.Out, outside.Lines(fmt.Sprintf(format, args...)))
}

// longestInput is the number of digits of the longest byte string of an input.
const longestInput = 2 * 64 << 10

// sow makes the pool of the vectors.
func (f *fuzzer) sow() error {
	files, err := vectors.Load()
	if err != nil {
		return err
	}
	keys := map[string]string{} // of containers
	for _, file := range files {
		for _, c := range file.Cases {
			slow := slices.Contains(c.Profiles, "password") && c.Op != "password.prepare" // Argon2id
			long := slices.Contains(c.Profiles, "large") || slices.Contains(c.Profiles, "sets")
			vault := slices.Contains([]string{"vault.register", "vault.recover", "vault.answer"}, c.Op) // Argon2id, or drawn values
			if slow || long || vault || !f.asker.Hello.Claims(c.Profiles) {
				continue
			}
			input, err := vectors.ExpandObject(c.Input)
			if err != nil {
				return err
			}
			if tooLong(input) {
				continue
			}
			s := &specimen{op: c.Op, input: input, from: c.ID, profiles: c.Profiles, requirements: c.Requirements}
			s.findKey(c, keys)
			f.add(s)
		}
	}
	return nil
}

func tooLong(input vectors.Object) bool {
	for _, v := range input {
		if s, ok := v.(string); ok && len(s) > longestInput {
			return true
		}
	}
	return false
}

// add adds a specimen to the pool.
func (f *fuzzer) add(s *specimen) {
	if len(f.pool[s.op]) == 0 {
		f.ops = append(f.ops, s.op)
		slices.Sort(f.ops)
	}
	f.pool[s.op] = append(f.pool[s.op], s)
	f.all = append(f.all, s)
}

// draw draws a specimen: an op first, or any, so that neither the ops of which
// there are few nor those of which there are many go short.
func (f *fuzzer) draw() *specimen {
	if f.r.Intn(2) == 0 {
		return drawn.OneOf(f.r, f.all...)
	}
	return drawn.OneOf(f.r, f.pool[drawn.OneOf(f.r, f.ops...)]...)
}

// step tries one input.
func (f *fuzzer) step() error {
	s := f.draw()
	for range 1 + f.r.Intn(3) {
		s = s.mutate(f.r)
	}
	if !f.asker.Hello.Claims(s.profiles) || tooLong(s.input) {
		return nil
	}
	found, new := f.compare(s)
	if found != nil && !f.known[found.kind] {
		found = f.shrink(found)
		f.known[found.kind] = true
		return f.save(found)
	}
	if new {
		f.add(s) // it reached what no other has
	}
	return nil
}

// disagreement is an input to which the implementation gives another answer than
// the specification allows.
type disagreement struct {
	*specimen
	want    vectors.Case
	outcome report.Outcome
	kind    string // those of the same kind have one cause, probably
}

// compare asks both. It returns the difference, if there is one, and whether the
// reference has not had this outcome before.
func (f *fuzzer) compare(s *specimen) (found *disagreement, new bool) {
	if !s.inRange() {
		return nil, false
	}
	answered := reference.Handle(s.op, s.input)
	right, err := cases.AllowedBeside(answered, s.op, s.input)
	if err != nil {
		return nil, false // no input of this op
	}
	f.Inputs++
	kind := outcomeKind(s.op, answered)
	new = !f.seen[kind]
	f.seen[kind] = true
	answer, bad := f.asker.Ask(s.op, s.input)
	if bad == nil {
		o := right.Judge(f.asker.Hello, answer)
		bad = &o
	}
	if bad.Verdict == report.Pass || bad.Verdict == report.Skipped {
		return nil, new
	}
	kind = fmt.Sprintln(s.op, bad.Verdict, right.Cases[0].Error, answer.Error, withoutValues(bad.Message))
	return &disagreement{s, right.Cases[0], *bad, kind}, new
}

// outcomeKind is what an outcome of the reference has in common with others that
// come about in the same way.
func outcomeKind(op string, a protocol.Answer) string {
	if a.Error == "" {
		return fmt.Sprintln(op, bits.Len(uint(len(fmt.Sprint(a.Output)))))
	}
	return fmt.Sprintln(op, a.Error, withoutValues(a.Detail), a.Released != "")
}

var values = regexp.MustCompile(`"[^"]*"|[0-9]+|\b[0-9a-f]{6,}\b`)

// withoutValues returns a message without the numbers and the texts in it.
func withoutValues(message string) string { return values.ReplaceAllString(message, "#") }
