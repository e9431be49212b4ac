package set

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/store/memory"
)

const (
	k1     = "k-0000000000000001.coffer"
	k1Copy = "k-0000000000000001.copy.coffer"
	k2     = "k-0000000000000002.coffer"
	k2Copy = "k-0000000000000002.copy.coffer"
	k3     = "k-0000000000000003.coffer"
	k3Copy = "k-0000000000000003.copy.coffer"
)

// standAlone is an archive that is as short as a keyring.
func standAlone() []byte {
	var b bytes.Buffer
	salts++
	w := must(container.NewArchiveWriter(&b, random(salts), &newKey, nil, archive.StandAlone(0, "")))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Which keyring counts, whatever the store says it has.
func TestOpenKeyring(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	other := container.WithKey(&newKey)
	for _, c := range []struct {
		name   string
		change func(f *fixture)
		secret container.Secret // the right one if nil
		memory Memory
		want   fault.Name
		epoch  uint64
		passed []string
	}{
		{name: "whole", epoch: 2},
		{name: "the copy is damaged", change: func(f *fixture) { f.put(k2Copy, altered(f.ring, 50)) }, epoch: 2},
		{name: "the first is gone", change: func(f *fixture) { f.remove(k2) }, epoch: 2},
		{name: "the copy is gone", change: func(f *fixture) { f.remove(k2Copy) }, epoch: 2},

		// Passed over without a secret, for each of the steps.
		{name: "the first is another file", change: func(f *fixture) { f.put(k2, altered(f.ring, 0)) }, epoch: 2, passed: []string{k2}},
		{name: "the first is of another version", change: func(f *fixture) { f.put(k2, altered(f.ring, 9)) }, epoch: 2, passed: []string{k2}},
		{name: "the first is cut", change: func(f *fixture) { f.put(k2, f.ring[:100]) }, epoch: 2, passed: []string{k2}},
		{name: "the first is empty", change: func(f *fixture) { f.put(k2, nil) }, epoch: 2, passed: []string{k2}},
		{name: "the header of the first is damaged", change: func(f *fixture) { f.put(k2, altered(f.ring, 20)) }, epoch: 2, passed: []string{k2}},
		{name: "the first is an archive", change: func(f *fixture) { f.put(k2, f.g2.bytes) }, epoch: 2, passed: []string{k2}},
		{name: "both are archives", change: func(f *fixture) { f.put(k2, standAlone()); f.put(k2Copy, standAlone()) }, want: fault.MissingContainer},
		{name: "the first is longer than a keyring", change: func(f *fixture) { f.put(k2, make([]byte, maxKeyring+1)) }, epoch: 2, passed: []string{k2}},
		{name: "both are damaged", change: func(f *fixture) { f.put(k2, altered(f.ring, 20)); f.put(k2Copy, altered(f.ring, 20)) }, want: fault.MissingContainer},
		{name: "none is left", change: func(f *fixture) { f.remove(k2); f.remove(k2Copy) }, want: fault.MissingContainer},
		{
			name: "both are damaged, and there is a lower epoch", epoch: 1, passed: []string{k2, k2Copy}, secret: container.WithKey(&oldKey),
			change: func(f *fixture) {
				f.put(k2, altered(f.ring, 20))
				f.put(k2Copy, altered(f.ring, 20))
				f.put(k1, f.ring1)
			},
		},

		// An epoch without a copy counts only if no other one does.
		{name: "a later epoch without a copy", change: func(f *fixture) { f.put(k3, sealRing(newKey, keyring.Keyring{Epoch: 3})) }, epoch: 2},
		{name: "and with its secret", secret: container.WithKey(&oldKey), want: fault.WrongSecret, change: func(f *fixture) { f.put(k3, sealRing(oldKey, keyring.Keyring{Epoch: 3})) }},
		{name: "a later epoch without its first", secret: other, epoch: 3, change: func(f *fixture) { f.put(k3Copy, sealRing(newKey, keyring.Keyring{Epoch: 3})) }},
		{name: "two epochs without copies", epoch: 2, change: func(f *fixture) {
			f.remove(k2Copy)
			f.put(k3, sealRing(newKey, keyring.Keyring{Epoch: 3}))
		}},
		{name: "one without a copy, where the others are damaged", secret: other, epoch: 3, passed: []string{k2, k2Copy}, change: func(f *fixture) {
			f.put(k2, altered(f.ring, 20))
			f.put(k2Copy, altered(f.ring, 20))
			f.put(k3, sealRing(newKey, keyring.Keyring{Epoch: 3}))
		}},

		// Opened, and it fails: only the copy is another chance, if it has other bytes.
		{name: "another secret", secret: container.WithKey(&oldKey), want: fault.WrongSecret},
		{name: "the secret before it was changed", secret: container.WithKey(&oldKey), change: func(f *fixture) { f.put(k1, f.ring1); f.put(k1Copy, f.ring1) }, want: fault.WrongSecret},
		{name: "the payload of the first is damaged", change: func(f *fixture) { f.put(k2, altered(f.ring, -1)) }, epoch: 2, passed: []string{k2}},
		{name: "the MAC of the first is damaged", change: func(f *fixture) { f.put(k2, altered(f.ring, 60)) }, epoch: 2, passed: []string{k2}},
		{name: "the payloads of both are damaged", change: func(f *fixture) { f.put(k2, altered(f.ring, -1)); f.put(k2Copy, altered(f.ring, -2)) }, want: fault.PayloadTampered},
		{name: "and with the same bytes", change: func(f *fixture) { f.put(k2, altered(f.ring, -1)); f.put(k2Copy, altered(f.ring, -1)) }, want: fault.PayloadTampered},
		{name: "the copy is of another key", secret: container.WithKey(&oldKey), epoch: 2, passed: []string{k2},
			change: func(f *fixture) { f.put(k2Copy, sealRing(oldKey, keyring.Keyring{Epoch: 2})) }},
		{name: "the outcome of the copy is another error", change: func(f *fixture) {
			f.put(k2, sealRing(oldKey, keyring.Keyring{Epoch: 2}))
			f.put(k2Copy, altered(f.ring, -1))
		}, want: fault.PayloadTampered},
		{name: "the copy that is left fails", change: func(f *fixture) { f.remove(k2); f.put(k2Copy, altered(f.ring, -1)); f.put(k1, f.ring) }, want: fault.PayloadTampered},
		{name: "the payload of the first is damaged, and the copy another file", change: func(f *fixture) { f.put(k2, altered(f.ring, -1)); f.put(k2Copy, altered(f.ring, 0)) }, want: fault.PayloadTampered},

		// Another epoch than in its name.
		{name: "under the name of a later epoch", change: func(f *fixture) { f.put(k3Copy, f.ring) }, epoch: 2, passed: []string{k3Copy}},
		{name: "the first is one of another epoch", change: func(f *fixture) { f.put(k2, sealRing(newKey, keyring.Keyring{Epoch: 7})) }, epoch: 2, passed: []string{k2}},
		{name: "nothing but later names", change: func(f *fixture) { f.put(k3, f.ring); f.remove(k2); f.remove(k2Copy) }, want: fault.MissingContainer},
		{name: "the first fails, and its copy is of another epoch", secret: other, want: fault.WrongSecret,
			change: func(f *fixture) {
				f.put(k2, sealRing(oldKey, keyring.Keyring{Epoch: 2}))
				f.put(k2Copy, sealRing(newKey, keyring.Keyring{Epoch: 1}))
			}},

		// What a device remembers.
		{name: "remembered", memory: Memory{SetID: setID, Epoch: 2}, epoch: 2},
		{name: "a lower one remembered", memory: Memory{SetID: setID, Epoch: 1}, epoch: 2},
		{name: "a later one remembered", memory: Memory{SetID: setID, Epoch: 3}, want: fault.StaleBackup},
		{name: "that state asked for", memory: Memory{SetID: setID, Epoch: 3, Stale: true}, epoch: 2},
		{name: "another set remembered", memory: Memory{SetID: another, Epoch: 2}, want: fault.WrongSet},
		{name: "another set and a later epoch remembered", memory: Memory{SetID: another, Epoch: 3}, want: fault.WrongSet},
		{name: "another set remembered, an earlier state asked for", memory: Memory{SetID: another, Epoch: 2, Stale: true}, want: fault.WrongSet},
	} {
		if !take() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			if c.change != nil {
				c.change(f)
			}
			if c.secret == nil {
				c.secret = f.secret
			}
			ring, err := f.list().OpenKeyring(t.Context(), c.secret, c.memory)
			if fault.NameOf(err) != c.want || (err == nil) != (c.want == "") {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if err != nil {
				if ring != nil {
					t.Error("a keyring and an error")
				}
				return
			}
			if ring.Epoch != c.epoch {
				t.Errorf("epoch %d, want %d", ring.Epoch, c.epoch)
			}
			if diff := cmp.Diff(c.passed, names(ring.PassedOver)); diff != "" {
				t.Errorf("passed over (-want +got):\n%s", diff)
			}
			if opened := must(container.Open(bytes.NewReader(ring.Bytes), int64(len(ring.Bytes)), c.secret)); opened.Key != ring.Key || must(opened.Keyring()).Epoch != c.epoch {
				t.Error("its bytes are others")
			}
		})
	}
}

