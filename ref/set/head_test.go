package set

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

const (
	g2 = "g-0000000000000002.coffer"
	g3 = "g-0000000000000003.coffer"
	g5 = "g-0000000000000005.coffer"
	g6 = "g-0000000000000006.coffer"
	g9 = "g-0000000000000009.coffer"
)

// commitOf seals a commit that needs nothing else.
func commitOf(k key.Key, epoch, generation uint64) made {
	return seal(parts{key: k, index: archive.Index{Generation: generation, Epoch: epoch, Complete: true}, files: []file{{"only", "only"}}})
}

// Which commit is the head, whatever the store says it has.
func TestOpenHead(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	for _, c := range []struct {
		name   string
		change func(f *fixture)
		memory Memory
		want   fault.Name
		number uint64 // of the head; 0 if there is none
		passed map[string]fault.Name
	}{
		{name: "whole", number: 5},
		{name: "only what the keyring names", change: func(f *fixture) { f.remove(g5) }, number: 3},
		{name: "what the keyring names is gone", change: func(f *fixture) { f.remove(g3) }, number: 5},
		{name: "a gap", change: func(f *fixture) { f.put(g9, commitOf(newKey, 2, 9).bytes) }, number: 9},
		{name: "all are gone", change: func(f *fixture) { f.remove(g3); f.remove(g5) }, want: fault.MissingContainer},
		{name: "all but an earlier one are gone", change: func(f *fixture) {
			f.remove(g3)
			f.remove(g5)
			f.put(g2, commitOf(newKey, 2, 2).bytes)
		}, want: fault.MissingContainer},
		{name: "an earlier one is there", change: func(f *fixture) { f.remove(g5); f.put(g2, commitOf(newKey, 2, 2).bytes) }, number: 3},

		// Greater numbers that do not count.
		{name: "a forged one under the old key", change: func(f *fixture) { f.put(g9, commitOf(oldKey, 1, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.WrongSecret}},
		{name: "a forged one under the old key, of the new epoch", change: func(f *fixture) { f.put(g9, commitOf(oldKey, 2, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.WrongSecret}},
		{name: "of an earlier epoch", change: func(f *fixture) { f.put(g9, commitOf(newKey, 1, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.MalformedArchive}},
		{name: "of a later epoch", change: func(f *fixture) { f.put(g9, commitOf(newKey, 3, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.MalformedArchive}},
		{name: "of another set", change: func(f *fixture) {
			f.put(g9, seal(parts{key: newKey, index: archive.Index{SetID: another, Generation: 9, Epoch: 2, Complete: true}}).bytes)
		}, number: 5, passed: map[string]fault.Name{g9: fault.WrongSet}},
		{name: "of a foreign key", change: func(f *fixture) { f.put(g9, commitOf(key.Key{'x'}, 2, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.WrongSecret}},
		{name: "not complete", change: func(f *fixture) {
			f.put(g9, seal(parts{key: newKey, index: archive.Index{Generation: 9, Epoch: 2}}).bytes)
		}, number: 5, passed: map[string]fault.Name{g9: fault.MalformedArchive}},
		{name: "under another number", change: func(f *fixture) { f.put(g9, f.g2.bytes); f.put(g6, commitOf(newKey, 2, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.MalformedArchive, g6: fault.MalformedArchive}},
		{name: "torn", change: func(f *fixture) { f.put(g9, commitOf(newKey, 2, 9).bytes[:100_000]) },
			number: 5, passed: map[string]fault.Name{g9: fault.PayloadTampered}},
		{name: "empty", change: func(f *fixture) { f.put(g9, nil) }, number: 5, passed: map[string]fault.Name{g9: fault.NotAContainer}},
		{name: "a keyring", change: func(f *fixture) { f.put(g9, f.ring) }, number: 5, passed: map[string]fault.Name{g9: fault.MalformedArchive}},
		{name: "its last chunk is damaged", change: func(f *fixture) { f.put(g5, altered(f.g2.bytes, -1)) },
			number: 3, passed: map[string]fault.Name{g5: fault.PayloadTampered}},
		{name: "the content of its entries is damaged", change: func(f *fixture) { f.put(g5, altered(f.g2.bytes, 200)) }, number: 5},

		// What the keyring names is believed for its digest.
		{name: "another under the number that the keyring names", change: func(f *fixture) { f.remove(g5); f.put(g3, commitOf(oldKey, 1, 3).bytes) },
			want: fault.MissingContainer, passed: map[string]fault.Name{g3: fault.PayloadTampered}},
		{name: "one under the current key there", change: func(f *fixture) { f.remove(g5); f.put(g3, commitOf(newKey, 2, 3).bytes) },
			want: fault.MissingContainer, passed: map[string]fault.Name{g3: fault.PayloadTampered}},
		{name: "its padding is damaged", change: func(f *fixture) { f.remove(g5); f.put(g3, altered(f.g1.bytes, 100_000)) },
			want: fault.MissingContainer, passed: map[string]fault.Name{g3: fault.PayloadTampered}},
		{name: "it is there under another number", change: func(f *fixture) { f.remove(g5); f.put(g6, f.g1.bytes) },
			number: 3, passed: map[string]fault.Name{g6: fault.WrongSecret}},

		// What a device remembers.
		{name: "remembered", memory: Memory{SetID: setID, Epoch: 2, Generation: 5}, number: 5},
		{name: "a lower one remembered", memory: Memory{SetID: setID, Generation: 3}, number: 5},
		{name: "a later one remembered", memory: Memory{SetID: setID, Generation: 6}, want: fault.StaleBackup},
		{name: "that state asked for", memory: Memory{SetID: setID, Generation: 6, Stale: true}, number: 5},
		{name: "the head is gone that is remembered", change: func(f *fixture) { f.remove(g5) }, memory: Memory{SetID: setID, Generation: 5}, want: fault.StaleBackup},

		// A set whose keyring names no commit.
		{name: "no generation yet", change: func(f *fixture) { f.firstEpoch() }},
		{name: "no generation yet, one remembered", change: func(f *fixture) { f.firstEpoch() }, memory: Memory{SetID: setID, Generation: 1}, want: fault.StaleBackup},
		{name: "none yet that counts", change: func(f *fixture) { f.firstEpoch(); f.put(g9, commitOf(oldKey, 1, 9).bytes) },
			passed: map[string]fault.Name{g9: fault.WrongSecret}},
		{name: "the first", change: func(f *fixture) { f.firstEpoch(); f.put(g2, commitOf(newKey, 1, 2).bytes) }, number: 2},

		// An epoch that kept the key.
		{name: "named, of an epoch whose key was kept", change: func(f *fixture) { f.keepKey(2) }, number: 5},
		{name: "made in an epoch that is over, with its key", change: func(f *fixture) { f.keepKey(2); f.put(g9, commitOf(newKey, 2, 9).bytes) },
			number: 5, passed: map[string]fault.Name{g9: fault.MalformedArchive}},
		{name: "named, and not under the key of its epoch", change: func(f *fixture) { f.keepKey(1) },
			want: fault.MissingContainer, passed: map[string]fault.Name{g5: fault.MalformedArchive}},
	} {
		if !take() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			if c.change != nil {
				c.change(f)
			}
			o := f.list()
			ring, err := o.OpenKeyring(t.Context(), f.secret, Memory{})
			if err != nil {
				t.Fatal(err)
			}
			g, passed, err := o.OpenHead(t.Context(), ring, c.memory, container.Plain)
			if fault.NameOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Fatalf("%v, want %q", err, c.want)
			}
			got := map[string]fault.Name{}
			for _, p := range passed {
				got[p.Name] = fault.NameOf(p.Err)
			}
			if len(got)+len(c.passed) > 0 {
				if diff := cmp.Diff(c.passed, got); diff != "" {
					t.Errorf("passed over (-want +got):\n%s", diff)
				}
			}
			number := uint64(0)
			if g != nil {
				number = g.Number
			}
			if number != c.number {
				t.Errorf("generation %d, want %d", number, c.number)
			}
		})
	}
}

// firstEpoch makes the set one that has no generation yet.
func (f *fixture) firstEpoch() {
	for _, name := range []string{k2, k2Copy, g3, g5} {
		f.remove(name)
	}
	f.put(k1, sealRing(newKey, keyring.Keyring{Epoch: 1}))
}

// keepKey begins an epoch with the same key. The keyring names a commit of an epoch.
func (f *fixture) keepKey(epoch uint64) {
	commit := commitOf(newKey, epoch, 5)
	f.put(g5, commit.bytes)
	f.remove(k2)
	f.remove(k2Copy)
	f.put(k3, sealRing(newKey, keyring.Keyring{Epoch: 3, Generation: 5, Head: commit.stored.Digest, OldKeys: []keyring.OldKey{{Epoch: 1, Key: oldKey}}}))
}

// The key of an epoch is that of the next old key, or the current one.
func TestKeyOf(t *testing.T) {
	r := &Ring{Keyring: &keyring.Keyring{Epoch: 9, OldKeys: []keyring.OldKey{{Epoch: 2, Key: key.Key{2}}, {Epoch: 5, Key: key.Key{5}}}}, Key: key.Key{9}}
	for epoch, want := range map[uint64]byte{1: 2, 2: 2, 3: 5, 5: 5, 6: 9, 9: 9, 10: 9} {
		if k, old := r.KeyOf(epoch); *k != (key.Key{want}) || old != (want != 9) {
			t.Errorf("epoch %d: key %d, old %v", epoch, k[0], old)
		}
	}
}

// A commit that could not be read may be the head: the operation ends. One that is listed
// and not there is not.
func TestHeadUnanswered(t *testing.T) {
	f := newFixture(t)
	o := f.list()
	ring := must(o.OpenKeyring(t.Context(), f.secret, Memory{}))
	for fault, want := range map[memory.Fault]error{memory.LoseRequest: memory.ErrLost, memory.Old: nil} {
		f.s.Script = func(call memory.Call) memory.Fault {
			if call.Name == g5 {
				return fault
			}
			return 0
		}
		g, passed, err := o.OpenHead(t.Context(), ring, Memory{}, container.Plain)
		if !errors.Is(err, want) || (g == nil) != (want != nil) {
			t.Errorf("%v, want %v", err, want)
		}
		if want == nil && (g.Number != 3 || len(passed) != 1 || !errors.Is(passed[0].Err, missingContainer)) {
			t.Errorf("generation %d, %v", g.Number, passed)
		}
	}
}

const missingContainer = fault.MissingContainer

// A single commit can be asked about, too.
func TestEligible(t *testing.T) {
	f := newFixture(t)
	f.put(g2, commitOf(newKey, 2, 2).bytes)
	o := f.list()
	ring := must(o.OpenKeyring(t.Context(), f.secret, Memory{}))
	for number, want := range map[uint64]fault.Name{2: fault.StaleBackup, 3: "", 4: fault.MissingContainer, 5: ""} {
		g, err := o.Eligible(t.Context(), ring, number, container.Plain)
		if fault.NameOf(err) != want || (err == nil) != (want == "") || err == nil && g.Number != number {
			t.Errorf("generation %d: %v, want %q", number, err, want)
		}
	}
}

// changing is a store that answers for an object with other bytes after some requests.
type changing struct {
	store.Store
	name  string
	bytes string
	after int
	asked int
}

func (c *changing) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	if name != c.name {
		return c.Store.ReadAt(ctx, name, p, off)
	}
	if c.asked++; c.asked <= c.after {
		return c.Store.ReadAt(ctx, name, p, off)
	}
	return strings.NewReader(c.bytes).ReadAt(p, off)
}

// Whoever knows an old key and answers as the provider does cannot have a commit hashed
// and another one opened, nor one opened and another one hashed. [SET-14]
func TestCommitChangesWhileItIsRead(t *testing.T) {
	thorough.NotShort(t)
	large := func(k key.Key, epoch uint64, content string) made {
		return seal(parts{key: k, index: archive.Index{Generation: 3, Epoch: epoch, Complete: true}, salt: 1 << 20, files: []file{{"a", strings.Repeat(content, 3<<20)}}})
	}
	for _, c := range []struct {
		k     key.Key
		epoch uint64
		ring  keyring.Keyring
	}{
		{oldKey, 1, keyring.Keyring{Epoch: 2, Generation: 3, Head: large(oldKey, 1, "a").stored.Digest, OldKeys: []keyring.OldKey{{Epoch: 1, Key: oldKey}}}},
		{newKey, 2, keyring.Keyring{Epoch: 2}},
	} {
		right, forged := large(c.k, c.epoch, "a"), large(c.k, c.epoch, "b")
		if len(right.bytes) != len(forged.bytes) || right.stored.ID != forged.stored.ID {
			t.Fatal("the forged commit is not like the right one")
		}
		f := &fixture{t: t, s: memory.New()}
		f.put(k2, sealRing(newKey, c.ring))
		f.put(g3, right.bytes)
		for after := range 9 {
			o := must(List(t.Context(), &changing{f.s, g3, string(forged.bytes), after, 0}))
			ring := must(o.OpenKeyring(t.Context(), container.WithKey(&newKey), Memory{}))
			g, passed, err := o.OpenHead(t.Context(), ring, Memory{}, container.Plain)
			if c.k == oldKey && err != nil && len(passed) == 1 && fault.NameOf(passed[0].Err) == fault.PayloadTampered {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			digest, err := g.Digest(t.Context())
			switch {
			case fault.NameOf(err) == fault.PayloadTampered:
			case err != nil:
				t.Error(err)
			case digest != right.stored.Digest && !(after == 0 && digest == sha256.Sum256(forged.bytes)):
				t.Errorf("after %d requests: the digest is neither of the two", after)
			}
			if c.k == oldKey {
				b := new(memoryBlob)
				if _, err := g.Fetch(t.Context(), g.ID, b); err != nil && fault.NameOf(err) != fault.PayloadTampered || err == nil && string(b.b) != string(right.bytes) {
					t.Errorf("after %d requests: fetched %v", after, err)
				}
			}
		}
	}
}
