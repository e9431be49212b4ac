//go:build !wasm && !plan9

package vaultd

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A store that was set back, lost or exchanged is refused, with what to do; one whose guard was
// lost or is damaged as well, until that is asked for. [VLT-57]
func TestGuard(t *testing.T) {
	o := files(t)
	s := open(t, o)
	change1(t, s)
	closed(t, s)
	old, oldGuard := content(t, o.Path), content(t, o.Guard)
	s = open(t, o)
	change1(t, s)
	closed(t, s)
	now, nowGuard := content(t, o.Path), content(t, o.Guard)
	other := files(t)
	closed(t, open(t, other))
	empty := content(t, other.Path)
	s = open(t, other)
	change1(t, s)
	change1(t, s)
	change1(t, s)
	closed(t, s)
	exchanged := content(t, other.Path)
	// The last change is in one place of the guard, and the one before in the other.
	torn := func(kept string) []byte {
		i := bytes.LastIndex(nowGuard, []byte(kept))
		return slices.Concat(nowGuard[:i], bytes.ToUpper(nowGuard[i:i+len(kept)]), nowGuard[i+len(kept):])
	}

	for name, c := range map[string]struct {
		store, guard []byte
		anew         bool
		want         string
	}{
		"as it was":                             {now, nowGuard, false, ""},
		"a crash before the guard":              {now, oldGuard, false, ""},
		"set back":                              {old, nowGuard, false, "the store was set back: its last change has the number 1, and the guard"},
		"set back, and a new guard asked for":   {old, nowGuard, true, "--new-guard is for when it was lost"},
		"gone":                                  {nil, nowGuard, false, "the store is gone, or empty"},
		"a new one":                             {empty, nowGuard, false, "the store is gone, or empty"},
		"no bytes":                              {[]byte{}, nowGuard, false, "the store is gone, or empty"},
		"another one":                           {exchanged, nowGuard, false, "is one of another store"},
		"no guard":                              {now, nil, false, "start once with --new-guard"},
		"no guard, and a new one asked for":     {now, nil, true, ""},
		"a crash while the guard was written":   {now, torn("change 2"), false, ""},
		"set back, and the last change damaged": {old, torn("change 2"), false, "is damaged"},
		"a guard whose other place is damaged":  {now, torn("change 1"), false, "is damaged"},
		"set back, and the other place damaged": {old, torn("change 1"), false, "the store was set back"},
		"a damaged guard":                       {now, bytes.ReplaceAll(nowGuard, []byte("change"), []byte("Change")), false, "is damaged"},
		"a damaged guard, and a new one":        {now, nowGuard[:len(nowGuard)-1], true, "is damaged"},
		"an empty guard":                        {now, []byte{}, false, "is damaged"},
		"an empty store and no guard":           {empty, nil, false, ""},
		"a store that is not one":               {bytes.Repeat([]byte("no store "), 9999), nowGuard, false, "the store is damaged"},
		"a store that was cut":                  {now[:len(now)/2], nowGuard, false, "the store is damaged"},
		"neither":                               {nil, nil, false, ""},
		"neither, and a new guard asked for":    {nil, nil, true, ""},
		"a guard of a store that was only made": {nil, bytes.Repeat((&kept{Store: storeID{9}}).block(), guardPlaces), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := files(t)
			o.NewGuard = c.anew
			if c.store != nil {
				put(t, o.Path, c.store)
			}
			if c.guard != nil {
				put(t, o.Guard, c.guard)
			}
			s, err := OpenBolt(o)
			if c.want == "" && err == nil {
				n := s.(*bolt).last
				change1(t, s)
				closed(t, s)
				if known, torn, err := (&guard{path: o.Guard}).read(); err != nil || torn || known.Change != n.Change+1 || known.Store != n.Store {
					t.Errorf("the guard keeps %v, %v", known, err)
				}
				return
			}
			if err == nil || c.want == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v instead of %q", err, c.want)
			}
			if c.store == nil && c.want != "" {
				if _, err := os.Stat(o.Path); err == nil {
					t.Error("a store was made")
				}
			}
			if c.guard != nil && !bytes.Equal(content(t, o.Guard), c.guard) {
				t.Error("the guard was changed")
			}
		})
	}
}

// A place of a guard with another byte keeps nothing, and a guard of which no place is good is
// none; nor is one of two stores, or of another length.
func TestDamagedGuard(t *testing.T) {
	g := guard{path: filepath.Join(t.TempDir(), "guard")}
	last, next := kept{storeID{1}, 12345}, kept{storeID{1}, 12346}
	if err := g.begin(&last); err != nil {
		t.Fatal(err)
	}
	for range guardPlaces { // the other place has the change before
		if err := g.write(&next); err != nil {
			t.Fatal(err)
		}
		if known, torn, err := g.read(); err != nil || torn || *known != next {
			t.Fatalf("%v, %v, %v", known, torn, err)
		}
		last, next = next, kept{storeID{1}, next.Change + 1}
	}
	block := string(last.block())
	for i := range block {
		damaged := []byte(block)
		damaged[i] ^= 1
		if k := parseBlock(string(damaged)); k != nil {
			t.Errorf("with another byte %d it keeps the change %d", i, k.Change)
		}
	}
	for name, content := range map[string]string{
		"none is good": strings.Repeat(strings.ToUpper(block), guardPlaces),
		"two stores":   block + string((&kept{storeID{2}, 1}).block()),
		"one place":    block,
		"three places": strings.Repeat(block, guardPlaces+1),
	} {
		put(t, g.path, []byte(content))
		if _, _, err := g.read(); err == nil {
			t.Errorf("%s, and it is a guard", name)
		}
	}
}
