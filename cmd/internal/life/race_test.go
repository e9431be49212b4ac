package life

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

// spied is a store that tells of each request before it is made.
type spied struct {
	store.Store
	before func()
}

func (s spied) PutNew(ctx context.Context, name string, body io.ReaderAt, size int64, sum [sha256.Size]byte) error {
	s.before()
	return s.Store.PutNew(ctx, name, body, size, sum)
}

func (s spied) ReadAt(ctx context.Context, name string, p []byte, off int64) (int, error) {
	s.before()
	return s.Store.ReadAt(ctx, name, p, off)
}

func (s spied) Stat(ctx context.Context, name string) (store.Object, error) {
	s.before()
	return s.Store.Stat(ctx, name)
}

func (s spied) List(ctx context.Context, prefix string) ([]store.Object, error) {
	s.before()
	return s.Store.List(ctx, prefix)
}

func (s spied) Delete(ctx context.Context, name string) error {
	s.before()
	return s.Store.Delete(ctx, name)
}

// race lets another device act before each request of a holder in turn, and returns when no
// request is left. prepare returns what the two do, and what is checked afterwards.
func race(t *testing.T, prepare func(t *testing.T, a, b Place) (act func(Place) error, other func() error, after func(acted, othered error))) {
	for kind, atomic := range atomicities {
		t.Run(kind, func(t *testing.T) {
			isTaken := thorough.OneIn(t, 5)
			for n := 0; ; n++ {
				if !isTaken() {
					continue
				}
				hit := false
				t.Run(fmt.Sprint(n), func(t *testing.T) {
					s := &memory.Store{Trait: store.Traits{Atomic: atomic}}
					a, b := place(t, s), place(t, s)
					act, other, after := prepare(t, a, b)
					requests := 0
					var othered error
					raced := a
					raced.Store = spied{s, func() {
						if requests == n {
							hit = true
							othered = other()
						}
						requests++
					}}
					after(act(raced), othered)
				})
				if t.Failed() || !hit {
					return
				}
			}
		})
	}
}

// Of two devices that turn a backup on in one place, one makes a set, and the other learns
// of it and keeps nothing. [LIF-5]
func TestTwoTurnOn(t *testing.T) {
	race(t, func(t *testing.T, a, b Place) (func(Place) error, func() error, func(error, error)) {
		return func(p Place) error { return on(t, p, first) }, func() error { return on(t, b, second) }, func(acted, othered error) {
			winner, loser, with := a, b, first
			if acted != nil {
				winner, loser, with = b, a, second
			}
			isEpoch(t, winner, with, 1, 0)
			f := look(t, loser)
			if f.Standing != Others || f.Memory != nil {
				t.Errorf("the other device has standing %d and memory %v (errors %v and %v)", f.Standing, f.Memory, acted, othered)
			}
		}
	})
}

// Of two devices that take a backup over, the last one writes to it, and has all of it.
func TestTwoTakeOver(t *testing.T) {
	for _, with := range []secret{first, digits} {
		t.Run(with.name, func(t *testing.T) {
			race(t, func(t *testing.T, a, b Place) (func(Place) error, func() error, func(error, error)) {
				old := place(t, a.Store)
				check(t, on(t, old, with))
				commit(t, old)
				return func(p Place) error { return on(t, p, with) }, func() error { return on(t, b, with) }, func(acted, othered error) {
					if acted != nil && othered != nil {
						t.Errorf("neither has taken over: %v and %v", acted, othered)
					}
					if one, two := standing(t, a) == Ours, standing(t, b) == Ours; one == two {
						t.Errorf("the devices write to the backup: %t and %t (errors %v and %v)", one, two, acted, othered)
					}
					if standing(t, old) != Others {
						t.Error("the old device still writes to the backup")
					}
					check(t, on(t, a, with))
					f := look(t, a)
					isEpoch(t, a, with, f.Epoch, 1)
					if standing(t, b) == Ours {
						t.Error("two devices write to the backup")
					}
				}
			})
		})
	}
}

