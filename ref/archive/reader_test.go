package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
)

// two entries with a gap of nothing between them are what most cases change.
func twoItems() (item, item) { return newItem("a", 50), newItem("b", 60) }

func twoEntries(t *testing.T) raw {
	a, b := twoItems()
	return raw{frames: frames(a, b), segment: segmentFrame(t, Segment{Live: records(a, b)}), index: standAlone}
}

// Every fault that opening finds has its name, one fault to a case, and the
// neighbour on the right side of a bound is accepted.
func TestNewReader(t *testing.T) {
	a, b := twoItems()
	recs := records(a, b)
	segment := func(change func(s *Segment)) func(x *raw) {
		return func(x *raw) {
			s := Segment{Live: slices.Clone(recs)}
			change(&s)
			x.segment = segmentFrame(t, s)
		}
	}
	index := func(change func(i *Index)) func(x *raw) {
		return func(x *raw) { change(&x.index) }
	}
	edit := func(change func(frame []byte) []byte) func(x *raw) {
		return func(x *raw) { x.edit = change }
	}
	inSet := func(i *Index) { i.SetID, i.Generation, i.Epoch = setID, 1, 1 }
	end := int64(len(frames(a, b))) // of the entry region, while the padding is empty
	aEnd := recs[1].Offset          // of a's frame, and the offset of b's
	for _, c := range []struct {
		name   string
		change func(x *raw)
		want   fault.Name
	}{
		{"nothing", func(*raw) {}, ""},
		{"in a set", index(inSet), ""},
		{"trailer one too low", func(x *raw) { x.trailer = func(o int64) uint64 { return uint64(o - 1) } }, fault.MalformedArchive},
		{"trailer one too high", func(x *raw) { x.trailer = func(o int64) uint64 { return uint64(o + 1) } }, fault.MalformedArchive},
		{"trailer of 0", func(x *raw) { x.trailer = func(int64) uint64 { return 0 } }, fault.MalformedArchive},
		{"trailer of 2^64 - 1", func(x *raw) { x.trailer = func(int64) uint64 { return 1<<64 - 1 } }, fault.MalformedArchive},
		{"trailer of 2^63", func(x *raw) { x.trailer = func(int64) uint64 { return 1 << 63 } }, fault.MalformedArchive},
		{"trailer points to itself", func(x *raw) { x.trailer = func(o int64) uint64 { return uint64(o + 109 + 4) } }, fault.MalformedArchive},
		{"trailer points to the segment", func(x *raw) {
			x.trailer = func(o int64) uint64 { return uint64(o) - uint64(len(segmentFrame(t, Segment{Live: recs}))) }
		}, fault.MalformedArchive},
		{"index of another type", edit(func(f []byte) []byte { f[0] = 3; return f }), fault.MalformedArchive},
		{"a byte behind the index", edit(func(f []byte) []byte { return append(f, 0) }), fault.MalformedArchive},
		{"an index cut", edit(func(f []byte) []byte { return f[:len(f)-1] }), fault.MalformedArchive},
		{"no reference", edit(func(f []byte) []byte { f[len(f)-41] = 0; return f[:len(f)-40] }), fault.MalformedArchive},
		{"half a reference more", edit(func(f []byte) []byte { f[len(f)-41] = 60; return append(f, make([]byte, 20)...) }), fault.MalformedArchive},
		{"complete is 2", edit(func(f []byte) []byte { f[41] = 2; return f }), fault.MalformedArchive},
		{"a producer not in UTF-8", edit(func(f []byte) []byte { f[67] = 0xff; return f }), fault.MalformedArchive},
		{"a producer with U+007F", index(func(i *Index) { i.Producer = "a\x7f" }), fault.MalformedArchive},
		{"a producer with U+009F", index(func(i *Index) { i.Producer = "a\u009f" }), fault.MalformedArchive},
		{"a producer with U+00A0", index(func(i *Index) { i.Producer = "a\u00a0" }), ""},
		{"a producer of 255 bytes", index(func(i *Index) { i.Producer = strings.Repeat("a", 255) }), ""},
		{"no producer", index(func(i *Index) { i.Producer = "" }), ""},
		{"created_ms of 2^52 - 1", index(func(i *Index) { i.CreatedMS = 1<<52 - 1 }), ""},
		{"created_ms of 2^52", index(func(i *Index) { i.CreatedMS = 1 << 52 }), fault.MalformedArchive},
		{"generation of 2^52", index(func(i *Index) { inSet(i); i.Generation = 1 << 52 }), fault.MalformedArchive},
		{"epoch of 2^52", index(func(i *Index) { inSet(i); i.Epoch = 1 << 52 }), fault.MalformedArchive},
		{"a set without a generation", index(func(i *Index) { inSet(i); i.Generation = 0 }), fault.MalformedArchive},
		{"a set without an epoch", index(func(i *Index) { inSet(i); i.Epoch = 0 }), fault.MalformedArchive},
		{"a generation and an epoch without a set", index(func(i *Index) { i.Generation, i.Epoch = 1, 1 }), fault.MalformedArchive},
		{"an epoch without a set", index(func(i *Index) { i.Epoch = 1 }), fault.MalformedArchive},
		{"a set's archive that is not complete", index(func(i *Index) { inSet(i); i.Complete = false }), ""},
		{"a stand-alone archive that is not complete", index(func(i *Index) { i.Complete = false }), fault.MalformedArchive},
		{"a set's archive with a previous", index(func(i *Index) { inSet(i); i.Previous = otherID }), ""},
		{"a stand-alone archive with a previous", index(func(i *Index) { i.Previous = otherID }), fault.MalformedArchive},
		{"a stand-alone archive with two segments", index(func(i *Index) { i.Segments = []SegmentRef{{otherID, 9, 9}} }), fault.MalformedArchive},
		{"a set's archive with two segments", index(func(i *Index) { inSet(i); i.Segments = []SegmentRef{{otherID, 9, 9}} }), fault.MissingContainer},
		{"16 segments", index(func(i *Index) { inSet(i); i.Segments = slices.Repeat([]SegmentRef{{otherID, 9, 9}}, 15) }), fault.MissingContainer},
		{"17 segments", index(func(i *Index) { inSet(i); i.Segments = slices.Repeat([]SegmentRef{{otherID, 9, 9}}, 16) }), fault.MalformedArchive},
		{"its own id twice", index(func(i *Index) {
			inSet(i)
			i.Segments = []SegmentRef{{testID, 9, 9}, {otherID, 9, 9}}
		}), fault.MalformedArchive},
		{"another's segment last", edit(func(f []byte) []byte { f[len(f)-40]++; return f }), fault.MalformedArchive},
		{"its segment one byte early", edit(func(f []byte) []byte { f[len(f)-9]--; return f }), fault.MalformedArchive},
		{"its segment one byte short", edit(func(f []byte) []byte { f[len(f)-1]--; return f }), fault.MalformedArchive},
		{"its segment one byte early and longer", edit(func(f []byte) []byte { f[len(f)-9]--; f[len(f)-1]++; return f }), fault.MalformedArchive},
		{"an offset of 2^52", edit(func(f []byte) []byte { f[len(f)-15] |= 0x10; return f }), fault.MalformedArchive},
		{"a segment of another type", func(x *raw) { x.segment[0] = 2 }, fault.MalformedArchive},
		{"a segment that ends early", func(x *raw) { x.segment = append(x.segment, 0) }, fault.MalformedArchive},
		{"live that is longer than the segment", func(x *raw) { binary.BigEndian.PutUint32(x.segment[1:], 1<<26) }, fault.MalformedArchive},
		{"live of 2^32 - 1 bytes", func(x *raw) { binary.BigEndian.PutUint32(x.segment[1:], 1<<32-1) }, fault.MalformedArchive},
		{"live that is one byte shorter", func(x *raw) { x.segment[4]-- }, fault.MalformedArchive},
		{"removed that is longer than the segment", func(x *raw) { x.segment[len(x.segment)-1] = 1 }, fault.MalformedArchive},
		{"half a record", func(x *raw) {
			x.segment = slices.Concat([]byte{3, 0, 0, 0, 20}, make([]byte, 20), []byte{0, 0, 0, 0})
		}, fault.MalformedArchive},
		{"a path of 0 bytes", segment(func(s *Segment) { s.Live[0].Entry.Path = "" }), fault.MalformedArchive},
		{"a path of 1024 bytes", segment(func(s *Segment) { s.Live[0].Entry.Path = strings.Repeat("a", 1024) }), ""},
		{"a path of 1025 bytes", segment(func(s *Segment) { s.Live[0].Entry.Path = strings.Repeat("a", 1025) }), fault.MalformedArchive},
		{"an unsafe path", segment(func(s *Segment) { s.Live[0].Entry.Path = "../a" }), fault.UnsafePath},
		{"an unsafe path out of order", segment(func(s *Segment) { s.Live[1].Entry.Path = "" + "." }), fault.UnsafePath},
		{"a path out of order, then an unsafe one", segment(func(s *Segment) {
			s.Live[1].Entry.Path = "Z"
			s.Live = append(s.Live, Record{testID, 0, Entry{Path: ".."}})
		}), fault.MalformedArchive},
		{"a path in another normalization form", segment(func(s *Segment) { s.Live[1].Entry.Path = "e\u0301" }), ""},
		{"records out of order", segment(func(s *Segment) { slices.Reverse(s.Live) }), fault.MalformedArchive},
		{"a path twice", segment(func(s *Segment) { s.Live[1].Entry.Path = "a" }), fault.MalformedArchive},
		{"a path that is a folder", segment(func(s *Segment) { s.Live[1].Entry.Path = "a/b" }), fault.MalformedArchive},
		{"a time of 2^52", segment(func(s *Segment) { s.Live[1].Entry.ModifiedMS = 1 << 52 }), fault.MalformedArchive},
		{"a size of 2^52", segment(func(s *Segment) { s.Live[1].Entry.Size = 1 << 52 }), fault.MalformedArchive},
		{"an offset of a record of 2^52", segment(func(s *Segment) { s.Live[1].Offset = 1 << 52 }), fault.MalformedArchive},
		{"a size and an offset of 2^52 - 1", segment(func(s *Segment) { s.Live[1].Offset, s.Live[1].Entry.Size = 1<<52-1, 1<<52-1 }), fault.MalformedArchive},
		{"two records of one frame", segment(func(s *Segment) { s.Live[1].Offset = 0 }), fault.MalformedArchive},
		{"frames that touch", segment(func(s *Segment) { s.Live[0].Entry.Size = aEnd - 21 }), ""},
		{"frames that overlap by one byte", segment(func(s *Segment) { s.Live[0].Entry.Size = aEnd - 20 }), fault.MalformedArchive},
		{"frames of another container that overlap", func(x *raw) {
			inSet(&x.index)
			s := Segment{Live: []Record{{otherID, 100, Entry{Path: "a", Size: 79}}, {otherID, 199, Entry{Path: "b"}}}}
			x.segment = segmentFrame(t, s)
		}, fault.MalformedArchive},
		{"frames of another container that touch", func(x *raw) {
			inSet(&x.index)
			s := Segment{Live: []Record{{otherID, 100, Entry{Path: "a", Size: 78}}, {otherID, 199, Entry{Path: "b"}}}}
			x.segment = segmentFrame(t, s)
		}, ""},
		{"frames at one place of two containers", func(x *raw) {
			inSet(&x.index)
			s := Segment{Live: []Record{{otherID, 0, Entry{Path: "a", Size: 78}}, {testID, 0, Entry{Path: "b"}}}}
			x.segment = segmentFrame(t, s)
		}, ""},
		{"a stand-alone archive with an entry elsewhere", segment(func(s *Segment) { s.Live[1].Container = otherID }), fault.MalformedArchive},
		{"a stand-alone archive with a removed path", segment(func(s *Segment) { s.Removed = []string{"x"} }), fault.MalformedArchive},
		{"a removed path", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{"x"} })(x) }, ""},
		{"a removed path that is live", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{"0", "b"} })(x) }, fault.MalformedArchive},
		{"removed paths out of order", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{"y", "x"} })(x) }, fault.MalformedArchive},
		{"a removed path twice", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{"x", "x"} })(x) }, fault.MalformedArchive},
		{"an unsafe removed path", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{"/"} })(x) }, fault.UnsafePath},
		{"an empty removed path", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{""} })(x) }, fault.MalformedArchive},
		{"a removed path that is a folder", func(x *raw) { inSet(&x.index); segment(func(s *Segment) { s.Removed = []string{"a/b"} })(x) }, ""},
		{"a frame that ends with the entry region", func(x *raw) {
			x.padding = func(n int64) []byte { return paddingFrame(n)[:9] } // see the next case
			x.frames = append(x.frames, make([]byte, 13)...)
			segment(func(s *Segment) { s.Live[1].Entry.Size = end + 13 - aEnd - 21 })(x)
		}, ""},
		{"a frame that ends in the padding", func(x *raw) {
			x.padding = func(n int64) []byte { return paddingFrame(n)[:9] }
			x.frames = append(x.frames, make([]byte, 13)...)
			segment(func(s *Segment) { s.Live[1].Entry.Size = end + 13 - aEnd - 20 })(x)
		}, fault.MalformedArchive},
	} {
		x := twoEntries(t)
		c.change(&x)
		data := x.bytes(t)
		if c.name == "a frame that ends with the entry region" || c.name == "a frame that ends in the padding" {
			// What lies before the padding frame grows instead of the padding.
			missing := Padded(int64(len(data))) - int64(len(data))
			x.frames = append(x.frames, make([]byte, missing)...)
			s, err := parseSegment(x.segment)
			if err != nil {
				t.Fatal(err)
			}
			s.Live[1].Entry.Size += missing
			x.segment = segmentFrame(t, *s)
			data = x.bytes(t)
		}
		r, err := NewReader(plain(data), testID)
		if c.want == "" && err != nil || c.want != "" && fault.NameOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil && r != nil {
			t.Errorf("%s: names are released beside an error", c.name) // [ARC-25]
		}
	}
}

