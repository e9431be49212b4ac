package crafted

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// overlaySample is an archive of a set with an entry in several frames, with up to two
// faults.
type overlaySample struct {
	seed   int64
	frames int
	faults []string
}

// overlayFaults are what can be wrong with such an entry. Not each is a fault everywhere.
var overlayFaults = map[string]func(r *rand.Rand, c *crafted){
	"has lost a place": func(r *rand.Rand, c *crafted) {
		if before := c.live[0].before; len(before) > 0 {
			i := r.Intn(len(before))
			c.live[0].before = slices.Delete(before, i, i+1)
		}
	},
	"has its places in another order": func(r *rand.Rand, c *crafted) {
		before := c.live[0].before
		r.Shuffle(len(before), func(i, j int) { before[i], before[j] = before[j], before[i] })
	},
	"has a place elsewhere": func(r *rand.Rand, c *crafted) {
		if before := c.live[0].before; len(before) > 0 {
			before[r.Intn(len(before))] = craftedPlace{-1, c.elsewhere(), 1 << 20}
		}
	},
	"has another run": func(r *rand.Rand, c *crafted) {
		if runs := c.frames[r.Intn(len(c.frames))].runs; runs != nil {
			run := &runs[r.Intn(len(runs))]
			*drawn.OneOf(r, &run.First, &run.Count) += drawn.OneOf(r, 1, 1<<32-1, uint32(r.Intn(5)))
		}
	},
	"has a frame that states a size a little larger": func(r *rand.Rand, c *crafted) {
		if f := &c.frames[r.Intn(len(c.frames))]; f.runs != nil {
			f.size += drawn.OneOf[uint64](r, 1, 100, archive.BlockSize)
		}
	},
	"has a record that states another size": func(r *rand.Rand, c *crafted) { c.live[0].length += drawn.OneOf[uint64](r, 1, 1<<64-1, 4096) },
	"has an altered chunk":                  func(r *rand.Rand, c *crafted) { c.damaged = append(c.damaged, r.Intn(4)) },
	"has an index that cannot be read":      func(_ *rand.Rand, c *crafted) { c.complete = 2 },
	"lists a container of no epoch":         func(_ *rand.Rand, c *crafted) { c.stored[0].epoch = 0 },
}

func drawOverlay(r *rand.Rand) overlaySample {
	s := overlaySample{seed: r.Int63(), frames: 1 + r.Intn(5)}
	for name := range overlayFaults {
		s.faults = append(s.faults, name)
	}
	slices.Sort(s.faults)
	r.Shuffle(len(s.faults), func(i, j int) { s.faults[i], s.faults[j] = s.faults[j], s.faults[i] })
	s.faults = s.faults[:r.Intn(3)]
	return s
}

func (s overlaySample) String() string {
	return fmt.Sprintf("seed %d, %d frames, and it %s", s.seed, s.frames, strings.Join(s.faults, ", and it "))
}

func (s overlaySample) Smaller() []overlaySample {
	var all []overlaySample
	for i := range s.faults {
		all = append(all, overlaySample{s.seed, s.frames, slices.Delete(slices.Clone(s.faults), i, i+1)})
	}
	if s.frames > 1 {
		all = append(all, overlaySample{s.seed, s.frames - 1, s.faults})
	}
	return all
}

// crafted returns the archive. The first frame is that of a version of the entry, each
// other one a piece of a later version, which need not have all that is needed.
func (s overlaySample) crafted() *crafted {
	r := rand.New(rand.NewSource(s.seed))
	c := newCrafted(s.seed).inSet()
	size := func() int { return 1 + r.Intn(6*archive.BlockSize) }
	last := size()
	rec := craftedRecord{container: c.id(), path: "a", kind: byte(r.Intn(9)), modified: 1 << 51}
	for i := range s.frames {
		whole := drawn.OneOf(r, last, last, size())
		if i == s.frames-1 {
			whole = last
		}
		f := craftedFrame{path: "a", size: uint64(whole)}
		if i == 0 && r.Intn(2) == 0 {
			f.content = drawn.BytesFrom(r.Int63(), whole)
		} else {
			f.runs = drawRuns(r, whole, i == 0)
			f.content = drawn.BytesFrom(r.Int63(), int(archive.SuppliedBy(f.runs, int64(whole))))
		}
		c.frames = append(c.frames, f)
		if r.Intn(4) == 0 {
			c.frames = append(c.frames, craftedFrame{path: "left", content: drawn.BytesFrom(r.Int63(), r.Intn(3000))}) // abandoned
		}
		rec.before = append(rec.before, craftedPlace{len(c.frames) - 1, c.id(), 0})
		if c.frames[len(c.frames)-1].path == "left" {
			rec.before[len(rec.before)-1].frame--
		}
	}
	rec.frame = rec.before[len(rec.before)-1].frame
	rec.before = rec.before[:len(rec.before)-1]
	c.live, c.path = []craftedRecord{rec}, "a"
	c.stored = []craftedStored{c.another(1, 1+uint64(r.Intn(9))), c.another(2, 1)}
	c.layOut()
	c.live[0].length = uint64(last)
	for _, name := range s.faults {
		overlayFaults[name](r, c)
	}
	return c.relaid()
}

