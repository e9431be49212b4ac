package storetest_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/store/storetest"
)

// wrongStore is what makes a store wrong, with the check that must see it.
type wrongStore struct {
	check string
	do    func(b *broken)
}

// wrong returns all wrong stores by what is wrong with them.
func wrong() map[string]wrongStore {
	all := maps.Clone(wrongWriters)
	maps.Copy(all, wrongReaders)
	return all
}

func TestBrokenStoresAreRejected(t *testing.T) {
	take := thorough.ShortOneIn(t, 3)
	for what, w := range wrong() {
		if !take() {
			continue
		}
		t.Run(what, func(t *testing.T) {
			i := slices.IndexFunc(storetest.Checks, func(c storetest.Check) bool { return c.Name == w.check })
			b := sound()
			w.do(b)
			if err := storetest.Checks[i].Run(t.Context(), b); err == nil {
				t.Errorf("%q lets it pass", w.check)
			} else {
				t.Log(err)
			}
		})
	}
}

// Every check rejects some store, or it would be worth nothing.
func TestEveryCheckRejects(t *testing.T) {
	used := map[string]bool{"as a map": true} // which repeats what the others check, in other orders
	for _, w := range wrong() {
		used[w.check] = true
	}
	for _, check := range storetest.Checks {
		if !used[check.Name] {
			t.Errorf("no broken store is for %q", check.Name)
		}
	}
}
