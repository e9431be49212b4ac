package set

import (
	"bytes"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/store"
)

// packed is what a Packer has made.
type packed struct {
	k      key.Key
	sealed []Sealed
	bytes  [][]byte
}

// newPacker returns a Packer that keeps its containers in memory.
func newPacker(size int64) (*Packer, *packed) {
	all := &packed{k: must(key.New(rand.Reader))}
	begun := map[Sink]*bytes.Buffer{}
	p := &Packer{
		Key: all.k, Index: archive.Index{SetID: [16]byte{1}, Epoch: 1, Generation: 5, CreatedMS: 9}, Size: size,
		Rand: rand.Reader, Payloads: parallel.Containers,
		Begin: func() (Sink, error) {
			b := new(bytes.Buffer)
			to := store.NewSummed(b)
			begun[to] = b
			return to, nil
		},
		Sealed: func(to Sink, s Sealed) error {
			b := begun[to].Bytes()
			if int64(len(b)) != s.Stored.Length || !bytes.Contains(b, s.Stored.ID[:]) {
				return fmt.Errorf("%s went elsewhere", s.Name)
			}
			all.sealed, all.bytes = append(all.sealed, s), append(all.bytes, b)
			return nil
		},
	}
	return p, all
}

// archives opens the containers that were made.
func (p *packed) archives(t *testing.T) []*archive.Index {
	t.Helper()
	var all []*archive.Index
	for _, b := range p.bytes {
		c := must(container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&p.k)))
		plain := must(c.Plaintext())
		all = append(all, must(archive.ReadIndex(plain, c.Header.ContainerID())))
	}
	return all
}

// sizes are the lengths of the plaintexts that were made.
func (p *packed) sizes() []int64 {
	var all []int64
	for _, b := range p.bytes {
		c := must(container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&p.k)))
		all = append(all, must(c.Plaintext()).Size())
	}
	return all
}

// Of a run the provider sees containers of one size, and one more, whose plaintexts together
// have a Padmé length. [SET-31]
func TestRunIsPadded(t *testing.T) {
	const size = 1 << 18
	parameters := gopter.DefaultTestParameters()
	parameters.MinSuccessfulTests = thorough.Runs(30)
	properties := gopter.NewProperties(parameters)
	properties.Property("sizes", prop.ForAll(func(seed uint64) (string, error) {
		r := mathrand.New(mathrand.NewPCG(seed, 1))
		p, made := newPacker(size)
		for i := range r.IntN(30) {
			n := r.Int64N([]int64{10, 10000, 200000, 1500000}[r.IntN(4)])
			if _, _, err := p.Seal(archive.Entry{Path: fmt.Sprint(i), Size: n}, archive.Record{}, Change{}, bytes.NewReader(make([]byte, n))); err != nil {
				return "", err
			}
		}
		commit, err := p.Commit(Listing{})
		if err != nil {
			return "", err
		}
		sum := int64(0)
		for i, n := range made.sizes() {
			if isCommit := made.sealed[i].Stored.ID == commit.ID; !isCommit && n != size {
				return fmt.Sprintf("a data container has a plaintext of %d bytes", n), nil
			}
			sum += n
		}
		if sum != archive.Padded(sum) {
			return fmt.Sprintf("the plaintexts have %d bytes together, not %d", sum, archive.Padded(sum)), nil
		}
		return "", nil
	}, gen.UInt64()))
	properties.TestingRun(t)
}

