package crafted

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/large"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// sets are archives of backup sets. Each has 262144 bytes, of which most are not
// there: to list its entries nobody opens their chunks.
func (v *valued) sets() {
	v.histories()
	v.references()
	v.containers()
	v.removals()
	v.crowd()
}

// lists adds an archive of which there are only the fields of the padding and what
// stands after it.
func (v *valued) lists(c *crafted, format string, args ...any) {
	v.all = append(v.all, cases.Variant{What: fmt.Sprintf("seed %d: it %s", c.seed, fmt.Sprintf(format, args...)), Op: "archive.list", Input: c.sparseInput})
}

func (c *crafted) sparseInput() vectors.Object {
	k, plaintext := c.key(), c.unpatched()
	payloadKey := k.Derive(key.LabelPayload)
	m := large.NewMessage(payloadKey[:], c.id(), forge.PayloadContexts[0], int64(len(plaintext)))
	m.Put(int64(c.paddingAt()), plaintext[c.paddingAt():c.paddingAt()+9])
	m.Put(int64(c.segmentAt()), plaintext[c.segmentAt():])
	return large.OpeningArchive(k, m)
}

func (v *valued) set() *crafted { return newCrafted(v.r.Int63(), "a", "b/c", "d").inSet() }

// histories are generations, epochs and previous containers that have nothing to do
// with each other.
func (v *valued) histories() {
	const greatest = 1<<52 - 1
	ones := func(n int) []byte { return bytes.Repeat([]byte{0xff}, n) }
	for _, h := range []struct {
		generation, epoch, created uint64
		complete                   byte
		setID, previous            []byte
	}{
		{1, 1, 0, 1, v.set().setID, make([]byte, 24)},
		{1, 5, greatest, 0, v.set().setID, v.set().previous},
		{1, greatest, 1, 1, ones(16), ones(24)},
		{2, 3, 5, 1, v.set().setID, make([]byte, 24)},
		{greatest, 1, 1, 0, append(make([]byte, 15), 1), append([]byte{1}, make([]byte, 23)...)},
		{1 << 32, 1 << 31, 1 << 32, 1, append([]byte{1}, make([]byte, 15)...), make([]byte, 24)},
		{v.drawn(), v.drawn(), v.drawn(), 1, drawn.Bytes(v.r, 16), drawn.Bytes(v.r, 24)},
	} {
		c := v.set()
		c.generation, c.epoch, c.created, c.complete, c.setID, c.previous = h.generation, h.epoch, h.created, h.complete, h.setID, h.previous
		v.lists(c.with(), "has generation %d, epoch %d, time %d, complete %d and the previous container %x", h.generation, h.epoch, h.created, h.complete, h.previous)
	}
	c := v.set()
	c.previous = c.id()
	v.lists(c.with(), "names itself as the previous container")
}

// drawn is a number of any width that the format can say.
func (v *valued) drawn() uint64 { return 1 + uint64(v.r.Int63n(1<<(1+v.r.Intn(52))))%(1<<52-1) }

// stranger is another container's id, made from the own one: no id means none, or
// this one.
type stranger struct {
	what string
	of   func(own []byte) []byte
}

func strangers() []stranger {
	all := []stranger{
		{"of zeros", func([]byte) []byte { return make([]byte, 24) }},
		{"of 0xff", func([]byte) []byte { return bytes.Repeat([]byte{0xff}, 24) }},
	}
	for _, i := range []int{0, 11, 23} {
		all = append(all, stranger{fmt.Sprintf("another in byte %d alone", i), func(own []byte) []byte {
			id := slices.Clone(own)
			id[i] ^= 0x10
			return id
		}})
	}
	return all
}

// references are segments that lie in other containers.
func (v *valued) references() {
	for _, n := range []int{1, 15} {
		for _, at := range slices.Compact([]int{0, n / 2, n - 1}) {
			for _, wrong := range []craftedRef{{nil, 0, 11}, {nil, 9, 139460621}, {nil, 1 << 52, 12}, {nil, 9, 1 << 32}} {
				c := v.referring(n)
				c.refs[at].offset, c.refs[at].length = wrong.offset, wrong.length
				v.lists(c.with(), "has %d references to other containers, and that at %d has offset %d and length %d", n, at, wrong.offset, wrong.length)
			}
			c := v.referring(n)
			c.refs[at].container = c.id()
			v.lists(c.with(), "has %d references before the last, of which that at %d names the own container", n, at)
		}
	}
	for _, ref := range []craftedRef{{nil, 0, 12}, {nil, 1<<52 - 1, 139460620}, {nil, 1, 13}} {
		c := v.referring(2)
		c.complete, c.refs[0].offset, c.refs[0].length = 0, ref.offset, ref.length
		v.lists(c.with(), "refers elsewhere to offset %d and length %d", ref.offset, ref.length)
	}
	c := v.referring(1)
	c.more = -1 << 17
	v.lists(c.with(), "is too small for a set, and refers elsewhere")
	for _, other := range strangers() {
		c := v.referring(1)
		c.refs[0].container = other.of(c.id())
		v.lists(c.with(), "refers to a container whose id is %s", other.what)
		c = v.set().with()
		c.own().container = other.of(c.id())
		v.lists(c, "refers to its own segment by an id that is %s", other.what)
	}
}

// referring is an archive that refers to segments in n other containers.
func (v *valued) referring(n int) *crafted {
	c := v.set()
	for range n {
		c.refs = slices.Insert(c.refs, 0, craftedRef{drawn.Bytes(v.r, 24), v.drawn(), 12 + uint64(v.r.Intn(1000))})
	}
	return c
}

