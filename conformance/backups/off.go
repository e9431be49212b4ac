package backups

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/vectors"
)

func ofEnds() []audit {
	return []audit{
		{"off", "LIF-28 LIF-29 SET-1", "passkey", "A set is deleted by whoever has its secret: its keyrings first, so that it opens with that until the last is gone, and nothing beside it.", turnedOff},
		{"off-unproved", "LIF-28", "passkey", "Nothing of a set is deleted without its secret, as long as a keyring is there.", offUnproved},
		{"off-contested", "LIF-11 LIF-24 LIF-29", "", "A keyring that is there after all were deleted is another device's, and what it opens stays.", offContested},
		{"off-interrupted", "LIF-28 LIF-29", "", "What was interrupted is gone on with, with the secret as long as a keyring is there.", offInterrupted},
	}
}

// ending is the input of set.off.
func ending(secret vectors.Object) vectors.Object {
	input := vectors.Object{"secret": nil}
	if secret != nil {
		input["secret"] = secret
	}
	return input
}

// checkOff looks at what is asked of a store whose set is to be deleted. [LIF-29]
func (r *run) checkOff(q request, name set.Name) error {
	if q.kind != "delete" {
		return fmt.Errorf("set.off makes nothing")
	}
	if isKeyring(name) {
		objects := cases.Must1(set.List(context.Background(), reading{bytes: r.w.store}))
		if want := objects.KeyringsInOrderOfDeletion()[0]; r.w.store[q.name] != nil && name != want {
			return fmt.Errorf("%s has to go before", want)
		}
		return nil
	}
	if left := r.w.store.keyrings(); len(left) > 0 {
		return fmt.Errorf("%s is there", left[0])
	}
	last := 0 // deletion of a keyring
	for i, q := range r.log {
		if n, ok := set.ParseName(q.name); ok && q.kind == "delete" && isKeyring(n) {
			last = i + 1
		}
	}
	if !r.listsSince(last) {
		return fmt.Errorf("the store is not listed after the keyrings were deleted")
	}
	return nil
}

func isKeyring(n set.Name) bool { return n.Kind == set.Keyring || n.Kind == set.KeyringCopy }

// off deletes the set, and makes sure that all of it is gone, and nothing else.
func (w *world) off(secret vectors.Object) error {
	beside := store{}
	for name, b := range w.store {
		if _, ok := set.ParseName(name); !ok {
			beside[name] = b
		}
	}
	r, err := w.run("set.off", ending(secret), nil)
	switch {
	case err != nil:
		return err
	case r.err != "":
		return fmt.Errorf("set.off ends with %s", r.err)
	case w.memory != nil:
		return fmt.Errorf("something of the set is remembered")
	case !maps.EqualFunc(w.store, beside, slices.Equal):
		return fmt.Errorf("the store has %q, not %q", sorted(w.store), sorted(beside))
	}
	return nil
}

func turnedOff(w *world) error {
	slots := drawn.Passkeys(w.r, 1)
	if err := w.begin(epoch{slots: slots, created: drawn.Time(w.r)}); err != nil {
		return err
	}
	if err := w.commit(w.later()); err != nil {
		return err
	}
	if err := w.clone().off(inputs.SecretOf(slots[0])); err != nil {
		return err
	}
	for range 2 {
		w.toHistory()
		w.store["readme.txt"], w.store["k-1.coffer"] = []byte("x"), []byte("y")
		v := w.clone()
		if err := v.off(inputs.KeySecret(v.key())); err != nil {
			return err
		}
		v = w.clone() // an epoch has begun, and those before are still there
		k := drawn.Key(w.r)
		v.putKeyring(k, func(ring *keyring.Keyring) { ring.Epoch++ })
		if err := v.off(inputs.KeySecret(k)); err != nil {
			return fmt.Errorf("there are the keyrings of two epochs: %w", err)
		}
		v = w.clone() // with what others have begun, and with remains
		v.claim(2)
		v.claim(1)
		first, second := names(v.number("epoch") + 5)
		v.store[first] = drawn.Bytes(w.r, 100)
		if err := v.clone().off(inputs.KeySecret(v.key())); err != nil {
			return fmt.Errorf("there are keyrings without their copies: %w", err)
		}
		v.store[second] = v.store[first]
		if err := v.clone().off(inputs.KeySecret(v.key())); err != nil {
			return fmt.Errorf("there is a keyring that cannot be read: %w", err)
		}
		_, second = names(v.number("epoch"))
		delete(v.store, second)
		first, second = names(v.number("epoch") + 5)
		delete(v.store, first)
		delete(v.store, second)
		if err := v.off(inputs.KeySecret(v.key())); err != nil {
			return fmt.Errorf("there are keyrings without any copy: %w", err)
		}
		for _, name := range sorted(w.store) { // the remains of a set
			if strings.HasPrefix(name, "k-") {
				delete(w.store, name)
			}
		}
		if err := w.off(nil); err != nil {
			return fmt.Errorf("there is no keyring: %w", err)
		}
	}
	return nil
}