// The commit lists everything, whole entries and those that lie in several containers, and each
// data container what is complete with it.
func TestCommitListsAll(t *testing.T) {
	p, made := newPacker(1 << 18)
	var want []string
	for i := range 20 {
		path := fmt.Sprintf("%02d", i)
		n := int64(i) * 40000
		rec, layout, err := p.Seal(archive.Entry{Path: path, Size: n}, archive.Record{}, Change{}, bytes.NewReader(make([]byte, n)))
		if err != nil {
			t.Fatal(err)
		}
		if len(rec.Places) != len(layout.Contents) || n > 1<<18 && len(rec.Places) < 2 {
			t.Errorf("%s lies in %d places, its layout has %d", path, len(rec.Places), len(layout.Contents))
		}
		want = append(want, path)
	}
	kept := archive.RecordAt(archive.ID{7}, 0, archive.Entry{Path: "kept", Size: 3})
	if _, err := p.Commit(Listing{Live: []archive.Record{kept}, Removed: []string{"gone"}, Stored: []archive.Stored{{ID: archive.ID{7}, Epoch: 1, Length: 1}}}); err != nil {
		t.Fatal(err)
	}
	last := len(made.bytes) - 1
	b := made.bytes[last]
	c := must(container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(&made.k)))
	r := must(c.Archive())
	var got []string
	for _, rec := range r.Entries() {
		got = append(got, rec.Entry.Path)
	}
	if want = append(want, "kept"); !slices.Equal(got, want) {
		t.Errorf("the commit lists %v, want %v", got, want)
	}
	for i, index := range made.archives(t) {
		if index.Complete != (i == last) || index.Generation != 5 || index.Epoch != 1 {
			t.Errorf("container %d: %+v", i, index)
		}
	}
	if len(r.Stored()) != len(made.bytes)-1+1 {
		t.Errorf("the commit lists %d containers of %d others", len(r.Stored()), len(made.bytes))
	}
}

// A run that must be larger than its commit may be has data containers without entries.
func TestFiller(t *testing.T) {
	const size = 1 << 18
	p, made := newPacker(size)
	for i := range 35 { // the steps of Padmé lengths are 2 * size from 64 * size on
		n := int64(2*size - 20000 - i/34*size)
		if _, _, err := p.Seal(archive.Entry{Path: fmt.Sprint(i), Size: n}, archive.Record{}, Change{}, bytes.NewReader(make([]byte, n))); err != nil {
			t.Fatal(err)
		}
	}
	full := len(made.sealed)
	if _, err := p.Commit(Listing{}); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, n := range made.sizes() {
		sum += n
	}
	if sum != archive.Padded(sum) || len(made.sealed) < full+2 {
		t.Errorf("%d bytes in %d containers, %d of them before the commit", sum, len(made.sealed), full)
	}
}

// Merging segments two at a time has the effect of all of them.
func TestMergedSegmentsHaveTheSameEffect(t *testing.T) {
	properties := gopter.NewProperties(nil)
	properties.Property("lists", prop.ForAll(func(seed uint64) bool {
		r := mathrand.New(mathrand.NewPCG(seed, 2))
		var segments []*archive.Segment
		for i := range 1 + r.IntN(6) {
			s := new(archive.Segment)
			for path := byte('a'); path < 'i'; path++ {
				switch r.IntN(4) {
				case 0:
					s.Live = append(s.Live, archive.RecordAt(archive.ID{byte(i)}, int64(path)*100, archive.Entry{Path: string(path)}))
				case 1:
					s.Removed = append(s.Removed, string(path))
				}
			}
			segments = append(segments, s)
		}
		list := func(segments []*archive.Segment) []archive.Record {
			index := &archive.Index{SetID: [16]byte{1}, Segments: []archive.SegmentRef{{Container: archive.ID{99}, Offset: 9, Length: 12}}}
			return must(archive.NewList(index, segments...)).Entries()
		}
		merged := segments[len(segments)-1]
		for i, older := range slices.Backward(segments[:len(segments)-1]) {
			merged = Merge(older, merged, i == 0)
		}
		if len(segments) > 1 && len(merged.Removed) > 0 {
			return false
		}
		return fmt.Sprint(list([]*archive.Segment{merged})) == fmt.Sprint(list(segments))
	}, gen.UInt64()))
	properties.TestingRun(t)
}
