package set

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
)

// The segments come with the places where they lie, the oldest first.
func TestSegments(t *testing.T) {
	f := newFixture(t)
	g := f.head()
	if err := g.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	var refs []archive.SegmentRef
	for _, s := range g.Segments() {
		refs = append(refs, s.Ref)
	}
	if diff := cmp.Diff([]archive.SegmentRef{f.g1.segment, f.g2.segment}, refs); diff != "" || g.Segments()[0].Live[0].Entry.Path != "first" || g.Segments()[1].Segment != g.Own {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if digest, err := g.Digest(t.Context()); err != nil || digest != f.g2.stored.Digest || g.Length != f.g2.stored.Length {
		t.Errorf("%x, %v", digest, err)
	}
}

// Earlier generations are those that the head lists, and no other commits that are there.
// [SET-18]
func TestEarlier(t *testing.T) {
	f := newFixture(t)
	f.put("g-0000000000000004.coffer", commitOf(newKey, 2, 4).bytes)
	g := f.head()
	if diff := cmp.Diff([]archive.Stored{f.g1.stored}, g.Earlier()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	earlier, err := g.OpenEarlier(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	contents, errs := restore(t, earlier)
	if diff := cmp.Diff(map[string]string{"old": "old", "removed": "removed", "first": "first"}, contents); diff != "" || len(errs) > 0 {
		t.Errorf("%v (-want +got):\n%s", errs, diff)
	}
	for _, number := range []uint64{0, 2, 4, 5, 6} {
		if _, err := g.OpenEarlier(t.Context(), number); fault.NameOf(err) != fault.MissingContainer {
			t.Errorf("generation %d: %v", number, err)
		}
	}
	if earlier.Earlier() != nil {
		t.Error("an earlier generation leads to others")
	}
}

// An earlier generation is kept only as long as the head lists all that it needs, whether
// or not the store still has it. [SET-33]
func TestEarlierNotKept(t *testing.T) {
	f := newFixture(t)
	g4 := seal(parts{
		key: newKey, index: archive.Index{Generation: 4, Epoch: 2, Complete: true, Segments: []archive.SegmentRef{f.g1.segment}},
		stored: []archive.Stored{f.data1.stored, f.g1.stored},
	})
	f.put(g4.name(), g4.bytes)
	for _, c := range []struct {
		name   string
		number uint64
		stored []archive.Stored
		want   fault.Name
	}{
		{"listed with what it needs", 4, []archive.Stored{f.data1.stored, f.g1.stored, g4.stored}, ""},
		{"without a container of an entry", 3, []archive.Stored{f.g1.stored}, fault.MissingContainer},
		{"without a container of an entry of an older segment", 4, []archive.Stored{f.g1.stored, g4.stored}, fault.MissingContainer},
		{"without the container of a segment", 4, []archive.Stored{f.data1.stored, g4.stored}, fault.MissingContainer},
	} {
		f.again(func(p *parts) { p.stored = c.stored })
		earlier, err := f.head().OpenEarlier(t.Context(), c.number)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if err := earlier.Load(t.Context()); fault.NameOf(err) != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// An earlier generation is believed as every container that the head lists.
func TestEarlierRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(f *fixture)
		want   fault.Name
	}{
		{"gone", func(f *fixture) { f.remove(g3) }, fault.MissingContainer},
		{"another under the old key", func(f *fixture) {
			f.put(g3, with(f.parts1, f.g1, func(p *parts) { p.files = nil }).bytes)
		}, fault.PayloadTampered},
		{"not complete", func(f *fixture) {
			other := with(f.parts1, f.g1, func(p *parts) { p.index.Complete = false })
			other.stored.Generation = 3
			f.put(g3, other.bytes)
			f.again(func(p *parts) { *inStored(p, f.g1) = other.stored })
		}, fault.MalformedArchive},
		{"of a later epoch", func(f *fixture) { f.again(func(p *parts) { inStored(p, f.g1).Epoch = 3 }) }, fault.MalformedArchive},
	} {
		f := newFixture(t)
		c.change(f)
		if _, err := f.head().OpenEarlier(t.Context(), 3); fault.NameOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}
