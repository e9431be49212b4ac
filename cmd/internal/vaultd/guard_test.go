//go:build !wasm && !plan9

package vaultd

import (
	"bytes"
	"os"
	"path/filepath"
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
		"a damaged guard":                       {now, bytes.Replace(nowGuard, []byte("change 2"), []byte("change 1"), 1), false, "is damaged"},
		"a damaged guard, and a new one":        {now, nowGuard[:len(nowGuard)-1], true, "is damaged"},
		"an empty guard":                        {now, []byte{}, false, "is damaged"},
		"an empty store and no guard":           {empty, nil, false, ""},
		"a store that is not one":               {bytes.Repeat([]byte("no store "), 9999), nowGuard, false, "the store is damaged"},
		"a store that was cut":                  {now[:len(now)/2], nowGuard, false, "the store is damaged"},
		"neither":                               {nil, nil, false, ""},
		"neither, and a new guard asked for":    {nil, nil, true, ""},
		"a guard of a store that was only made": {nil, []byte(guarded((&kept{Store: storeID{9}}).text())), false, ""},
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
				if known, err := (&guard{o.Guard}).read(); err != nil || known.Change != n.Change+1 || known.Store != n.Store {
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

// Every guard with another byte is none.
func TestDamagedGuard(t *testing.T) {
	g := guard{filepath.Join(t.TempDir(), "guard")}
	whole := kept{storeID{1}, 12345}
	if err := g.write(&whole); err != nil {
		t.Fatal(err)
	}
	if known, err := g.read(); err != nil || *known != whole {
		t.Fatalf("%v, %v", known, err)
	}
	b := content(t, g.path)
	for i := range b {
		b[i] ^= 1
		put(t, g.path, b)
		if known, err := g.read(); err == nil {
			t.Errorf("with another byte %d it is one, of the change %d", i, known.Change)
		}
		b[i] ^= 1
	}
}
