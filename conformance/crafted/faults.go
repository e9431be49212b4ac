package crafted

import (
	"fmt"
	"slices"
	"strings"
)

// archiveFault makes one thing of a crafted archive wrong. shape changes what is
// laid out, field what was laid out; either may be nil. n says which of several
// records, frames or other things it is, modulo their number.
type archiveFault struct {
	what         string
	shape, field func(c *crafted, n int)
}

// onRecord is a fault of a record.
func onRecord(what string, field func(c *crafted, r *craftedRecord)) archiveFault {
	return archiveFault{what: what, field: func(c *crafted, n int) { field(c, &c.live[n%len(c.live)]) }}
}

// onFrame is a fault of a record's frame.
func onFrame(what string, field func(c *crafted, f *craftedFrame)) archiveFault {
	return archiveFault{what: what, field: func(c *crafted, n int) { field(c, &c.frames[c.frameOf(n)]) }}
}

// onIndex is a fault of the index or the trailer.
func onIndex(what string, field func(c *crafted)) archiveFault {
	return archiveFault{what: what, field: func(c *crafted, _ int) { field(c) }}
}

// onShape is a fault of what is laid out.
func onShape(what string, shape func(c *crafted, n int)) archiveFault {
	return archiveFault{what: what, shape: shape}
}

// frameOf returns the frame of a record, or of another if that has none.
func (c *crafted) frameOf(n int) int {
	for i := range c.live {
		if frame := c.live[(n+i)%len(c.live)].frame; frame >= 0 {
			return frame
		}
	}
	return 0
}

// renamed gives record n a path that does not change the order, as far as that
// can be: the beginning of its path stays.
func (c *crafted) renamed(n int, end string) {
	c.live[n%len(c.live)].path += end
}

