package crafted

import (
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
)

// alike makes archives whose paths are the same for hundreds of bytes.
func (v *valued) alike() {
	for _, n := range []int{255, 256, 1000} {
		begin := strings.Repeat("x", n)
		c := newCrafted(v.seed, begin, begin+"a", begin+"b", begin+"b ").with()
		for _, end := range []string{"", "a", "b", "b ", "c", "B"} {
			c = c.clone()
			c.path = begin + end
			v.add("archive.extract", c, "has paths that are the same for %d bytes, and one that ends with %q is asked for", n, end)
		}
	}
}

// many makes archives of hundreds and thousands of entries, with one fault far from
// the first.
func (v *valued) many() {
	made := map[int]*crafted{}
	thousands := func(n int) *crafted {
		if c := made[n]; c != nil {
			return c.clone()
		}
		paths := make([]string, n)
		for i := range paths {
			paths[i] = fmt.Sprintf("%04x", i)
		}
		c := newCrafted(v.seed, paths...)
		for i := range c.frames {
			c.frames[i].content = c.frames[i].content[:i%3]
		}
		made[n] = c
		return c.clone()
	}
	v.add("archive.list", thousands(3000).with(), "has 3000 entries")
	v.alike()
	for _, n := range []int{16, 64, 1000} { // a frame ends beyond the beginning of the next, whose record is early
		c := thousands(n + 3).with()
		for i := range c.live {
			if c.live[i].frame == n {
				c.path = c.live[i].path
			}
			if c.live[i].frame == n+1 {
				c.live[i].offset -= 2
			}
		}
		v.add("archive.extract", c, "has %d frames, of which that at %d ends beyond the offset of the next", n+3, n)
	}
	for _, damaged := range []int{1, 5, 11} { // what nobody asks for is opened before the padding is judged
		c := newCrafted(v.seed, "a", "b")
		c.abandon(1, craftedFrame{path: "left", content: drawn.BytesFrom(v.r.Int63(), 200000)})
		c.with(faultAt("has padding that is not zero", 3))
		v.add("archive.restore", c.clone(), "has an abandoned frame of 200000 bytes, and padding that is not zero")
		c.damaged = []int{damaged}
		v.add("archive.restore", c, "has an abandoned frame of 200000 bytes with damage in chunk %d, and padding that is not zero", damaged)
	}
	for _, last := range []string{"a/x", "a0/x"} { // all but the slash sort before it
		between := []string{"a", last}
		for i := range 1000 {
			between = append(between, fmt.Sprintf("a%c%03d", " !-."[i%4], i))
		}
		v.add("archive.list", newCrafted(v.seed, between...).with(), "has the entries a and %s, and a thousand between them", last)
	}
	for _, op := range inputs.ArchiveOps {
		v.add(op, thousands(300).with(), "has 300 entries")
		c := thousands(1100).with()
		c.path = c.live[1099].path
		v.add(op, c, "has 1100 entries")
	}
	for i, f := range archiveFaults {
		if strings.Contains(f.what, "record") || strings.Contains(f.what, "neighbours") || strings.Contains(f.what, "folder") || strings.Contains(f.what, "twice") || strings.Contains(f.what, "frame") {
			n := []int{1, 16, 64, 256}[i%4]
			v.add("archive.restore", thousands(n+3).with(chosenFault{f, n}), "has %d entries, and %v", n+3, chosenFault{f, n})
		}
	}
	for _, n := range []int{64, 256, 1000} {
		for _, what := range []string{"has a record with the part ..", "has two neighbours in the wrong order", "has a path that is another's folder", "has frames that overlap by a byte", "has a record of another container"} {
			v.add("archive.list", thousands(n+3).with(chosenFault{faultOf(what), n}), "has %d entries, and %s", n+3, what)
		}
	}
}
