package salvage

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
)

// A message that was cut behind a chunk ends in what somebody placed in an
// attachment: a segment, an index and a trailer that a reader of these bytes would
// take. Salvage does not.
func TestPlantedIndex(t *testing.T) {
	const cut = 2 * chunkSize // a padded length
	photo := newItem("photo", 3*chunkSize)
	start := int64(21 + len("photo") - 1)

	secret := newItem("planted", 100)
	plantedAt := int64(chunkSize)
	planted := archive.Segment{Live: []archive.Record{archive.RecordAt(testID, plantedAt, secret.Entry)}}
	segment := segmentFrame(t, planted)
	index := standAlone
	index.Segments = []archive.SegmentRef{{Container: testID, Length: int64(len(segment))}}
	frame, err := index.Frame()
	if err != nil {
		t.Fatal(err)
	}
	offset := int64(cut - 8 - len(frame))
	index.Segments[0].Offset = offset - int64(len(segment))
	if frame, err = index.Frame(); err != nil {
		t.Fatal(err)
	}
	tail := binary.BigEndian.AppendUint64(slices.Concat(segment, frame), uint64(offset))
	copy(photo.content[cut-start-int64(len(tail)):], tail)
	copy(photo.content[plantedAt-start:], entryFrame(secret))

	plaintext := write(t, photo)
	r, err := archive.NewReader(memory{bytes.NewReader(plaintext[:cut])}, testID)
	if err != nil || r.Entries()[0].Entry.Path != "planted" {
		t.Fatalf("the plant is not convincing: %v", err)
	}
	s := salvaged(t, seal(plaintext)[:56+2*16400])
	if s.Indexed || s.EndReached || fault.NameOf(s.Fault) != fault.PayloadTampered {
		t.Errorf("indexed %v, end reached %v, %v", s.Indexed, s.EndReached, s.Fault)
	}
	want := []rescued{{"photo", Damaged, false, []Range{{cut - start, int64(len(photo.content)) - (cut - start)}}}}
	if diff := cmp.Diff(want, summary(s), cmp.AllowUnexported(rescued{})); diff != "" {
		t.Error(diff)
	}
}

// walked damages the last chunk of an archive whose index begins it, so that
// salvage has to walk.
func walked(t *testing.T, x raw) *Salvage {
	t.Helper()
	x.trailer = func(int64) uint64 { return 0 }
	return plainSalvage(t, x.bytes(t))
}

