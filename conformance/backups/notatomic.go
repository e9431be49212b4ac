package backups

import (
	"bytes"
	"fmt"
	"maps"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/keyring"
)

func ofStoresNotAtomic() []audit {
	all := []audit{
		{"not-atomic", "LIF-11 LIF-30 LIF-34 SET-4 LIF-7 LIF-8", "", "On a store that is not atomic a device waits before it looks what has become of what it made.", func(w *world) error {
			if err := w.turnOn(); err != nil {
				return err
			}
			for range 2 {
				if err := w.commit(w.later()); err != nil {
					return err
				}
				if err := w.begin(epoch{created: drawn.Time(w.r)}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"not-atomic-commits", "LIF-8 LIF-11 LIF-12", "", "Of two devices that were both told that they made a commit, the one that then reads other bytes has lost.", bothCommitted},
		{"not-atomic-epochs", "LIF-11 LIF-21 LIF-30 LIF-34", "", "So has one of two that were told that they began an epoch, and what is shown late is found.", bothBegan},
		{"not-atomic-on", "LIF-5 LIF-11 LIF-30", "", "Of two devices that turned a backup on, the one whose keyring is not there forgets its set.", bothTurnedOn},
		{"not-atomic-interrupted", "LIF-8 LIF-9 LIF-10 LIF-11 LIF-21 LIF-30 LIF-34", "", "What is interrupted on such a store is gone on with.", func(w *world) error {
			if err := interruptedRun(w); err != nil {
				return err
			}
			return w.interrupt(epoch{created: drawn.Time(w.r)})
		}},
	}
	for i := range all {
		run := all[i].run
		all[i].run = func(w *world) error {
			w.notAtomic = true
			return run(w)
		}
	}
	return all
}

// shows is a meddler of a store that shows at a wait what another device has done, the wait of a
// number, from 0.
func (w *world) shows(at int, do func()) meddler {
	return func(_ int, q request) fate {
		if q.kind == "wait" {
			if at == 0 {
				do()
			}
			at--
		}
		return answered
	}
}

// bothCommitted has another device make a commit of the same number, or something else that takes
// the name of the device's own. [LIF-11]
func bothCommitted(w *world) error {
	w.toHistory()
	after, later, err := w.anotherCommits()
	if err != nil {
		return err
	}
	name := commitName(uint64(number(later["generation"])))
	v := w.clone()
	if err := v.ends("the commit of a copy of the device is there after the wait", "superseded", v.shows(0, func() {
		maps.Copy(v.store, after)
	})); err != nil {
		return err
	}
	if !bytes.Equal(v.store[name], after[name]) {
		return fmt.Errorf("%s, which another device has made, is not there any more", name)
	}
	before := w.now()
	c := w.later()
	for _, one := range []struct {
		what string
		do   func(v *world)
	}{
		{"something else is there after the wait", func(v *world) { v.store[name] = drawn.Bytes(w.r, 400) }},
		{"nothing is there after the wait", func(v *world) { delete(v.store, name) }},
	} {
		v := w.clone()
		r, err := v.run("set.commit", c.input(v.memory), v.shows(0, func() { one.do(v) }))
		if err == nil {
			if b := v.store[name]; b != nil && !r.hasMade(name, b) {
				r.before[name] = b
			}
			err = r.judgeCommit(c, before)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
	}
	return nil
}

// bothBegan has another device begin an epoch, or commit, of which the store shows nothing before
// the device has waited. [LIF-30] [LIF-34]
func bothBegan(w *world) error {
	w.toHistory()
	begins := func(above uint64) func(v *world) {
		return func(v *world) {
			v.putKeyring(drawn.Key(w.r), func(ring *keyring.Keyring) { ring.Epoch += above; ring.Writer[0] ^= 1 })
		}
	}
	for _, one := range []struct {
		what, want string
		at         int // the wait
		do         func(v *world)
	}{
		{"the epoch is another's after the wait", "wrong_secret", 0, begins(1)},
		{"the first name is another's after the wait", "", 0, func(v *world) { v.claim(1) }},
		{"the next epoch is complete after the wait", "wrong_secret", 0, begins(2)},
		{"the next epoch is complete after the second wait", "superseded", 1, begins(2)},
		{"the first of a later epoch is there after the second wait", "superseded", 1, func(v *world) { v.claim(3) }},
		{"both names are another's after the second wait", "wrong_secret", 1, begins(1)},
	} {
		v, theirs := w.clone(), store(nil)
		r, err := v.run("set.begin", epoch{created: 1}.input(v.memory), v.shows(one.at, func() {
			had := v.clone()
			one.do(v)
			theirs = store{}
			for name, b := range v.store {
				if !bytes.Equal(had.store[name], b) {
					theirs[name] = b
				}
			}
		}))
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", one.what, err)
		case theirs == nil:
			return fmt.Errorf("%s: it has not waited, and ends with %q", one.what, r.err)
		case one.want != "" && v.store.lacks(theirs) != "":
			return fmt.Errorf("%s: %s of another device was deleted", one.what, v.store.lacks(theirs))
		case !strings.HasPrefix(r.err, one.want) || one.want == "" && r.err != "": // it begins another one
			return fmt.Errorf("%s: set.begin ends with %q, not with %q", one.what, r.err, one.want)
		case one.want != "" && one.at == 0 && r.makesCopies():
			return fmt.Errorf("%s: it makes a copy", one.what)
		}
	}
	if err := w.showsAnotherHead(); err != nil {
		return err
	}
	return w.showsCommit()
}

// showsAnotherHead has the commit that a keyring is to name turn out to be another's once the device
// has waited: it names nothing that is not there. [LIF-30]
func (w *world) showsAnotherHead() error {
	name := commitName(w.number("generation"))
	for _, isGone := range []bool{false, true} {
		v := w.clone()
		r, err := v.run("set.begin", epoch{created: 1}.input(v.memory), v.shows(0, func() {
			v.store[name] = drawn.Bytes(w.r, 300)
			if isGone {
				delete(v.store, name)
			}
		}))
		if err == nil && (r.err == "" || r.makesCopies()) {
			err = fmt.Errorf("set.begin ends with %q", r.err)
		}
		if err != nil {
			return fmt.Errorf("the head is gone after the wait, %v, or another's: %w", isGone, err)
		}
	}
	return nil
}

// showsCommit has another device commit while an epoch begins, of which the store shows nothing
// before the device has waited. [LIF-30]
func (w *world) showsCommit() error {
	after, later, err := w.anotherCommits()
	if err != nil {
		return err
	}
	v := w.clone()
	r, err := v.run("set.begin", epoch{created: 1}.input(v.memory), v.shows(0, func() {
		v.store.takeContainers(after)
	}))
	if err == nil && r.err != "" {
		err = fmt.Errorf("set.begin ends with %q", r.err)
	}
	if err == nil {
		var now *state
		if now, err = read(v.store, v.key()); err == nil && now.ring.Head != [32]byte(inputs.Unhex(later["head"])) {
			err = fmt.Errorf("the keyring that counts names generation %d, and not %v", now.ring.Generation, later["generation"])
		}
	}
	if err != nil {
		return fmt.Errorf("a commit is there after the wait: %w", err)
	}
	return nil
}

// bothTurnedOn has another device turn a backup on at the same time. [LIF-5]
func bothTurnedOn(w *world) error {
	other := w.clone()
	if err := other.turnOn(); err != nil {
		return err
	}
	theirs := left(read(other.store, other.key()))
	v := w.clone()
	r, err := v.run("set.begin", epoch{created: 1}.input(nil), v.shows(0, func() {
		maps.Copy(v.store, other.store)
	}))
	switch {
	case err != nil:
		return err
	case r.err == "" || r.makesCopies():
		return fmt.Errorf("the keyring is another's after the wait, and set.begin ends with %q", r.err)
	case v.memory != nil:
		return fmt.Errorf("the keyring is another's after the wait, and the set that was to be made is remembered")
	}
	now, err := read(v.store, other.key())
	if err == nil && now.ring.SetID != theirs.ring.SetID {
		err = fmt.Errorf("the set %x is there, not %x", now.ring.SetID, theirs.ring.SetID)
	}
	return err
}
