package backups

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/conformance/audits"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/keyring"
	"github.com/coffer-format/coffer/vectors"
)

func ofEpochs() []audit {
	return []audit{
		{"turned-on", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7 LIF-5 LIF-6", "", "A set is made where there is none, and none where there is one, or a part of one.", turnedOn},
		{"changed-secret", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7 LIF-19", "", "A change of the secret begins an epoch with another key, of which the old keys and the head are known.", func(w *world) error {
			for range 2 {
				w.toHistory()
				for range 2 {
					if err := w.begin(epoch{created: drawn.Time(w.r)}); err != nil {
						return err
					}
				}
				if err := w.commit(w.drawChange()); err != nil {
					return err
				}
			}
			return nil
		}},
		{"changed-passkeys", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7 LIF-19", "passkey", "New secrets open the keyring of the epoch that begins with them, and those that stay are not touched.", func(w *world) error {
			slots := drawn.Passkeys(w.r, 3)
			for _, e := range []epoch{
				{slots: slots[:1], created: drawn.Time(w.r)}, {slots: slots[1:2], keepKey: true, created: drawn.Time(w.r)}, {slots: slots[2:], created: inputs.Unknown},
			} {
				if err := w.begin(e); err != nil {
					return err
				}
				if err := w.commit(w.later()); err != nil {
					return err
				}
			}
			return nil
		}},
		{"taken-over", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7 LIF-1 LIF-19", "passkey", "A device that knows the secret takes a set over, with a writer id of its own, and the one before writes nothing more.", takenOver},
		{"taken-epoch", "LIF-9 LIF-21", "", "A device that finds its epoch begun by another starts again from what it finds.", takenEpoch},
		{"overlooked-commit", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7", "", "A commit that was made while an epoch began is the one that the next epoch names.", overlooked},
		{"overlooked-later", "SET-7 LIF-21 LIF-30", "", "So is one that was made after the device was interrupted, whoever goes on: an epoch without its copy does not count.", overlookedLater},
		{"begun-by-another", "LIF-8 LIF-12 LIF-22 LIF-33", "", "The first of a later keyring ends a run, and an epoch that begins gets a greater number.", begunByAnother},
		{"began-at-once", "LIF-30 LIF-34 LIF-38", "", "A device that finds another epoch begun before it stores its copy starts again, and afterwards stops.", beganAtOnce},
		{"interrupted-epoch", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7 LIF-9", "", "A change that is interrupted at any request, before it is carried out or after, is gone on with.", interruptedEpoch},
		{"interrupted-on", "SET-1 SET-4 LIF-7 LIF-20 LIF-21 LIF-22 LIF-30 LIF-36 KRG-7 LIF-5 LIF-6 LIF-9", "", "So is turning a backup on.", func(w *world) error {
			return w.interrupt(epoch{created: drawn.Time(w.r)})
		}},
		{"no-keyring", "LIF-32 SET-9", "", "Where the store has lost the keyring, or damaged it, no epoch begins without the holder's asking for that.", noKeyring},
		{"repeated-sets", "CON-7 LIF-1", "", "The keys, the ids of sets and those of writers look drawn, even across processes.", func(w *world) error {
			for i := range 16 {
				if i%6 == 5 {
					w.a.Session.Restart()
				}
				w.store, w.memory = store{}, nil
				if err := w.turnOn(); err != nil {
					return err
				}
			}
			return audits.LookDrawn(w.drawn.series)
		}},
	}
}

func turnedOn(w *world) error {
	if err := w.turnOn(); err != nil {
		return err
	}
	if err := w.commit(w.later()); err != nil {
		return err
	}
	for _, kept := range []string{"", "k-", "g-", "copy"} {
		v := &world{a: w.a, r: w.r, store: store{}, drawn: w.drawn}
		for name, b := range w.store {
			if strings.Contains(name, kept) {
				v.store[name] = b
			}
		}
		r, err := v.run("set.begin", epoch{created: 1}.input(nil), nil)
		if err != nil {
			return err
		}
		if r.makes("") || r.deletes() { // [LIF-5]
			return fmt.Errorf("a set is made beside %q", sorted(r.before))
		}
	}
	v := &world{a: w.a, r: w.r, store: store{"readme.txt": []byte("x"), "k-1.coffer": []byte("y")}, drawn: w.drawn}
	r, err := v.run("set.begin", epoch{created: 1}.input(nil), nil)
	if err == nil && !r.makes("k-") {
		err = fmt.Errorf("no set is made beside what is none: it ends with %q", r.err)
	}
	return err
}

func (r *run) deletes() bool {
	for _, q := range r.log {
		if q.kind == "delete" {
			return true
		}
	}
	return false
}

func takenOver(w *world) error {
	slots := drawn.Passkeys(w.r, 2)
	if err := w.begin(epoch{slots: slots[:1], created: drawn.Time(w.r)}); err != nil {
		return err
	}
	if err := w.commit(w.later()); err != nil {
		return err
	}
	before := w.memory
	keeps := w.clone() // [LIF-19]
	keeps.memory = nil
	r, err := keeps.run("set.begin", epoch{secret: inputs.SecretOf(slots[0]), slots: slots[1:], keepKey: true, created: 1}.input(nil), nil)
	if err != nil {
		return err
	}
	if keeps.memory != nil && keeps.memory["key"] == before["key"] && r.makes("k-") {
		return fmt.Errorf("a device takes over a set whose keyring has a slot, and keeps the key")
	}
	wrong := w.clone()
	wrong.memory = nil
	r, err = wrong.run("set.begin", epoch{secret: inputs.SecretOf(slots[1]), slots: slots[1:], created: 1}.input(nil), nil)
	if err == nil && (!strings.HasPrefix(r.err, "no_matching_slot") && !strings.HasPrefix(r.err, "wrong_secret") || r.makes("")) {
		err = fmt.Errorf("with another secret it ends with %q", r.err)
	}
	if err != nil {
		return err
	}
	w.memory = nil
	if err := w.begin(epoch{secret: inputs.SecretOf(slots[0]), slots: slots[1:], created: drawn.Time(w.r)}); err != nil {
		return err
	}
	if err := w.commit(w.later()); err != nil {
		return err
	}
	w.memory = before
	return w.ends("another device has taken over", "superseded", nil)
}

// takenEpoch has another device begin the same epoch just before.
func takenEpoch(w *world) error {
	w.toHistory()
	v := w.clone()
	k := drawn.Key(w.r)
	meddled := false
	r, err := v.run("set.begin", epoch{created: 1}.input(v.memory), func(_ int, q request) fate {
		if !meddled && q.kind == "make" {
			meddled = true
			v.putKeyring(k, func(ring *keyring.Keyring) { ring.Epoch++; ring.Writer[0] ^= 1 })
		}
		return answered
	})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(r.err, "wrong_secret") {
		return fmt.Errorf("another device has begun the epoch, and set.begin ends with %q", r.err)
	}
	first, _ := names(w.number("epoch") + 1)
	if _, err := openKeyring(v.store[first], k); err != nil {
		return fmt.Errorf("the keyring of another device is not there any more: %w", err)
	}
	return nil
}

// overlooked has another device commit while an epoch begins. [LIF-30]
func overlooked(w *world) error {
	w.toHistory()
	after, later, err := w.anotherCommits()
	if err != nil {
		return err
	}
	v := w.clone()
	v.memory = nil
	v.store[commitName(w.number("generation")+9)] = drawn.Bytes(w.r, 200) // which is none
	secret := inputs.KeySecret(w.key())
	before := left(read(after, w.key()))
	r, err := v.run("set.begin", epoch{secret: secret, created: 1}.input(nil), func(_ int, q request) fate {
		if q.kind == "make" {
			v.store.takeContainers(after)
		}
		return answered
	})
	if err != nil {
		return err
	}
	if r.err != "" || v.memory == nil {
		return fmt.Errorf("set.begin ends with %q", r.err)
	}
	now, err := read(v.store, v.key())
	if err != nil {
		return err
	}
	if now.ring.Head != [32]byte(inputs.Unhex(later["head"])) {
		return fmt.Errorf("the keyring that counts names generation %d, and not %v, which was committed meanwhile", now.ring.Generation, later["generation"])
	}
	if now.ring.Epoch != w.number("epoch")+2 { // [LIF-33]
		return fmt.Errorf("the keyring that counts is of epoch %d, %d comes after the one that was begun first", now.ring.Epoch, w.number("epoch")+2)
	}
	if err := now.entries.is(before.entries); err != nil {
		return err
	}
	if v.number("generation") != now.number || v.memory["begun"] != nil {
		return fmt.Errorf("it has not saved with which generation the epoch began")
	}
	return nil
}

// noKeyring has a store lose the keyring, or damage it, and a device begin an epoch. [LIF-32]
func noKeyring(w *world) error {
	w.toHistory()
	first, second := names(w.number("epoch"))
	for _, one := range []struct {
		what string
		make func(b []byte) []byte
	}{
		{"there is no keyring", func([]byte) []byte { return nil }},
		{"the keyring cannot be read", func(b []byte) []byte { return b[:20] }},
		{"the payload of the keyring is damaged", func(b []byte) []byte { b[len(b)-9] ^= 1; return b }},
	} {
		for _, secret := range []vectors.Object{nil, inputs.KeySecret(w.key())} {
			v := w.clone()
			b := one.make(bytes.Clone(w.store[first]))
			v.store[first], v.store[second] = b, b
			if b == nil {
				delete(v.store, first)
				delete(v.store, second)
			}
			r, err := v.run("set.begin", epoch{secret: secret, created: 1}.input(v.memory), nil)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", one.what, err)
			case r.err == "" || r.makes("") || r.deletes():
				return fmt.Errorf("%s: set.begin ends with %q, and has %q", one.what, r.err, sorted(v.store))
			}
		}
	}
	return nil
}

func interruptedEpoch(w *world) error {
	w.toHistory()
	return w.interrupt(epoch{created: drawn.Time(w.r)})
}

// interrupt begins an epoch, interrupts that at each request, and has it gone on with.
func (w *world) interrupt(e epoch) error {
	before := (*state)(nil)
	if len(w.store) > 0 {
		before = left(read(w.store, w.key()))
	}
	writer := w.writer()
	return w.interruptions("set.begin", e.input, func(_ *world, r *run) error { return r.judgeEpoch(e, before, writer) }, func(v *world) error {
		if err := v.opensWith(w.memory); err != nil {
			return err
		}
		writer := v.writer()
		r, err := v.run("set.begin", e.input(v.memory), nil)
		if err != nil {
			return err
		}
		return r.judgeEpoch(e, before, writer)
	})
}

// opensWith makes sure that the keyring which counts opens with the key before or the one that
// was about to be.
func (w *world) opensWith(before vectors.Object) error {
	if before == nil {
		return nil
	}
	keys := []any{before["key"], w.memory["key"]}
	if begun, ok := w.memory["begun"].(vectors.Object); ok {
		keys = append(keys, begun["key"])
	}
	var err error
	for _, k := range keys {
		if _, err = read(w.store, key.Key(inputs.Unhex(k))); err == nil {
			return nil
		}
	}
	return err
}
