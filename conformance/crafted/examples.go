package crafted

import (
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
)

// smallCrafted is a stand-alone archive of one chunk, whose second frame was
// abandoned.
func smallCrafted(seed int64) *crafted {
	c := newCrafted(seed, "a", "a-b", "b/c", "b/d", "e")
	c.abandon(1, craftedFrame{path: "left/..", kind: 77, content: drawn.BytesFrom(seed, 25)})
	for c.layOut(); len(c.zeros) < 40; c.layOut() {
		c.frames[0].content = append(c.frames[0].content, 'x')
	}
	return c
}

// setCrafted is an archive of a set.
func setCrafted(seed int64) *crafted { return smallCrafted(seed).inSet() }

// tallCrafted is a stand-alone archive in whose chunks lie the frames of entries,
// a frame that was abandoned, the segment and the index.
func tallCrafted(seed int64) *crafted {
	paths := []string{"a", "b"}
	for i := range 20 {
		paths = append(paths, fmt.Sprintf("%c%s", 'c'+i, strings.Repeat("long", 220)))
	}
	c := newCrafted(seed, paths...)
	c.frames[1].content = drawn.BytesFrom(seed, cobblestone.ChunkSize)
	c.abandon(2, craftedFrame{path: "left", content: drawn.BytesFrom(seed^5, cobblestone.ChunkSize+300)})
	c.producer = strings.Repeat("p", 200)
	return c
}

// abandon puts a frame that no record names before that of the number at.
func (c *crafted) abandon(at int, f craftedFrame) {
	frames := append([]craftedFrame{}, c.frames[:at]...)
	c.frames = append(append(frames, f), c.frames[at:]...)
	for i, r := range c.live {
		if r.frame >= at {
			c.live[i].frame++
		}
	}
}

// craftedVariant is a request about a crafted archive.
func craftedVariant(op string, c *crafted, what string) cases.Variant {
	return cases.Variant{What: fmt.Sprintf("seed %d: it %s", c.seed, what), Op: op, Input: c.inputOf(op)}
}

// craftedCase is a case that asks about crafted archives.
func craftedCase(name, profiles, requirements, comment string, variants func() []cases.Variant) cases.Case {
	return cases.Case{
		ID: "archive/generated-" + name, Subject: "archive", Comment: comment, Requirements: strings.Fields(requirements), Profiles: strings.Fields("reader " + profiles),
		Run: func(a *cases.Asker) report.Outcome {
			return cases.TryVariants(a, "archive/generated-"+name, variants())
		},
	}
}
