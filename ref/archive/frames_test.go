package archive

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/fault"
)

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
			recs[1].Places[0].Offset++
			x.segment = segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"an unnamed byte first", func(x *raw) {
			x.frames = slices.Insert(x.frames, 0, 0)
			recs := records(a, b)
			recs[0].Places[0].Offset++
			recs[1].Places[0].Offset++
			x.segment = segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"a padding between", func(x *raw) {
			x.frames = slices.Insert(x.frames, aEnd, paddingFrame(3)...)
			recs := records(a, b)
			recs[1].Places[0].Offset += 12
			x.segment = segmentFrame(t, Segment{Live: recs})
		}, true, false},
		{"two paddings at the end", func(x *raw) {
			x.padding = func(n int64) []byte { return append(paddingFrame(n), paddingFrame(0)...) }
		}, true, false},
		{"a record of a place in the padding", func(x *raw) {
			x.padding = func(n int64) []byte { return paddingFrame(n + 100) }
			s := Segment{Live: append(records(a, b), RecordAt(testID, int64(len(frames(a, b)))+9, Entry{Path: "c", Size: 5}))}
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
			recs[1] = RecordAt(testID, int64(len(frames(outer))-len(outer.content)), a.Entry)
			recs[0] = RecordAt(testID, int64(len(frames(outer))), b.Entry)
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
// headerSize is the length of the entry's frame without its content.
func (e Entry) headerSize() int64 { return minEntryFrame - 1 + int64(len(e.Path)) }

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
				if r.WriteContent(io.Discard, rec) != nil || !among(p.touched, chunksOf(rec.Places[0].Offset, frameSize(rec))) {
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
				if chunksOf(rec.Places[0].Offset, frameSize(rec))[bad] {
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