// A plaintext is refused unless its length is a padded one, and large enough.
func TestLengths(t *testing.T) {
	data := write(t, newItem("a", 1000))
	for n := range len(data) {
		if _, err := NewReader(plain(data[len(data)-n:]), testID); fault.NameOf(err) != fault.MalformedArchive {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	for n := 1; n < 2000; n++ {
		// More padding than is right: the length decides.
		x := raw{frames: frames(newItem("a", 1000)), index: standAlone}
		x.segment = segmentFrame(t, Segment{Live: records(newItem("a", 1000))})
		x.padding = func(m int64) []byte { return paddingFrame(m + int64(n)) }
		got := x.bytes(t)
		_, err := NewReader(plain(got), testID)
		if padded := slowPadded(uint64(len(got))) == uint64(len(got)); padded != (err == nil) {
			t.Fatalf("%d bytes: %v", len(got), err)
		}
	}
	small := raw{index: Index{SetID: setID, Generation: 1, Epoch: 1}}
	small.padding = func(n int64) []byte { return paddingFrame(max(0, n-131072)) }
	if _, err := NewReader(plain(small.bytes(t)), testID); fault.NameOf(err) != fault.MalformedArchive {
		t.Errorf("131072 bytes in a set: %v", err)
	}
}

// A segment that leaves no room for a padding frame is refused, and one that does
// is not, although there is none.
func TestNoPadding(t *testing.T) {
	for at, want := range map[int64]fault.Name{8: fault.MalformedArchive, 9: ""} {
		x := raw{index: standAlone, padding: func(n int64) []byte { return make([]byte, at) }}
		x.index.Producer = strings.Repeat("p", int(144-at-9-109-8))
		if _, err := NewReader(plain(x.bytes(t)), testID); fault.NameOf(err) != want {
			t.Errorf("a segment at offset %d: %v, want %q", at, err, want)
		}
	}
}

// Each part of a segment may have 64 MiB, and not one byte more.
func TestSegmentParts(t *testing.T) {
	var paths []string
	for i := range MaxSegmentPart/1026 + 1 {
		paths = append(paths, fmt.Sprintf("%06d", i)+strings.Repeat("a", 1018))
	}
	last := len(paths) - 1
	left := MaxSegmentPart - last*1026 - 2
	for extra, want := range []fault.Name{"", fault.MalformedArchive} {
		paths[last] = paths[last][:left+extra]
		frame := segmentFrame(t, Segment{Removed: paths})
		if n := len(frame); n != 9+MaxSegmentPart+extra {
			t.Fatalf("a frame of %d bytes", n)
		}
		if _, err := parseSegment(frame); fault.NameOf(err) != want {
			t.Errorf("%d bytes: %v, want %q", MaxSegmentPart+extra, err, want)
		}
		paths[last] += "aa"
	}
}

// A container of a set gives its own entries, and names what lies elsewhere.
func TestElsewhere(t *testing.T) {
	a, b := twoItems()
	recs := records(a, b)
	recs[1].Container = otherID
	data := raw{frames: frames(a), segment: segmentFrame(t, Segment{Live: recs}), index: Index{SetID: setID, Generation: 1, Epoch: 1}}.bytes(t)
	r := open(t, data)
	if len(r.Entries()) != 2 || len(r.Placed()) != 1 {
		t.Errorf("%v", r.Entries())
	}
	var content bytes.Buffer
	if err := r.WriteContent(&content, recs[0]); err != nil || !bytes.Equal(content.Bytes(), a.content) {
		t.Error(err)
	}
	if err := r.WriteContent(&content, recs[1]); fault.NameOf(err) != fault.MissingContainer || !strings.Contains(err.Error(), `"b"`) {
		t.Error(err)
	}
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
}

// dirty pads with zeros but for one byte: the first, or with -1 the last.
func dirty(at int) func(n int64) []byte {
	return func(n int64) []byte {
		p := paddingFrame(n)
		if content := p[9:]; n > 0 {
			content[(at+len(content))%len(content)] = 128
		}
		return p
	}
}

// A frame that contradicts its record is found when it is read, and by a walk;
// what no record says about a frame is free. [ARC-26] [ARC-30]
func TestFrames(t *testing.T) {
	a, b := twoItems()
	gone := newItem("gone", 30)
	live := func(items ...item) func(x *raw) {
		return func(x *raw) {
			x.frames = frames(items...)
			recs := slices.DeleteFunc(records(items...), func(r Record) bool { return r.Entry.Path == "gone" })
			x.segment = segmentFrame(t, Segment{Live: recs})
		}
	}
	at := func(off int, value byte) func(x *raw) {
		return func(x *raw) { x.frames[off] = value }
	}
	aEnd := len(frames(a))
	for _, c := range []struct {
		name   string
		change func(x *raw)
		read   bool // the contents of a and b can be read
		walk   bool
	}{
		{"nothing", func(*raw) {}, true, true},
		{"b first", live(b, a), true, true},
		{"an abandoned frame first", live(gone, a, b), true, true},
		{"an abandoned frame between", live(a, gone, b), true, true},
		{"an abandoned frame last", live(a, b, gone), true, true},
		{"another path in the frame", at(3, 'x'), true, true},
		{"an unsafe path in the frame", at(3, '/'), true, true},
		{"a path in the frame that is not UTF-8", at(3, 0xff), true, true},
		{"another kind and time in the frame", at(4, 99), true, true},
		{"a path of no bytes in the frame", at(2, 0), false, false},
		{"a path of 1025 bytes in the frame", func(x *raw) { x.frames[1], x.frames[2] = 4, 1 }, false, false},
		{"a path that takes a byte of the content", at(2, 2), false, false},
		{"a time of 2^52 in the frame", at(5+1, 0x10), false, false},
		{"another size in the frame", at(20, 51), false, false},
		{"a smaller size in the frame", at(20, 49), false, false},
		{"a size beyond 2^52 in the frame", at(13, 1), false, false},
		{"a frame of another type", at(0, framePadding), false, false},
		{"a frame of an unknown type", at(0, 9), false, false},
		{"a segment among the entries", at(0, frameSegment), false, false},
		{"an unnamed byte between", func(x *raw) {
			x.frames = slices.Insert(x.frames, aEnd, 0)
			recs := records(a, b)
			recs[1].Offset++
			x.segment = segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"an unnamed byte first", func(x *raw) {
			x.frames = slices.Insert(x.frames, 0, 0)
			recs := records(a, b)
			recs[0].Offset++
			recs[1].Offset++
			x.segment = segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"a padding between", func(x *raw) {
			x.frames = slices.Insert(x.frames, aEnd, paddingFrame(3)...)
			recs := records(a, b)
			recs[1].Offset += 12
			x.segment = segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"two paddings at the end", func(x *raw) {
			x.padding = func(n int64) []byte { return append(paddingFrame(n), paddingFrame(0)...) }
		}, true, false},
		{"a record of a place in the padding", func(x *raw) {
			x.padding = func(n int64) []byte { return paddingFrame(n + 100) }
			s := Segment{Live: append(records(a, b), Record{testID, int64(len(frames(a, b))) + 9, Entry{Path: "c", Size: 5}})}
			x.segment = segmentFrame(t, s)
		}, true, false},
		{"no padding", func(x *raw) {
			x.padding = func(n int64) []byte { return make([]byte, n+9) }
		}, true, false},
		{"a padding that is too long", func(x *raw) {
			x.padding = func(n int64) []byte { p := paddingFrame(n); p[8]++; return p }
		}, true, false},
		{"a padding that is too short", func(x *raw) {
			x.padding = func(n int64) []byte { p := paddingFrame(n + 1); p[8]--; return p }
		}, true, false},
		{"a padding of 2^64 - 1", func(x *raw) {
			x.padding = func(n int64) []byte { p := paddingFrame(n); copy(p[1:], bytes.Repeat([]byte{255}, 8)); return p }
		}, true, false},
		{"a padding that is not zero at its end", func(x *raw) {
			x.padding = dirty(-1)
		}, true, false},
		{"a padding that is not zero at its beginning", func(x *raw) {
			x.padding = dirty(0)
		}, true, false},
		{"a record of a frame within a frame", func(x *raw) {
			outer := newItem("outer", 0)
			outer.content = append(frames(a), 1, 2, 3)
			outer.Size = int64(len(outer.content))
			recs := records(outer, b)
			recs[1] = Record{testID, int64(len(frames(outer)) - len(outer.content)), a.Entry}
			recs[0] = Record{testID, int64(len(frames(outer))), b.Entry}
			recs[0], recs[1] = recs[1], recs[0]
			x.frames, x.segment = frames(outer, b), segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"a frame that reaches into the next record's", func(x *raw) {
			long := newItem("aa", 50) // two bytes of path, the record says one
			frame := entryFrame(long)
			x.frames = append(frame[:aEnd:aEnd], frames(b)...)
		}, false, false},
		{"a frame that reaches beyond the entry region", func(x *raw) {
			long := newItem(strings.Repeat("b", 300), 60)
			x.frames = append(frames(a), frames(long)[:len(frames(b))]...)
		}, false, false},
	} {
		x := twoEntries(t)
		c.change(&x)
		r := open(t, x.bytes(t))
		read := true
		for _, it := range []item{a, b} {
			rec, err := r.Find(it.Path)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			var content bytes.Buffer
			if err = r.WriteContent(&content, rec); err != nil && fault.NameOf(err) != fault.MalformedArchive {
				t.Errorf("%s: %v", c.name, err)
			}
			if err == nil && c.read && !bytes.Equal(content.Bytes(), it.content) {
				t.Errorf("%s: another content", c.name)
			}
			if err != nil && content.Len() > 0 {
				t.Errorf("%s: %d bytes of a frame that is refused", c.name, content.Len())
			}
			read = read && err == nil
		}
		if read != c.read {
			t.Errorf("%s: read %v", c.name, read)
		}
		for _, check := range []func() error{r.Walk, r.Verify} {
			if err := check(); (err == nil) != c.walk || err != nil && fault.NameOf(err) != fault.MalformedArchive {
				t.Errorf("%s: walked: %v", c.name, err)
			}
		}
	}
}

// chunksOf are the chunks in which the n bytes from off lie.
func chunksOf(off, n int64) map[int64]bool {
	chunks := map[int64]bool{}
	for i := off / chunkSize; i*chunkSize < off+n; i++ {
		chunks[i] = true
	}
	return chunks
}

func among(few, all map[int64]bool) bool {
	for i := range few {
		if !all[i] {
			return false
		}
	}
	return true
}

// frameSize is the length of a frame whose path is that of its record.
func frameSize(rec Record) int64 { return rec.Entry.headerSize() + rec.Entry.Size }

// Opening needs no chunk but those of the trailer, the index and the segment, an
// entry none but those of its frame, and Verify all. [ARC-28] [ARC-29]
func TestChunksNeeded(t *testing.T) {
	properties(t, 100, map[string]gopter.Prop{
		"no chunk too many": prop.ForAll(func(seed uint64) bool {
			items := randomItems(rand.New(rand.NewPCG(seed, 0)), 12)
			p := plain(write(t, items...))
			r, err := NewReader(p, testID)
			if err != nil {
				return false
			}
			own := r.Index().Segments[0]
			if !among(p.touched, chunksOf(own.Offset, p.Size()-own.Offset)) {
				return false
			}
			for _, rec := range r.Entries() {
				clear(p.touched)
				if r.WriteContent(io.Discard, rec) != nil || !among(p.touched, chunksOf(rec.Offset, frameSize(rec))) {
					return false
				}
			}
			clear(p.touched)
			return r.Verify() == nil && among(chunksOf(0, p.Size()), p.touched)
		}, gen.UInt64()),
	})
}

// With one chunk that does not open, exactly the entries that need it fail, under
// its name, after the bytes before it; Verify never succeeds.
func TestDamagedChunk(t *testing.T) {
	properties(t, 200, map[string]gopter.Prop{
		"one chunk": prop.ForAll(func(seed uint64) bool {
			rnd := rand.New(rand.NewPCG(seed, 0))
			items := randomItems(rnd, 12)
			data := write(t, items...)
			bad := rnd.Int64N((int64(len(data))-1)/chunkSize + 1)
			own := open(t, data).Index().Segments[0]
			needed := chunksOf(own.Offset, int64(len(data))-own.Offset)[bad]
			for _, rec := range open(t, data).Entries() {
				p := plain(data)
				p.bad = map[int64]bool{bad: true}
				r, err := NewReader(p, testID)
				if needed {
					if fault.NameOf(err) != fault.PayloadTampered {
						return false
					}
					continue
				}
				if err != nil {
					return false
				}
				i := slices.IndexFunc(items, func(it item) bool { return it.Path == rec.Entry.Path })
				var content bytes.Buffer
				err = r.WriteContent(&content, rec)
				if !bytes.HasPrefix(items[i].content, content.Bytes()) {
					return false
				}
				if chunksOf(rec.Offset, frameSize(rec))[bad] {
					if fault.NameOf(err) != fault.PayloadTampered {
						return false
					}
				} else if err != nil || content.Len() != len(items[i].content) {
					return false
				}
			}
			p := plain(data)
			r, err := NewReader(p, testID)
			if err != nil {
				return false
			}
			p.bad = map[int64]bool{bad: true}
			return fault.NameOf(r.Verify()) == fault.PayloadTampered
		}, gen.UInt64()),
	})
}

// A walk needs a field only when those before it are sound: with a damaged chunk
// behind these bytes the name is that of the bytes, or of the damage. Of a padding
// that is damaged and not zero the name is that of the damage.
func TestWalkOrder(t *testing.T) {
	for tail, want := range map[string]fault.Name{
		"\x09":         fault.MalformedArchive, // a type
		"\x02":         fault.PayloadTampered,  // the length of the padding is damaged
		"\x01":         fault.PayloadTampered,  // the path's length is
		"\x01\x00\x00": fault.MalformedArchive, // a path of no bytes
		"\x01\x00\x01": fault.PayloadTampered,
		"\x01\x04\x00": fault.PayloadTampered,
		"\x01\x04\x01": fault.MalformedArchive, // a path of 1025 bytes
		"\x01\x00\x01x\x00\x00\x10\x00\x00\x00\x00\x00\x00": fault.MalformedArchive, // a time of 2^52
		"\x01\x00\x01x\x00\x00\x0f\xff\xff\xff\xff\xff\xff": fault.PayloadTampered,
	} {
		a := newItem("a", chunkSize-21-len(tail))
		x := raw{frames: append(frames(a), tail+string(make([]byte, 2000))...), index: standAlone, segment: segmentFrame(t, Segment{Live: records(a)})}
		p := plain(x.bytes(t))
		r, err := NewReader(p, testID)
		if err != nil {
			t.Fatal(err)
		}
		p.bad = map[int64]bool{1: true}
		if err := r.Walk(); fault.NameOf(err) != want {
			t.Errorf("%x, then damage: %v, want %s", tail, err, want)
		}
	}

	a := newItem("a", 4<<20) // which is followed by almost 128 KiB of padding
	x := raw{frames: frames(a), index: standAlone, segment: segmentFrame(t, Segment{Live: records(a)}), padding: dirty(0)}
	p := plain(x.bytes(t))
	r, err := NewReader(p, testID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Walk(); fault.NameOf(err) != fault.MalformedArchive {
		t.Errorf("a padding that is not zero: %v", err)
	}
	p.bad = map[int64]bool{4<<20/chunkSize + 4: true}
	if err := r.Walk(); fault.NameOf(err) != fault.PayloadTampered {
		t.Errorf("a padding that is not zero, then damaged: %v", err)
	}
}

// endless is a plaintext of zeros of any length with some bytes at its end.
type endless struct {
	size int64
	end  []byte
}

func (e endless) Size() int64 { return e.size }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	for i := range p {
		if at := off + int64(i) - (e.size - int64(len(e.end))); at >= 0 {
			p[i] = e.end[at]
		}
	}
	return len(p), nil
}

func (e endless) WriteRange(io.Writer, int64, int64) error { return io.ErrNoProgress }

// What an index claims costs no memory before it is checked.
func TestClaims(t *testing.T) {
	const size = 1 << 50
	for _, length := range []int64{0, 9, 1<<27 + 10, 1 << 40, size - 500} {
		index := standAlone
		index.Segments = []SegmentRef{{testID, size - 8 - 113 - length, length}}
		frame, err := index.Frame()
		if err != nil {
			t.Fatal(err)
		}
		if len(frame) != 113 {
			t.Fatal(len(frame))
		}
		end := binary.BigEndian.AppendUint64(frame, size-8-113)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = NewReader(endless{size, end}, testID)
		runtime.ReadMemStats(&after)
		if fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("a segment of %d bytes: %v", length, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<16 {
			t.Errorf("a segment of %d bytes: %d bytes were allocated", length, n)
		}
	}
	// A trailer may not make the reader take half the payload for an index.
	if _, err := NewReader(endless{size, make([]byte, 8)}, testID); fault.NameOf(err) != fault.MalformedArchive {
		t.Error(err)
	}
}
