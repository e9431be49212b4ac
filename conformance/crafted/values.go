package crafted

import (
	"fmt"
	"math/rand"
	"strings"
	"unicode/utf8"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
)

// values are archives in which one value after the other is another: every
// number at every width, every id in every byte, every length and every character.
func values(seed int64) []cases.Case {
	of := func(name string, variants func(v *valued)) func() []cases.Variant {
		return func() []cases.Variant {
			v := &valued{seed: cases.SeedFor(seed, name)}
			v.r = rand.New(rand.NewSource(v.seed))
			variants(v)
			return v.all
		}
	}
	return []cases.Case{
		craftedCase("numbers", "", "CON-5 CON-6 ARC-15 ARC-18 ARC-20 ARC-26", "Every number of an archive is read whole, and every sum of two.", of("numbers", (*valued).numbers)),
		craftedCase("ids", "", "ARC-20 ARC-21 ARC-22", "Every byte of the ids and of what must be zero counts.", of("ids", (*valued).ids)),
		craftedCase("lengths", "", "CON-1 ARC-5 ARC-19", "Paths and producers of every length that there can be are read whole.", of("lengths", (*valued).lengths)),
		craftedCase("characters", "", "ARC-5 ARC-7 ARC-19", "Paths and producers have the characters that they may have, and no other, wherever they stand.", of("characters", (*valued).characters)),
		craftedCase("sets", "large", "ARC-12 ARC-14 ARC-20 ARC-21 ARC-24 ARC-40 ARC-43 ARC-78 CON-1 CON-5 CON-11", "An archive of a set is listed or refused for what its index and its segment say, and for nothing else.", of("sets", (*valued).sets)),
		craftedCase("whole-sets", "", "ARC-24 ARC-43 ARC-49", "Entries of a set that lie in the container are there, and no others, whatever the id of the other container is.", of("whole-sets", (*valued).wholeSets)),
		craftedCase("many", "", "ARC-12 ARC-13 ARC-14 ARC-30", "Of thousands of entries each is looked at.", of("many", (*valued).many)),
	}
}

// valued collects archives with a value that is another.
type valued struct {
	seed int64
	r    *rand.Rand
	all  []cases.Variant
}

func (v *valued) add(op string, c *crafted, format string, args ...any) {
	v.all = append(v.all, craftedVariant(op, c, fmt.Sprintf(format, args...)))
}

// numbers gives each number of an archive other values.
func (v *valued) numbers() {
	base := smallCrafted(v.seed).with()
	for _, field := range []struct {
		name, op string
		of       func(c *crafted) *uint64
	}{
		{"a frame's time", "archive.restore", func(c *crafted) *uint64 { return &c.frames[2].modified }},
		{"a frame's size", "archive.extract", func(c *crafted) *uint64 { return &c.frames[2].size }},
		{"the size of an abandoned frame", "archive.restore", func(c *crafted) *uint64 { return &c.frames[1].size }},
		{"the length of the padding", "archive.restore", func(c *crafted) *uint64 { return &c.stated }},
		{"a record's offset", "archive.list", func(c *crafted) *uint64 { return &c.live[2].offset }},
		{"a record's time", "archive.list", func(c *crafted) *uint64 { return &c.live[2].modified }},
		{"a record's size", "archive.list", func(c *crafted) *uint64 { return &c.live[2].length }},
		{"the last record's size", "archive.restore", func(c *crafted) *uint64 { return &c.live[4].length }},
		{"the generation", "archive.list", func(c *crafted) *uint64 { return &c.generation }},
		{"the epoch", "archive.list", func(c *crafted) *uint64 { return &c.epoch }},
		{"the time of the archive", "archive.list", func(c *crafted) *uint64 { return &c.created }},
		{"the offset of the segment", "archive.list", func(c *crafted) *uint64 { return &c.own().offset }},
		{"the length of the segment", "archive.list", func(c *crafted) *uint64 { return &c.own().length }},
		{"the trailer", "archive.list", func(c *crafted) *uint64 { return &c.trailer }},
	} {
		for _, n := range inputs.Widths(*field.of(base)) {
			c := base.clone().with()
			for _, r := range c.live {
				if r.frame == 2 {
					c.path = r.path
				}
			}
			*field.of(c) = n
			v.add(field.op, c, "has %d as %s", n, field.name)
		}
	}
	// Offset and size, of which only the sum goes too far.
	for _, end := range []uint64{base.segmentAt() - 9, 1 << 31, 1 << 32, 1 << 52, 1 << 63, 0} {
		for _, more := range []uint64{0, 1, 1<<64 - 1} {
			c := base.clone().with()
			last := c.lastRecord()
			last.length = end + more - 21 - last.offset
			v.add("archive.list", c, "has a record that ends at %d", end+more)
			c = base.clone().with()
			c.own().length = end + more - c.own().offset
			v.add("archive.list", c, "has a segment that ends at %d", end+more)
		}
	}
}

