package history

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// History is what was asked about one record since it became live. Several goroutines may use it.
type History struct {
	mu       sync.Mutex
	begun    time.Time
	sessions map[vault.Session]int
	seconds  map[[opaque.KE2Size]byte]int
	all      []porcupine.Operation
}

// New returns a history in which nothing was asked.
func New() *History {
	return &History{begun: time.Now(), sessions: map[vault.Session]int{}, seconds: map[[opaque.KE2Size]byte]int{}}
}

func number[K comparable](known map[K]int, of K) int {
	if known[of] == 0 {
		known[of] = len(known) + 1
	}
	return known[of]
}

// Ask asks, and records what becomes of it. An error of asking is no answer. Requests other than
// those of a recovery, a destruction and for the state are not recorded, nor are those that were
// never sent, since nobody listens, or whose token is refused.
func (h *History) Ask(request vault.Request, ask func() (vault.Answer, error)) (vault.Answer, error) {
	call := time.Since(h.begun).Nanoseconds()
	answer, err := ask()
	back := time.Since(h.begun).Nanoseconds()
	h.mu.Lock()
	defer h.mu.Unlock()
	var in input
	switch r := request.(type) {
	case *vault.RecoverRequest:
		in = input{recovers, number(h.sessions, vault.SessionOf(&r.KE1))}
	case *vault.FinishRequest:
		in = input{finishes, number(h.sessions, r.Session)}
	case *vault.DestroyRequest:
		in = input{kind: destroys}
	case *vault.StateRequest:
		in = input{kind: asks}
	default:
		return answer, err
	}
	var out output
	if network := new(net.OpError); errors.As(err, &network) && network.Op == "dial" {
		return answer, err
	}
	if err != nil {
		back = math.MaxInt64 // it may still be done
		if in.kind == asks {
			return answer, err
		}
	} else {
		out = output{answered: true, status: answer.Says().Status}
		if out.status == vault.BadToken {
			return answer, err
		}
	}
	switch a := answer.(type) {
	case *vault.RecoverAnswer:
		out.attempts = int(a.Attempts)
		if a.Status == vault.OK {
			out.second = number(h.seconds, a.KE2)
		}
	case *vault.StateAnswer:
		out.state, out.attempts = a.State, int(a.Attempts)
	}
	h.all = append(h.all, porcupine.Operation{Input: in, Call: call, Output: out, Return: back})
	return answer, err
}

// Seconds is how many second messages there are.
func (h *History) Seconds() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.seconds)
}

// Len is how many requests are recorded, and how many of them have no answer.
func (h *History) Len() (all, open int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.all {
		if !o.Output.(output).answered {
			open++
		}
	}
	return len(h.all), open
}

// patience is how long a history may be looked at.
const patience = 2 * time.Minute

// Check returns an error unless a vault that handles one request after another can have answered
// so. It is settled if each first message without an answer was sent again until there was one,
// while its session could not have ended.
func (h *History) Check(settled bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.all
	if settled {
		all = settle(all)
	}
	switch porcupine.CheckOperationsTimeout(model, all, patience) {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return fmt.Errorf("a history of %d requests took too long to look at", len(all))
	}
	var text strings.Builder
	for _, o := range inOrder(all) {
		fmt.Fprintf(&text, "\n%d to %d: %+v: %+v", o.Call, o.Return, o.Input, o.Output)
	}
	return fmt.Errorf("no vault that handles one request after another answers so:%s", text.String())
}

// settle leaves out what a settled history of first messages need not have, so that it is soon
// looked at. Those without an answer of which none had a second message took nothing, and of one
// that had, the first is enough, since only one of them took an attempt, at any time from then
// on. Attempts only grow fewer, so of those that wait with as many the one that was sent last and
// the one that was answered first are enough, and of those that found the record destroyed the
// one that was answered first.
func settle(all []porcupine.Operation) (settled []porcupine.Operation) {
	began, open := map[int]bool{}, map[int]bool{}
	for _, o := range all {
		if o.Output.(output).second > 0 {
			began[o.Input.(input).session] = true
		}
	}
	sent, answered := map[output]porcupine.Operation{}, map[output]porcupine.Operation{}
	for _, o := range inOrder(all) {
		id, out := o.Input.(input).session, o.Output.(output)
		switch {
		case !out.answered:
			if began[id] && !open[id] {
				settled = append(settled, o)
			}
			open[id] = true
		case out.status == vault.OK:
			settled = append(settled, o)
		default:
			if out.status == vault.Waiting {
				sent[out] = o
			}
			if first, is := answered[out]; !is || o.Return < first.Return {
				answered[out] = o
			}
		}
	}
	return slices.Concat(settled, slices.Collect(maps.Values(sent)), slices.Collect(maps.Values(answered)))
}

// inOrder returns requests in the order in which they were sent.
func inOrder(all []porcupine.Operation) []porcupine.Operation {
	return slices.SortedStableFunc(slices.Values(all), func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
}
