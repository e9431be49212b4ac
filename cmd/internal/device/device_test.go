package device

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/vault"
)

// fill gives bytes that differ from those of other seeds.
func fill(b []byte, seed byte) {
	for i := range b {
		b[i] = seed + byte(i)*7
	}
}

func someID(seed byte) (id archive.ID) { fill(id[:], seed); return id }

func someKey(seed byte) (k key.Key) { fill(k[:], seed); return k }

func someDigest(seed byte) (d [32]byte) { fill(d[:], seed); return d }

func someRecord(seed byte) *Record {
	return &Record{
		Vault:      Vault{"https://vault.example.org", someDigest(seed), vault.AccountID(someDigest(seed + 1)), "/token", "token"},
		Credential: vault.Credential(someDigest(seed + 2)), Registration: vault.Registration(someDigest(seed + 3)),
		Key: someKey(seed + 4), Pending: true,
	}
}

// someMeta is a memory in which every field counts.
func someMeta(seed byte) *Meta {
	m := &Meta{
		Store: "folder:/backup", Epoch: 1 << 51, Key: someKey(seed), Generation: 1<<52 - 1, Head: someDigest(seed + 1),
		HeadID: someID(seed + 2), HeadLength: 1 << 40, Created: archive.Time(1<<52 - 1), Seed: someDigest(seed + 3),
		Pending: &Commit{1<<52 - 2, someDigest(seed + 4)}, Ended: true,
		Begun:   &Begun{3, 2, someKey(seed + 5), someRecord(seed + 10), someRecord(seed + 20)},
		Damaged: []archive.ID{someID(seed + 8)}, OldKeys: []keyring.OldKey{{Epoch: 2, Key: someKey(seed + 9)}},
		Record: someRecord(seed + 30), Leaving: []Record{*someRecord(seed + 40), *someRecord(seed + 50)},
	}
	fill(m.SetID[:], seed+6)
	fill(m.Writer[:], seed+7)
	return m
}

// someFile draws a file whose entry has a path.
func someFile(r *rand.Rand, path string) File {
	f := File{
		Size: r.Int64(), ModifiedNS: -r.Int64(), ChangedNS: r.Int64(), Inode: r.Uint64(), Device: r.Uint64(),
		Record: archive.Record{Entry: archive.Entry{Path: path, Kind: archive.Kind(r.IntN(10)), ModifiedMS: archive.Time(r.Uint64N(1 << 52)), Size: r.Int64()}},
	}
	for range 1 + r.IntN(3) {
		f.Record.Places = append(f.Record.Places, archive.Place{Container: someID(byte(r.Uint32())), Offset: r.Int64()})
		f.Contents = append(f.Contents, r.Int64())
	}
	if len(f.Contents) > 1 {
		for range r.IntN(5) {
			f.Winners = append(f.Winners, uint16(r.Uint32()))
		}
	}
	if r.IntN(2) == 0 {
		f.Digests = make([]byte, 16*(1+r.IntN(4)))
		binary.BigEndian.PutUint64(f.Digests, r.Uint64())
	}
	return f
}

// created makes a memory in a new folder.
func created(t testing.TB, meta *Meta) *Memory {
	t.Helper()
	m, err := Create(filepath.Join(t.TempDir(), "state"), meta)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), sameKeys); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// sameKeys compares keys, which print themselves as fingerprints, by their bytes.
var sameKeys = cmp.Comparer(func(a, b key.Key) bool { return a == b })

// What Create and SetMeta are given is what Meta returns, with and without what is
// pending; the set of a memory stays.
func TestMeta(t *testing.T) {
	want := someMeta(1)
	m := created(t, want)
	same(t, "created", *want, must[Meta](t)(m.Meta()))
	want = someMeta(40)
	want.SetID = someMeta(1).SetID
	want.Pending, want.Begun = nil, nil
	check(t, m.SetMeta(want))
	same(t, "set", *want, must[Meta](t)(m.Meta()))
	other := *want
	other.SetID[0]++
	if m.SetMeta(&other) == nil || m.Commit(&Outcome{Meta: other}) == nil {
		t.Error("the memory went over to another set")
	}
	same(t, "refused", *want, must[Meta](t)(m.Meta()))
}

