package backups

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

func commitName(number uint64) string { return set.Name{Kind: set.Commit, Number: number}.String() }

// sorted returns names in order.
func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// dropKeyringsBefore deletes the keyrings of epochs before one.
func (w *world) dropKeyringsBefore(epoch uint64) {
	for _, name := range w.store.keyrings() {
		if name.Number < epoch {
			delete(w.store, name.String())
		}
	}
}

// putKeyring puts a keyring into the store that another device has made, changed from the one
// that counts.
func (w *world) putKeyring(k key.Key, change func(ring *keyring.Keyring)) {
	first, _ := names(w.number("epoch"))
	now := left(openKeyring(w.store[first], w.key()))
	ring := *now.Keyring
	if k != now.Key {
		ring.OldKeys = append(slices.Clone(ring.OldKeys), keyring.OldKey{Epoch: ring.Epoch, Key: now.Key})
	}
	change(&ring)
	if k != now.Key && ring.Epoch == now.Epoch { // a set of its own
		ring.OldKeys = nil
	}
	var b bytes.Buffer
	cases.Must(container.SealKeyring(&b, w.r, &k, nil, &ring))
	first, second := names(ring.Epoch)
	w.store[first], w.store[second] = b.Bytes(), b.Bytes()
}

// ends lets the device run set.commit, which must end with an error and make nothing.
func (w *world) ends(what, want string, meddle meddler) error {
	r, err := w.run("set.commit", w.later().input(w.memory), meddle)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if got, _, _ := strings.Cut(r.err, " "); got != want {
		return fmt.Errorf("%s: set.commit ends with %q, not with %s", what, r.err, want)
	}
	if meddle == nil && r.makes("") { // [LIF-12] [LIF-13]
		return fmt.Errorf("%s: it makes an object before it ends", what)
	}
	return nil
}

// endsWhereMendingFails runs where the store fails to make anything.
func (w *world) endsWhereMendingFails() error {
	r, err := w.run("set.commit", w.drawChange().input(w.memory), func(_ int, q request) fate {
		if q.changes() {
			return failed
		}
		return answered
	})
	switch {
	case err != nil:
		return err
	case r.err != "": // [ERR-7]
		return fmt.Errorf("set.commit ends with %q", r.err)
	case slices.IndexFunc(r.log, request.changes) != len(r.log)-1:
		return fmt.Errorf("set.commit does not end with the request that failed")
	}
	return nil
}

// anotherCommits returns a store with a commit that a copy of the device has made.
func (w *world) anotherCommits() (store, vectors.Object, error) {
	v := w.clone()
	err := v.commit(change{add: []inputs.Entry{drawn.Entry(w.r, "of another")}, created: inputs.Unknown})
	return v.store, v.memory, err
}

func ofRuns() []audit {
	return []audit{
		{"ended-by-keyrings", "LIF-8 LIF-12 LIF-13 SET-11", "", "A device whose keyring does not count any more, or is gone, writes nothing.", endedByKeyrings},
		{"ended-by-commits", "LIF-8 LIF-12 LIF-13", "", "So does a device that finds a commit which it does not remember, or does not find the one that it does.", endedByCommits},
		{"goes-on", "LIF-8 LIF-10 LIF-16 LIF-22", "", "A device finds what it was about to commit, mends the keyring and deletes those of earlier epochs.", goesOn},
		{"meanwhile", "LIF-8 LIF-9", "", "What another does to the store between two requests is found out.", meanwhile},
		{"interrupted-run", "LIF-8 LIF-9 LIF-10 LIF-15 SET-25 SET-28", "", "A run that is interrupted at any request, before it is carried out or after, or for which the store fails, loses nothing, and another run ends with the generation.", interruptedRun},
	}
}

func endedByKeyrings(w *world) error {
	w.toHistory()
	w.memory = inputs.With(w.memory, "pending", nil)
	epochNow := w.number("epoch")
	first, second := names(epochNow)
	for _, one := range []struct {
		what, want string
		do         func(v *world)
	}{
		{"another device has begun an epoch", "superseded", func(v *world) {
			v.putKeyring(drawn.Key(w.r), func(k *keyring.Keyring) { k.Epoch++; k.Writer[0] ^= 1 })
		}},
		{"another device has begun an epoch under the same key", "superseded", func(v *world) {
			v.putKeyring(v.key(), func(k *keyring.Keyring) { k.Epoch++; k.Writer[0] ^= 1 })
		}},
		{"an epoch has begun with this writer", "superseded", func(v *world) { v.putKeyring(drawn.Key(w.r), func(k *keyring.Keyring) { k.Epoch += 2 }) }},
		{"the epoch has another key", "superseded", func(v *world) { v.putKeyring(drawn.Key(w.r), func(k *keyring.Keyring) { k.Writer[0] ^= 1 }) }},
		{"the epoch has another writer", "superseded", func(v *world) { v.putKeyring(v.key(), func(k *keyring.Keyring) { k.Writer[15] ^= 1 }) }},
		{"there is another set", "wrong_set", func(v *world) { v.putKeyring(v.key(), func(k *keyring.Keyring) { k.SetID[0] ^= 1 }) }},
		{"the epoch has another key, and no copy", "superseded", func(v *world) {
			v.putKeyring(drawn.Key(w.r), func(k *keyring.Keyring) { k.Writer[0] ^= 1 })
			delete(v.store, second)
		}},
		{"the epoch has another writer, and no copy", "superseded", func(v *world) {
			v.putKeyring(v.key(), func(k *keyring.Keyring) { k.Writer[15] ^= 1 })
			delete(v.store, second)
		}},
		{"there is another set, without a copy", "wrong_set", func(v *world) {
			v.putKeyring(v.key(), func(k *keyring.Keyring) { k.SetID[0] ^= 1 })
			delete(v.store, second)
		}},
		{"there is no keyring", "stale_backup", func(v *world) { delete(v.store, first); delete(v.store, second) }},
		{"the keyring is damaged", "stale_backup", func(v *world) {
			v.store[first] = drawn.Bytes(w.r, 200)
			v.store[second] = v.store[first][:7]
		}},
		{"the payload of the keyring is damaged under both names", "stale_backup", func(v *world) {
			v.store[first] = bytes.Clone(v.store[first])
			v.store[first][len(v.store[first])-9] ^= 1
			v.store[second] = v.store[first]
		}},
		{"the keyring states another epoch", "stale_backup", func(v *world) { v.misname(epochNow); delete(v.store, second) }},
		{"the copy of the keyring states another epoch, and is alone", "stale_backup", func(v *world) { v.misname(epochNow); delete(v.store, first) }},
		{"the keyring states another epoch under both names", "stale_backup", func(v *world) { v.misname(epochNow) }},
		{"there is nothing", "stale_backup", func(v *world) { v.store = store{} }},
		{"there is an earlier keyring alone", "stale_backup", func(v *world) {
			v.memory = inputs.With(v.memory, "epoch", inputs.Number(epochNow+1))
		}},
	} {
		v := w.clone()
		one.do(v)
		if err := v.ends(one.what, one.want, nil); err != nil {
			return err
		}
	}
	return nil
}