func offUnproved(w *world) error {
	slots := drawn.Passkeys(w.r, 2)
	if err := w.begin(epoch{slots: slots[:1], created: drawn.Time(w.r)}); err != nil {
		return err
	}
	if err := w.commit(w.later()); err != nil {
		return err
	}
	v := w.clone() // so that the secret opens an epoch before the one that counts
	v.putKeyring(drawn.Key(w.r), func(ring *keyring.Keyring) { ring.Epoch++ })
	for _, one := range []struct {
		what   string
		v      *world
		secret vectors.Object
	}{
		{"without a secret", w, nil},
		{"with another passkey", w, inputs.SecretOf(slots[1])},
		{"with another key", w, inputs.KeySecret(drawn.Key(w.r))},
		{"with a secret that was changed", v, inputs.SecretOf(slots[0])},
	} {
		v := one.v.clone()
		r, err := v.run("set.off", ending(one.secret), nil)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", one.what, err)
		case r.err == "" || r.deletes():
			return fmt.Errorf("%s set.off ends with %q and has %d objects left of %d", one.what, r.err, len(v.store), len(one.v.store))
		}
	}
	return nil
}

// offContested has another device begin an epoch while the set is deleted: before the last
// keyring is, or as a store shows that is not atomic.
func offContested(w *world) error {
	w.toHistory()
	for _, notAtomic := range []bool{false, true} {
		v, had := w.clone(), store(nil)
		v.notAtomic = notAtomic
		r, err := v.run("set.off", ending(inputs.KeySecret(v.key())), func(_ int, q request) fate {
			isLast := q.kind == "delete" && strings.HasSuffix(q.name, ".copy.coffer")
			if had == nil && (notAtomic && q.kind == "wait" || !notAtomic && isLast) {
				u := w.clone()
				u.putKeyring(drawn.Key(w.r), func(ring *keyring.Keyring) { ring.Epoch++; ring.Writer[0] ^= 1 })
				u.dropKeyringsBefore(w.number("epoch") + 1)
				maps.Copy(v.store, u.store)
				had = u.store
			}
			return answered
		})
		switch {
		case err != nil:
			return err
		case had == nil:
			return fmt.Errorf("it does not wait before it looks for keyrings, and ends with %q", r.err)
		case r.err == "" || v.store.lacks(had) != "":
			return fmt.Errorf("another device has begun an epoch, and set.off ends with %q, without %q", r.err, v.store.lacks(had))
		}
	}
	return nil
}

func offInterrupted(w *world) error {
	w.toHistory()
	w.claim(1)
	secret := inputs.KeySecret(w.key())
	input := func(vectors.Object) vectors.Object { return ending(secret) }
	w.memory = nil
	return w.interruptions("set.off", input, func(v *world, r *run) error {
		if r.err != "" || len(v.store) > 0 {
			return fmt.Errorf("set.off ends with %q, and %d objects are left", r.err, len(v.store))
		}
		return nil
	}, func(v *world) error {
		if len(v.store.keyrings()) > 0 {
			return v.off(secret)
		}
		return v.off(nil)
	})
}