// drawRuns are runs of an entry of a size, of all of its blocks if all is set.
func drawRuns(r *rand.Rand, size int, all bool) []archive.Run {
	blocks := (size + archive.BlockSize - 1) / archive.BlockSize
	if all {
		return []archive.Run{{Count: uint32(blocks)}}
	}
	var runs []archive.Run
	for at := r.Intn(blocks); at < blocks; at += 1 + r.Intn(3) {
		n := 1 + r.Intn(min(3, blocks-at))
		runs = append(runs, archive.Run{First: uint32(at), Count: uint32(n)})
		at += n
	}
	return runs
}

// uncounted returns an archive of an entry in a frame and a piece that replaces blocks of it, in
// which one of so many chunks is altered that have nothing but replaced blocks.
func uncounted(r *rand.Rand, chunks, altered int) *crafted {
	const perChunk = cobblestone.ChunkSize / archive.BlockSize
	size := (chunks + 2) * cobblestone.ChunkSize
	c := newCrafted(r.Int63()).inSet()
	runs := []archive.Run{{First: perChunk - 1, Count: uint32(chunks*perChunk + 1)}}
	c.frames = []craftedFrame{
		{path: "a", size: uint64(size), content: drawn.BytesFrom(r.Int63(), size)},
		{path: "a", size: uint64(size), runs: runs, content: drawn.BytesFrom(r.Int63(), int(archive.SuppliedBy(runs, int64(size))))},
	}
	c.live, c.path = []craftedRecord{{container: c.id(), path: "a", modified: 1 << 51, frame: 1, before: []craftedPlace{{0, c.id(), 0}}}}, "a"
	c.layOut()
	c.live[0].length = uint64(size)
	c.damaged = []int{1 + altered}
	return c.relaid()
}

// relaid gives the padding its length again after a fault, and leaves all else.
func (c *crafted) relaid() *crafted {
	length := c.live[0].length
	c.layOut()
	c.live[0].length = length
	return c
}

// uncountedIn is a case for archives of which an altered chunk has only replaced blocks.
func uncountedIn(seed int64, subject, profile string, ops ...string) cases.Case {
	return cases.OfRequests(seed, subject, "overlays-uncounted", "ARC-29 ARC-87 ARC-96", profile,
		"A chunk of which no block counts any more is altered: the entry can be read, and the container is not sound.",
		func(q *cases.Requests) {
			chunks := 3 + q.R.Intn(4)
			for _, altered := range []int{0, chunks / 2, chunks - 1} {
				c := uncounted(q.R, chunks, altered)
				for _, op := range ops {
					q.Ask(op, c.input(op), "%s with altered chunk %d", op, c.damaged[0])
				}
			}
			c := uncounted(q.R, 70, 69) // beyond 1 MiB
			last := ops[len(ops)-1]
			q.Ask(last, c.input(last), "%s with altered chunk %d", last, c.damaged[0])
		})
}

// allElsewhere is a case for archives without a frame of their own, of which the entries lie in a
// container whose id comes before theirs, or after.
func allElsewhere(seed int64) cases.Case {
	return cases.OfRequests(seed, "salvage", "all-elsewhere", "SLV-9 SLV-32", "salvage",
		"All entries of an archive lie in another container.",
		func(q *cases.Requests) {
			for _, first := range []byte{0, 255} {
				c := newCrafted(q.R.Int63()).inSet()
				other := c.another(first, 1)
				c.stored = []craftedStored{other}
				for i := range 1 + q.R.Intn(3) {
					c.live = append(c.live, craftedRecord{frame: -1, container: other.container, path: fmt.Sprint(i), offset: uint64(i) * 22})
				}
				c.layOut()
				q.Ask("archive.salvage", c.input("archive.salvage"), "of which the id begins with %d", first)
			}
		})
}

// overlays are cases for some ops of entries that lie in several frames.
func overlays(seed int64, ops ...string) []cases.Case {
	var all []cases.Case
	for _, op := range ops {
		subject, profile := "archive", "reader"
		if op == "archive.salvage" {
			subject, profile = "salvage", "salvage"
		}
		all = append(all, samples.Property[overlaySample]{
			Subject: subject, Name: "overlays-" + strings.TrimPrefix(op, "archive."), Comment: "An entry in several frames, with up to two faults, is read as chapters 8 and 10 say.",
			Requirements: "ARC-86 ARC-87 ARC-88 ERR-1", Profiles: profile, Runs: 15, Draw: drawOverlay,
			Try: func(a *cases.Asker, s overlaySample) report.Outcome { return a.AskBoth(op, s.crafted().input(op)) },
		}.Case(seed))
	}
	return all
}
