package backups

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/vectors"
)

// meanwhile has something happen to the commit of a run, before it is made or before it is
// read back.
func meanwhile(w *world) error {
	w.toHistory()
	before := w.now()
	c := change{add: []inputs.Entry{drawn.Entry(w.r, "x")}, created: inputs.Unknown}
	isCommit := func(q request, kind string) bool { // and not one that was there before
		return q.kind == kind && strings.HasPrefix(q.name, "g-") && w.store[q.name] == nil
	}
	other := func(v *world, name string) { v.store[name] = drawn.Bytes(w.r, 500) }
	for _, one := range []struct {
		what, when string
		do         func(v *world, name string)
	}{
		{"the name is taken by something that is no commit", "make", other},
		{"the commit is gone when it is read back", "read", func(v *world, name string) { delete(v.store, name) }},
		{"there is something else when it is read back", "read", other},
	} {
		v, happened := w.clone(), false
		r, err := v.run("set.commit", c.input(v.memory), func(_ int, q request) fate {
			if !happened && isCommit(q, one.when) {
				happened = true
				one.do(v, q.name)
			}
			return answered
		})
		if err == nil {
			for name, b := range v.store { // what others have put there is as if it had been there before
				if r.before[name] == nil && !r.hasMade(name, b) {
					r.before[name] = b
				}
			}
			err = r.judgeCommit(c, before)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", one.what, err)
		}
	}
	after, _, err := w.anotherCommits()
	if err != nil {
		return err
	}
	v := w.clone()
	if err := v.ends("a copy of the device commits just before", "superseded", func(_ int, q request) fate {
		if isCommit(q, "make") {
			maps.Copy(v.store, after)
		}
		return answered
	}); err != nil {
		return err
	}
	first, second := names(w.number("epoch"))
	for _, one := range []struct {
		what, want string
		do         func(u *world)
	}{
		{"the keyrings are damaged after the commit was made", "stale_backup", func(u *world) {
			u.store[first] = drawn.Bytes(w.r, 90)
			u.store[second] = u.store[first]
		}},
		{"the keyrings are gone after the commit was made", "stale_backup", func(u *world) { delete(u.store, first); delete(u.store, second) }},
		{"another device begins an epoch after the commit was made", "superseded", func(u *world) {
			u.putKeyring(drawn.Key(w.r), func(k *keyring.Keyring) { k.Epoch++; k.Writer[0] ^= 1 })
		}},
		{"and has not stored the copy of its keyring", "superseded", func(u *world) { u.claim(1) }},
	} {
		u := w.clone()
		if err := u.ends(one.what, one.want, func(_ int, q request) fate {
			if isCommit(q, "read") && q.offset == 0 {
				one.do(u)
			}
			return answered
		}); err != nil {
			return err
		}
	}
	return nil
}

// hasMade reports whether a run has made an object with these bytes.
func (r *run) hasMade(name string, b []byte) bool {
	return slices.ContainsFunc(r.log, func(q request) bool { return q.kind == "make" && q.name == name && bytes.Equal(q.bytes, b) })
}

// interruptedRun interrupts a run at each request, and lets another one end it.
func interruptedRun(w *world) error {
	if err := w.turnOn(); err != nil {
		return err
	}
	if err := w.commit(change{add: drawn.Entries(w.r), created: inputs.Unknown}); err != nil {
		return err
	}
	big := drawn.Entry(w.r, "big")
	big.Content = drawn.Bytes(w.r, size0)
	c := change{add: []inputs.Entry{big, drawn.Entry(w.r, "x")}, remove: w.firstPaths(1), keep: []uint64{w.number("generation")}, created: inputs.Unknown}
	before := left(read(w.store, w.key()))
	return w.interruptions("set.commit", c.input, func(_ *world, r *run) error { return r.judgeCommit(c, before) }, func(v *world) error { return v.commit(c) })
}

// interruptions interrupts a run of an op wherever something has happened since it could have
// been interrupted before: before each request that changes something and after it, and once
// something was saved. whole judges a run that was not interrupted, again lets a device go on.
func (w *world) interruptions(op string, input func(memory vectors.Object) vectors.Object, whole func(v *world, r *run) error, again func(v *world) error) error {
	v := w.clone()
	var saved []string // with each request
	r, err := v.run(op, input(v.memory), func(int, request) fate {
		saved = append(saved, fmt.Sprint(v.memory))
		return answered
	})
	if err == nil {
		err = whole(v, r)
	}
	if err != nil {
		return err
	}
	for n, q := range r.log {
		changes := q.changes()
		if changes || !slices.ContainsFunc(r.log[:n], request.changes) || r.log[n-1].changes() {
			if err := w.failsFrom(n, op, input, again); err != nil {
				return fmt.Errorf("the store fails from request %d on, %v: %w", n+1, q, err)
			}
		}
		for _, how := range []fate{lost, done} {
			if !changes && (how == done || n > 0 && saved[n] == saved[n-1]) {
				continue
			}
			v := w.clone()
			if _, err := v.run(op, input(v.memory), func(i int, _ request) fate {
				if i == n {
					return how
				}
				return answered
			}); err != nil {
				return err
			}
			if err := again(v); err != nil {
				return fmt.Errorf("after a run that was interrupted at request %d, %v: %w", n+1, q, err)
			}
		}
	}
	return nil
}

// firstPaths returns paths of the head.
func (w *world) firstPaths(n int) []string {
	return sorted(left(read(w.store, w.key())).entries)[:n]
}

// failsFrom has all requests of a run fail from one on. Nothing becomes of it, and another run
// ends what was begun.
func (w *world) failsFrom(n int, op string, input func(memory vectors.Object) vectors.Object, again func(v *world) error) error {
	v, had := w.clone(), store(nil)
	r, err := v.run(op, input(v.memory), func(i int, _ request) fate {
		if i < n {
			return answered
		}
		if i == n {
			had = maps.Clone(v.store)
		}
		return failed
	})
	if err != nil {
		return err
	}
	if r.err != "" { // [ERR-7]
		return fmt.Errorf("it is taken for %s", r.err)
	}
	if name := v.store.lacks(had); name != "" || len(v.store) != len(had) {
		return fmt.Errorf("the store has changed")
	}
	if len(had) == len(w.store) && fmt.Sprint(v.memory) == fmt.Sprint(w.memory) { // as if nothing had been begun
		return nil
	}
	return again(v)
}
