package backups

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

// liar writes sets as the reference does, but for one thing.
type liar struct {
	reference.Program
	input   func(op string, input vectors.Object) vectors.Object // what it does instead of what it is asked
	swallow func(l *liar, q request) (vectors.Object, bool)      // what it believes that the store answers, unasked
	answer  func(l *liar, a *protocol.Answer)

	run    int // which of its runs
	made   store
	listed vectors.Object // what the store has listed last
}

func (l *liar) ask(op string, input vectors.Object) protocol.Answer {
	if op != "set.answer" {
		l.run++
		l.made, l.listed = store{}, nil
	} else if input["objects"] != nil {
		l.listed = input
	}
	if l.input != nil {
		input = l.input(op, maps.Clone(input))
	}
	a := l.Answer(op, input)
	for {
		o, ok := a.Output["request"].(vectors.Object)
		if !ok {
			break
		}
		q, err := requestOf(o)
		cases.Must(err)
		if l.swallow != nil {
			if believed, ok := l.swallow(l, q); ok {
				if q.kind == "make" {
					l.made[q.name] = q.bytes
				}
				a = l.Answer("set.answer", believed)
				continue
			}
		}
		if q.kind == "make" {
			l.made[q.name] = q.bytes
		}
		break
	}
	if l.answer != nil {
		l.answer(l, &a)
	}
	return a
}

// instead is a liar that does something else than it is asked.
func instead(name string, value func(v any) any) func() *liar {
	return func() *liar {
		return &liar{input: func(_ string, in vectors.Object) vectors.Object {
			if v, ok := in[name]; ok {
				in[name] = value(v)
			}
			return in
		}}
	}
}

// believing is a liar that does not ask the store some of what it should.
func believing(which func(l *liar, q request) bool) func() *liar {
	return func() *liar {
		return &liar{swallow: func(l *liar, q request) (vectors.Object, bool) {
			if !which(l, q) {
				return nil, false
			}
			switch q.kind {
			case "read":
				return l.made.carryOut(q), true
			case "list":
				return l.listed, true
			}
			return vectors.Object{}, true
		}}
	}
}

// saying is a liar that says something else of what it has saved.
func saying(change func(m vectors.Object)) func() *liar {
	return func() *liar {
		return &liar{answer: func(_ *liar, a *protocol.Answer) {
			if m, ok := a.Output["memory"].(vectors.Object); ok {
				m = maps.Clone(m)
				change(m)
				a.Output["memory"] = m
			}
		}}
	}
}

func asks(kind, prefix string) func(q request) bool {
	return func(q request) bool { return q.kind == kind && strings.HasPrefix(q.name, prefix) }
}

