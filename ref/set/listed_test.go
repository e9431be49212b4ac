package set

import (
	"context"
	"runtime"
	"testing"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store"
)

// endless is a store whose objects are as long as it lists them, and of any byte it likes.
type endless struct{ store.Store }

func (e endless) List(ctx context.Context, prefix string) ([]store.Object, error) {
	all, err := e.Store.List(ctx, prefix)
	for i := range all {
		all[i].Size = 1 << 50
	}
	return all, err
}

// allocated returns how many bytes f allocates in all, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The lengths that a store lists cost nothing. [CON-3]
func TestListedLengths(t *testing.T) {
	f := newFixture(t)
	right := f.list()
	ring := must(right.OpenKeyring(t.Context(), f.secret, Memory{}))
	g, _, _ := right.OpenHead(t.Context(), ring, Memory{}, container.Plain)
	if err := g.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	wrong := must(List(t.Context(), endless{f.s}))
	g.reader.objects = wrong
	n := allocated(func() {
		if _, err := wrong.OpenKeyring(t.Context(), f.secret, Memory{}); fault.NameOf(err) != fault.MissingContainer {
			t.Error(err)
		}
		if g, passed, err := wrong.OpenHead(t.Context(), ring, Memory{}, container.Plain); g != nil || fault.NameOf(err) != fault.MissingContainer || len(passed) != 2 {
			t.Error(passed, err)
		}
		for _, m := range []made{f.data1, f.data2, f.g1, f.g2} {
			b := new(memoryBlob)
			if _, err := g.Fetch(t.Context(), m.stored.ID, b); fault.NameOf(err) != fault.Truncated && fault.NameOf(err) != fault.PayloadTampered || len(b.b) > 0 {
				t.Errorf("%s: %v, %d bytes fetched", m.name(), err, len(b.b))
			}
		}
	})
	if n > 16<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}