// archiveFaults are faults for each check of sections 8.6 and 8.7. Some of them
// need a removed path or another record, and do nothing where there is none.
var archiveFaults = []archiveFault{
	onShape("has no padded length", func(c *crafted, _ int) { c.more = 1 }),

	onIndex("has a trailer that is one less", func(c *crafted) { c.trailer-- }),
	onIndex("has a trailer that is one more", func(c *crafted) { c.trailer++ }),
	onIndex("has a trailer of 0", func(c *crafted) { c.trailer = 0 }),
	onIndex("has a trailer of 2^64-1", func(c *crafted) { c.trailer = 1<<64 - 1 }),
	onIndex("has an index frame of another type", func(c *crafted) { c.patches = append(c.patches, patch{c.indexAt(), []byte{3}}) }),
	onIndex("has a time of 2^52", func(c *crafted) { c.created = 1 << 52 }),
	onIndex("has a generation of 2^63", func(c *crafted) { c.generation = 1 << 63 }),
	onIndex("is complete by 2", func(c *crafted) { c.complete = 2 }),
	archiveFault{"has a control character in the producer", func(c *crafted, n int) { c.producer = placed("producer", "\x1b", n) }, nil},
	archiveFault{"has a producer that is not UTF-8", func(c *crafted, n int) { c.producer = placed("producer", "\xe9", n) }, nil},
	onIndex("has an own reference one byte early", func(c *crafted) { c.own().offset-- }),
	onIndex("has an own reference one byte shorter", func(c *crafted) { c.own().length-- }),
	onIndex("has an own reference to the whole plaintext", func(c *crafted) { c.own().offset, c.own().length = 0, c.indexAt() }),
	onIndex("has an own reference to another container", func(c *crafted) { c.own().container = c.elsewhere() }),
	onShape("refers to the own container twice", func(c *crafted, n int) {
		c.refs = slices.Insert(c.refs, n%len(c.refs), craftedRef{c.id(), 9, 12})
	}),
	onIndex("belongs to a set in part", func(c *crafted) { c.epoch = 0; c.generation++ }),

	archiveFault{what: "has a segment frame of another type", field: func(c *crafted, _ int) { c.patches = append(c.patches, patch{c.segmentAt(), []byte{2}}) }},
	onShape("has a byte after the stored containers", func(c *crafted, _ int) { c.behind = []byte{0} }),
	archiveFault{what: "has a length of live that is one more", field: func(c *crafted, _ int) {
		at := c.segmentAt() + 4
		c.patches = append(c.patches, patch{at, []byte{c.segment()[4] + 1}})
	}},
	onRecord("has a record whose time is 2^52", func(_ *crafted, r *craftedRecord) { r.modified = 1 << 52 }),
	onRecord("has a record whose size is 2^63", func(_ *crafted, r *craftedRecord) { r.length = 1 << 63 }),
	onRecord("has a record whose offset is 2^64-1", func(_ *crafted, r *craftedRecord) { r.offset = 1<<64 - 1 }),
	onShape("has a record with two places", func(c *crafted, n int) {
		c.live[n%len(c.live)].before = []craftedPlace{{-1, c.elsewhere(), 5}}
	}),
	onShape("has a record with one place twice", func(c *crafted, n int) {
		r := &c.live[n%len(c.live)]
		r.before = []craftedPlace{{-1, c.elsewhere(), 5}, {-1, c.elsewhere(), 5}}
	}),
	onShape("has two stored containers in the wrong order", func(c *crafted, _ int) {
		c.stored = []craftedStored{c.another(2, 1), c.another(1, 1)}
	}),
	onShape("has a stored container twice", func(c *crafted, _ int) {
		c.stored = []craftedStored{c.another(1, 1), c.another(1, 1)}
	}),
	onShape("has a stored container of no epoch", func(c *crafted, n int) {
		c.stored = []craftedStored{c.another(1, uint64(n%2)), c.another(2, 0)}
	}),
	onShape("has the container itself among those that are stored", func(c *crafted, _ int) {
		c.stored = []craftedStored{{container: c.id(), epoch: 1, digest: make([]byte, 32)}}
	}),
	onShape("has a stored container of 2^52 bytes", func(c *crafted, _ int) {
		x := c.another(1, 1)
		x.length = 1 << 52
		c.stored = []craftedStored{x}
	}),
	onShape("has a record without a path", func(c *crafted, n int) { c.live[n%len(c.live)].path = "" }),
	onShape("has a record with a path of 1025 bytes", func(c *crafted, n int) { c.renamed(n, strings.Repeat("x", 1025)) }),
	onShape("has a record with the part ..", func(c *crafted, n int) { c.renamed(n, "/..") }),
	onShape("has a record with a control character", func(c *crafted, n int) { c.renamed(n, "\x7f") }),
	onShape("has a record whose path is not UTF-8", func(c *crafted, n int) { c.renamed(n, "\xff") }),
	onShape("has a record with an empty part", func(c *crafted, n int) { c.renamed(n, "//a") }),
	onShape("has two neighbours in the wrong order", func(c *crafted, n int) {
		if i := n % len(c.live); i+1 < len(c.live) {
			c.live[i], c.live[i+1] = c.live[i+1], c.live[i]
		} else if i > 0 {
			c.live[i-1], c.live[i] = c.live[i], c.live[i-1]
		}
	}),
	onShape("has a path twice", func(c *crafted, n int) {
		if i := n % len(c.live); i > 0 {
			c.live[i].path = c.live[i-1].path
		} else if len(c.live) > 1 {
			c.live[0].path = c.live[1].path
		}
	}),
	onShape("has a removed path", func(c *crafted, _ int) { c.remove("~removed") }),
	onShape("has a removed path that is live", func(c *crafted, n int) { c.remove(c.live[n%len(c.live)].path) }),
	onShape("has an unsafe removed path", func(c *crafted, _ int) { c.remove("~removed/.") }),
	onShape("has an empty removed path", func(c *crafted, n int) { c.removed = slices.Insert(c.removed, n%(len(c.removed)+1), "") }),
	onShape("has removed paths in the wrong order", func(c *crafted, _ int) {
		c.remove("~b")
		c.remove("~a")
		slices.Reverse(c.removed)
	}),

	onShape("has a path that is another's folder", func(c *crafted, n int) {
		r := c.live[n%len(c.live)]
		r.path, r.frame, r.container = r.path+"/in", -1, c.elsewhere()
		r.offset, r.length = 1<<40+uint64(n), 0
		c.live = append(c.live, r)
		c.sort()
	}),
	onRecord("has a record beyond the entry region", func(c *crafted, r *craftedRecord) { r.offset = c.segmentAt() - 9 - 20 - r.length }),
	onRecord("has a record of the greatest size", func(_ *crafted, r *craftedRecord) { r.length = 1<<52 - 1 }),
	onRecord("has a record of another container", func(c *crafted, r *craftedRecord) { r.container = c.elsewhere() }),
	archiveFault{what: "has two records of one frame", field: func(c *crafted, n int) {
		i, j := n%len(c.live), (n+1)%len(c.live)
		c.live[i].offset, c.live[i].length = c.live[j].offset, 0
	}},
	archiveFault{what: "has frames that overlap by a byte", field: func(c *crafted, n int) {
		for i := range c.live {
			r := &c.live[(n+i)%len(c.live)]
			if end := r.offset + 21 + r.length; end <= c.paddingAt() {
				for j := range c.live {
					if o := &c.live[j]; o.offset > r.offset && o.frame == r.frame+1 {
						r.length += o.offset - end + 1
						return
					}
				}
			}
		}
	}},
	onShape("refers to a segment elsewhere", func(c *crafted, n int) {
		c.refs = slices.Insert(c.refs, n%len(c.refs), craftedRef{c.elsewhere(), 9, 12})
	}),
	onShape("refers to a segment elsewhere of 11 bytes", func(c *crafted, n int) {
		c.refs = slices.Insert(c.refs, n%len(c.refs), craftedRef{c.elsewhere(), 9, 11})
	}),
	onShape("refers to a segment elsewhere of 139460621 bytes", func(c *crafted, n int) {
		c.refs = slices.Insert(c.refs, n%len(c.refs), craftedRef{c.elsewhere(), 9, 139460621})
	}),
	onShape("lacks the entry", func(c *crafted, n int) { c.path += string(rune('0' + n%10)) }),

	archiveFault{what: "has a frame of type 9", field: func(c *crafted, n int) { c.patches = append(c.patches, patch{c.frameAt(c.frameOf(n)), []byte{9}}) }},
	archiveFault{what: "has a frame of the type of padding", field: func(c *crafted, n int) { c.patches = append(c.patches, patch{c.frameAt(c.frameOf(n)), []byte{2}}) }},
	archiveFault{what: "has a frame without a path", field: func(c *crafted, n int) {
		c.patches = append(c.patches, patch{c.frameAt(c.frameOf(n)) + 1, []byte{0, 0}})
	}},
	archiveFault{what: "has a frame whose path is too long", field: func(c *crafted, n int) {
		c.patches = append(c.patches, patch{c.frameAt(c.frameOf(n)) + 1, []byte{4, 1}})
	}},
	onFrame("has a frame whose time is 2^63", func(_ *crafted, f *craftedFrame) { f.modified = 1 << 63 }),
	onFrame("has a frame whose size is one more", func(_ *crafted, f *craftedFrame) { f.size++ }),
	onFrame("has a frame whose size is 2^63 more", func(_ *crafted, f *craftedFrame) { f.size += 1 << 63 }),
	onRecord("has a record that begins a byte late", func(_ *crafted, r *craftedRecord) { r.offset++; r.length = 0 }),

	onShape("has a zero byte before the padding", func(c *crafted, _ int) { c.stray = []byte{0} }),
	onShape("has padding twice", func(c *crafted, _ int) { c.stray = append([]byte{2}, bigEndian(0)...) }),
	archiveFault{what: "has padding that states a byte less", field: func(c *crafted, _ int) { c.stated-- }},
	archiveFault{what: "has padding that states a byte more", field: func(c *crafted, _ int) { c.stated++ }},
	archiveFault{what: "has padding that is not zero", field: func(c *crafted, n int) {
		if len(c.zeros) > 0 {
			c.zeros[n%len(c.zeros)] = 0x80
		}
	}},
}

// placed puts s at the beginning, in the middle or at the end of a text.
func placed(text, s string, n int) string {
	at := []int{0, len(text) / 2, len(text)}[n%3]
	return text[:at] + s + text[at:]
}

func (c *crafted) remove(path string) {
	c.removed = append(c.removed, path)
	slices.Sort(c.removed)
}

// sort brings the records into the order of their paths.
func (c *crafted) sort() {
	slices.SortStableFunc(c.live, func(a, b craftedRecord) int { return strings.Compare(a.path, b.path) })
}

// chosenFault is a fault at one of its places.
type chosenFault struct {
	archiveFault
	n int
}

func (f chosenFault) String() string { return fmt.Sprintf("%s (%d)", f.what, f.n) }

// with lays the archive out with these faults.
func (c *crafted) with(faults ...chosenFault) *crafted {
	for _, f := range faults {
		if f.shape != nil {
			f.shape(c, f.n)
		}
	}
	c.layOut()
	for _, f := range faults {
		if f.field != nil {
			f.field(c, f.n)
		}
	}
	return c
}

// damage is the fault of a chunk.
var damage = archiveFault{what: "has an altered chunk", field: func(c *crafted, n int) { c.damaged = append(c.damaged, n) }}
