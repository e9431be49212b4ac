package conformance

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/cases/casetest"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

// memory is what somebody has learned of the answers in one run.
type memory struct {
	sync.Mutex
	byInput map[string]protocol.Answer // the op with it
	byCase  map[string][]learned       // in their order
	byOp    map[string]protocol.Answer // the last
}

type learned struct {
	input  string
	answer protocol.Answer
}

func (m *memory) learn(q protocol.Request, a protocol.Answer) {
	m.Lock()
	defer m.Unlock()
	m.byInput[casetest.Key(q.Op, q.Input)], m.byOp[q.Op] = a, a
	m.byCase[q.ID] = append(m.byCase[q.ID], learned{casetest.Key(q.Op, q.Input), a})
}

// recall answers the n-th request of a case: as the same request was answered, or
// else the same place of the case, or else the last request with the op.
func (m *memory) recall(q protocol.Request, n int) protocol.Answer {
	m.Lock()
	defer m.Unlock()
	all := m.byCase[q.ID]
	known, ok := m.byInput[casetest.Key(q.Op, q.Input)]
	switch {
	case ok && (n >= len(all) || all[n].input != casetest.Key(q.Op, q.Input)):
		return known
	case n < len(all):
		return all[n].answer
	}
	return m.byOp[q.Op]
}

// replies is a session with a function that is told which request of the case it
// answers.
type replies struct {
	asked  map[string]int
	answer func(q protocol.Request, n int) protocol.Answer
}

func (r *replies) Exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	n := r.asked[q.ID]
	r.asked[q.ID]++
	return session.InProcess(func(string, vectors.Object) protocol.Answer { return r.answer(q, n) }).Exchange(ctx, q, timeout)
}

func (*replies) Restart()       {}
func (*replies) Stderr() string { return "" }

// failures runs checks, and returns how many fail by subject.
func failures(t *testing.T, all []cases.Case, answer func(q protocol.Request, n int) protocol.Answer) (failed map[string]int) {
	t.Helper()
	failed = map[string]int{}
	next := make(chan cases.Case)
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for c := range next {
				s := &replies{map[string]int{}, answer}
				a := &cases.Asker{Ctx: t.Context(), Session: s, Timeout: session.DefaultTimeout, Hello: reference.Hello(), ID: c.ID}
				event, err := cases.Run(a, c)
				mu.Lock()
				if err != nil {
					t.Errorf("%s: %v", c.ID, err)
				}
				if event.Verdict != report.Pass {
					failed[c.Subject]++
				}
				mu.Unlock()
			}
		})
	}
	for _, c := range all {
		next <- c
	}
	close(next)
	workers.Wait()
	return failed
}

// An adapter without any cryptography, that knows the answers of one run, passes
// when the same seed is drawn from, and fails in every subject with another.
func TestAnswersFromMemory(t *testing.T) {
	thorough.Only(t)
	files, err := vectors.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{byInput: map[string]protocol.Answer{}, byCase: map[string][]learned{}, byOp: map[string]protocol.Answer{}}
	beyondVectors := func(seed int64) []cases.Case {
		return slices.DeleteFunc(Cases(files, seed), func(c cases.Case) bool {
			return slices.ContainsFunc(files, func(f vectors.File) bool {
				return slices.ContainsFunc(f.Cases, func(v vectors.Case) bool { return v.ID == c.ID })
			})
		})
	}
	var programs sync.Map // by case
	failures(t, beyondVectors(cases.DefaultSeed), func(q protocol.Request, _ int) protocol.Answer {
		p, _ := programs.LoadOrStore(q.ID, new(reference.Program))
		a := p.(*reference.Program).Handle(q.Op, q.Input)
		m.learn(q, a)
		return a
	})
	if failed := failures(t, beyondVectors(cases.DefaultSeed), m.recall); len(failed) > 0 {
		t.Errorf("with the same seed these fail: %v", failed)
	}
	failed := failures(t, beyondVectors(cases.DefaultSeed+1), m.recall)
	for _, c := range Cases(files, cases.DefaultSeed) {
		if failed[c.Subject] == 0 {
			t.Errorf("nothing of %s fails", c.Subject)
			failed[c.Subject]++
		}
	}
	t.Log("failed:", failed)
}
