package salvage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
)

var (
	testInputKey = make([]byte, 32)
	testContext  = "test"
)

func seal(plaintext []byte) []byte {
	return cobblestone.Seal(testInputKey, testID[:], testContext, plaintext)
}

func salvaged(t testing.TB, message []byte) *Salvage {
	t.Helper()
	chunks, err := cobblestone.NewChunks(bytes.NewReader(message), int64(len(message)), message[:56], testInputKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func plainSalvage(t testing.TB, plaintext []byte) *Salvage {
	t.Helper()
	return salvaged(t, seal(plaintext))
}

// damage makes a chunk of a message fail to open.
func damage(message []byte, i int64) {
	message[56+i*16400] ^= 1
}

// rescued is what a test expects of an entry.
type rescued struct {
	path      string
	status    Status
	confirmed bool
	lost      []Range
}

func summary(s *Salvage) []rescued {
	var all []rescued
	for f := range s.Entries() {
		all = append(all, rescued{f.Record.Entry.Path, f.Status, f.Confirmed, f.Lost})
	}
	return all
}

// lostOf is what is lost of the content of a frame, byte by byte.
func lostOf(lost func(at int64) bool, content, size int64) []Range {
	var ranges []Range
	for i := range size {
		if !lost(content + i) {
			continue
		}
		if last := len(ranges) - 1; last >= 0 && ranges[last].Offset+ranges[last].Length == i {
			ranges[last].Length++
		} else {
			ranges = append(ranges, Range{i, 1})
		}
	}
	return ranges
}

// expected is chapter 10, for archives that a Writer wrote, in terms of single
// bytes: lost says which bytes of the plaintext no chunk gives, and ended whether
// its end is authentic.
func expected(plaintext []byte, r *archive.Reader, lost func(at int64) bool, ended bool) (entries []rescued, indexed, reached bool) {
	any := func(from, to int64) bool {
		for at := from; at < to; at++ {
			if lost(at) {
				return true
			}
		}
		return false
	}
	own := r.Index().Segments[0]
	indexed = ended && !any(own.Offset, int64(len(plaintext)))
	records := r.Placed()
	if indexed {
		records = r.Entries()
	}
	reached = indexed
	if !indexed {
		reached = true
		off := int64(0)
		for i, rec := range records {
			if any(off, off+fieldsOf(rec.Entry)) {
				records, reached = records[:i], false
				break
			}
			off += frameSize(rec)
		}
		if reached {
			reached = !any(off, off+9) && !any(own.Offset, own.Offset+own.Length)
		}
	}
	for _, rec := range records {
		e := rescued{path: rec.Entry.Path, status: Whole, confirmed: reached}
		content := rec.Offset + fieldsOf(rec.Entry)
		if any(rec.Offset, content) {
			e.status = Missing
		} else if e.lost = lostOf(lost, content, rec.Entry.Size); len(e.lost) > 0 {
			e.status = Damaged
			if e.lost[0].Length == rec.Entry.Size {
				e.status = Missing
			}
		}
		entries = append(entries, e)
	}
	return entries, indexed, reached
}

// released checks that what is written of each entry is its content, zeros where
// it is lost, up to the last byte that is not.
func released(s *Salvage, items []item) string {
	for f := range s.Entries() {
		i := slices.IndexFunc(items, func(it item) bool { return it.Path == f.Record.Entry.Path })
		if i < 0 {
			return "there is no entry " + f.Record.Entry.Path
		}
		var got bytes.Buffer
		err := s.WriteContent(&got, f)
		if f.Status == Missing {
			if err == nil || got.Len() > 0 {
				return f.Record.Entry.Path + ": missing, and yet written"
			}
			continue
		}
		if err != nil {
			return err.Error()
		}
		want := bytes.Clone(items[i].content)
		for _, lost := range f.Lost {
			clear(want[lost.Offset:][:lost.Length])
		}
		if n := len(f.Lost); n > 0 {
			if last := f.Lost[n-1]; last.Offset+last.Length == int64(len(want)) {
				want = want[:last.Offset]
			}
		}
		if !bytes.Equal(got.Bytes(), want) {
			return fmt.Sprintf("%s, %s: another content", f.Record.Entry.Path, f.Status)
		}
	}
	return ""
}

// Whatever chunks are damaged and wherever the message is cut, salvage finds what
// the specification says, byte for byte, and nothing else.
func TestSalvage(t *testing.T) {
	check := func(seed uint64, cut bool, chunks int) string {
		rnd := rand.New(rand.NewPCG(seed, 0))
		items := randomItems(rnd, 8)
		plaintext := write(t, items...)
		message := seal(plaintext)
		bad := map[int64]bool{}
		count := int64(len(plaintext))/chunkSize + 1
		for range chunks {
			bad[rnd.Int64N(count)] = true
		}
		for i := range bad {
			damage(message, i)
		}
		end, ended := count, true // chunks that are there
		if cut {
			n := 56 + rnd.IntN(len(message)-56)
			switch rnd.IntN(4) {
			case 0: // the end of a chunk
				n = 56 + (n-56)/16400*16400
			case 1:
				n = len(message) - 1 - rnd.IntN(20)
			}
			message = message[:n]
			end, ended = int64(n-56)/16400, false
		}
		lost := func(at int64) bool { return bad[at/chunkSize] || at/chunkSize >= end }
		want, indexed, reached := expected(plaintext, open(t, plaintext), lost, ended && !bad[count-1])

		s := salvaged(t, message)
		if s.Indexed != indexed || s.EndReached != reached {
			return fmt.Sprintf("indexed %v, end reached %v; want %v, %v", s.Indexed, s.EndReached, indexed, reached)
		}
		got := summary(s)
		for i := range got {
			if got[i].status == Missing { // which ranges it lost says nothing more
				got[i].lost = nil
			}
		}
		for i := range want {
			if want[i].status == Missing {
				want[i].lost = nil
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(rescued{})); diff != "" {
			return diff
		}
		if (s.Fault == nil) != (len(bad) == 0 && !cut) {
			return fmt.Sprintf("fault %v", s.Fault)
		}
		return released(s, items)
	}
	properties(t, 150, map[string]gopter.Prop{
		"nothing":        prop.ForAll(func(seed uint64) string { return check(seed, false, 0) }, gen.UInt64()),
		"one chunk":      prop.ForAll(func(seed uint64) string { return check(seed, false, 1) }, gen.UInt64()),
		"three chunks":   prop.ForAll(func(seed uint64) string { return check(seed, false, 3) }, gen.UInt64()),
		"a cut":          prop.ForAll(func(seed uint64) string { return check(seed, true, 0) }, gen.UInt64()),
		"chunks and cut": prop.ForAll(func(seed uint64) string { return check(seed, true, 2) }, gen.UInt64()),
	})
}

// A message that was cut behind a chunk ends in what somebody placed in an
// attachment: a segment, an index and a trailer that a reader of these bytes would
// take. Salvage does not.
func TestPlantedIndex(t *testing.T) {
	const cut = 2 * chunkSize // a padded length
	photo := newItem("photo", 3*chunkSize)
	start := int64(21 + len("photo") - 1)

	secret := newItem("planted", 100)
	plantedAt := int64(chunkSize)
	planted := archive.Segment{Live: []archive.Record{{Container: testID, Offset: plantedAt, Entry: secret.Entry}}}
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
		{Container: testID, Offset: at(a, unsafe), Entry: archive.Entry{Path: "new name", Kind: archive.Video, ModifiedMS: 77, Size: 70}},
		{Container: testID, Offset: at(a), Entry: archive.Entry{Path: "safe now", Kind: archive.Video, ModifiedMS: 78, Size: 5}},
		{Container: testID, Offset: at(a, unsafe, again, empty), Entry: archive.Entry{Path: "wrong size", Kind: archive.Video, ModifiedMS: 79, Size: 61}},
		{Container: otherID, Offset: at(a, unsafe, again), Entry: archive.Entry{Path: "zz elsewhere", Kind: archive.Video, ModifiedMS: 80, Size: 0}},
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
		recs[i].Offset = all[place].Offset
		return recs
	}
	foreign := func(n int) []archive.Record {
		recs := slices.Clone(all)
		for i := range n {
			recs = append(recs, archive.Record{Container: otherID, Offset: all[0].Offset, Entry: archive.Entry{Path: fmt.Sprintf("d%d", i)}})
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

type countingWriter struct{ n int64 }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.n += int64(len(p))
	return len(p), nil
}

// flaky is a medium that does not deliver some bytes.
type flaky struct {
	*bytes.Reader
	from, to int64
}

func (f flaky) ReadAt(p []byte, off int64) (int, error) {
	if off < f.to && off+int64(len(p)) > f.from {
		return 0, io.ErrClosedPipe
	}
	return f.Reader.ReadAt(p, off)
}

// A chunk that the storage does not deliver is lost like one that does not open, but
// that is no fault of the container.
func TestUnreadableChunk(t *testing.T) {
	items := []item{newItem("a", 10), newItem("b", 2*chunkSize), newItem("c", 5)}
	message := seal(write(t, items...))
	chunks, err := cobblestone.NewChunks(flaky{bytes.NewReader(message), 56 + 16400 + 100, 56 + 16400 + 200}, int64(len(message)), message[:56], testInputKey, testContext)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Payload(context.Background(), chunks, testID)
	if err != nil {
		t.Fatal(err)
	}
	if s.Fault != nil || !errors.Is(s.Unread, io.ErrClosedPipe) {
		t.Errorf("the fault is %v, and %v is unread", s.Fault, s.Unread)
	}
	if len(entries(s)) != 3 || entries(s)[0].Status != Whole || entries(s)[1].Status != Damaged || entries(s)[2].Status != Whole {
		t.Errorf("%v: %v", s.Fault, summary(s))
	}
	if why := released(s, items); why != "" {
		t.Error(why)
	}
}

// An entry that lies in another container is missing, and that is a fault.
func TestSalvageElsewhere(t *testing.T) {
	a, b := twoItems()
	recs := records(a, b)
	recs[1].Container = otherID
	x := raw{frames: frames(a), segment: segmentFrame(t, archive.Segment{Live: recs}), index: archive.Index{SetID: setID, Generation: 1, Epoch: 1}}
	s := plainSalvage(t, x.bytes(t))
	want := []rescued{{"a", Whole, true, nil}, {"b", Missing, true, nil}}
	if diff := cmp.Diff(want, summary(s), cmp.AllowUnexported(rescued{})); diff != "" || fault.NameOf(s.Fault) != fault.MissingContainer {
		t.Errorf("%s, %v", diff, s.Fault)
	}
}

// An archive whose chunks all open, and of which only a frame is wrong, is found
// to be at fault, and the entry to be missing. [SLV-9] [SLV-14]
func TestSalvageContradiction(t *testing.T) {
	a, b := twoItems()
	x := twoEntries(t)
	x.frames[20]++ // the size in a's frame
	s := plainSalvage(t, x.bytes(t))
	want := []rescued{{"a", Missing, true, nil}, {"b", Whole, true, nil}}
	if diff := cmp.Diff(want, summary(s), cmp.AllowUnexported(rescued{})); diff != "" || !s.Indexed || fault.NameOf(s.Fault) != fault.MalformedArchive {
		t.Errorf("%s, indexed %v, %v", diff, s.Indexed, s.Fault)
	}
	if why := released(s, []item{a, b}); why != "" {
		t.Error(why)
	}
	if err := s.WriteContent(io.Discard, entries(s)[0]); err == nil || !strings.Contains(err.Error(), "a") {
		t.Errorf("a missing entry: %v", err)
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
