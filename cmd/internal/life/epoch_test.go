package life

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"testing"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// added is a lock with a secret's slot besides those that a set has, under the same K.
func added(t testing.TB, s *Set, more secret) *Lock {
	k := s.Ring.Key
	return &Lock{Key: k, Slots: append(s.Ring.Header.Slots[:len(s.Ring.Header.Slots):len(s.Ring.Header.Slots)], more.slot(t, k)), Proof: more.proof()}
}

// A secret that is added opens the backup besides those that it has, under the same K; K is
// kept for nothing else but taking over what only K opens. [LIF-19]
func TestKeptKey(t *testing.T) {
	s := memory.New()
	p := place(t, s)
	check(t, on(t, p, digits))
	commit(t, p)
	for i, more := range []secret{first, second} {
		opened := open(t, p, nil)
		check(t, opened.Begin(background, added(t, opened, more)))
		isEpoch(t, p, more, uint64(2+i), 1)
		reopened := open(t, p, digits.proof())
		if len(reopened.Ring.OldKeys) != 0 || !opens(s, digits) {
			t.Errorf("there are %d old keys", len(reopened.Ring.OldKeys))
		}
	}
	if !opens(s, first) || !opens(s, second) {
		t.Error("a secret that was there does not open the backup any more")
	}
	refused := map[string]func(*Set) *Lock{
		"no slots": func(*Set) *Lock { return digits.lock(t) },
		"the same slots": func(s *Set) *Lock {
			return &Lock{Key: s.Ring.Key, Slots: s.Ring.Header.Slots, Proof: first.proof()}
		},
		"other slots": func(s *Set) *Lock {
			l := added(t, s, third)
			l.Slots = append(l.Slots[1:], secret{"fourth", false}.slot(t, l.Key), secret{"fifth", false}.slot(t, l.Key))
			return l
		},
	}
	for name, lock := range refused {
		for who, at := range map[string]Place{"the writer": p, "another device": place(t, s)} {
			opened := open(t, at, digits.proof())
			if err := opened.Begin(background, lock(opened)); !errors.Is(err, ErrKeyUsed) {
				t.Errorf("%s by %s: %v", name, who, err)
			}
		}
	}
	check(t, change(t, p, others))
	opened := open(t, p, nil)
	if err := opened.Begin(background, digits.lock(t)); !errors.Is(err, ErrKeyUsed) { // [KRG-4]
		t.Errorf("an old key: %v", err)
	}
	isEpoch(t, p, others, 4, 1)
}

// A keyring that its secret does not open is not stored.
func TestWrongProof(t *testing.T) {
	s := memory.New()
	p := place(t, s)
	lock := first.lock(t)
	lock.Proof = second.proof()
	f := look(t, p)
	if err := f.TurnOn(background, lock); fault.NameOf(err) == "" || len(names(t, s)) > 0 {
		t.Errorf("stored %v: %v", names(t, s), err)
	}
}

// A change that was interrupted can be ended without the secret, by what is remembered.
func TestFinishWithoutSecret(t *testing.T) {
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		p := place(t, s)
		check(t, on(t, p, first))
		commit(t, p)
		broken := at(p)
		change(t, broken.Place, second)
		restart(s)
		f := look(t, p)
		if f.Standing == Begun {
			check(t, f.Finish(background, nil))
		}
		if opens(s, second) {
			isEpoch(t, p, second, 2, 1)
		} else if standing(t, p) != Ours {
			t.Error("the device does not write to the backup any more")
		}
	})
}

// From an earlier state than the device has seen, or another set, it goes on only if the
// holder asks for it, with an epoch that the set has not had. [SET-12] [SET-17] [KRG-7]
func TestStale(t *testing.T) {
	s := memory.New()
	p := place(t, s)
	check(t, on(t, p, first))
	commit(t, p)
	before := memory.New()
	for _, name := range names(t, s) {
		copyObject(t, s, before, name)
	}
	check(t, change(t, p, second))
	check(t, change(t, p, first))
	commit(t, p)
	p.Store = before
	f := look(t, p)
	if _, err := f.Open(background, first.proof(), false); f.Standing != Others || fault.NameOf(err) != fault.StaleBackup {
		t.Errorf("standing %d: %v", f.Standing, err)
	}
	opened := must[*Set](t)(f.Open(background, first.proof(), true))
	check(t, opened.Begin(background, first.lock(t)))
	isEpoch(t, p, first, 4, 1)
	if files := len(must[map[string]int](t)(remembered(p))); files != 0 {
		t.Errorf("%d files are remembered", files)
	}

	another, old := place(t, memory.New()), p
	check(t, on(t, another, third))
	old.Store = another.Store
	f = look(t, old)
	if _, err := f.Open(background, third.proof(), false); fault.NameOf(err) != fault.WrongSet {
		t.Errorf("another set: %v", err)
	}
	opened = must[*Set](t)(f.Open(background, third.proof(), true))
	check(t, opened.Begin(background, third.lock(t)))
	isEpoch(t, old, third, 2, 0)
}

// A memory that is damaged is as none: the backup is taken over with its secret.
func TestDamagedMemory(t *testing.T) {
	s := memory.New()
	p := place(t, s)
	check(t, on(t, p, first))
	commit(t, p)
	setID := look(t, p).Meta.SetID
	check(t, os.WriteFile(p.Dir+"/"+hex.EncodeToString(setID[:])+".db", []byte("damaged"), 0o600))
	check(t, on(t, p, first))
	isEpoch(t, p, first, 2, 1)
}

// What another run does between looking and beginning is found out.
func TestMoved(t *testing.T) {
	s := memory.New()
	p := place(t, s)
	check(t, on(t, p, first))
	commit(t, p)
	opened := open(t, p, nil)
	commit(t, p)
	if err := opened.Begin(background, second.lock(t)); !errors.Is(err, ErrMoved) {
		t.Errorf("begun: %v", err)
	}
	proved := must[*Set](t)(look(t, p).Prove(background, first.proof(), false))
	check(t, change(t, p, second))
	if err := proved.TurnOff(background, func() {}); !errors.Is(err, ErrMoved) {
		t.Errorf("turned off: %v", err)
	}
	isEpoch(t, p, second, 2, 2)
	other := look(t, place(t, memory.New()))
	if err := other.Finish(background, nil); !errors.Is(err, ErrMoved) {
		t.Errorf("finished what was not begun: %v", err)
	}
	if err := other.GoOnOff(background, func() {}); !errors.Is(err, ErrMoved) {
		t.Errorf("went on with what was not begun: %v", err)
	}
}

func copyObject(t testing.TB, from, to store.Store, name string) {
	t.Helper()
	o := must[store.Object](t)(from.Stat(background, name))
	b := make([]byte, o.Size)
	must[int](t)(from.ReadAt(background, name, b, 0))
	check(t, to.PutNew(background, name, bytes.NewReader(b), o.Size, sha256.Sum256(b)))
}
