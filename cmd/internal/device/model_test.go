package device

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// model is what a memory should have, digests and all.
type model struct{ committed, run map[string]File }

// put stores a file as File says that it is stored.
func put(to map[string]File, f File) {
	old, ok := to[f.Record.Entry.Path]
	if ok && f.Digests == nil && slices.Equal(old.Record.Places, f.Record.Places) {
		f.Digests = old.Digests
	}
	to[f.Record.Entry.Path] = f
}

// step does one thing to a memory and to the model.
func (s *model) step(m *Memory, r *rand.Rand) error {
	drawn := make(map[string]File)
	for range r.IntN(6) {
		path := fmt.Sprintf("%d", r.IntN(12))
		f := someFile(r, path)
		if old, ok := s.committed[path]; ok && r.IntN(2) == 0 {
			f.Record.Places = old.Record.Places // only touched
		}
		drawn[path] = f
	}
	switch r.IntN(4) {
	case 0:
		clear(s.run)
		return m.DropRun()
	case 1:
		o := &Outcome{Meta: *someMeta(1), Files: drawn}
		for range r.IntN(4) {
			o.Removed = append(o.Removed, fmt.Sprintf("%d", r.IntN(12)))
		}
		for _, all := range []map[string]File{s.run, drawn} {
			for _, f := range all {
				put(s.committed, f)
			}
		}
		for _, path := range o.Removed {
			delete(s.committed, path)
		}
		clear(s.run)
		return m.Commit(o)
	}
	for _, f := range drawn {
		put(s.run, f)
	}
	return m.AddSealed(Sealed{ID: someID(byte(r.Uint32()))}, drawn)
}

// differs says in what a memory differs from the model.
func (s *model) differs(m *Memory) (string, error) {
	committed, err := m.Files()
	if err != nil {
		return "", err
	}
	for path, f := range committed {
		if f.Digests, err = m.Digests(path); err != nil {
			return "", err
		}
		committed[path] = f
	}
	_, run, err := m.Run()
	if err != nil {
		return "", err
	}
	want := maps.Clone(s.run)
	for path, f := range want {
		f.Digests = nil
		want[path] = f
	}
	return cmp.Diff([]map[string]File{s.committed, want}, []map[string]File{committed, run}, cmpopts.EquateEmpty()), nil
}

// After any steps a memory has the files that a map would have.
func TestCommitIsAMap(t *testing.T) {
	thorough.NotShort(t)
	parameters := gopter.DefaultTestParameters()
	parameters.MinSuccessfulTests = 30
	properties := gopter.NewProperties(parameters)
	properties.Property("files are those of the model", prop.ForAll(func(seed uint64) (string, error) {
		m := created(t, someMeta(1))
		s := &model{make(map[string]File), make(map[string]File)}
		r := rand.New(rand.NewPCG(seed, 0))
		for range 8 {
			if err := s.step(m, r); err != nil {
				return "", err
			}
			if diff, err := s.differs(m); diff != "" || err != nil {
				return diff, err
			}
		}
		return "", nil
	}, gen.UInt64()))
	properties.TestingRun(t)
}

// SetDoomed leaves everything else as it is, a run that was interrupted, too.
func TestSetDoomed(t *testing.T) {
	m := created(t, someMeta(1))
	check(t, m.AddSealed(Sealed{ID: someID(1), Name: "c"}, map[string]File{"a": someFile(rand.New(rand.NewPCG(1, 1)), "a")}))
	want := []Doomed{{Name: "x", ID: someID(2), SinceCommits: 3, Since: time.Unix(4, 0).UTC()}}
	check(t, m.SetDoomed(want))
	doomed, err := m.Doomed()
	if err != nil || !cmp.Equal(doomed, want) {
		t.Errorf("%v, %v", doomed, err)
	}
	sealed, files, err := m.Run()
	committed, err2 := m.Files()
	if err != nil || err2 != nil || len(sealed) != 1 || len(files) != 1 || len(committed) != 0 {
		t.Errorf("a run of %v with %v, committed %v (%v, %v)", sealed, files, committed, err, err2)
	}
}