// lastRecord returns the record whose frame comes last.
func (c *crafted) lastRecord() *craftedRecord {
	last := &c.live[0]
	for i := range c.live {
		if c.live[i].frame > last.frame {
			last = &c.live[i]
		}
	}
	return last
}

// ids changes every byte of the ids, and of what must be zero.
func (v *valued) ids() {
	base := smallCrafted(v.seed)
	for _, field := range []struct {
		name string
		of   func(c *crafted, n int) *[]byte
	}{
		{"a record's container", func(c *crafted, n int) *[]byte { return &c.live[n%len(c.live)].container }},
		{"the reference's container", func(c *crafted, _ int) *[]byte { return &c.own().container }},
		{"set_id", func(c *crafted, _ int) *[]byte { return &c.setID }},
		{"previous", func(c *crafted, _ int) *[]byte { return &c.previous }},
	} {
		for i := range len(*field.of(base, 0)) {
			for _, mask := range []byte{1, 0x80, 0xff} {
				c := base.clone().with()
				id := field.of(c, i)
				*id = append([]byte{}, *id...)
				(*id)[i] ^= mask
				v.add("archive.list", c, "has another byte %d of %s", i, field.name)
			}
		}
	}
	for i := range 16 {
		c := newCrafted(v.seed, "a").inSet()
		clear(c.setID)
		c.setID[i] = 1
		c.with()
		c.more = 1<<18 - len(c.unpatched())
		c.layOut()
		if i%5 == 0 {
			v.add("archive.list", c, "belongs to a set whose id is zero but for byte %d", i)
		}
	}
}

// lengths gives paths and producers every length that is near one of a width.
func (v *valued) lengths() {
	var all []string
	for i, n := range []int{1, 2, 126, 127, 128, 129, 254, 255, 256, 257, 511, 512, 513, 1022, 1023, 1024} {
		path := string(rune('a'+i)) + strings.Repeat("x", n-1)
		all = append(all, path)
		c := newCrafted(v.seed+int64(i), path, "z").with()
		c.path = path
		v.add("archive.extract", c, "has a path of %d bytes", n)
	}
	v.add("archive.list", newCrafted(v.seed, all...).with(), "has paths of many lengths")
	v.add("archive.restore", newCrafted(v.seed, all...).with(), "has paths of many lengths")
	for _, n := range []int{0, 1025, 1026, 1279, 1280, 2047, 2048, 4096, 65535} {
		v.add("archive.list", newCrafted(v.seed, "b", strings.Repeat("x", n)).with(), "has a path of %d bytes", n)
		left := newCrafted(v.seed, "b")
		left.abandon(n%2, craftedFrame{path: strings.Repeat("x", n)})
		v.add("archive.restore", left.with(), "has an abandoned frame with a path of %d bytes", n)
	}
	for n := range 256 {
		if n < 4 || n%32 < 2 || n%32 > 29 {
			c := newCrafted(v.seed, "b")
			c.producer = strings.Repeat("p", n)
			v.add("archive.list", c.with(), "has a producer of %d bytes", n)
		}
	}
	for kind := range 256 {
		if kind < 12 || kind%16 == 15 || kind%16 == 0 {
			c := newCrafted(v.seed, "a", "b")
			c.live[0].kind, c.frames[c.live[1].frame].kind = byte(kind), byte(kind)
			v.add(drawn.OneOf(v.r, inputs.ArchiveOps...), c.with(), "has the kind %d", kind)
		}
	}
}