// counting counts how often a secret is tried.
type counting struct {
	slot.Secret
	tried int
}

func (c *counting) Open(slots []slot.Slot) (key.Key, error) {
	c.tried++
	return c.Secret.Open(slots)
}

// A password is tried on the copy only if it has other bytes: each time takes a second or
// more. [SET-7]
func TestCopyIsTriedIfItIsAnother(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		copied []byte
		want   int
	}{{f.ring, 1}, {altered(f.ring, 0), 1}, {altered(f.ring, 60), 2}, {sealRing(newKey, keyring.Keyring{Epoch: 2}), 2}} {
		f.put(k2Copy, c.copied)
		secret := &counting{Secret: slot.PasswordSecret("password")}
		if _, err := f.list().OpenKeyring(t.Context(), container.WithSlot(secret), Memory{}); fault.NameOf(err) != fault.NoMatchingSlot || secret.tried != c.want {
			t.Errorf("tried %d times, want %d: %v", secret.tried, c.want, err)
		}
	}
}

// What a store does not answer is no refusal of the format, if nothing else is left.
func TestKeyringUnanswered(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults map[string]memory.Fault
		want   error
		passed []string
	}{
		{name: "the first", faults: map[string]memory.Fault{k2: memory.LoseRequest}, passed: []string{k2}},
		{name: "both", faults: map[string]memory.Fault{k2: memory.LoseRequest, k2Copy: memory.LoseRequest}, want: memory.ErrLost},
		{name: "listed, and not there", faults: map[string]memory.Fault{k2: memory.Old, k2Copy: memory.Old}, want: fault.MissingContainer},
	} {
		f := newFixture(t)
		o := f.list()
		f.s.Script = func(call memory.Call) memory.Fault { return c.faults[call.Name] }
		ring, err := o.OpenKeyring(t.Context(), f.secret, Memory{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if _, _, err := o.Public(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s, public: %v, want %v", c.name, err, c.want)
		}
		if ring != nil {
			if diff := cmp.Diff(c.passed, names(ring.PassedOver)); diff != "" {
				t.Errorf("%s: passed over (-want +got):\n%s", c.name, diff)
			}
		}
	}
	f := newFixture(t)
	o := f.list()
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := o.OpenKeyring(ended, f.secret, Memory{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

// Without a secret the slots of the first keyring that is not passed over are known.
func TestPublic(t *testing.T) {
	f := newFixture(t)
	f.put(k3, altered(f.ring, 20))
	f.put(k2, altered(f.ring, 30))
	h, epoch, err := f.list().Public(t.Context())
	if err != nil || epoch != 2 || h.KeyCheck != newKey.Check() {
		t.Errorf("epoch %d, %v", epoch, err)
	}
	f.remove(k2Copy)
	if _, _, err := f.list().Public(t.Context()); fault.NameOf(err) != fault.MissingContainer {
		t.Error(err)
	}
}

// A network that fails does not look like a set whose newest keyring is lost. [SET-34]
func TestKeyringUnread(t *testing.T) {
	ctx := context.Background()
	k := must(key.New(rand.Reader))
	s := memory.New()
	for epoch := uint64(1); epoch <= 2; epoch++ {
		ring := &keyring.Keyring{SetID: [16]byte{1}, Epoch: epoch, Writer: [16]byte{2}}
		if err := StoreKeyring(ctx, s, epoch, must(SealKeyring(rand.Reader, &k, nil, ring))); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		lost  []string
		fault memory.Fault
		epoch uint64
		err   error
	}{
		{"both", []string{k2, k2Copy}, memory.LoseRequest, 0, memory.ErrLost},
		{"the first", []string{k2}, memory.LoseRequest, 2, nil},
		{"the copy", []string{k2Copy}, memory.LoseRequest, 2, nil},
		{"neither is there", []string{k2, k2Copy}, memory.Old, 1, nil},
	} {
		s.Script = nil
		objects := must(List(ctx, s))
		s.Script = func(call memory.Call) memory.Fault {
			if call.Method == "ReadAt" && slices.Contains(c.lost, call.Name) {
				return c.fault
			}
			return 0
		}
		ring, err := objects.OpenKeyring(ctx, container.WithKey(&k), Memory{})
		if !errors.Is(err, c.err) || err == nil && ring.Epoch != c.epoch {
			t.Errorf("%s: %v, %v", c.name, ring, err)
		}
	}
}
