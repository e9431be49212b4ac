package backup

import (
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// explorer chooses schedules, one after another.
type explorer struct {
	most   cost
	random *mathrand.Rand // nil: all, in order
	rate   float64

	spent   cost
	prefix  []int
	taken   []int
	options []int
	trace   []string
}

// begin makes ready for the next schedule.
func (e *explorer) begin() { e.spent, e.taken, e.options, e.trace = cost{}, nil, nil, nil }

func (e *explorer) choose(choices []choice, costs []cost) int {
	var allowed []int
	for i, c := range costs {
		if e.spent.switches+c.switches <= e.most.switches && e.spent.faults+c.faults <= e.most.faults {
			allowed = append(allowed, i)
		}
	}
	n := 0
	switch {
	case e.random != nil && e.random.Float64() < e.rate:
		n = e.random.IntN(len(allowed))
	case len(e.taken) < len(e.prefix):
		n = e.prefix[len(e.taken)]
	}
	e.taken, e.options = append(e.taken, n), append(e.options, len(allowed))
	i := allowed[n]
	e.spent.switches += costs[i].switches
	e.spent.faults += costs[i].faults
	if c := choices[i]; c.call == nil {
		e.trace = append(e.trace, "time passes")
	} else {
		e.trace = append(e.trace, fmt.Sprintf("%s %s %.23s %d", c.call.actor.name, c.call.method, c.call.name, c.what))
	}
	return i
}

// advance goes to the next schedule, and reports whether there is one.
func (e *explorer) advance() bool {
	if e.random != nil {
		return true
	}
	for k := len(e.taken) - 1; k >= 0; k-- {
		if e.taken[k]+1 < e.options[k] {
			e.prefix = append(slices.Clone(e.taken[:k]), e.taken[k]+1)
			return true
		}
	}
	return false
}

// How long nights are apart: so short that all generations are kept, or that some are deleted.
const (
	shortNights = time.Hour
	longNights  = 4 * 24 * time.Hour
)

// scenarios are who does what at the same time.
var scenarios = map[string]struct {
	all    time.Duration // the nights for which all schedules are tried
	actors func(x *trial) []*actor
}{
	"a backup and taking over": {shortNights, func(x *trial) []*actor {
		return []*actor{x.first(4), x.taking("second", 5)}
	}},
	"a backup and two that take it over": {0, func(x *trial) []*actor {
		return []*actor{x.first(4, 5), x.taking("second", 5), x.taking("third", 6)}
	}},
	"a backup and a copy of its device": {shortNights, func(x *trial) []*actor {
		return []*actor{x.first(4, 5), {name: "copy", act: x.backUp("copy", 6)}}
	}},
	"a backup and restoring": {longNights, func(x *trial) []*actor {
		return []*actor{x.first(4, 5, 6), {name: "reader", act: x.restore}}
	}},
	"all of it": {0, func(x *trial) []*actor {
		return []*actor{x.first(4, 5), x.taking("second", 5, 6), {name: "copy", act: x.backUp("copy", 6)}, {name: "reader", act: x.restore}}
	}},
}

// first is the device that makes the backup, and then deletes what is not needed.
func (x *trial) first(nights ...int) *actor {
	return &actor{name: "first", act: func(a *actor) {
		x.backUp("first", nights...)(a)
		x.pruneAs("first", nights[len(nights)-1]+1)(a)
	}}
}

// taking is a device that takes over.
func (x *trial) taking(name string, nights ...int) *actor {
	return &actor{name: name, act: func(a *actor) {
		x.take(name)(a)
		x.backUp(name, nights...)(a)
	}}
}

// try runs one schedule.
func (p *past) try(t *testing.T, dir string, atomic bool, scenario func(*trial) []*actor, e *explorer) *trial {
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "copy"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(p.state)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	x := &trial{past: p, dir: dir, store: &shared{atomic: atomic, drafts: e.random != nil && e.random.IntN(2) == 0, objects: map[string]written{}, gone: map[string]written{}, old: map[string]written{}}}
	last, before := fmt.Sprintf("g-%016x.coffer", p.nights), fmt.Sprintf("g-%016x.coffer", p.nights-1)
	for name, body := range p.objects {
		x.store.objects[name] = written{body: body}
		if name != last && name != before {
			x.store.old[name] = written{body: body}
		}
	}
	x.actors = scenario(x)
	for _, a := range x.actors {
		a.store = x.store
	}
	e.begin()
	synctest.Test(t, func(*testing.T) {
		schedule(x.actors, func(choices []choice, costs []cost) int {
			x.steps++
			return e.choose(choices, costs)
		})
		x.check()
	})
	return x
}

// outcome says what a schedule has come to, without what is random in it.
func (x *trial) outcome() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(x.store.objects)) {
		if name[0] == 'c' {
			name = "c"
		}
		fmt.Fprintf(&b, "%s ", name)
	}
	for _, d := range x.done {
		fmt.Fprintf(&b, "%s %d ", d.device, d.generation)
	}
	return b.String()
}

// explore runs schedules until there are no more, or enough.
func (p *past) explore(t *testing.T, atomic bool, scenario func(*trial) []*actor, e *explorer, most int) {
	dir, err := os.MkdirTemp("/dev/shm", "coffer-test-")
	if err != nil {
		dir = t.TempDir()
	}
	defer os.RemoveAll(dir)
	outcomes := map[string]bool{}
	n, steps := 0, 0
	for isMore := true; isMore && n < most; isMore = e.advance() {
		x := p.try(t, dir, atomic, scenario, e)
		n++
		steps += x.steps
		outcomes[x.outcome()] = true
		if len(x.problems) > 0 {
			t.Fatalf("schedule %d %v: %s\n%s", n, e.prefix, strings.Join(x.problems, "\n"), strings.Join(e.trace, "\n"))
		}
	}
	t.Logf("%d schedules of %d requests, %d outcomes", n, steps, len(outcomes))
}

// Whatever two devices, a copy of one and a reader do at the same time, and whatever goes
// wrong meanwhile: no generation is lost of which a run said that it is there, nothing else is
// ever restored, one device writes in the end, and its next run succeeds.
//
// With COFFER_THOROUGH all schedules of two with one switch between them, or one fault, are
// tried, and some of all with several. COFFER_SCHEDULES=N tries N of these for each scenario.
func TestExplore(t *testing.T) {
	thorough.NotShort(t)
	most := thorough.Number(2, 20)
	if n, err := strconv.Atoi(os.Getenv("COFFER_SCHEDULES")); err == nil {
		most = n
	}
	for _, night := range []time.Duration{shortNights, longNights} {
		p := newPast(t, night)
		for name, scenario := range scenarios {
			for _, atomic := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%v/%t", name, night, atomic), func(t *testing.T) {
					if thorough.Wanted() && night == scenario.all {
						p.explore(t, atomic, scenario.actors, &explorer{most: cost{switches: 1}}, 1e9)
						p.explore(t, atomic, scenario.actors, &explorer{most: cost{faults: 1}}, 1e9)
					}
					seed := mathrand.Uint64()
					t.Logf("seed %d", seed)
					p.explore(t, atomic, scenario.actors, &explorer{most: cost{6, 4}, random: mathrand.New(mathrand.NewPCG(seed, 0)), rate: 0.1}, most)
				})
			}
		}
	}
}