// tolerated are characters that a path and a producer may have, however little
// sense they make there.
const tolerated = " !\"#$%&'()*+,-.;<=>?@[]^_`{|}~\u00a0\u00ad\u0301\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2028\u2029\u202a\u202e\u2060\u2066\u2069" +
	"\ufe13\ufe55\uff1a\u2236\u02d0\ua789\u0589\u2215\u2044\uff0f\u29f8\uff3c\ufe68\u2216\u29f5\u2024\u2025\u2026\uff0e\ufe52\u3002\uff61\u2400\u2421\u0378\ufff0\ufffa\ufffb" +
	"\u212b\u2126\u3000\u3164\ud7ff\ue000\uf8ff\ufb01\ufdd0\ufdef\ufe0f\ufeff\ufff9\ufffc\ufffd\ufffe\uffff\U0001f600\U0001f3fb\U0001fffe\U000e0001\U000e007f\U000e0100\U000f0000\U0010fffd\U0010ffff"

// characters gives paths and producers one character of many, at several places.
func (v *valued) characters() {
	of := func(path string) *crafted { return newCrafted(v.seed, path, "zz").with() }
	named := func(producer string) *crafted {
		c := newCrafted(v.seed, "a")
		c.producer = producer
		return c.with()
	}
	var allowed []string
	for i, r := range tolerated {
		allowed = append(allowed, fmt.Sprintf("%04d%c", i, r), fmt.Sprintf("%c%04d", r, i), fmt.Sprintf("%04da/%c/b", i, r), fmt.Sprintf("%04db/%cc%c", i, r, r))
		v.add("archive.list", named(string(r)+"p"+string(r)), "has a producer with %U", r)
	}
	for _, path := range []string{"...", ".a", "a.", "..a", "a..", "a/...", ". .", " ", "a/ ", " /a", "CON", "nul.txt", "COM1", "~", "*", "?", "-", "%2e%2e", "%2f", "e\u0301", "\u0301", "\u1100\u1161", "a/\u0301b", "\u0344"} {
		v.add("archive.list", of(path), "has the path %q", path)
	}
	for i := range 3 { // a few paths at a time, so that a list is not too long
		v.add(inputs.ArchiveOps[i], newCrafted(v.seed, allowed[i*len(allowed)/3:(i+1)*len(allowed)/3]...).with(), "has paths with characters that are allowed")
	}
	refused := []string{`\`, ":", "\x7f"}
	for b := range 0x20 {
		refused = append(refused, string(rune(b)), string(rune(0x80+b)))
	}
	refused = append(refused, "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff")
	for i, s := range refused {
		for n := range 3 {
			v.add("archive.list", of(placed("path/of", s, n)), "has the path %q", placed("path/of", s, n))
			v.add("archive.list", named(placed("producer", s, n)), "has the producer %q", placed("producer", s, n))
		}
		if i%8 == 0 && utf8.ValidString(s) {
			v.add("archive.extract", of("a"+s+"/"+s), "has the path %q", "a"+s+"/"+s)
		}
	}
	deep := strings.Repeat("a/", 500)
	for _, s := range []string{"..", ".", "", "\x00", "\\", "\xff", "x:y"} { // far from the beginning
		for _, path := range []string{deep + s, deep + s + "/b", strings.Repeat("x", 1000) + "/" + s + "/b"} {
			v.add("archive.list", of(path), "has a path of %d bytes that ends with %q", len(path), path[len(path)-6:])
		}
	}
	v.add("archive.list", of(deep+"aaaaaaa/aaaaaaa/aaaaaa/a"), "has a path of 504 parts")
	for _, part := range []string{"", ".", ".."} {
		for _, path := range []string{part + "/b/c", "b/" + part + "/c", "b/c/" + part, part + "/b", "b/" + part, part} {
			v.add("archive.list", of(path), "has the path %q", path)
		}
	}
}
