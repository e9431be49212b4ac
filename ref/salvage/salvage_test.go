package salvage

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
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
		content := rec.Places[0].Offset + fieldsOf(rec.Entry)
		if any(rec.Places[0].Offset, content) {
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

// An entry that lies in another container is missing, and that is a fault.
func TestSalvageElsewhere(t *testing.T) {
	a, b := twoItems()
	recs := records(a, b)
	recs[1].Places[0].Container = otherID
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
