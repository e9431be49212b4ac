package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
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
			s := Segment{Live: records(a, b)}
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
	end := int64(len(frames(a, b)))  // of the entry region, while the padding is empty
	aEnd := recs[1].Places[0].Offset // of a's frame, and the offset of b's
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
		{"a stand-alone archive with two segments", index(func(i *Index) { i.Segments = []SegmentRef{{otherID, 9, 12}} }), fault.MalformedArchive},
		{"a set's archive with two segments", index(func(i *Index) { inSet(i); i.Segments = []SegmentRef{{otherID, 9, 12}} }), fault.MissingContainer},
		{"16 segments", index(func(i *Index) { inSet(i); i.Segments = slices.Repeat([]SegmentRef{{otherID, 9, 12}}, 15) }), fault.MissingContainer},
		{"17 segments", index(func(i *Index) { inSet(i); i.Segments = slices.Repeat([]SegmentRef{{otherID, 9, 12}}, 16) }), fault.MalformedArchive},
		{"its own id twice", index(func(i *Index) {
			inSet(i)
			i.Segments = []SegmentRef{{testID, 9, 12}, {otherID, 9, 12}}
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
		{"removed that is longer than the segment", func(x *raw) { x.segment[len(x.segment)-4] = 4 }, fault.MalformedArchive},
		{"half a record", func(x *raw) {
			x.segment = slices.Concat([]byte{3, 0, 0, 0, 20}, make([]byte, 20), []byte{0, 0, 0, 0, 0, 0, 0})
		}, fault.MalformedArchive},
		{"a path of 0 bytes", segment(func(s *Segment) { s.Live[0].Entry.Path = "" }), fault.MalformedArchive},
		{"a path of 1024 bytes", segment(func(s *Segment) { s.Live[0].Entry.Path = strings.Repeat("a", 1024) }), ""},
		{"a path of 1025 bytes", segment(func(s *Segment) { s.Live[0].Entry.Path = strings.Repeat("a", 1025) }), fault.MalformedArchive},
		{"an unsafe path", segment(func(s *Segment) { s.Live[0].Entry.Path = "../a" }), fault.UnsafePath},
		{"an unsafe path out of order", segment(func(s *Segment) { s.Live[1].Entry.Path = "" + "." }), fault.UnsafePath},
		{"a path out of order, then an unsafe one", segment(func(s *Segment) {
			s.Live[1].Entry.Path = "Z"
			s.Live = append(s.Live, RecordAt(testID, 0, Entry{Path: ".."}))
		}), fault.MalformedArchive},
		{"a path in another normalization form", segment(func(s *Segment) { s.Live[1].Entry.Path = "e\u0301" }), ""},
		{"records out of order", segment(func(s *Segment) { slices.Reverse(s.Live) }), fault.MalformedArchive},
		{"a path twice", segment(func(s *Segment) { s.Live[1].Entry.Path = "a" }), fault.MalformedArchive},
		{"a path that is a folder", segment(func(s *Segment) { s.Live[1].Entry.Path = "a/b" }), fault.MalformedArchive},
		{"a time of 2^52", segment(func(s *Segment) { s.Live[1].Entry.ModifiedMS = 1 << 52 }), fault.MalformedArchive},
		{"a size of 2^52", segment(func(s *Segment) { s.Live[1].Entry.Size = 1 << 52 }), fault.MalformedArchive},
		{"an offset of a record of 2^52", segment(func(s *Segment) { s.Live[1].Places[0].Offset = 1 << 52 }), fault.MalformedArchive},
		{"a size and an offset of 2^52 - 1", segment(func(s *Segment) { s.Live[1].Places[0].Offset, s.Live[1].Entry.Size = 1<<52-1, 1<<52-1 }), fault.MalformedArchive},
		{"two records of one frame", segment(func(s *Segment) { s.Live[1].Places[0].Offset = 0 }), fault.MalformedArchive},
		{"frames that touch", segment(func(s *Segment) { s.Live[0].Entry.Size = aEnd - 21 }), ""},
		{"frames that overlap by one byte", segment(func(s *Segment) { s.Live[0].Entry.Size = aEnd - 20 }), fault.MalformedArchive},
		{"frames of another container that overlap", func(x *raw) {
			inSet(&x.index)
			s := Segment{Live: []Record{RecordAt(otherID, 100, Entry{Path: "a", Size: 79}), RecordAt(otherID, 199, Entry{Path: "b"})}}
			x.segment = segmentFrame(t, s)
		}, fault.MalformedArchive},
		{"frames of another container that touch", func(x *raw) {
			inSet(&x.index)
			s := Segment{Live: []Record{RecordAt(otherID, 100, Entry{Path: "a", Size: 78}), RecordAt(otherID, 199, Entry{Path: "b"})}}
			x.segment = segmentFrame(t, s)
		}, ""},
		{"frames at one place of two containers", func(x *raw) {
			inSet(&x.index)
			s := Segment{Live: []Record{RecordAt(otherID, 0, Entry{Path: "a", Size: 78}), RecordAt(testID, 0, Entry{Path: "b"})}}
			x.segment = segmentFrame(t, s)
		}, ""},
		{"a stand-alone archive with an entry elsewhere", segment(func(s *Segment) { s.Live[1].Places[0].Container = otherID }), fault.MalformedArchive},
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
		x.index.Producer = strings.Repeat("p", int(144-at-12-109-8))
		if _, err := NewReader(plain(x.bytes(t)), testID); fault.NameOf(err) != want {
			t.Errorf("a segment at offset %d: %v, want %q", at, err, want)
		}
	}
}

// Each part of a segment may have 64 MiB, and not one byte more.
func TestSegmentParts(t *testing.T) {
	thorough.NotShort(t)
	var paths []string
	for i := range MaxSegmentPart/1026 + 1 {
		paths = append(paths, fmt.Sprintf("%06d", i)+strings.Repeat("a", 1018))
	}
	last := len(paths) - 1
	left := MaxSegmentPart - last*1026 - 2
	for extra, want := range []fault.Name{"", fault.MalformedArchive} {
		paths[last] = paths[last][:left+extra]
		frame := make([]byte, 9)
		frame[0] = frameSegment
		for _, path := range paths {
			frame = append(binary.BigEndian.AppendUint16(frame, uint16(len(path))), path...)
		}
		binary.BigEndian.PutUint32(frame[5:], uint32(len(frame)-9))
		frame = append(frame, 0, 0, 0) // nothing is stored
		if n := len(frame); n != 12+MaxSegmentPart+extra {
			t.Fatalf("a frame of %d bytes", n)
		}
		written, err := (&Segment{Removed: paths}).Frame()
		if (err == nil) != (want == "") || want == "" && !bytes.Equal(written, frame) || want != "" && fault.NameOf(err) != fault.LimitExceeded {
			t.Errorf("%d bytes are written: %v", MaxSegmentPart+extra, err)
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
	recs[1].Places[0].Container = otherID
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
	for _, length := range []int64{0, 12, maxSegmentFrame + 1, 1 << 40, size - 500} {
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
