package backups

import (
	"fmt"
	"maps"
	"math/rand"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// world is a store, and what the device that is asked has saved.
type world struct {
	a      *cases.Asker
	r      *rand.Rand
	store  store
	memory vectors.Object // nil if nothing
	drawn  drawnValues
	known  *state // of the set; nil if it is not known

	notAtomic bool // what the devices are told of the store
}

// now is the set as it is.
func (w *world) now() *state {
	if w.known == nil {
		w.known = left(read(w.store, w.key()))
	}
	return w.known
}

// clone is the world for what might happen instead.
func (w *world) clone() *world {
	return &world{a: w.a, r: w.r, store: maps.Clone(w.store), memory: w.memory, drawn: w.drawn, notAtomic: w.notAtomic}
}

// of returns what the device has saved.
func (w *world) number(name string) uint64 { return uint64(number(w.memory[name])) }
func (w *world) bytes(name string) []byte  { return inputs.Unhex(w.memory[name]) }
func (w *world) key() key.Key              { return key.Key(w.bytes("key")) }

// most is how many requests one run may ask.
const most = 500

// What becomes of a request, besides that it is carried out and answered.
type fate int

const (
	answered fate = iota
	lost          // it was not carried out, and the device crashes
	done          // it was carried out, and the device crashes
	failed        // it was not carried out, and the device is told that it failed
)

// meddler decides what becomes of the request of a number, and may change the store before.
type meddler func(n int, q request) fate

// run is one op.
type run struct {
	w       *world
	op      string
	input   vectors.Object
	before  store
	log     []request
	parts   map[string]*part // commits that it was about to make
	crashed bool
	err     string // with which it ended
}

// silence is the outcome of a request that was not answered as one.
type silence struct{ report.Outcome }

func (silence) Error() string { return "there is no answer" }

// run lets the device do something with the store. An error says which rule a request
// breaks.
func (w *world) run(op string, input vectors.Object, meddle meddler) (*run, error) {
	w.known = nil
	if w.notAtomic {
		input = inputs.With(input, "not_atomic", true)
	}
	r := &run{w: w, op: op, input: input, before: maps.Clone(w.store), parts: map[string]*part{}}
	for ask := input; ; {
		answer, bad := w.a.Ask(op, ask)
		switch {
		case bad != nil:
			return nil, silence{*bad}
		case answer.Unsupported != "":
			return nil, silence{cases.Absent(op, answer)}
		case answer.Error != "":
			r.err = strings.TrimSpace(answer.Error + " " + answer.Detail)
			return r, nil
		}
		w.memory, _ = answer.Output["memory"].(vectors.Object)
		asked, ok := answer.Output["request"].(vectors.Object)
		if !ok {
			return r, nil
		}
		q, err := requestOf(asked)
		if err == nil {
			err = r.check(q)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, request %d (%v): %w", r.op, len(r.log)+1, q, err)
		}
		r.log = append(r.log, q)
		if len(r.log) > most {
			return nil, fmt.Errorf("%s asks the store more than %d times", r.op, most)
		}
		what := answered
		if meddle != nil {
			what = meddle(len(r.log)-1, q)
		}
		if what == lost {
			r.crashed = true
			return r, nil
		}
		if op = "set.answer"; what == failed && q.kind != "wait" {
			ask = vectors.Object{"error": "failed"}
			continue
		}
		ask = w.store.carryOut(q)
		if what == done {
			r.crashed = true
			return r, nil
		}
	}
}

// check looks at a request before it is carried out.
func (r *run) check(q request) error {
	if q.kind != "make" && q.kind != "delete" {
		return nil
	}
	name, ok := set.ParseName(q.name)
	if !ok { // [SET-1]
		return fmt.Errorf("no object of a backup set has the name %q", q.name)
	}
	if r.op == "set.off" {
		return r.checkOff(q, name)
	}
	if q.kind == "delete" {
		return r.checkDelete(name)
	}
	if _, taken := r.w.store[q.name]; taken { // it is told so
		return nil
	}
	switch name.Kind {
	case set.Commit:
		return r.checkCommit(name, q.bytes)
	case set.Data:
		return nil
	}
	return r.checkKeyring(name, q.bytes)
}
