package backup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
)

// trial is one schedule of one scenario.
type trial struct {
	*past
	dir      string // of the devices' states
	store    *shared
	actors   []*actor
	done     []success
	taken    int // step at which a device had taken over; 0: none has
	steps    int
	problems []string
}

// success is a run that said so.
type success struct {
	device     string
	begun      int
	generation uint64
	was        map[string]string
}

func (x *trial) problem(format string, args ...any) {
	x.problems = append(x.problems, fmt.Sprintf(format, args...))
}

// stateOf returns the state folder of a device.
func (x *trial) stateOf(device string) string { return filepath.Join(x.dir, device) }

// backUp returns what a device does that makes a generation of some nights.
func (x *trial) backUp(device string, nights ...int) func(*actor) {
	return func(a *actor) {
		for _, night := range nights {
			a.crashed = false
			begun := x.steps
			report, err := x.run(a, x.stateOf(device), night)
			if err != nil && (report == nil || report.Generation == 0) {
				x.named(a, "backing up", err)
				continue
			}
			if x.taken > 0 && begun > x.taken && device != "second" && device != "third" {
				x.problem("%s made generation %d after another had taken over", device, report.Generation)
			}
			x.done = append(x.done, success{device, begun, report.Generation, x.was[night]})
		}
	}
}

func (x *trial) pruneAs(device string, night int) func(*actor) {
	return func(a *actor) {
		a.crashed = false
		if err := x.prune(a, x.stateOf(device), night); err != nil {
			x.named(a, "pruning", err)
		}
	}
}

func (x *trial) take(device string) func(*actor) {
	return func(a *actor) {
		for range 2 {
			a.crashed = false
			err := x.takeOver(a, x.stateOf(device))
			if err == nil {
				x.taken = x.steps
				return
			}
			x.named(a, "taking over", err)
		}
	}
}

// restore is what a reader does: once again if something was deleted meanwhile. [LIF-27]
func (x *trial) restore(a *actor) {
	for range 2 {
		a.crashed, a.faulty = false, false
		var err error
		for range 3 {
			var g *set.Generation
			if g, err = openAs(a); err == nil {
				var got map[string]string
				if got, err = restored(g); err == nil {
					if !x.isSnapshot(got) {
						x.problem("what is restored was never backed up")
					}
					break
				}
			}
			if fault.NameOf(err) != fault.MissingContainer {
				break
			}
		}
		if err != nil && !a.faulty {
			x.problem("restoring fails: %v", err)
		}
	}
}

func (x *trial) isSnapshot(got map[string]string) bool {
	return slices.ContainsFunc(x.was, func(was map[string]string) bool { return same(got, was) == nil })
}

// named checks that an error has a proper name.
func (x *trial) named(a *actor, what string, err error) {
	switch {
	case isLoss(err) && a.faulty, errors.Is(err, life.ErrMoved), errors.Is(err, set.ErrTaken), errors.Is(err, device.ErrNone):
		return
	}
	switch fault.NameOf(err) {
	case fault.Superseded:
	case fault.StaleBackup, fault.MissingContainer:
		if !a.faulty && x.store.atomic {
			x.problem("%s: %s: %v", a.name, what, err)
		}
	default:
		x.problem("%s: %s: %v", a.name, what, err)
	}
}

// check looks at what is left after all faults have ended. Where a device has begun to take
// over and stopped, nobody may write: the holder has one take over again.
func (x *trial) check() {
	calm := &actor{name: "calm", calm: true, store: x.store}
	x.checkHistory(calm, false)
	writers := 0
	for _, name := range []string{"first", "copy", "second", "third"} {
		dir := x.stateOf(name)
		f, err := life.Look(context.Background(), x.place(calm, dir))
		if err != nil {
			x.problem("looking as %s: %v", name, err)
			continue
		}
		if f.Memory == nil || f.Standing != life.Ours && f.Standing != life.Begun {
			continue
		}
		if f.Standing == life.Begun {
			switch err := f.Finish(context.Background(), container.WithSlot(&holder)); {
			case errors.Is(err, life.ErrMoved): // it has to take over anew
				continue
			case err != nil:
				x.problem("%s goes on with its epoch: %v", name, err)
			}
		}
		writers += x.runLast(calm, name)
	}
	if writers == 0 {
		if err := x.takeOver(calm, x.stateOf("first")); err != nil {
			x.problem("taking over in the end: %v", err)
			return
		}
		writers += x.runLast(calm, "first")
	}
	if writers != 1 {
		x.problem("%d devices could write in the end", writers)
	}
}

// runLast makes the last run of a device, and returns how many devices that shows to write.
func (x *trial) runLast(calm *actor, device string) int {
	last := len(x.sources) - 1
	report, err := x.run(calm, x.stateOf(device), last)
	switch {
	case err == nil:
		x.done = append(x.done, success{device, x.steps, report.Generation, x.was[last]})
		x.checkHistory(calm, true)
		return 1
	case fault.NameOf(err) != fault.Superseded:
		x.problem("the last run, of %s: %v", device, err)
	}
	return 0
}

// checkHistory checks that each generation of which a run said that it is there is there, or
// that enough later ones are.
func (x *trial) checkHistory(s store.Store, isEnd bool) {
	head, err := openAs(s)
	if err != nil {
		x.problem("the set does not open: %v", err)
		return
	}
	kept := map[uint64]map[string]string{}
	if kept[head.Number], err = x.restored(head); err != nil {
		x.problem("the head is not restored: %v", err)
		return
	}
	for _, e := range head.Earlier() {
		g, err := head.OpenEarlier(context.Background(), e.Generation)
		if err == nil {
			kept[e.Generation], err = x.restored(g)
		}
		if err != nil {
			delete(kept, e.Generation)
			if fault.NameOf(err) != fault.MissingContainer {
				x.problem("generation %d is not restored: %v", e.Generation, err)
			}
		}
	}
	for n, got := range kept {
		if !x.isSnapshot(got) {
			x.problem("generation %d restores to what was never backed up", n)
		}
	}
	least := slices.Min(slices.Collect(maps.Keys(kept)))
	if isEnd {
		if last := x.done[len(x.done)-1]; last.generation != head.Number {
			x.problem("the last run, of %s, made generation %d, and the head is %d", last.device, last.generation, head.Number)
		}
	}
	for _, d := range x.done {
		if got, ok := kept[d.generation]; ok {
			if err := same(got, d.was); err != nil {
				x.problem("generation %d of %s is another one: %v", d.generation, d.device, err)
			}
		} else if len(kept) < keepGenerations || d.generation > least {
			x.problem("generation %d of %s is not kept, but %v", d.generation, d.device, slices.Sorted(maps.Keys(kept)))
		}
	}
}

// restored is restored, without the work for a generation of the past that is there whole.
func (p *past) restored(g *set.Generation) (map[string]string, error) {
	if got, ok := p.known[g.ID]; ok && g.Load(context.Background()) == nil && len(g.Missing()) == 0 {
		return got, nil
	}
	return restored(g)
}
