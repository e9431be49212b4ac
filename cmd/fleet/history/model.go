// Package history records what clients ask a vault about one record and what they are answered,
// and says whether a vault that handles one request after another could have answered so
// (linearizability). Tests use it.
package history

import (
	"slices"

	"github.com/anishathalye/porcupine"

	"github.com/coffer-format/coffer/ref/vault"
)

// kind is what is asked.
type kind int

const (
	recovers kind = iota
	finishes
	destroys
	asks
)

// input is a request, and output its answer. Sessions and second messages are numbered.
type input struct {
	kind    kind
	session int
}

type output struct {
	answered bool // or nobody knows whether, and when, it was done
	status   vault.Status
	state    vault.RecordState
	attempts int
	second   int
}

// session is one that may have begun, with its second message, 0 if nobody has seen it.
type session struct {
	id, second int
	finished   bool
}

// state is that of a record: it is live with some attempts left, or destroyed.
type state struct {
	destroyed bool
	left      int
	sessions  [vault.MaxAttempts + 1]session // sorted, from the end
}

func (s state) find(id int) (session, bool) {
	i := slices.IndexFunc(s.sessions[:], func(x session) bool { return x.id == id })
	if i < 0 {
		return session{}, false
	}
	return s.sessions[i], true
}

// with adds a session, or replaces it.
func (s state) with(x session) state {
	at := slices.IndexFunc(s.sessions[:], func(y session) bool { return y.id == x.id })
	if at < 0 {
		at = 0 // the least, which is none
	}
	s.sessions[at] = x
	slices.SortFunc(s.sessions[:], func(a, b session) int { return a.id - b.id })
	return s
}

// spend takes an attempt. [VLT-25]
func (s state) spend(id, second int) state {
	s.left--
	return s.with(session{id: id, second: second})
}

// model is a record that has become live. Times are not in it: what they decide, a vault may
// answer either way, but no session ends by time. A request without an answer does what it can:
// if it does nothing, it has come after all others.
var model = porcupine.Model{
	Init: func() any { return state{left: vault.MaxAttempts} },
	Step: func(is, in, out any) (bool, any) { return step(is.(state), in.(input), out.(output)) },
}

var destroyed = state{destroyed: true}

// step returns the state after a request, and whether it can have been answered so.
func step(s state, in input, out output) (bool, state) {
	gone := out.answered && (in.kind == asks && out.state == vault.Destroyed || in.kind != asks && out.status == vault.Gone)
	switch {
	case s.destroyed:
		return gone || !out.answered, s
	case gone:
		return s.left == 0, destroyed // by time
	}
	switch in.kind {
	case recovers:
		return recovered(s, in, out)
	case finishes:
		return finished(s, in, out)
	case destroys:
		return !out.answered || out.status == vault.OK, destroyed
	default:
		return out.state == vault.Live && out.attempts == s.left, s
	}
}

func recovered(s state, in input, out output) (bool, state) {
	old, began := s.find(in.session)
	switch {
	case !out.answered && (began || s.left == 0):
		return true, s
	case !out.answered:
		return true, s.spend(in.session, 0)
	case out.status == vault.OK && began:
		same := old.second == out.second || old.second == 0
		old.second = out.second
		return same && out.attempts == s.left, s.with(old)
	case out.status == vault.OK:
		return s.left > 0 && out.attempts == s.left-1, s.spend(in.session, out.second)
	}
	gone := vault.MaxAttempts - s.left
	return out.status == vault.Waiting && !began && out.attempts == s.left && gone > 0 && vault.Wait(gone) > 0, s
}

func finished(s state, in input, out output) (bool, state) {
	x, began := s.find(in.session)
	switch {
	case !began:
		return !out.answered || out.status == vault.Refused, s
	case !x.finished: // [VLT-26]; again, it changes nothing [VLT-27]
		x.finished = true
		s = state{left: vault.MaxAttempts}.with(x)
	}
	return !out.answered || out.status == vault.OK, s
}