// A run that was interrupted is there in its order, until it is dropped; the last commit
// does not know of it.
func TestRun(t *testing.T) {
	m := created(t, someMeta(1))
	r := rand.New(rand.NewPCG(1, 1))
	first := Sealed{"c-b.coffer", someID(9), 2, 1 << 40, someDigest(9), false}
	second := Sealed{"c-a.coffer", someID(1), 2, 5, someDigest(1), true}
	a, b := someFile(r, "a"), someFile(r, "b")
	check(t, m.AddSealed(first, map[string]File{"a": a}))
	check(t, m.AddSealed(second, map[string]File{"b": b}))
	check(t, m.MarkStored(first.ID))
	first.Stored = true
	a.Digests, b.Digests = nil, nil
	sealed, complete, err := m.Run()
	check(t, err)
	same(t, "sealed", []Sealed{first, second}, sealed)
	same(t, "complete", map[string]File{"a": a, "b": b}, complete)
	same(t, "committed", map[string]File{}, must[map[string]File](t)(m.Files()))
	if m.MarkStored(someID(77)) == nil {
		t.Error("a container that was not sealed is stored")
	}
	if m.AddSealed(first, map[string]File{"c": a}) == nil {
		t.Error("a file was stored under the path of another")
	}
	check(t, m.DropRun())
	sealed, complete, err = m.Run()
	check(t, err)
	if len(sealed) != 0 || len(complete) != 0 {
		t.Errorf("after DropRun: %v, %v", sealed, complete)
	}
}

// A file that is stored without digests keeps them while its places are the same, and no
// longer.
func TestDigests(t *testing.T) {
	m := created(t, someMeta(1))
	f := someFile(rand.New(rand.NewPCG(1, 1)), "a")
	f.Digests = []byte("sixteen bytes ..")
	meta := *someMeta(1)
	check(t, m.Commit(&Outcome{Meta: meta, Files: map[string]File{"a": f}}))
	f.Digests, f.ModifiedNS = nil, 5
	check(t, m.Commit(&Outcome{Meta: meta, Files: map[string]File{"a": f}}))
	same(t, "touched", []byte("sixteen bytes .."), must[[]byte](t)(m.Digests("a")))
	f.Record = archive.RecordAt(someID(3), 4, f.Record.Entry)
	check(t, m.Commit(&Outcome{Meta: meta, Files: map[string]File{"a": f}}))
	same(t, "sealed again", []byte(nil), must[[]byte](t)(m.Digests("a")))
}

// Commit replaces what is retained and what is doomed, all of them.
func TestOutcome(t *testing.T) {
	m := created(t, someMeta(1))
	meta := *someMeta(1)
	since := time.Date(2026, 2, 3, 4, 5, 6, 789, time.UTC)
	stored := func(n uint64) archive.Stored {
		return archive.Stored{ID: someID(byte(n)), Generation: n, Epoch: 2, Length: 1 << 40, Digest: someDigest(byte(n))}
	}
	first := Outcome{
		Meta:   meta,
		Kept:   []Kept{{stored(2), 7, time.Time{}, map[archive.ID]int64{someID(1): 5, someID(3): 0}}, {stored(300), 8, since, map[archive.ID]int64{}}},
		Doomed: []Doomed{{"c-a.coffer", someID(4), 5, since}, {"g-b.coffer", someID(6), 7, since}},
	}
	check(t, m.Commit(&first))
	same(t, "kept", first.Kept, must[[]Kept](t)(m.Kept()))
	same(t, "doomed", first.Doomed, must[[]Doomed](t)(m.Doomed()))
	second := Outcome{Meta: meta, Kept: first.Kept[1:], Doomed: first.Doomed[:1]}
	check(t, m.Commit(&second))
	same(t, "kept", second.Kept, must[[]Kept](t)(m.Kept()))
	same(t, "doomed", second.Doomed, must[[]Doomed](t)(m.Doomed()))
}

