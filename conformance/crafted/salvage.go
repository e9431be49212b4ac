package crafted

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// salvages collects what is salvaged of crafted archives.
type salvages struct {
	r   *rand.Rand
	all []cases.Variant
}

func (s *salvages) add(c *crafted, format string, args ...any) {
	s.all = append(s.all, craftedVariant("archive.salvage", c, fmt.Sprintf(format, args...)))
}

// salvageCase is a case that asks what is salvaged.
func salvageCase(seed int64, name, profiles, requirements, comment string, collect func(*salvages)) cases.Case {
	id := "salvage/generated-" + name
	return cases.Case{
		ID: id, Subject: "salvage", Comment: comment, Requirements: strings.Fields(requirements), Profiles: strings.Fields("salvage " + profiles),
		Run: func(a *cases.Asker) report.Outcome {
			s := &salvages{r: rand.New(rand.NewSource(cases.SeedFor(seed, id)))}
			collect(s)
			return cases.TryVariants(a, id, s.all)
		},
	}
}

// Salvages returns the cases that ask what is salvaged of crafted archives.
func Salvages(seed int64) []cases.Case {
	return append(append(salvagedHeaders(seed), overlays(seed, "archive.salvage")...),
		uncountedIn(seed, "salvage", "salvage", "archive.salvage"), allElsewhere(seed),
		salvageCase(seed, "faults", "", "SLV-5 SLV-9 SLV-14 SLV-24 SLV-32",
			"Of an archive with a fault in its index, its segment or a frame, that is salvaged which chapter 10 says.", (*salvages).faults),
		salvageCase(seed, "walks", "", "SLV-6 SLV-26 SLV-28 SLV-29 SLV-30",
			"Where the index cannot be read, either, the walk finds what it is said to find.", (*salvages).walks),
		salvageCase(seed, "abandoned", "", "SLV-7 SLV-8 SLV-25 SLV-31 SLV-33",
			"Abandoned frames at every place are left out, unless nothing says that they were abandoned.", (*salvages).abandoned),
		salvageCase(seed, "losses", "", "SLV-9 SLV-10 SLV-22 SLV-23 SLV-26 SLV-27",
			"Of an archive of several chunks some of which are lost, first, last and in the middle, all others give what they hold.", (*salvages).losses),
		salvageCase(seed, "appended", "", "SLV-21 SLV-34 SLV-35",
			"Whatever follows an archive of any length, its end is found, unless its last chunk is damaged.", (*salvages).appended),
	)
}

// noIndex makes the index one that cannot be read.
var noIndex = chosenFault{onIndex("is complete by 2", func(c *crafted) { c.complete = 2 }), 0}

// noSegment makes the segment one that does not count, and so the index, too.
var noSegment = chosenFault{archiveFault{what: "has a segment whose removed paths end too late", shape: func(c *crafted, _ int) { c.behind = []byte{0} }, field: func(c *crafted, _ int) {
	c.patches = append(c.patches, patch{c.indexAt() - 5, []byte{1}})
}}, 0}

func (s *salvages) faults() {
	base := smallCrafted(s.r.Int63())
	for _, f := range archiveFaults {
		chosen := chosenFault{f, s.r.Intn(8)}
		s.add(base.clone().with(chosen), "%v", chosen)
	}
	elsewhere := setCrafted(s.r.Int63()).with()
	i := s.r.Intn(len(elsewhere.live))
	elsewhere.live[i].container = elsewhere.elsewhere()
	s.add(elsewhere, "is one of a set and has record %d of another container", i)
}

func (s *salvages) walks() {
	base := smallCrafted(s.r.Int63())
	for _, f := range slices.Concat(archiveFaults, walkFaults) {
		for _, lost := range []chosenFault{noIndex, noSegment} {
			faults := []chosenFault{{f, s.r.Intn(8)}, lost}
			s.add(base.clone().with(faults...), "%v", faults)
		}
	}
}

