package etcdstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

// A log is refused that is not, or not any more, the one that the guard knows: it ends earlier,
// has entries that were replaced, or has forgotten a vote. [VLT-63]
func TestGuard(t *testing.T) {
	entries := func(terms ...uint64) (all []*raftpb.Entry) {
		for _, term := range terms {
			all = append(all, &raftpb.Entry{Term: new(term)})
		}
		return all
	}
	known := &kept{Cluster: 1, Member: 2, Term: 3, Index: 12}
	log := func(term, before uint64, terms ...uint64) *raftLog {
		return &raftLog{1, 2, term, before, entries(terms...)}
	}
	for name, c := range map[string]struct {
		guard    *kept
		log      *raftLog
		newGuard bool
		want     string
	}{
		"as it was":                      {known, log(3, 10, 2, 3), false, ""},
		"with more":                      {known, log(4, 10, 2, 3, 4), false, ""},
		"a later copy of the store":      {known, log(3, 20), false, ""},
		"it ends earlier":                {known, log(3, 10, 3), false, "ends with entry 11 of term 3, and the guard"},
		"an entry that was replaced":     {known, log(3, 10, 2, 2), false, "was set back"},
		"more entries that were":         {known, log(3, 10, 2, 2, 2, 2), false, "was set back"},
		"a forgotten vote":               {known, log(2, 20), false, "was set back"},
		"an empty log":                   {known, log(0, 0), false, "was set back"},
		"set back, and a new guard":      {known, log(3, 10, 3), true, "--new-guard is for when it was lost"},
		"gone":                           {known, nil, false, "is gone, or empty"},
		"gone, and a new guard":          {known, nil, true, "--new-guard is for when it was lost"},
		"another member":                 {&kept{Cluster: 1, Member: 9, Term: 3, Index: 12}, log(3, 20), false, "is one of another member"},
		"another fleet":                  {&kept{Cluster: 9, Member: 2, Term: 3, Index: 12}, log(3, 20), false, "is one of another member"},
		"no guard":                       {nil, log(3, 20), false, "start once with --new-guard"},
		"no guard, and a new one":        {nil, log(3, 20), true, ""},
		"neither":                        {nil, nil, false, ""},
		"a guard from before the store":  {&kept{}, nil, false, ""},
		"a guard that has not seen more": {&kept{}, log(1, 0, 1), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := guard{filepath.Join(t.TempDir(), "guard")}
			if c.guard != nil {
				if err := g.write(c.guard); err != nil {
					t.Fatal(err)
				}
			}
			err := g.check(c.log, c.newGuard)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v instead of %q", err, c.want)
			}
		})
	}
}

// Every guard with another byte is none.
func TestDamagedGuard(t *testing.T) {
	g := guard{filepath.Join(t.TempDir(), "guard")}
	whole := kept{1, 2, 3, 12345}
	if err := g.write(&whole); err != nil {
		t.Fatal(err)
	}
	if known, err := g.read(); err != nil || *known != whole {
		t.Fatalf("%v, %v", known, err)
	}
	b, err := os.ReadFile(g.path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] ^= 1
		if err := os.WriteFile(g.path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if known, err := g.read(); err == nil {
			t.Errorf("with another byte %d it is one, of the entry %d", i, known.Index)
		}
		b[i] ^= 1
	}
}

// What stands in the way of a member is said before anything is made.
func TestRefusedOptions(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no members":             {func(o *Options) { o.Peers = "" }, "have no a with one address"},
		"another name":           {func(o *Options) { o.Name = "z" }, "have no z with one address"},
		"no address":             {func(o *Options) { o.Peers = "a=here" }, "are given as NAME=URL"},
		"plainly to others":      {func(o *Options) { o.Peers, o.Listen = "a=http://10.1.2.3:1", "" }, "give https addresses"},
		"no certificate":         {func(o *Options) { o.Peers = "a=https://127.0.0.1:1" }, "give the certificate"},
		"no folder":              {func(o *Options) { o.Guard += "/none/guard" }, "there is no folder"},
		"the guard in the store": {func(o *Options) { o.Guard = filepath.Join(o.Path, "guard") }, "would be set back with it"},
		"deeper in the store":    {func(o *Options) { o.Guard = filepath.Join(o.Path, "member", "guard") }, "would be set back with it"},
		"nobody to join":         {func(o *Options) { o.Join = true }, "no other member answers"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTrial(t, 1)
			o := &tr.members[0].options
			if strings.Contains(name, "in the store") {
				tr.must(os.MkdirAll(filepath.Join(o.Path, "member"), 0o700))
			}
			c.change(o)
			tr.refused(0, c.want)
			if _, err := os.Stat(filepath.Join(o.Path, "member", "wal")); err == nil {
				t.Error("a store was made")
			}
			if _, err := os.Stat(o.Guard); err == nil {
				t.Error("a guard was made")
			}
		})
	}
}