func hasMade(l *liar, prefix string) bool {
	for name := range l.made {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// liars are those that write sets wrongly, and the cases that each fails, beside others.
var liars = []struct {
	fault, fails string
	make         func() *liar
}{
	{"supports nothing", "first-generation turned-on", func() *liar {
		return &liar{answer: func(_ *liar, a *protocol.Answer) { *a = protocol.Answer{Unsupported: "not yet"} }}
	}},
	{"refuses everything", "generations goes-on changed-secret interrupted-on", func() *liar {
		return &liar{answer: func(_ *liar, a *protocol.Answer) { *a = protocol.Answer{Error: "superseded"} }}
	}},
	{"is done at once", "times ended-by-keyrings ended-by-commits interrupted-run taken-epoch overlooked-commit no-keyring", func() *liar {
		return &liar{input: func(_ string, in vectors.Object) vectors.Object { return in }, answer: func(_ *liar, a *protocol.Answer) {
			*a = protocol.Answer{Output: vectors.Object{"request": nil, "memory": nil}}
		}}
	}},
	{"has names of its own", "generations", func() *liar {
		return &liar{answer: func(_ *liar, a *protocol.Answer) {
			if q, ok := a.Output["request"].(vectors.Object); ok && q["kind"] == "make" {
				q["name"] = "backup-" + q["name"].(string)
			}
		}}
	}},
	{"shares a salt", "repeated-commits data-containers", func() *liar {
		var first any
		return &liar{answer: func(_ *liar, a *protocol.Answer) {
			q, ok := a.Output["request"].(vectors.Object)
			if !ok || q["kind"] != "make" || !strings.HasPrefix(q["name"].(string), "g-") {
				return
			}
			if first == nil {
				first = q["bytes"]
			}
			q["bytes"] = first
			name, _ := set.ParseName(q["name"].(string))
			sum := sha256.Sum256(inputs.Unhex(first))
			a.Output["memory"] = inputs.With(a.Output["memory"].(vectors.Object), "pending", vectors.Object{
				"generation": inputs.Number(name.Number), "head": inputs.Hex(sum[:]),
			})
		}}
	}},
	{"does not save what it is about to commit", "generations interrupted-run", saying(func(m vectors.Object) { m["pending"] = nil })},
	{"does not save what it has committed", "generations times", saying(func(m vectors.Object) { m["generation"] = inputs.Number(0) })},
	{"does not save what it is about to begin", "turned-on changed-secret", saying(func(m vectors.Object) { m["begun"] = nil })},
	{"does not read commits back", "generations meanwhile", believing(func(l *liar, q request) bool { return l.made[q.name] != nil && asks("read", "g-")(q) })},
	{"does not look for keyrings after a commit", "generations meanwhile", believing(func(l *liar, q request) bool { return q.kind == "list" && hasMade(l, "g-") })},
	{"does not read keyrings back", "changed-secret interrupted-epoch", believing(func(l *liar, q request) bool { return l.made[q.name] != nil && asks("read", "k-")(q) })},
	{"does not look for commits after a keyring", "changed-secret overlooked-commit overlooked-later", believing(func(l *liar, q request) bool { return q.kind == "list" && hasMade(l, "k-") })},
	{"does not look at the store before it makes a set", "turned-on", func() *liar {
		return &liar{swallow: func(l *liar, q request) (vectors.Object, bool) {
			return vectors.Object{"objects": []any{}}, q.kind == "list" && !hasMade(l, "k-")
		}}
	}},
	{"does not see keyrings without a copy", "begun-by-another began-at-once", func() *liar {
		return &liar{input: func(_ string, in vectors.Object) vectors.Object {
			listed, ok := in["objects"].([]any)
			if !ok {
				return in
			}
			nameOf := func(o any) string { return o.(vectors.Object)["name"].(string) }
			seen := slices.DeleteFunc(slices.Clone(listed), func(o any) bool {
				name, _ := set.ParseName(nameOf(o))
				_, second := names(name.Number)
				isCopied := slices.ContainsFunc(listed, func(o any) bool { return nameOf(o) == second })
				return name.Kind == set.Keyring && name.Number > 1 && !isCopied
			})
			return inputs.With(in, "objects", seen)
		}}
	}},
	{"makes no copy", "turned-on taken-over", believing(func(_ *liar, q request) bool { return strings.HasSuffix(q.name, ".copy.coffer") && q.kind != "delete" })},
	{"leaves the keyrings before", "changed-secret changed-passkeys", believing(func(_ *liar, q request) bool { return q.kind == "delete" })},
	{"deletes what may still be needed", "generations", func() *liar {
		return &liar{answer: func(l *liar, a *protocol.Answer) {
			if m, _ := a.Output["memory"].(vectors.Object); a.Output != nil && a.Output["request"] == nil && m != nil {
				a.Output["request"] = vectors.Object{"kind": "delete", "name": commitName(uint64(number(m["generation"])) - 1)}
			}
		}}
	}},
	{"does not notice that the store fails", "interrupted-run interrupted-epoch", func() *liar {
		return &liar{input: func(_ string, in vectors.Object) vectors.Object {
			if in["error"] == "failed" {
				return vectors.Object{}
			}
			return in
		}}
	}},
	{"keeps what was removed", "generations interrupted-run", instead("remove", func(any) any { return []any{} })},
	{"leaves an entry out", "generations many-entries data-containers merged-segments pieces pieces-across-containers pieces-of-others", instead("add", func(v any) any { return v.([]any)[min(1, len(v.([]any))):] })},
	{"keeps no generation", "generations data-containers", instead("keep", func(any) any { return []any{} })},
	{"has data containers of another size", "data-containers", instead("data_size", func(any) any { return inputs.Number(uint64(archive.Padded(size0 + 7000))) })},
	{"has no time", "times", instead("created_ms", func(any) any { return nil })},
	{"seals what no reader takes", "refused-entries", instead("add", func(v any) any {
		for i, e := range v.([]any) {
			v.([]any)[i] = inputs.With(e.(vectors.Object), "path", fmt.Sprint("x", i))
		}
		return v
	})},
	{"keeps the key", "changed-secret", instead("keep_key", func(any) any { return true })},
	{"leaves the slots out", "changed-passkeys taken-over", instead("slots", func(any) any { return []any{} })},
	{"takes another writer id each time", "numbers", instead("memory", func(v any) any { return inputs.With(v.(vectors.Object), "writer", strings.Repeat("11", 16)) })},
	{"does not wait", "not-atomic not-atomic-commits not-atomic-epochs not-atomic-on not-atomic-interrupted off-contested", believing(func(_ *liar, q request) bool { return q.kind == "wait" })},
	{"leaves keyrings of a set that is off", "off off-interrupted", believing(func(_ *liar, q request) bool { return asks("delete", "k-")(q) })},
	{"leaves data of a set that is off", "off off-interrupted", believing(func(_ *liar, q request) bool { return asks("delete", "c-")(q) || asks("delete", "g-")(q) })},
	{"deletes a set without looking for keyrings", "off off-unproved off-contested off-interrupted", func() *liar {
		isOff := false
		return &liar{input: func(op string, in vectors.Object) vectors.Object {
			if op != "set.answer" {
				isOff = op == "set.off"
			}
			if listed, ok := in["objects"].([]any); ok && isOff {
				return inputs.With(in, "objects", slices.DeleteFunc(slices.Clone(listed), func(o any) bool {
					return strings.HasPrefix(o.(vectors.Object)["name"].(string), "k-")
				}))
			}
			return in
		}}
	}},
	{"has one set", "repeated-sets", saying(func(m vectors.Object) { m["set_id"] = strings.Repeat("11", 16) })},
}

// Every liar fails the cases that are there for it, and every case fails a liar.
func TestLiars(t *testing.T) {
	thorough.NotShort(t)
	trial := casetest.NewTrial(t, Cases(cases.DefaultSeed), thorough.OneIn(t, 3))
	for _, one := range liars {
		trial.Fails(one.fault, one.fails, func() casetest.Answers { return one.make().ask })
	}
	trial.End()
}

// The reference passes with every seed.
func TestReference(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 4)
	for seed := range int64(4) {
		if take() {
			casetest.Passed(t, seed, Cases(seed), take)
		}
	}
}

// The cases name requirements that exist, and profiles.
func TestNames(t *testing.T) { casetest.Named(t, Cases(cases.DefaultSeed)) }
