package archive

import (
	"bytes"
	"fmt"
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

// version is an entry as it was at some time, and the blocks in which it differs from
// the version before.
type version struct {
	content []byte
	changed []Run
}

// randomRuns are runs of some of the blocks of an entry.
func randomRuns(r *rand.Rand, blocks int) []Run {
	var runs []Run
	for at := r.IntN(3); at < blocks; at += 1 + r.IntN(3) {
		n := 1 + r.IntN(min(3, blocks-at))
		runs = append(runs, Run{uint32(at), uint32(n)})
		at += n
	}
	return runs
}

// supply returns the content of runs.
func supply(content []byte, runs []Run) []byte {
	var all []byte
	for _, r := range runs {
		all = append(all, content[int64(r.First)*BlockSize:min(r.end()*BlockSize, int64(len(content)))]...)
	}
	return all
}

// randomVersions are versions of an entry that grows, shrinks and changes in between.
func randomVersions(r *rand.Rand) []version {
	draw := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	all := []version{{content: draw(r.IntN(6 * BlockSize))}}
	for range r.IntN(4) {
		last := all[len(all)-1].content
		next := slices.Clone(last)[:min(len(last), r.IntN(7*BlockSize))]
		if r.IntN(2) == 0 {
			next = append(next, draw(r.IntN(2*BlockSize))...)
		}
		if len(next) == 0 {
			continue
		}
		blocks := int(blocksOf(int64(len(next))))
		runs := randomRuns(r, blocks)
		for _, run := range runs {
			at := int(run.First) * BlockSize
			copy(next[at:min(len(next), int(run.end())*BlockSize)], draw(int(run.Count)*BlockSize))
		}
		all = append(all, version{next, changes(last, next)})
	}
	return all
}

// changes are the blocks in which two versions differ, and at least one.
func changes(before, after []byte) []Run {
	var runs []Run
	for b := range blocksOf(int64(len(after))) {
		at, end := b*BlockSize, min((b+1)*BlockSize, int64(len(after)))
		if int64(len(before)) >= end && bytes.Equal(before[at:end], after[at:end]) && (b > 0 || len(after) == len(before)) {
			continue
		}
		if n := len(runs); n > 0 && runs[n-1].end() == b {
			runs[n-1].Count++
		} else {
			runs = append(runs, Run{uint32(b), 1})
		}
	}
	if runs == nil {
		runs = []Run{{0, 1}}
	}
	return runs
}

// container writes a container of a set: a piece frame of each version, or an entry
// frame of one without changes, and the records that list returns.
func container(t testing.TB, id ID, complete bool, versions []version, list func(places []Place) []Record, stored ...Stored) (*bytes.Buffer, []Place) {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, id, Index{SetID: setID, Generation: 1, Epoch: 1, Complete: complete})
	if err != nil {
		t.Fatal(err)
	}
	var places []Place
	for _, v := range versions {
		e := Entry{Path: "db", Size: int64(len(v.content))}
		runs := v.changed
		if runs == nil && e.Size > 0 {
			runs = []Run{{0, uint32(blocksOf(e.Size))}}
		}
		if runs == nil {
			places = append(places, Place{id, w.off})
			if err := w.frame(e, nil, bytes.NewReader(nil)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		place, err := w.AddPiece(e, runs, bytes.NewReader(supply(v.content, runs)))
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
	}
	for _, rec := range list(places) {
		if err := w.AddRecord(rec, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Others(nil, stored); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, places
}

// An entry comes back from all its versions, whatever was changed when, whether its
// frames lie in one container or in two, and read as a whole or in parts.
func TestOverlay(t *testing.T) {
	properties(t, 60, map[string]gopter.Prop{
		"an entry comes back": prop.ForAll(func(seed uint64) string {
			r := rand.New(rand.NewPCG(seed, 0))
			versions := randomVersions(r)
			want := versions[len(versions)-1].content
			e := Entry{Path: "db", Size: int64(len(want))}
			older := r.IntN(len(versions)) // in another container
			first, elsewhere := container(t, otherID, false, versions[:older], func([]Place) []Record { return nil })
			second, _ := container(t, testID, true, versions[older:], func(places []Place) []Record {
				return []Record{{append(slices.Clone(elsewhere), places...), e}}
			}, Stored{ID: otherID, Epoch: 1})
			reader := open(t, second.Bytes())
			frames := map[ID]*Frames{testID: reader.Frames}
			index, err := ReadIndex(plain(first.Bytes()), otherID)
			if err != nil {
				return err.Error()
			}
			frames[otherID] = NewFrames(plain(first.Bytes()), index, reader.List)
			content, err := OpenContent(reader.Entries()[0], func(id ID) (*Frames, *Cursor) { return frames[id], NewCursor(frames[id].plain) })
			if err != nil {
				return err.Error()
			}
			var got bytes.Buffer
			if err := content.WriteRange(&got, 0, content.Size()); err != nil || !bytes.Equal(got.Bytes(), want) {
				return fmt.Sprintf("%d bytes, %v", got.Len(), err)
			}
			for range 5 {
				off := r.Int64N(int64(len(want)) + 1)
				part := make([]byte, r.IntN(3*BlockSize))
				n, err := content.ReadAt(part, off)
				if !bytes.Equal(part[:n], want[off:min(len(want), int(off)+len(part))]) || (err == io.EOF) != (n < len(part)) || err != nil && err != io.EOF {
					return fmt.Sprintf("%d bytes at %d: %d, %v", len(part), off, n, err)
				}
			}
			if older > 0 {
				if err := reader.WriteContent(io.Discard, reader.Entries()[0]); fault.NameOf(err) != fault.MissingContainer {
					return fmt.Sprint(err)
				}
			} else if err := reader.Verify(); err != nil {
				return err.Error()
			}
			return ""
		}, gen.UInt64()),
	})
}

// What readers would refuse is not written, and neither is more than an archive of a set
// should hold of an entry.
func TestWriterOfSets(t *testing.T) {
	newWriter := func(index Index) *Writer {
		w, err := NewWriter(io.Discard, testID, index)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	set := Index{SetID: setID, Generation: 1, Epoch: 1, Complete: true}
	e := Entry{Path: "db", Size: 3*BlockSize + 1}
	content := func() io.Reader { return bytes.NewReader(make([]byte, e.Size)) }
	for _, runs := range [][]Run{nil, {{0, 0}}, {{0, 5}}, {{4, 1}}, {{1, 1}, {0, 1}}, {{0, 1}, {1, 1}}, {{1<<32 - 1, 1}}} {
		if _, err := newWriter(set).AddPiece(e, runs, content()); fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("the runs %v: %v", runs, err)
		}
	}
	if _, err := newWriter(standAlone).AddPiece(e, []Run{{0, 4}}, content()); fault.NameOf(err) != fault.MalformedArchive {
		t.Errorf("a piece in a stand-alone archive: %v", err)
	}
	places := func(n int) (all []Place) {
		for i := range n {
			all = append(all, Place{otherID, int64(i) * 1000})
		}
		return all
	}
	for _, c := range []struct {
		what  string
		index Index
		rec   Record
		bytes int64
		want  fault.Name
	}{
		{"64 places", set, Record{places(64), e}, 0, ""},
		{"65 places of less than 16 MiB", set, Record{places(65), e}, 0, fault.LimitExceeded},
		{"65 places of 16 MiB", set, Record{places(65), Entry{Path: "db", Size: 16 << 20}}, 0, ""},
		{"1024 places", set, Record{places(1024), Entry{Path: "db", Size: 1 << 40}}, 0, ""},
		{"1025 places", set, Record{places(1025), Entry{Path: "db", Size: 1 << 40}}, 0, fault.LimitExceeded},
		{"as much content as there should be", set, Record{places(2), Entry{Path: "db", Size: 4000}}, 5000 + 1<<20, ""},
		{"a byte more", set, Record{places(2), Entry{Path: "db", Size: 4000}}, 5001 + 1<<20, fault.LimitExceeded},
		{"no place", set, Record{nil, e}, 0, fault.MalformedArchive},
		{"an unsafe path", set, Record{places(1), Entry{Path: "../db"}}, 0, fault.UnsafePath},
		{"a record of a stand-alone archive", standAlone, Record{places(1), e}, 0, fault.MalformedArchive},
	} {
		if err := newWriter(c.index).AddRecord(c.rec, c.bytes); fault.NameOf(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if err := newWriter(standAlone).Others([]string{"a"}, nil); fault.NameOf(err) != fault.MalformedArchive {
		t.Errorf("a removed path of a stand-alone archive: %v", err)
	}
	other := Stored{ID: otherID, Epoch: 1}
	incomplete := set
	incomplete.Complete = false
	for _, c := range []struct {
		what    string
		index   Index
		places  []Place
		removed []string
		stored  []Stored
		want    fault.Name
	}{
		{"what is listed", set, places(2), []string{"y", "x"}, []Stored{{ID: ID{9}, Epoch: 1}, other}, ""},
		{"a container that is not listed", set, places(2), nil, nil, fault.MalformedArchive},
		{"the same, incomplete", incomplete, places(2), nil, nil, ""},
		{"one place twice", set, append(places(1), places(1)...), nil, []Stored{other}, fault.MalformedArchive},
		{"a path that is live and removed", set, places(1), []string{"db"}, []Stored{other}, fault.MalformedArchive},
		{"an unsafe removed path", set, places(1), []string{".."}, []Stored{other}, fault.UnsafePath},
		{"a container twice", set, places(1), nil, []Stored{other, other}, fault.MalformedArchive},
		{"a container of no epoch", set, places(1), nil, []Stored{{ID: otherID}}, fault.MalformedArchive},
		{"the container itself", set, places(1), nil, []Stored{other, {ID: testID, Epoch: 1}}, fault.MalformedArchive},
		{"too many containers", set, places(1), nil, make([]Stored, MaxStored+1), fault.LimitExceeded},
	} {
		w := newWriter(c.index)
		err := w.AddRecord(Record{c.places, e}, 0)
		if err == nil {
			err = w.Others(c.removed, c.stored)
		}
		if err == nil {
			err = w.Close()
		}
		if fault.NameOf(err) != c.want || err != nil && c.want == "" {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// A size that no frames can fill costs no memory.
func TestOverlayClaims(t *testing.T) {
	b, _ := container(t, testID, true, []version{{content: make([]byte, 2*BlockSize)}}, func(places []Place) []Record {
		return []Record{{places, Entry{Path: "db", Size: 2 * BlockSize}}}
	})
	reader := open(t, b.Bytes())
	rec := reader.Entries()[0]
	frame, err := NewCursor(plain(b.Bytes())).FrameAt(rec.Places[0].Offset, int64(b.Len()), Allowed{Pieces: true})
	if err != nil {
		t.Fatal(err)
	}
	rec.Entry.Size = 1<<52 - 1
	var got *Content
	allocated := testing.AllocsPerRun(1, func() { got, err = OverlayOf(rec.Entry, plain(b.Bytes()), []Frame{frame, frame}) })
	if fault.NameOf(err) != fault.MalformedArchive || allocated > 100 || got.winner != nil {
		t.Errorf("%v, %v allocations", err, allocated)
	}
}

// Length says how long a frame is without encoding it.
func TestSegmentLength(t *testing.T) {
	s := &Segment{}
	for i := range 5 {
		places := make([]Place, i+1)
		s.Live = append(s.Live, Record{places, Entry{Path: strings.Repeat("a", i+1), Size: 1 << 40}})
		s.Removed = append(s.Removed, strings.Repeat("b", 3*i+1))
		s.Stored = append(s.Stored, Stored{ID: ID{byte(i)}})
		if frame, err := s.Frame(); err != nil || int64(len(frame)) != s.Length() {
			t.Errorf("%d bytes, not %d (%v)", s.Length(), len(frame), err)
		}
	}
}
