package set

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// The names of the table come back as they were, and stores take them. [SET-1]
func TestNames(t *testing.T) {
	id := archive.ID{0: 0xab, 23: 0x0c}
	for text, want := range map[string]Name{
		"k-0000000000000001.coffer":                                 {Kind: Keyring, Number: 1},
		"k-000fffffffffffff.copy.coffer":                            {Kind: KeyringCopy, Number: 4503599627370495},
		"g-000000000000abcd.coffer":                                 {Kind: Commit, Number: 0xabcd},
		"c-ab000000000000000000000000000000000000000000000c.coffer": {Kind: Data, ID: id},
		"c-" + strings.Repeat("0", 48) + ".coffer":                  {Kind: Data},
	} {
		got, ok := ParseName(text)
		if !ok || got != want || got.String() != text {
			t.Errorf("%s: %v, %v, again %s", text, got, ok, got)
		}
		if err := store.CheckName(text); err != nil {
			t.Error(err)
		}
	}
}

// Any other name, epoch or generation means nothing. [SET-2]
func TestOtherNames(t *testing.T) {
	for _, text := range []string{
		"", "k-", ".coffer", "readme.txt",
		"k-0000000000000000.coffer", "k-0000000000000000.copy.coffer", "g-0000000000000000.coffer",
		"k-0010000000000000.coffer", "g-0010000000000000.coffer", "g-ffffffffffffffff.coffer",
		"k-000000000000000A.coffer", "g-000000000000000g.coffer", "g-+000000000000001.coffer", "g-0x00000000000001.coffer",
		"k-00000000000000001.coffer", "k-000000000000001.coffer", "k-0000000000000001.coffer.coffer", "k-0000000000000001",
		"g-0000000000000001.copy.coffer", "k-0000000000000001.copy", "K-0000000000000001.coffer", "k-0000000000000001.COFFER",
		"c-" + strings.Repeat("0", 47) + ".coffer", "c-" + strings.Repeat("0", 49) + ".coffer", "c-" + strings.Repeat("0", 47) + "G.coffer",
		"c-" + strings.Repeat("0", 47) + "A.coffer", "c-" + strings.Repeat("0", 48) + ".copy.coffer", "c-0000000000000001.coffer",
		"g-" + strings.Repeat("0", 47) + "1.coffer", " k-0000000000000001.coffer", "k-0000000000000001.coffer\n", "g-0000000000000001coffer",
	} {
		if n, ok := ParseName(text); ok {
			t.Errorf("%q is %v", text, n)
		}
	}
}

// A list is put in order, and what has another name is left out. [SET-2]
func TestList(t *testing.T) {
	f := &fixture{t: t, s: memory.New()}
	for _, name := range []string{
		"g-0000000000000010.coffer", "g-0000000000000002.coffer", "g-0000000000000000.coffer", "notes.txt",
		"k-0000000000000001.coffer", "k-0000000000000001.copy.coffer", "k-0000000000000002.copy.coffer", "k-0000000000000004.coffer", "k-0000000000000003.coffer",
		"c-" + strings.Repeat("b", 48) + ".coffer", "c-" + strings.Repeat("a", 48) + ".coffer",
	} {
		f.put(name, []byte(name))
	}
	o := f.list()
	var got []string
	for _, n := range slices.Concat(o.Keyrings, o.Commits, o.Data, o.Twice) {
		got = append(got, n.String())
		if object, ok := o.Has(n); !ok || object.Size != int64(len(n.String())) {
			t.Errorf("%s: %+v", n, object)
		}
	}
	want := []string{
		"k-0000000000000002.copy.coffer", "k-0000000000000001.coffer", "k-0000000000000001.copy.coffer", "k-0000000000000003.coffer", "k-0000000000000004.coffer",
		"g-0000000000000010.coffer", "g-0000000000000002.coffer",
		"c-" + strings.Repeat("a", 48) + ".coffer", "c-" + strings.Repeat("b", 48) + ".coffer",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, ok := o.Has(Name{Kind: Commit, Number: 7}); ok {
		t.Error("it has a commit that is not there")
	}
	f.s.Script = memory.At(f.s.Calls(), memory.LoseRequest)
	if _, err := List(t.Context(), f.s); !errors.Is(err, memory.ErrLost) {
		t.Errorf("no answer: %v", err)
	}
}

// listing is a store that lists what a test wants.
type listing struct {
	store.Store
	objects []store.Object
}

func (l listing) List(context.Context, string) ([]store.Object, error) { return l.objects, nil }

// Of a name that is listed twice, the object is the one that the store then has.
func TestListedTwice(t *testing.T) {
	f := &fixture{t: t, s: memory.New()}
	const name, gone = "g-0000000000000002.coffer", "g-0000000000000003.coffer"
	f.put(name, []byte("four"))
	o := must(List(t.Context(), listing{f.s, []store.Object{{Name: name, Size: 9}, {Name: name, Size: 4}, {Name: name, Size: 9}, {Name: gone, Size: 1}, {Name: gone, Size: 2}}}))
	if object, _ := o.Has(o.Commits[0]); object.Size != 4 || len(o.Commits) != 1 || len(o.Twice) != 2 || o.Twice[0] != o.Commits[0] {
		t.Errorf("%+v, %v, %v", object, o.Commits, o.Twice)
	}
	f.s.Script = memory.At(f.s.Calls(), memory.LoseRequest)
	if _, err := List(t.Context(), listing{f.s, []store.Object{{Name: name}, {Name: name}}}); !errors.Is(err, memory.ErrLost) {
		t.Errorf("no answer: %v", err)
	}
}
