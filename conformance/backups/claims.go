package backups

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/ref/set"
)

// claim puts the first of another device's keyring into the store, for an epoch some numbers
// above the device's own, and returns its bytes.
func (w *world) claim(above uint64) []byte {
	v := w.clone()
	v.putKeyring(drawn.Key(w.r), func(ring *keyring.Keyring) { ring.Epoch += above; ring.Writer[0] ^= 1 })
	first, _ := names(w.number("epoch") + above)
	w.store[first] = v.store[first]
	return v.store[first]
}

// makesCopies reports whether a run has made the copy of a keyring.
func (r *run) makesCopies() bool {
	for _, q := range r.log {
		if name, ok := set.ParseName(q.name); ok && q.kind == "make" && name.Kind == set.KeyringCopy {
			return true
		}
	}
	return false
}

// begunByAnother has another device begin an epoch and stop before the copy. [LIF-33]
func begunByAnother(w *world) error {
	w.toHistory()
	for range 2 {
		w.claim(1 + uint64(w.r.Intn(3)))
		stopped := w.clone()
		if err := stopped.ends("another device has stored the first of a later keyring", "superseded", nil); err != nil {
			return err
		}
		if err := w.begin(epoch{created: drawn.Time(w.r)}); err != nil {
			return fmt.Errorf("another device has stored the first of a later keyring: %w", err)
		}
		if err := w.commit(w.later()); err != nil {
			return err
		}
	}
	v := w.clone() // which readers pass over
	first, _ := names(v.number("epoch") + 1)
	v.store[first] = drawn.Bytes(w.r, 300)
	if err := v.commit(v.later()); err != nil {
		return fmt.Errorf("there is something else under the name of a later keyring: %w", err)
	}
	return nil
}

// beganAtOnce has another device begin an epoch at the same time. [LIF-30] [LIF-34]
func beganAtOnce(w *world) error {
	w.toHistory()
	for _, one := range []struct {
		what, want string
		copies     bool // the device may make one
		before     func(v *world)
		meanwhile  func(v *world) // before the first list, or before the copy is made
	}{
		{"a later epoch is complete when it looks", "wrong_secret", false, nil, func(v *world) {
			v.putKeyring(drawn.Key(w.r), func(ring *keyring.Keyring) { ring.Epoch += 2; ring.Writer[0] ^= 1 })
		}},
		{"an earlier one, which was there without its copy, is complete when it looks", "wrong_secret", false,
			func(v *world) { v.claim(1) },
			func(v *world) {
				first, second := names(w.number("epoch") + 1)
				v.store[second] = v.store[first]
			}},
		{"the first of a later one is there when its copy is", "superseded", true, nil, func(v *world) { v.claim(3) }},
	} {
		v, isMade, happened := w.clone(), false, false
		if one.before != nil {
			one.before(v)
		}
		had := v.clone()
		r, err := v.run("set.begin", epoch{created: 1}.input(v.memory), func(_ int, q request) fate {
			isCopy := q.kind == "make" && strings.HasSuffix(q.name, ".copy.coffer")
			if !happened && isMade && (one.copies && isCopy || !one.copies && q.kind == "list") {
				happened = true
				one.meanwhile(v)
			}
			isMade = isMade || q.kind == "make"
			return answered
		})
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", one.what, err)
		case !strings.HasPrefix(r.err, one.want):
			return fmt.Errorf("%s: set.begin ends with %q, not with %s", one.what, r.err, one.want)
		case r.makesCopies() && !one.copies:
			return fmt.Errorf("%s: it makes a copy", one.what)
		case v.store.lacks(had.store) != "":
			return fmt.Errorf("%s: %s was deleted", one.what, v.store.lacks(had.store))
		}
	}
	return nil
}

// overlookedLater interrupts a device that begins an epoch before it looks for commits, of
// which another one makes one then. [LIF-30]
func overlookedLater(w *world) error {
	w.toHistory()
	after, later, err := w.anotherCommits()
	if err != nil {
		return err
	}
	before := left(read(after, w.key()))
	head := [32]byte(inputs.Unhex(later["head"]))
	e := epoch{secret: inputs.KeySecret(w.key()), created: 1}
	v := w.clone()
	v.memory = nil
	if _, err := v.run("set.begin", e.input(nil), func(_ int, q request) fate {
		if q.kind == "make" {
			return done
		}
		return answered
	}); err != nil {
		return err
	}
	first, _ := names(w.number("epoch") + 1)
	if v.store[first] == nil {
		return fmt.Errorf("%s is not the first object that it makes", first)
	}
	v.store.takeContainers(after)
	for _, one := range []struct {
		what    string
		forgets bool
	}{{"it goes on", false}, {"another device takes over", true}} {
		u := v.clone()
		if one.forgets {
			u.memory = nil
		}
		r, err := u.run("set.begin", e.input(u.memory), nil)
		if err == nil && r.err != "" {
			err = fmt.Errorf("set.begin ends with %q", r.err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		now, err := read(u.store, u.key())
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		if now.ring.Head != head {
			return fmt.Errorf("%s: the keyring that counts names generation %d, and not %v, which was committed meanwhile", one.what, now.ring.Generation, later["generation"])
		}
		if err := now.entries.is(before.entries); err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
		if one.forgets && bytes.Equal(u.bytes("writer"), v.bytes("writer")) {
			return fmt.Errorf("%s: it has the writer id of another", one.what)
		}
	}
	return nil
}