// While one device changes the secret another takes over, or tries to: the backup opens with
// the secret of the one that writes to it in the end.
func TestChangeAndTakeOver(t *testing.T) {
	race(t, func(t *testing.T, a, b Place) (func(Place) error, func() error, func(error, error)) {
		check(t, on(t, a, first))
		commit(t, a)
		return func(p Place) error { return change(t, p, second) }, func() error { return on(t, b, first) }, func(acted, othered error) {
			writer, with := b, first
			if acted == nil {
				writer, with = a, second
			}
			f := look(t, writer)
			check(t, f.Objects.DeleteKeyrings(background, f.Epoch)) // as its next run does [LIF-22]
			isEpoch(t, writer, with, f.Epoch, 1)
			if one, two := standing(t, a) == Ours, standing(t, b) == Ours; one == two {
				t.Errorf("the devices write to the backup: %t and %t (errors %v and %v)", one, two, acted, othered)
			}
		}
	})
}

// While a device begins an epoch another, that writes to the set until then, commits: the
// generation is named, or the epoch is not begun. [LIF-20] [LIF-30]
func TestTakeOverAndCommit(t *testing.T) {
	race(t, func(t *testing.T, a, b Place) (func(Place) error, func() error, func(error, error)) {
		check(t, on(t, b, first))
		commit(t, b)
		committed := false
		other := func() error {
			if standing(t, b) == Ours {
				commit(t, b)
				committed = true
			}
			return nil
		}
		return func(p Place) error { return on(t, p, first) }, other, func(acted, _ error) {
			check(t, on(t, a, first))
			generation := head(t, a.Store, first)
			if errors.Is(acted, ErrMoved) && generation != 2 {
				t.Errorf("the head is %d after it was found out that there is another", generation)
			}
			if want := map[bool]uint64{false: 1, true: 2}[committed]; generation != want {
				t.Errorf("the head is %d, want %d", generation, want)
			}
		}
	})
}

// While a device turns a backup off another takes it over: there is a backup that the secret
// opens, or none, and what is left of it can be deleted.
func TestTurnOffAndTakeOver(t *testing.T) {
	race(t, func(t *testing.T, a, b Place) (func(Place) error, func() error, func(error, error)) {
		check(t, on(t, a, first))
		commit(t, a)
		return func(p Place) error { return off(p, first) }, func() error { return on(t, b, first) }, func(acted, othered error) {
			again := acted
			if acted != nil {
				again = off(a, first)
			}
			switch got := names(t, a.Store); {
			case again == nil && len(got) == 0:
			case (acted == nil || fault.NameOf(again) == fault.WrongSet) && othered == nil: // a new set, after the end of the other
				isEpoch(t, b, first, 1, 0)
			default:
				t.Errorf("there is left: %v (errors %v, %v and %v)", got, acted, again, othered)
			}
		}
	})
}

// A device that was interrupted finds that another has taken over meanwhile: it does not go
// on with its own, and takes over if the holder wants it.
func TestInterruptedAndTakenOver(t *testing.T) {
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		a, b := place(t, s), place(t, s)
		check(t, on(t, a, first))
		commit(t, a)
		broken := at(a)
		change(t, broken.Place, second)
		restart(s)
		with := first
		if !opens(s, first) {
			with = second
		}
		check(t, on(t, b, with))
		if standing(t, a) != Others || change(t, a, third) == nil {
			t.Error("the device that was superseded writes to the backup")
		}
		commit(t, b)
		check(t, on(t, a, with))
		f := look(t, a)
		isEpoch(t, a, with, f.Epoch, 2)
		if standing(t, b) == Ours {
			t.Error("two devices write to the backup")
		}
	})
}

// A device that was interrupted before it had stored the second name of a keyring, and then
// cannot read the first one, does not go on with the keyring before it.
func TestInterruptedTwice(t *testing.T) {
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		old, p := place(t, s), place(t, s)
		check(t, on(t, old, first))
		commit(t, old)
		s.Script = func(c memory.Call) memory.Fault {
			if c.Method == "PutNew" && c.Name == "k-0000000000000002.copy.coffer" {
				return memory.CrashBefore
			}
			return 0
		}
		if on(t, p, first) == nil {
			t.Fatal("taking over was not interrupted")
		}
		restart(s)
		on(t, at(p).Place, first)
		restart(s)
		check(t, on(t, p, first))
		isEpoch(t, p, first, 2, 1)
		commit(t, p)
		isEpoch(t, p, first, 2, 2)
	})
}
