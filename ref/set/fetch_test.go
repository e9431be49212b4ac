package set

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store/memory"
)

var whole = map[string]string{"old": "old", "first": "first", "new": "new", "second": "second"}

// What becomes of the entries when a container that they need is not what the generation
// lists: those that need it are named, with the error, and the others are restored.
func TestRestore(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	less := func(paths ...string) map[string]string {
		m := map[string]string{}
		for path, content := range whole {
			m[path] = content
		}
		for _, path := range paths {
			delete(m, path)
		}
		return m
	}
	for _, c := range []struct {
		name    string
		change  func(f *fixture)
		load    fault.Name // of the segments
		want    map[string]string
		errs    map[string]fault.Name
		missing []string
	}{
		{name: "whole", want: whole},

		// Data containers.
		{name: "a data container is gone", change: func(f *fixture) { f.remove(f.data2.name()) },
			want: less("new"), errs: map[string]fault.Name{"new": fault.MissingContainer}, missing: []string{"new"}},
		{name: "one of the old key is gone", change: func(f *fixture) { f.remove(f.data1.name()) },
			want: less("old"), errs: map[string]fault.Name{"old": fault.MissingContainer}, missing: []string{"old"}},
		{name: "all are gone", change: func(f *fixture) { f.remove(f.data1.name()); f.remove(f.data2.name()) },
			want: less("old", "new"), errs: map[string]fault.Name{"old": fault.MissingContainer, "new": fault.MissingContainer}, missing: []string{"new", "old"}},
		{name: "cut", change: func(f *fixture) { f.put(f.data2.name(), f.data2.bytes[:1000]) },
			want: less("new"), errs: map[string]fault.Name{"new": fault.PayloadTampered}},
		{name: "empty", change: func(f *fixture) { f.put(f.data2.name(), nil) },
			want: less("new"), errs: map[string]fault.Name{"new": fault.NotAContainer}},
		{name: "another under its name", change: func(f *fixture) {
			f.put(f.data2.name(), seal(parts{key: newKey, index: f.dataParts2.index, files: f.dataParts2.files}).bytes)
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.MalformedArchive}},
		{name: "of another set", change: func(f *fixture) {
			f.put(f.data2.name(), with(f.dataParts2, f.data2, func(p *parts) { p.index.SetID = another }).bytes)
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.WrongSet}},
		{name: "of another epoch", change: func(f *fixture) {
			f.put(f.data2.name(), with(f.dataParts2, f.data2, func(p *parts) { p.index.Epoch = 1 }).bytes)
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.MalformedArchive}},
		{name: "of another key", change: func(f *fixture) {
			f.put(f.data2.name(), with(f.dataParts2, f.data2, func(p *parts) { p.key = oldKey }).bytes)
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.PayloadTampered}},
		{name: "of another generation", change: func(f *fixture) {
			f.put(f.data2.name(), with(f.dataParts2, f.data2, func(p *parts) { p.index.Generation = 77 }).bytes)
		}, want: whole},
		{name: "with another content, under an old key", change: func(f *fixture) {
			f.put(f.data1.name(), with(f.dataParts1, f.data1, func(p *parts) { p.files = []file{{"old", "bad"}, p.files[1]} }).bytes)
		}, want: less("old"), errs: map[string]fault.Name{"old": fault.PayloadTampered}},
		{name: "longer, under an old key", change: func(f *fixture) {
			f.put(f.data1.name(), append(f.data1.bytes[:len(f.data1.bytes):len(f.data1.bytes)], 0))
		},
			want: less("old"), errs: map[string]fault.Name{"old": fault.PayloadTampered}},
		{name: "damaged in what is not needed, under an old key", change: func(f *fixture) { f.put(f.data1.name(), altered(f.data1.bytes, 100_000)) },
			want: less("old"), errs: map[string]fault.Name{"old": fault.PayloadTampered}},
		{name: "damaged in what is not needed, under the current key", change: func(f *fixture) { f.put(f.data2.name(), altered(f.data2.bytes, 100_000)) }, want: whole},
		{name: "longer, under the current key", change: func(f *fixture) {
			f.put(f.data2.name(), append(f.data2.bytes[:len(f.data2.bytes):len(f.data2.bytes)], 0))
		},
			want: less("new"), errs: map[string]fault.Name{"new": fault.PayloadTampered}},
		{name: "its content is damaged", change: func(f *fixture) { f.put(f.data2.name(), altered(f.data2.bytes, 117+56+10)) },
			want: less("new"), errs: map[string]fault.Name{"new": fault.PayloadTampered}},

		// What the head says of them.
		{name: "a data container that is not listed", change: func(f *fixture) {
			f.again(func(p *parts) { p.stored = []archive.Stored{f.data1.stored, f.g1.stored} })
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.MalformedArchive}},
		{name: "listed with a later epoch than the keyring's", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data2).Epoch = 3 })
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.MalformedArchive}},
		{name: "listed with another epoch, of the old key", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data2).Epoch = 1 })
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.PayloadTampered}},
		{name: "listed with the new epoch, and of the old key", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data1).Epoch = 2 })
		}, want: less("old"), errs: map[string]fault.Name{"old": fault.PayloadTampered}},
		{name: "listed with another digest, under the current key", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data2).Digest[0] ^= 1 })
		}, want: whole},
		{name: "listed with another length, under the current key", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data2).Length-- })
		}, want: whole},
		{name: "listed with another digest, under an old key", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data1).Digest[0] ^= 1 })
		}, want: less("old"), errs: map[string]fault.Name{"old": fault.PayloadTampered}},
		{name: "listed with another length, under an old key", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data1).Length-- })
		}, want: less("old"), errs: map[string]fault.Name{"old": fault.PayloadTampered}},
		{name: "a data container that is listed as a commit", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.data2).Generation = 4 })
			f.put("g-0000000000000004.coffer", f.data2.bytes)
		}, want: less("new"), errs: map[string]fault.Name{"new": fault.MalformedArchive}},

		{name: "frames that reach beyond the entries of their container", change: func(f *fixture) {
			const at, end = 23, 261_990 // of a plaintext of 262144 bytes, in whose segment the frame ends
			size := binary.BigEndian.AppendUint64(nil, end-at-21)
			data := seal(parts{key: newKey, index: f.dataParts2.index, files: []file{{"new", "\x01\x00\x01x" + strings.Repeat("\x00", 9) + string(size)}}})
			f.put(data.name(), data.bytes)
			f.again(func(p *parts) {
				p.stored = append(p.stored, data.stored)
				p.records = []archive.Record{
					archive.RecordAt(data.stored.ID, at, archive.Entry{Path: "x", Size: end - at - 21}),
					archive.RecordAt(data.stored.ID, end, archive.Entry{Path: "y"}),
				}
			})
		}, want: less("new"), errs: map[string]fault.Name{"x": fault.MalformedArchive, "y": fault.MalformedArchive}},

		// The commit that has a segment.
		{name: "a segment is gone", change: func(f *fixture) { f.remove(g3) }, load: fault.MissingContainer},
		{name: "a segment is damaged", change: func(f *fixture) { f.put(g3, altered(f.g1.bytes, -1)) }, load: fault.PayloadTampered},
		{name: "another content under the old key", change: func(f *fixture) {
			f.put(g3, with(f.parts1, f.g1, func(p *parts) { p.files = []file{{"first", "bad!!"}} }).bytes)
		}, load: fault.PayloadTampered},
		{name: "a segment in a container that is not listed", change: func(f *fixture) {
			f.again(func(p *parts) { p.stored = []archive.Stored{f.data1.stored, f.data2.stored} })
		}, load: fault.MalformedArchive},
		{name: "a segment in one of a later epoch", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.g1).Epoch = 3 })
		}, load: fault.MalformedArchive},
		{name: "a segment in one with another id", change: func(f *fixture) {
			other := seal(f.parts1)
			other.stored.ID = f.g1.stored.ID
			f.put(g3, other.bytes)
			f.again(func(p *parts) { *inStored(p, f.g1) = other.stored })
		}, load: fault.MalformedArchive},
		{name: "a segment in one of another set", change: func(f *fixture) {
			other := with(f.parts1, f.g1, func(p *parts) { p.index.SetID = another })
			f.put(g3, other.bytes)
			f.again(func(p *parts) { *inStored(p, f.g1) = other.stored })
		}, load: fault.WrongSet},
		{name: "a segment in one of another generation", change: func(f *fixture) {
			other := with(f.parts1, f.g1, func(p *parts) { p.index.Generation = 4 })
			other.stored.Generation = 3
			f.put(g3, other.bytes)
			f.again(func(p *parts) { *inStored(p, f.g1) = other.stored })
		}, load: fault.MalformedArchive},
		{name: "a segment in one that is listed as a data container", change: func(f *fixture) {
			f.again(func(p *parts) { inStored(p, f.g1).Generation = 0 })
		}, load: fault.MissingContainer},
		{name: "a segment that is none", change: func(f *fixture) {
			f.again(func(p *parts) {
				p.index.Segments = []archive.SegmentRef{{Container: f.g1.stored.ID, Offset: 0, Length: 100}}
			})
		}, load: fault.MalformedArchive},
		{name: "a segment beyond the end", change: func(f *fixture) {
			f.again(func(p *parts) {
				p.index.Segments = []archive.SegmentRef{{Container: f.g1.stored.ID, Offset: 1 << 18, Length: 139460620}}
			})
		}, load: fault.MalformedArchive},
	} {
		if !take() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			if c.change != nil {
				c.change(f)
			}
			g := f.head()
			if err := g.Load(t.Context()); fault.NameOf(err) != c.load || (err == nil) != (c.load == "") {
				t.Fatalf("%v, want %q", err, c.load)
			} else if err != nil {
				if _, err := g.Fetch(t.Context(), f.data2.stored.ID, new(memoryBlob)); fault.NameOf(err) != c.load {
					t.Errorf("fetched all the same: %v", err)
				}
				return
			}
			contents, errs := restore(t, g)
			if diff := cmp.Diff(c.want, contents); diff != "" {
				t.Errorf("contents (-want +got):\n%s", diff)
			}
			got := map[string]fault.Name{}
			for path, err := range errs {
				got[path] = fault.NameOf(err)
			}
			if len(got)+len(c.errs) > 0 {
				if diff := cmp.Diff(c.errs, got); diff != "" {
					t.Errorf("errors (-want +got):\n%s\n%v", diff, errs)
				}
			}
			var missing []string
			for _, rec := range g.Missing() {
				missing = append(missing, rec.Entry.Path)
			}
			if diff := cmp.Diff(c.missing, missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

// A container for which the store does not answer, that has another length, or that is not
// there any more.
func TestFetchUnanswered(t *testing.T) {
	f := newFixture(t)
	g := f.head()
	if err := g.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.s.Script = memory.At(f.s.Calls(), memory.LoseRequest)
	if _, err := g.Fetch(t.Context(), f.data2.stored.ID, new(memoryBlob)); !errors.Is(err, memory.ErrLost) {
		t.Error(err)
	}
	f.s.Script = nil
	f.put(f.data2.name(), slices.Concat(f.data2.bytes, make([]byte, 9<<20)))
	g = f.head()
	b := new(memoryBlob)
	if _, err := g.Fetch(t.Context(), f.data2.stored.ID, b); fault.NameOf(err) != fault.PayloadTampered || len(b.b) > 0 {
		t.Errorf("one that is too long: %v, %d bytes fetched", err, len(b.b))
	}
	f.put(f.data2.name(), f.data2.bytes)
	g = f.head()
	f.remove(f.data2.name())
	if _, err := g.Fetch(t.Context(), f.data2.stored.ID, new(memoryBlob)); fault.NameOf(err) != fault.MissingContainer {
		t.Error(err)
	}
	if len(g.Missing()) > 0 { // what it lists is what it listed
		t.Error("the list says that it is missing")
	}
}