// containers are records of entries that lie elsewhere.
func (v *valued) containers() {
	for _, other := range strangers() {
		c := v.set().with()
		c.live[1].container, c.live[1].offset = other.of(c.id()), 1<<40
		v.lists(c, "has an entry far into a container whose id is %s", other.what)
	}
	for _, n := range []int{3, 40} {
		for _, at := range []int{0, n / 2, n - 2} {
			for _, far := range []bool{false, true} {
				if c := v.scattered(n); !far || at < n-2 {
					r, next := &c.live[at], at+1
					if far { // over all of those between
						next = n - 1
					}
					r.length = c.live[next].offset - r.offset - 21
					v.lists(c, "has %d records of another container, of which that at %d ends where that at %d begins", n, at, next)
					c = c.clone()
					c.live[at].length++
					v.lists(c, "has %d records of another container, of which that at %d overlaps that at %d", n, at, next)
				}
			}
		}
	}
	c := v.scattered(40)
	for i := range c.live {
		c.live[i].container, c.live[i].offset, c.live[i].length = slices.Clone(c.live[i].container), 1<<51, 1<<52-1
		c.live[i].container[[]int{0, 11, 23}[i%3]] = byte(i)
	}
	v.lists(c, "has records at one offset of containers whose ids differ in a byte")
}

// wholeSets are archives of sets that are there in full.
func (v *valued) wholeSets() {
	for i, other := range strangers() {
		i, what := i%3, other.what
		for _, op := range inputs.ArchiveOps[1:] {
			c := v.set().with()
			c.generation, c.epoch, c.created = 1, 3, 0
			c.live[i].container, c.path = other.of(c.id()), c.live[i].path
			v.add(op, c, "has an entry in a container whose id is %s", what)
			if op == "archive.extract" {
				c = c.clone()
				c.path = c.live[(i+1)%3].path
				v.add(op, c, "has an entry in a container whose id is %s, and another is asked for", what)
			}
		}
	}
	c := v.set()
	c.generation, c.complete, c.previous, c.removed = 2, 0, make([]byte, 24), []string{"c", "gone/x", "z"}
	v.add("archive.restore", c.with(), "is incomplete, has removed paths, and no previous container")
}

// scattered has n records of another container, in the order of their offsets.
func (v *valued) scattered(n int) *crafted {
	c := newCrafted(v.r.Int63()).inSet()
	for i := range n {
		c.live = append(c.live, craftedRecord{frame: -1, container: c.elsewhere(), path: fmt.Sprintf("%03d", i), offset: 1<<40 + uint64(i)*1000})
	}
	return c.with()
}

// crowd has more records than two bytes count, and more bytes of them than a
// mebibyte has. The entry that is asked for lies elsewhere, and comes last.
func (v *valued) crowd() {
	c := newCrafted(v.r.Int63()).inSet()
	other := c.elsewhere()
	for i := range 66000 {
		c.live = append(c.live, craftedRecord{frame: -1, container: other, path: fmt.Sprintf("%05d", i), offset: uint64(i) * 21})
	}
	c.path = c.live[len(c.live)-1].path
	v.lists(c.with(), "has %d records of another container, and the last is asked for", len(c.live))
	one := &v.all[len(v.all)-1]
	one.Op, one.Input = "archive.extract", func() vectors.Object { return inputs.With(c.sparseInput(), "path", c.path) }
}

// removals are lists of removed paths, and of records, up to thousands, and of
// paths that are alike far into them.
func (v *valued) removals() {
	const thousands = 2500
	long := strings.Repeat("long", 200)
	for _, of := range []struct {
		n    int
		path func(i int) string
	}{
		{5, func(i int) string { return fmt.Sprint(long, i) }},
		{30, func(i int) string { return fmt.Sprintf("%s%03d", long[:400], i) }},
		{thousands, func(i int) string { return fmt.Sprintf("%05d", i) }},
	} {
		made := func() *crafted {
			c := newCrafted(v.r.Int63(), of.path(-1)).inSet()
			for i := range of.n {
				c.removed = append(c.removed, of.path(i))
			}
			return c
		}
		lived := func() *crafted {
			c := newCrafted(v.r.Int63()).inSet()
			other := c.elsewhere()
			for i := range of.n {
				c.live = append(c.live, craftedRecord{frame: -1, container: other, path: of.path(i), offset: uint64(i) * 21})
			}
			return c
		}
		v.lists(made().with(), "has %d removed paths", of.n)
		v.lists(lived().with(), "has %d records of another container", of.n)
		for _, two := range [][2]int{{0, 1}, {of.n / 2, of.n/2 + 1}, {of.n - 2, of.n - 1}, {0, of.n - 1}} {
			i, j := two[0], two[1]
			if of.n == thousands && i < of.n-2 {
				continue
			}
			c := made()
			c.removed[i], c.removed[j] = c.removed[j], c.removed[i]
			v.lists(c.with(), "has %d removed paths, of which those at %d and %d are exchanged", of.n, i, j)
			c = lived()
			c.live[i].path, c.live[j].path = c.live[j].path, c.live[i].path
			v.lists(c.with(), "has %d records, of which those at %d and %d are exchanged", of.n, i, j)
			c = made()
			c.removed[j] = c.removed[i]
			v.lists(c.with(), "has %d removed paths, of which that at %d is that at %d again", of.n, j, i)
			c = lived()
			c.live[j].path = c.live[i].path
			v.lists(c.with(), "has %d records, of which that at %d has the path of that at %d", of.n, j, i)
			c = lived()
			c.removed = []string{of.path(i), "~" + of.path(j)}
			v.lists(c.with(), "has %d records, and the path of that at %d is removed", of.n, i)
			c = made()
			c.removed[j] += "/../x"
			v.lists(c.with(), "has %d removed paths, of which that at %d is unsafe", of.n, j)
		}
	}
}