// A memory that restarts has nothing but what it is given.
func TestRestart(t *testing.T) {
	m := created(t, someMeta(1))
	r := rand.New(rand.NewPCG(1, 1))
	check(t, m.AddSealed(Sealed{"c-a.coffer", someID(1), 2, 5, someDigest(1), true}, map[string]File{"a": someFile(r, "a")}))
	check(t, m.Commit(&Outcome{
		Meta: *someMeta(1), Files: map[string]File{"b": someFile(r, "b")},
		Kept: []Kept{{Created: 1, Needs: map[archive.ID]int64{}}}, Doomed: []Doomed{{Name: "c-a.coffer"}},
	}))
	check(t, m.AddSealed(Sealed{"c-b.coffer", someID(2), 2, 5, someDigest(1), true}, nil))
	want := someMeta(40)
	want.SetID = someMeta(1).SetID
	check(t, m.Restart(want))
	same(t, "meta", *want, must[Meta](t)(m.Meta()))
	sealed, complete, err := m.Run()
	check(t, err)
	kept, doomed := must[[]Kept](t)(m.Kept()), must[[]Doomed](t)(m.Doomed())
	if n := len(sealed) + len(complete) + len(must[map[string]File](t)(m.Files())) + len(kept) + len(doomed); n > 0 {
		t.Errorf("%d things are remembered", n)
	}
	if must[[]byte](t)(m.Digests("b")) != nil {
		t.Error("a digest is remembered")
	}
}

// A memory is found by the key of its keyring, by the key that is about to be, and by the
// store; the key counts more, and of a store the latest commit.
func TestFind(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if _, err := Find(dir, "x", key.Check{}); !errors.Is(err, ErrNone) {
		t.Errorf("no folder: %v", err)
	}
	a, b, c := someMeta(1), someMeta(40), someMeta(80)
	a.Store, b.Store, c.Store = "x", "y", "x"
	a.Created, c.Created = 5, 6
	for _, meta := range []*Meta{c, a, b} {
		must[*Memory](t)(Create(dir, meta))
	}
	begun := b.Begun.Key.Check()
	for name, test := range map[string]struct {
		store string
		check key.Check
		want  *Meta
	}{
		"key":         {"x", a.Key.Check(), a},
		"begun":       {"x", begun, b},
		"store":       {"y", key.Check{}, b},
		"of two":      {"x", key.Check{1}, c},
		"other store": {"z", b.Key.Check(), b},
	} {
		m, err := Find(dir, test.store, test.check)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same(t, name, *test.want, must[Meta](t)(m.Meta()))
	}
	if _, err := Find(dir, "z", key.Check{}); !errors.Is(err, ErrNone) {
		t.Errorf("another store: %v", err)
	}
	twin := *b // another set that the same key opens
	twin.SetID[0]++
	twin.Store, twin.Created = "w", b.Created+1
	must[*Memory](t)(Create(dir, &twin))
	for _, want := range []*Meta{b, &twin} {
		m := must[*Memory](t)(Find(dir, want.Store, b.Key.Check()))
		same(t, "of two sets with one key", *want, must[Meta](t)(m.Meta()))
	}
	m := must[*Memory](t)(BySet(dir, b.SetID))
	same(t, "by set", *b, must[Meta](t)(m.Meta()))
	if _, err := BySet(dir, [16]byte{}); !errors.Is(err, ErrNone) {
		t.Errorf("another set: %v", err)
	}
}

// A second memory of a set is refused, and the first stays as it is.
func TestCreateTwice(t *testing.T) {
	want := someMeta(1)
	m := created(t, want)
	other := someMeta(40)
	other.SetID = want.SetID
	if _, err := Create(m.dir, other); !errors.Is(err, ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	same(t, "after it", *want, must[Meta](t)(m.Meta()))
}

// Remove leaves nothing of the set, and everything of another.
func TestRemove(t *testing.T) {
	m := created(t, someMeta(1))
	other := must[*Memory](t)(Create(m.dir, someMeta(40)))
	check(t, os.WriteFile(filepath.Join(m.Spool(), "c"), []byte("sealed"), 0o600))
	check(t, os.WriteFile(m.path+".unusable-1", nil, 0o600))
	release := must[func()](t)(m.Lock())
	check(t, m.Remove())
	release()
	if left, _ := filepath.Glob(m.base + "*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := m.Meta(); !errors.Is(err, ErrNone) {
		t.Errorf("after Remove: %v", err)
	}
	same(t, "the other", *someMeta(40), must[Meta](t)(other.Meta()))
}
