package crafted

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
)

// drawnSample is an archive as a reader may meet it, with up to two faults.
type drawnSample struct {
	seed     int64
	entries  int
	oddities []string // what is unusual about it, and no fault
	faults   []chosenFault
}

// oddities are what a reader takes as it is. Each follows from a random source.
var oddities = map[string]func(r *rand.Rand, c *crafted){
	"frames with other fields than their records": func(r *rand.Rand, c *crafted) {
		for i := range c.frames {
			f := &c.frames[i]
			f.path, f.kind, f.modified = drawn.OneOf(r, f.path, "../"+f.path, "\xff", "a\x00"), byte(r.Intn(256)), uint64(r.Int63n(1<<52))
		}
	},
	"unknown kinds": func(r *rand.Rand, c *crafted) {
		for i := range c.live {
			c.live[i].kind = byte(r.Intn(256))
		}
	},
	"abandoned frames": func(r *rand.Rand, c *crafted) {
		for range 1 + r.Intn(3) {
			c.abandon(r.Intn(len(c.frames)+1), craftedFrame{path: drawn.OneOf(r, "left", "..", "a/", "\x00"), kind: byte(r.Intn(256)), content: drawn.BytesFrom(r.Int63(), r.Intn(50))})
		}
	},
	"empty contents": func(_ *rand.Rand, c *crafted) {
		for i := range c.frames {
			c.frames[i].content = nil
		}
	},
	"a producer": func(r *rand.Rand, c *crafted) {
		c.producer = strings.Repeat(drawn.OneOf(r, "x", "é", "\\: \u202e"), r.Intn(60))
	},
}

func drawDrawn(r *rand.Rand) drawnSample {
	s := drawnSample{seed: r.Int63(), entries: r.Intn(7)}
	for name := range oddities {
		s.oddities = append(s.oddities, name)
	}
	slices.Sort(s.oddities)
	s.oddities = slices.DeleteFunc(s.oddities, func(string) bool { return r.Intn(2) == 0 })
	for range r.Intn(3) {
		if s.entries > 0 { // most faults are of an entry
			s.faults = append(s.faults, chosenFault{archiveFaults[r.Intn(len(archiveFaults))], r.Intn(8)})
		}
	}
	return s
}

func (s drawnSample) String() string {
	return fmt.Sprintf("seed %d, %d entries, with %s, and it %v", s.seed, s.entries, strings.Join(s.oddities, ", "), s.faults)
}

func (s drawnSample) Smaller() []drawnSample {
	var all []drawnSample
	for i := range s.faults {
		all = append(all, drawnSample{s.seed, s.entries, s.oddities, slices.Delete(slices.Clone(s.faults), i, i+1)})
	}
	for i := range s.oddities {
		all = append(all, drawnSample{s.seed, s.entries, slices.Delete(slices.Clone(s.oddities), i, i+1), s.faults})
	}
	for _, n := range forge.LessThan(s.entries) {
		if n > 0 || len(s.faults) == 0 {
			all = append(all, drawnSample{s.seed, n, s.oddities, s.faults})
		}
	}
	return all
}

func (s drawnSample) crafted() *crafted {
	r := rand.New(rand.NewSource(s.seed))
	paths := []string{"a", "a-", "a.b/c", "a.b/d", "é", "漢字/x", "~"}
	r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	c := newCrafted(s.seed, paths[:s.entries]...)
	for _, name := range s.oddities {
		oddities[name](r, c)
	}
	return c.with(s.faults...)
}

// drawnArchives are archives that are as they should be, and others, for each op.
func drawnArchives(seed int64) []cases.Case {
	var all []cases.Case
	for _, op := range inputs.ArchiveOps {
		all = append(all, samples.Property[drawnSample]{
			Subject: "archive", Name: "drawn-" + strings.TrimPrefix(op, "archive."), Comment: "An archive with what a reader meets seldom, and with up to two faults, is read as chapter 8 says.",
			Requirements: "ARC-3 ARC-44 ARC-46 ARC-47 ERR-1", Profiles: "reader", Runs: 60, Draw: drawDrawn,
			Try: func(a *cases.Asker, s drawnSample) report.Outcome { return a.AskBoth(op, s.crafted().input(op)) },
		}.Case(seed))
	}
	return all
}
