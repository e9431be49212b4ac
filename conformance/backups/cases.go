package backups

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/audits"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/histories"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/vectors"
)

// audit is a case of the subject "backup".
type audit struct {
	id, requirements, profiles, comment string
	run                                 func(w *world) error
}

// Cases returns the cases of those who write backup sets. What they ask follows from the seed.
func Cases(seed int64) []cases.Case {
	var all []cases.Case
	for _, c := range slices.Concat(ofGenerations(), ofRuns(), ofEpochs(), ofStoresNotAtomic(), ofPieces(), ofEnds()) {
		id := "backup/" + c.id
		all = append(all, cases.Case{
			ID: id, Subject: "backup", Comment: c.comment,
			Requirements: strings.Fields(c.requirements), Profiles: strings.Fields("backup " + c.profiles),
			Run: func(a *cases.Asker) report.Outcome {
				return outcome(tried(c.run, newWorld(a, rand.New(rand.NewSource(cases.SeedFor(seed, id))))))
			},
		})
	}
	return all
}

// unusable is why a case cannot go on from what the device has left behind, which is its fault.
type unusable struct{ error }

// left returns what was found in what the device has left behind.
func left[T any](v T, err error) T {
	if err != nil {
		panic(unusable{err})
	}
	return v
}

func tried(run func(w *world) error, w *world) (err error) {
	defer func() {
		if v := recover(); v != nil {
			u, ok := v.(unusable)
			if !ok {
				panic(v)
			}
			err = fmt.Errorf("the device has left behind what cannot be read: %w", u.error)
		}
	}()
	return run(w)
}

func outcome(err error) report.Outcome {
	var none silence
	switch {
	case err == nil:
		return cases.Passed()
	case errors.As(err, &none):
		return none.Outcome
	}
	o := cases.Failed("what was done to the store breaks a rule")
	o.Got = err.Error()
	return o
}

func newWorld(a *cases.Asker, r *rand.Rand) *world {
	return &world{a: a, r: r, store: store{}, drawn: newDrawn()}
}

// toHistory makes the world one of a set that has a history, and its writer the device.
func (w *world) toHistory() { w.to(histories.Draw(w.r)) }

func (w *world) to(h *histories.History) {
	w.store, w.known = store(h.Objects), nil
	w.memory = vectors.Object{
		"set_id": inputs.Hex(h.Ring.SetID[:]), "epoch": inputs.Number(h.Ring.Epoch), "key": inputs.Hex(h.Keys[len(h.Keys)-1][:]),
		"writer": inputs.Hex(h.Ring.Writer[:]), "generation": inputs.Number(h.Number), "head": inputs.Hex(h.Head.Digest[:]),
		"pending": nil, "begun": nil,
	}
	w.dropKeyringsBefore(w.number("epoch"))
}

// drawChange draws what the next generation has otherwise, and what is kept.
func (w *world) drawChange() change {
	c := change{created: drawn.Time(w.r), producer: "p " + drawn.Name(w.r)}
	st := w.now()
	paths := sorted(st.entries)
	for i, path := range drawn.Shuffled(w.r, paths) {
		switch {
		case i == 0:
			c.add = append(c.add, drawn.Entry(w.r, path))
		case i == 1 && len(paths) > 3:
			c.remove = append(c.remove, path)
		}
	}
	for range 1 + w.r.Intn(3) {
		c.add = append(c.add, drawn.Entry(w.r, "new e\u0301/"+drawn.Name(w.r)))
	}
	for _, n := range st.kept() {
		if w.r.Intn(2) == 0 {
			c.keep = append(c.keep, n)
		}
	}
	return c
}

// turnOn makes a set with the implementation.
func (w *world) turnOn() error { return w.begin(epoch{created: drawn.Time(w.r)}) }

