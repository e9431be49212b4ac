package history

import (
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/coffer-format/coffer/ref/vault"
)

// Histories that a right vault has are told from those that one has which forgets, counts
// wrongly, or answers what it has not stored.
func TestModel(t *testing.T) {
	ok := func(attempts, second int) output {
		return output{answered: true, status: vault.OK, attempts: attempts, second: second}
	}
	gone := output{answered: true, status: vault.Gone}
	finish := output{answered: true, status: vault.OK}
	unknown := output{}
	live := func(attempts int) output {
		return output{answered: true, state: vault.Live, attempts: attempts}
	}
	type turn struct {
		in  input
		out output
	}
	first := func(id int) input { return input{recovers, id} }
	third := func(id int) input { return input{finishes, id} }
	state, destroy := input{kind: asks}, input{kind: destroys}
	var ten []turn
	for i := range vault.MaxAttempts {
		ten = append(ten, turn{first(i + 1), ok(9-i, i+1)})
	}
	for name, c := range map[string]struct {
		turns []turn
		right bool
	}{
		"one after another":                   {[]turn{{first(1), ok(9, 1)}, {first(2), ok(8, 2)}, {state, live(8)}}, true},
		"the same again":                      {[]turn{{first(1), ok(9, 1)}, {first(2), ok(8, 2)}, {first(1), ok(8, 1)}}, true},
		"the same, and another answer":        {[]turn{{first(1), ok(9, 1)}, {first(1), ok(8, 2)}}, false},
		"one answer is forgotten":             {[]turn{{first(1), ok(9, 1)}, {first(2), ok(9, 2)}}, false},
		"no answer, and done":                 {[]turn{{first(1), unknown}, {first(2), ok(8, 2)}}, true},
		"no answer, and not done":             {[]turn{{first(1), unknown}, {first(2), ok(9, 2)}}, true},
		"no answer, and done late":            {[]turn{{first(1), unknown}, {first(2), ok(9, 2)}, {state, live(8)}}, true},
		"no answer, and done twice":           {[]turn{{first(1), unknown}, {first(2), ok(7, 2)}}, false},
		"no answer, and undone":               {[]turn{{first(1), unknown}, {first(2), ok(8, 2)}, {state, live(9)}}, false},
		"a wait that nobody has":              {[]turn{{first(1), ok(9, 1)}, {first(2), output{answered: true, status: vault.Waiting, attempts: 9}}}, false},
		"a success gives ten":                 {[]turn{{first(1), ok(9, 1)}, {first(2), ok(8, 2)}, {third(2), finish}, {third(2), finish}, {state, live(10)}}, true},
		"a success is forgotten":              {[]turn{{first(1), ok(9, 1)}, {third(1), finish}, {state, live(9)}}, false},
		"a success after another":             {[]turn{{first(1), ok(9, 1)}, {first(2), ok(8, 2)}, {third(2), finish}, {third(1), finish}}, false},
		"ten":                                 {append(ten[:10:10], turn{state, live(0)}, turn{first(11), gone}), true},
		"eleven":                              {append(ten[:10:10], turn{first(11), ok(0, 11)}), false},
		"destroyed too early":                 {append(ten[:9:9], turn{first(11), gone}), false},
		"what is destroyed answers":           {append(ten[:10:10], turn{first(11), gone}, turn{first(10), ok(0, 10)}), false},
		"destroyed":                           {[]turn{{destroy, finish}, {destroy, gone}, {first(1), gone}, {state, output{answered: true, state: vault.Destroyed}}}, true},
		"destroyed, and answers":              {[]turn{{destroy, finish}, {first(1), ok(9, 1)}}, false},
		"perhaps destroyed, and answers":      {[]turn{{destroy, unknown}, {first(1), ok(9, 1)}, {first(2), gone}}, true},
		"destroyed, and answers again":        {[]turn{{destroy, unknown}, {first(2), gone}, {first(1), ok(9, 1)}}, false},
		"a third message without a first one": {[]turn{{third(1), finish}}, false},
	} {
		var all []porcupine.Operation
		for i, turn := range c.turns {
			back := int64(2*i + 1)
			if !turn.out.answered {
				back = 1 << 40
			}
			all = append(all, porcupine.Operation{Input: turn.in, Output: turn.out, Call: int64(2 * i), Return: back})
		}
		if right := porcupine.CheckOperations(model, all); right != c.right {
			t.Errorf("%s: %v", name, right)
		}
	}
}

// A settled history is told from one that is not right as well when most of it is left out: here
// a hundred guess, each of whom has no answer at first.
func TestSettle(t *testing.T) {
	var all []porcupine.Operation
	now := int64(0)
	add := func(id int, out output, back int64) {
		now++
		all = append(all, porcupine.Operation{Input: input{recovers, id}, Output: out, Call: now, Return: back})
	}
	for id := range 100 {
		add(id+1, output{}, 1<<40)
	}
	for id := range vault.MaxAttempts {
		add(id+1, output{answered: true, status: vault.OK, attempts: 9 - id, second: id + 1}, now+2)
		for other := id + 1; id > 1 && other < 100; other++ {
			add(other+1, output{answered: true, status: vault.Waiting, attempts: 9 - id}, now+50)
		}
		now += 100
	}
	for id := vault.MaxAttempts; id < 100; id++ {
		add(id+1, output{answered: true, status: vault.Gone}, now+50)
	}
	h := &History{all: all}
	if err := h.Check(true); err != nil {
		t.Error(err)
	}
	add(100, output{answered: true, status: vault.Waiting, attempts: 7}, now+2)
	h.all = all
	if err := h.Check(true); err == nil {
		t.Error("attempts that come back are not seen")
	}
}