// A walk reports what it meets: by frames alone everything as unconfirmed, the
// abandoned frame, both frames of one path, and unsafe paths by their offset; by
// a segment what it names, as it names it.
func TestWalked(t *testing.T) {
	a, b := twoItems()
	again, unsafe, empty := newItem("a", 70), newItem("../x", 5), newItem("empty", 0)
	all := frames(a, unsafe, again, empty, b)
	at := func(items ...item) int64 { return int64(len(frames(items...))) }

	s := walked(t, raw{frames: all, segment: []byte{9}, index: standAlone})
	want := []rescued{{"a", Whole, false, nil}, {"a", Whole, false, nil}, {"empty", Whole, false, nil}, {"b", Whole, false, nil}}
	if diff := cmp.Diff(want, summary(s), cmp.AllowUnexported(rescued{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int64{at(a)}, s.Unsafe); diff != "" || s.EndReached || s.Indexed || s.WalkEnd < int64(len(all))+9 {
		t.Errorf("%s, end reached %v, walked to %d", diff, s.EndReached, s.WalkEnd)
	}

	segment := segmentFrame(t, archive.Segment{Live: []archive.Record{
		archive.RecordAt(testID, at(a, unsafe), archive.Entry{Path: "new name", Kind: archive.Video, ModifiedMS: 77, Size: 70}),
		archive.RecordAt(testID, at(a), archive.Entry{Path: "safe now", Kind: archive.Video, ModifiedMS: 78, Size: 5}),
		archive.RecordAt(testID, at(a, unsafe, again, empty), archive.Entry{Path: "wrong size", Kind: archive.Video, ModifiedMS: 79, Size: 61}),
		archive.RecordAt(otherID, at(a, unsafe, again), archive.Entry{Path: "zz elsewhere", Kind: archive.Video, ModifiedMS: 80, Size: 0}),
	}})
	s = walked(t, raw{frames: all, segment: segment, index: standAlone})
	want = []rescued{{"safe now", Whole, true, nil}, {"new name", Whole, true, nil}, {"wrong size", Missing, true, nil}}
	if diff := cmp.Diff(want, summary(s), cmp.AllowUnexported(rescued{})); diff != "" {
		t.Error(diff)
	}
	if !s.EndReached || s.Indexed || len(s.Unsafe) != 0 || fault.NameOf(s.Fault) != fault.MalformedArchive {
		t.Errorf("end reached %v, indexed %v, unsafe %v, %v", s.EndReached, s.Indexed, s.Unsafe, s.Fault)
	}
	if got := entries(s)[1].Record.Entry; got.Kind != archive.Video || got.ModifiedMS != 77 {
		t.Errorf("the segment does not govern: %+v", got)
	}
}

// A segment that contradicts itself confirms nothing; what it says of other
// containers and of removed paths is no contradiction. [SLV-29] [SLV-30]
func TestSegmentsThatCount(t *testing.T) {
	a, b := twoItems()
	c := newItem("c", 5)
	all := records(a, b, c)
	at := func(i, place int) []archive.Record {
		recs := slices.Clone(all)
		recs[i].Places = all[place].Places
		return recs
	}
	foreign := func(n int) []archive.Record {
		recs := slices.Clone(all)
		for i := range n {
			recs = append(recs, archive.RecordAt(otherID, all[0].Places[0].Offset, archive.Entry{Path: fmt.Sprintf("d%d", i)}))
		}
		return recs
	}
	for _, x := range []struct {
		name    string
		segment archive.Segment
		counts  bool
	}{
		{"as it is", archive.Segment{Live: all}, true},
		{"the first two have one place", archive.Segment{Live: at(0, 1)}, false},
		{"the last two have one place", archive.Segment{Live: at(2, 1)}, false},
		{"the first and the last have one place", archive.Segment{Live: at(2, 0)}, false},
		{"one of another container has this place", archive.Segment{Live: foreign(1)}, true},
		{"two of another container have one place", archive.Segment{Live: foreign(2)}, false},
		{"paths were removed", archive.Segment{Live: all, Removed: []string{"0", "x"}}, true},
		{"a live path was removed", archive.Segment{Live: all, Removed: []string{"b"}}, false},
		{"an unsafe path was removed", archive.Segment{Live: all, Removed: []string{".."}}, false},
	} {
		broken := standAlone
		broken.Producer = "\x00"
		s := walked(t, raw{frames: frames(a, b, c), segment: segmentFrame(t, x.segment), index: broken})
		if s.EndReached != x.counts || len(entries(s)) != 3 || entries(s)[0].Confirmed != x.counts || entries(s)[2].Confirmed != x.counts {
			t.Errorf("%s: end reached %v, %v", x.name, s.EndReached, summary(s))
		}
	}
}

// The walk ends where the specification says, and reports where.
func TestWalkEnds(t *testing.T) {
	a, b := twoItems()
	long := newItem("long", 3*chunkSize)
	for _, c := range []struct {
		name   string
		frames []byte
		want   int64 // -1: behind the padding
		found  int
	}{
		{"no entry", nil, -1, 0},
		{"entries", frames(a, b), -1, 2},
		{"an unknown type", append(frames(a), 9), int64(len(frames(a))), 1},
		{"a type of 0", append(frames(a), 0), int64(len(frames(a))), 1},
		{"an empty path", append(frames(a), 1, 0, 0), int64(len(frames(a))), 1},
		{"a time that is too great", append(frames(a, b), []byte("\x01\x00\x01x\x00\xff\xff\xff\xff\xff\xff\xff\xff")...), int64(len(frames(a, b))), 2},
		{"an index", append(frames(a), frameIndex), int64(len(frames(a))), 1},
		{"a padding before entries", slices.Concat(frames(a), paddingFrame(5), frames(b)), int64(len(frames(a))) + 14, 1},
		{"a segment of 2^26 bytes", append(frames(a), "\x03\x00\x00\x00\x00\x04\x00\x00\x00"...), int64(len(frames(a))), 1},
	} {
		x := raw{frames: c.frames, segment: []byte{7}, index: standAlone}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s := walked(t, x)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes were allocated", c.name, n)
		}
		want := c.want
		if want < 0 {
			want = int64(len(c.frames)) + 9 + archive.Padded(int64(len(c.frames))+9+1+113+8) - (int64(len(c.frames)) + 9 + 1 + 113 + 8)
		}
		if s.WalkEnd != want || len(entries(s)) != c.found || s.EndReached {
			t.Errorf("%s: the walk ended at %d with %d entries, want %d with %d", c.name, s.WalkEnd, len(entries(s)), want, c.found)
		}
	}

	// A frame that claims more than there is: found, and damaged; the rest of it is lost.
	greedy := newItem("greedy", 100)
	greedy.Size = 1<<52 - 1
	s := walked(t, raw{frames: frames(a, greedy), segment: []byte{7}, index: standAlone})
	if len(entries(s)) != 2 || entries(s)[1].Status != Damaged || s.EndReached {
		t.Fatalf("%v", summary(s))
	}
	n := &countingWriter{}
	if err := s.WriteContent(n, entries(s)[1]); err != nil || n.n > 1000 {
		t.Errorf("%d bytes: %v", n.n, err)
	}

	// Lost content does not end a walk, lost fields do.
	more := newItem("more", 3*chunkSize)
	plaintext := write(t, a, long, b, more)
	for i, want := range [][]rescued{
		0: nil,
		1: {{"a", Whole, true, nil}, {"long", Damaged, true, nil}, {"b", Whole, true, nil}, {"more", Damaged, true, nil}},
	} {
		message := seal(plaintext)
		damage(message, int64(i))
		damage(message, int64(len(plaintext))/chunkSize) // the last is needed for the end only
		s := salvaged(t, message)
		got := summary(s)
		for i := range got {
			got[i].lost, got[i].confirmed = nil, true
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(rescued{})); diff != "" {
			t.Errorf("chunk %d: %s", i, diff)
		}
	}
}

// A kind that is not known is other, in a walk too. [ARC-3]
func TestUnknownKind(t *testing.T) {
	for k := range 256 {
		it := newItem("a", 3)
		it.Kind = archive.Kind(k)
		want := archive.Other
		if k <= 8 {
			want = archive.Kind(k)
		}
		s := walked(t, raw{frames: frames(it), segment: []byte{9}, index: standAlone})
		if got := entries(s)[0].Record.Entry.Kind; got != want {
			t.Errorf("kind %d is salvaged as %d", k, got)
		}
	}
}