// misname puts a keyring of the next epoch under the names of one.
func (w *world) misname(epoch uint64) {
	w.putKeyring(w.key(), func(k *keyring.Keyring) { k.Epoch = epoch + 1 })
	first, second := names(epoch)
	next, nextCopy := names(epoch + 1)
	w.store[first], w.store[second] = w.store[next], w.store[nextCopy]
	delete(w.store, next)
	delete(w.store, nextCopy)
}

func endedByCommits(w *world) error {
	w.toHistory()
	generation, before := w.number("generation"), w.memory
	after, later, err := w.anotherCommits()
	if err != nil {
		return err
	}
	for _, one := range []struct {
		what, want string
		do         func(v *world)
	}{
		{"a copy of the device has committed", "superseded", func(v *world) { v.store = after }},
		{"a copy of the device has committed, while it was about to", "superseded", func(v *world) {
			v.store = after
			v.memory = inputs.With(before, "pending", vectors.Object{"generation": later["generation"], "head": drawn.Hex(w.r, 32)})
		}},
		{"a commit that another made has the number that was remembered", "superseded", func(v *world) {
			v.store = after
			v.memory = inputs.With(later, "head", drawn.Hex(w.r, 32))
		}},
		{"the last commit is gone", "stale_backup", func(v *world) { v.memory = later }},
		{"the last commit has other bytes", "stale_backup", func(v *world) {
			name := commitName(uint64(number(later["generation"])))
			b := bytes.Clone(after[name])
			b[len(b)-1] ^= 1
			v.store, v.memory = after.with(name, b), later
		}},
		{"all commits are gone", "stale_backup", func(v *world) {
			for _, name := range sorted(v.store) {
				if strings.HasPrefix(name, "g-") {
					delete(v.store, name)
				}
			}
		}},
	} {
		v := w.clone()
		one.do(v)
		if err := v.ends(fmt.Sprintf("%s, generation %d", one.what, generation), one.want, nil); err != nil {
			return err
		}
	}
	return nil
}

func goesOn(w *world) error {
	w.toHistory()
	after, later, err := w.anotherCommits()
	if err != nil {
		return err
	}
	v := w.clone() // its answer was lost
	v.store = after
	v.memory = inputs.With(w.memory, "pending", vectors.Object{"generation": later["generation"], "head": later["head"]})
	if err := v.commit(v.drawChange()); err != nil {
		return fmt.Errorf("a pending commit was made: %w", err)
	}
	v = w.clone() // it was not made
	v.memory = inputs.With(w.memory, "pending", vectors.Object{"generation": later["generation"], "head": later["head"]})
	if err := v.commit(v.drawChange()); err != nil {
		return fmt.Errorf("a pending commit was not made: %w", err)
	}
	first, second := names(w.number("epoch"))
	for _, lacking := range []string{first, second} {
		v := w.clone()
		b := v.store[lacking]
		delete(v.store, lacking)
		if err := v.clone().endsWhereMendingFails(); err != nil {
			return fmt.Errorf("the store lacks %s, and fails to make it: %w", lacking, err)
		}
		if err := v.commit(v.drawChange()); err != nil {
			return fmt.Errorf("the store lacks %s: %w", lacking, err)
		}
		if !bytes.Equal(v.store[lacking], b) { // [LIF-16]
			return fmt.Errorf("%s, which the store lacks, is not made again", lacking)
		}
	}
	v = w.clone()
	old, oldCopy := names(w.number("epoch") - 1)
	if w.number("epoch") == 1 {
		return nil
	}
	v.store[old], v.store[oldCopy] = drawn.Bytes(w.r, 100), v.store[first]
	r, err := v.run("set.commit", v.drawChange().input(v.memory), nil)
	if err != nil {
		return err
	}
	if r.err != "" || v.store[old] != nil || v.store[oldCopy] != nil { // [LIF-22]
		return fmt.Errorf("the keyrings of an earlier epoch are still there after a run, which ends with %q", r.err)
	}
	return nil
}