func ofGenerations() []audit {
	return []audit{
		{"generations", "SET-1 SET-3 SET-5 SET-25 SET-26 SET-27 SET-28 SET-29 SET-31 LIF-8 LIF-10 LIF-15 LIF-23 ARC-79 ARC-80 ARC-85 ARC-94", "", "To sets that have a history, generations are added that have what they should, and those are kept that should be.", func(w *world) error {
			for range 2 {
				w.toHistory()
				for range 2 {
					if err := w.commit(w.drawChange()); err != nil {
						return err
					}
				}
			}
			return nil
		}},
		{"first-generation", "SET-1 SET-3 SET-5 SET-25 SET-26 SET-27 SET-28 SET-29 SET-31 LIF-8 LIF-10 LIF-15 LIF-5 LIF-6", "", "A set is made and gets its first generations, one without entries among them.", func(w *world) error {
			if err := w.turnOn(); err != nil {
				return err
			}
			for _, c := range []change{{created: drawn.Time(w.r)}, {add: drawn.Entries(w.r), created: inputs.Unknown}, w.later()} {
				if err := w.commit(c); err != nil {
					return err
				}
			}
			return nil
		}},
		{"data-containers", "SET-1 SET-3 SET-5 SET-25 SET-26 SET-27 SET-28 SET-29 SET-31 LIF-8 LIF-10 LIF-15", "", "What does not fit into a commit goes into data containers, and the lengths of a run add up to a padded one.", dataContainers},
		{"many-entries", "SET-1 SET-3 SET-5 SET-25 SET-26 SET-27 SET-28 SET-29 SET-31 LIF-8 LIF-10 LIF-15", "", "More entries are listed than a data container of the least size could hold.", func(w *world) error {
			c := change{created: drawn.Time(w.r)}
			for range 700 {
				c.add = append(c.add, drawn.Entry(w.r, strings.Repeat(drawn.Name(w.r)+"/", 20)+drawn.Name(w.r)))
			}
			if err := w.turnOn(); err != nil {
				return err
			}
			if err := w.commit(c); err != nil {
				return err
			}
			c.add, c.keep = c.add[:1], []uint64{1}
			return w.commit(c)
		}},
		{"merged-segments", "ARC-79 ARC-80 SET-28", "", "A generation is added to one that has as many segments as there may be.", func(w *world) error {
			w.to(histories.Deep(w.r))
			c := w.later()
			c.remove = sorted(w.now().entries)[:1]
			return w.commit(c)
		}},
		{"times", "SET-26", "", "No generation has a time before that of the head.", func(w *world) error {
			if err := w.turnOn(); err != nil {
				return err
			}
			for _, created := range []int64{5, 4, inputs.Unknown, -inputs.Latest} {
				if err := w.commit(change{created: created}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"numbers", "SET-25", "", "A generation has the least number that is free, whatever lies under others.", func(w *world) error {
			w.toHistory()
			for _, further := range []uint64{1, 2, 4} {
				w.store[commitName(w.number("generation")+further)] = drawn.Bytes(w.r, 300)
			}
			for range 2 {
				if err := w.commit(w.drawChange()); err != nil {
					return err
				}
			}
			return nil
		}},
		{"refused-entries", "CON-10 ARC-13", "", "No generation is made with entries that readers refuse, those beside entries that are there already among them.", refusedEntries},
		{"repeated-commits", "CON-7 HDR-1 HDR-2", "", "The ids of containers with the same content look drawn, even across processes.", func(w *world) error {
			if err := w.turnOn(); err != nil {
				return err
			}
			for i := range 8 {
				if i%3 == 2 {
					w.a.Session.Restart()
				}
				if err := w.clone().commit(change{created: 1}); err != nil {
					return err
				}
			}
			return audits.LookDrawn(w.drawn.series)
		}},
	}
}

// later adds some entries, or replaces them.
func (w *world) later() change {
	return change{add: []inputs.Entry{drawn.Entry(w.r, "one"), drawn.Entry(w.r, "two/three")}, created: inputs.Unknown}
}

// dataContainers adds contents around the ends of data containers.
func dataContainers(w *world) error {
	if err := w.turnOn(); err != nil {
		return err
	}
	sizes := [][]int{
		{size0 - 1300 - w.r.Intn(3000)}, {245_000, 10_000, 16_000}, {size0 + 1}, {5, 100_000, 30, 300_000, 7},
		{2*size0 + w.r.Intn(size0)}, {200_000, 200_000}, {1_200_000}, {size0 - 200},
	}
	for i, contents := range sizes {
		c := change{created: inputs.Unknown}
		for j, size := range contents {
			e := drawn.Entry(w.r, fmt.Sprintf("%d/%d", i%2, j))
			e.Content = drawn.Bytes(w.r, size)
			c.add = append(c.add, e)
		}
		if i%2 > 0 {
			c.size, c.keep = archive.Padded(size0+1), []uint64{w.number("generation")}
		}
		if contents[0] > 1<<20 { // all of it in the commit
			c.size = 5 << 18
		}
		if err := w.commit(c); err != nil {
			return fmt.Errorf("contents of %v bytes: %w", contents, err)
		}
	}
	return nil
}

// refusedEntries asks for what no commit may have.
func refusedEntries(w *world) error {
	if err := w.turnOn(); err != nil {
		return err
	}
	if err := w.commit(change{add: []inputs.Entry{drawn.Entry(w.r, "a/b"), drawn.Entry(w.r, "c")}, created: 1}); err != nil {
		return err
	}
	for _, paths := range [][]string{{"a"}, {"c/d"}, {"e", "e/f"}, {"g", "g"}, {"é", "e\u0301"}, {"../h"}, {"/i"}, {"j//k"}, {""}} {
		v, c := w.clone(), change{created: 2}
		for _, path := range paths {
			c.add = append(c.add, drawn.Entry(w.r, path))
		}
		r, err := v.run("set.commit", c.input(v.memory), nil)
		switch {
		case err != nil:
			return err
		case r.err == "":
			return fmt.Errorf("entries %q are added", paths)
		case r.makes("g-"):
			return fmt.Errorf("a generation is made with entries %q, and then refused", paths)
		}
	}
	v := w.clone() // and what makes room for others first
	return v.commit(change{add: []inputs.Entry{drawn.Entry(w.r, "a"), drawn.Entry(w.r, "c/d")}, remove: []string{"a/b", "c"}, created: 2})
}

// makes reports whether a run has asked to make an object of such a name.
func (r *run) makes(prefix string) bool {
	return slices.ContainsFunc(r.log, func(q request) bool { return q.kind == "make" && strings.HasPrefix(q.name, prefix) })
}
