package backup

import (
	"slices"
	"testing/synctest"
	"time"
)

// choice is what a schedule lets happen next.
type choice struct {
	call *call // nil: time passes
	what happening
}

// schedule runs actors until all are done. choose is given what may happen next, of which
// the first is that nothing special does, and what each costs: nothing, a switch to another
// actor, or a fault.
func schedule(actors []*actor, choose func(choices []choice, costs []cost) int) {
	for _, a := range actors {
		go func() {
			a.act(a)
			a.done = true
		}()
	}
	var current *actor
	for {
		synctest.Wait()
		if !slices.ContainsFunc(actors, func(a *actor) bool { return !a.done }) {
			return
		}
		choices, costs := next(actors, current)
		c := choices[choose(choices, costs)]
		if c.call == nil {
			time.Sleep(settle)
			continue
		}
		current = c.call.actor
		current.pending = slices.DeleteFunc(current.pending, func(o *call) bool { return o == c.call })
		c.call.let <- c.what
	}
}

// cost is what a choice costs.
type cost struct{ switches, faults int }

// next returns what may happen next.
func next(actors []*actor, current *actor) (choices []choice, costs []cost) {
	waits := current != nil && len(current.waiting()) > 0
	isAsleep := false
	for _, a := range actors {
		if a.done {
			continue
		}
		pending := a.waiting()
		isAsleep = isAsleep || len(pending) == 0
		for _, c := range pending {
			var k cost
			if waits && a != current {
				k.switches = 1
			}
			choices, costs = append(choices, choice{c, fine}), append(costs, k)
		}
	}
	if waits { // it goes on, unless something else is chosen
		i := slices.IndexFunc(choices, func(c choice) bool { return c.call.actor == current })
		choices[0], choices[i] = choices[i], choices[0]
		costs[0], costs[i] = costs[i], costs[0]
	}
	for i, c := range slices.Clone(choices) {
		for _, what := range c.call.happenings() {
			choices = append(choices, choice{c.call, what})
			costs = append(costs, cost{costs[i].switches, 1})
		}
	}
	if isAsleep {
		k := cost{}
		if len(choices) > 0 {
			k.switches = 1
		}
		choices, costs = append(choices, choice{}), append(costs, k)
	}
	return choices, costs
}