// walkFaults are what matters to a walk alone.
var walkFaults = []archiveFault{
	onRecord("has a record whose size is one more", func(_ *crafted, r *craftedRecord) { r.length++ }),
	onRecord("has a record whose size is one less", func(_ *crafted, r *craftedRecord) { r.length-- }),
	onRecord("has a record of size 0", func(_ *crafted, r *craftedRecord) { r.length = 0 }),
	onFrame("has a frame whose size is one less", func(_ *crafted, f *craftedFrame) { f.size-- }),
	onFrame("has a frame that ends with the plaintext", func(c *crafted, f *craftedFrame) {
		at := c.frameAt(slices.IndexFunc(c.frames, func(g craftedFrame) bool { return g.path == f.path }))
		f.size = uint64(len(c.unpatched())) - at - f.fields()
	}),
	onFrame("has a frame that ends beyond the plaintext", func(c *crafted, f *craftedFrame) { f.size = uint64(len(c.unpatched())) }),
	onFrame("has a frame of the greatest size", func(_ *crafted, f *craftedFrame) { f.size = 1<<52 - 1 }),
	onFrame("has a frame with an unsafe path", func(_ *crafted, f *craftedFrame) { f.path = f.path[:len(f.path)-1] + ":" }),
	{what: "has two distant records of one place", field: func(c *crafted, n int) {
		i := n % len(c.live)
		c.live[i].offset = c.live[(i+2)%len(c.live)].offset
	}},
	{what: "has two records of one place in another container", field: func(c *crafted, n int) {
		i, j := n%len(c.live), (n+1)%len(c.live)
		c.live[i].container, c.live[j].container = c.elsewhere(), c.elsewhere()
		c.live[i].offset = c.live[j].offset
	}},
	{what: "has the place of a frame in a record of another container", field: func(c *crafted, n int) {
		i := n % len(c.live)
		c.live[i].container, c.live[i].offset = c.elsewhere(), c.live[(i+1)%len(c.live)].offset
	}},
	onShape("has a removed path before all others", func(c *crafted, _ int) { c.remove("0") }),
	onShape("has three removed paths", func(c *crafted, _ int) { c.remove("0"); c.remove("a/a"); c.remove("~") }),
}

// abandoned puts frames that no record names before the first, between two and
// after the last.
func (s *salvages) abandoned() {
	for _, path := range []string{"left", "../left", "a", "left/\x00"} {
		for at := range 4 {
			c := newCrafted(s.r.Int63(), "a", "b", "c")
			c.abandon(at, craftedFrame{path: path, content: drawn.BytesFrom(c.seed, s.r.Intn(60))})
			if at == 3 {
				c.abandon(0, craftedFrame{path: path})
			}
			what := fmt.Sprintf("has abandoned the frame of %q before that of number %d", path, at)
			s.add(c.clone().with(), "%s", what)
			s.add(c.clone().with(noIndex), "%s, %v", what, noIndex)
			s.add(c.clone().with(noSegment), "%s, %v", what, noSegment)
		}
	}
}

// appended are archives of one chunk and of several that bytes follow, as many as
// leave the last chunk short, fill it, or make others, chunks damaged or not.
func (s *salvages) appended() {
	for _, base := range []*crafted{smallCrafted(s.r.Int63()), tallCrafted(s.r.Int63()), newCrafted(s.r.Int63())} {
		plain := len(base.clone().with().unpatched())
		last := plain / cobblestone.ChunkSize
		room := cobblestone.ChunkSize - plain%cobblestone.ChunkSize
		for _, n := range []int{1, 16, room - 1, room, room + 15, room + 16, 1 + s.r.Intn(room), cobblestone.SealedChunkSize, 3*cobblestone.SealedChunkSize + s.r.Intn(1000)} {
			for _, damaged := range [][]int{nil, {0}, {last}} {
				c := base.clone().with()
				c.damaged, c.after = damaged, n
				s.add(c, "has %d bytes, after which %d follow, and has lost the chunks %d of %d", plain, n, damaged, last+1)
			}
		}
	}
}

// losses are chunks that do not open, one by one, in a row and apart, with an
// index, a segment, or neither.
func (s *salvages) losses() {
	base := tallCrafted(s.r.Int63())
	last := len(base.clone().with().unpatched()) / cobblestone.ChunkSize
	sets := [][]int{{0, 1}, {1, 2}, {1, 3}, {1, 2, 3}, {2, 3}, {last - 1, last}}
	for i := range last + 1 {
		sets = append(sets, []int{i})
	}
	for _, lost := range sets {
		for _, f := range [][]chosenFault{{}, {noIndex}} {
			c := base.clone().with(f...)
			c.damaged = lost
			s.add(c, "has lost the chunks %d of %d; %v", lost, last+1, f)
		}
	}
	c := base.clone().with(noSegment)
	c.damaged = []int{1 + s.r.Intn(last-1)}
	s.add(c, "has lost the chunk %d; %v", c.damaged, noSegment)
}
