package life

import (
	"fmt"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store"
	"github.com/coffer-format/coffer/ref/store/memory"
)

var (
	first  = secret{"first", false}
	second = secret{"second", false}
	third  = secret{"third", false}
	digits = secret{"digits", true}
	others = secret{"other digits", true}
)

var faults = map[string]memory.Fault{
	"lost request": memory.LoseRequest, "lost answer": memory.LoseAnswer,
	"crash before": memory.CrashBefore, "crash after": memory.CrashAfter,
}

var atomicities = map[string]bool{"atomic": true, "not atomic": false}

// explore runs a test for every event of what a holder does that can go wrong, in every way:
// events that no run has any more end it.
func explore(t *testing.T, test func(t *testing.T, s *memory.Store, interruptedAt func(Place) *interrupted)) {
	t.Helper()
	thorough.NotShort(t)
	for kind, atomic := range atomicities {
		for name, fault := range faults {
			t.Run(kind+"/"+name, func(t *testing.T) {
				isTaken := thorough.OneIn(t, 28)
				for n := 0; ; n++ {
					if !isTaken() {
						continue
					}
					s := &memory.Store{Trait: store.Traits{Atomic: atomic}}
					var last *interrupted
					t.Run(fmt.Sprint(n), func(t *testing.T) {
						test(t, s, func(p Place) *interrupted {
							last = interruptAt(p, s, n, fault)
							return last
						})
					})
					if t.Failed() || !last.hit {
						if n < 5 && !t.Failed() {
							t.Errorf("only %d events were tried", n)
						}
						return
					}
				}
			})
		}
	}
}

// isEpoch checks that a store has the keyring of one epoch, twice, and nothing else of other
// epochs, and that the device writes to it.
func isEpoch(t *testing.T, p Place, s secret, epoch, generation uint64) {
	t.Helper()
	objects := must[*set.Objects](t)(set.List(background, p.Store))
	want := []set.Name{{Kind: set.Keyring, Number: epoch}, {Kind: set.KeyringCopy, Number: epoch}}
	if !slices.Equal(objects.Keyrings, want) {
		t.Errorf("keyrings: %v, want those of epoch %d", objects.Keyrings, epoch)
	}
	f := look(t, p)
	if f.Standing != Ours || f.Meta.Epoch != epoch || f.Meta.Begun != nil || f.Meta.Generation != generation {
		t.Errorf("standing %d, memory of epoch %d and generation %d, about to begin %v", f.Standing, f.Meta.Epoch, f.Meta.Generation, f.Meta.Begun)
	}
	if got := head(t, p.Store, s); got != generation {
		t.Errorf("the head is %d, want %d", got, generation)
	}
}

// However turning on is interrupted, doing it again makes one set, of epoch 1. [LIF-6] [LIF-7]
func TestTurnOnInterrupted(t *testing.T) {
	for _, with := range []secret{first, digits} {
		t.Run(with.name, func(t *testing.T) {
			explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
				p := place(t, s)
				broken := at(p)
				err := on(t, broken.Place, with)
				restart(s)
				if err == nil && broken.hit && !opens(s, with) {
					t.Error("the holder was told that the backup is on, and it does not open")
				}
				check(t, on(t, p, with))
				isEpoch(t, p, with, 1, 0)
				commit(t, p)
				isEpoch(t, p, with, 1, 1)
			})
		})
	}
}

// However a change of the secret is interrupted, the backup opens with the old secret or with
// the new one, and with the new one alone once the change has been run again. [LIF-21]
func TestChangeInterrupted(t *testing.T) {
	for _, secrets := range [][2]secret{{first, second}, {first, digits}, {digits, first}, {digits, others}} {
		from, to := secrets[0], secrets[1]
		t.Run(from.name+" to "+to.name, func(t *testing.T) {
			explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
				p := place(t, s)
				check(t, on(t, p, from))
				commit(t, p)
				broken := at(p)
				err := change(t, broken.Place, to)
				restart(s)
				if isOld, isNew := opens(s, from), opens(s, to); isOld == isNew {
					t.Errorf("opens with the old secret: %t, with the new one: %t", isOld, isNew)
				} else if err == nil && !isNew {
					t.Error("the holder was told that the new secret opens the backup, and it does not")
				}
				check(t, change(t, p, to))
				if opens(s, from) {
					t.Error("the old secret still opens the backup")
				}
				isEpoch(t, p, to, 2, 1)
				if files := len(must[map[string]int](t)(remembered(p))); files != 1 {
					t.Errorf("%d files are remembered", files)
				}
				commit(t, p)
				isEpoch(t, p, to, 2, 2)
			})
		})
	}
}

// However taking over is interrupted, one device writes to the backup in the end, which has
// all generations.
func TestTakeOverInterrupted(t *testing.T) {
	for _, with := range []secret{first, digits} {
		t.Run(with.name, func(t *testing.T) {
			explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
				old, p := place(t, s), place(t, s)
				check(t, on(t, old, with))
				commit(t, old)
				commit(t, old)
				broken := at(p)
				on(t, broken.Place, with)
				restart(s)
				if !opens(s, with) {
					t.Fatal("the backup does not open")
				}
				check(t, on(t, p, with))
				f := look(t, p)
				isEpoch(t, p, with, f.Epoch, 2)
				if standing(t, old) != Others {
					t.Error("the old device still writes to the backup")
				}
				if f.Meta.HeadLength == 0 || f.Meta.Created != 2 {
					t.Errorf("the memory has another head: %+v", f.Meta)
				}
				commit(t, p)
				// The first device takes it over again, with a memory that is of another history.
				check(t, on(t, old, with))
				f = look(t, old)
				isEpoch(t, old, with, f.Epoch, 3)
				if files := len(must[map[string]int](t)(remembered(old))); files != 0 {
					t.Errorf("%d files are remembered that are not of the head", files)
				}
			})
		})
	}
}

// However turning off is interrupted, doing it again leaves nothing but what is not of the
// set; a keyring that is left opens with the secret. [LIF-29]
func TestTurnOffInterrupted(t *testing.T) {
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		p := place(t, s)
		check(t, on(t, p, first))
		commit(t, p)
		check(t, change(t, p, second))
		commit(t, p)
		put(t, s, "letter.txt")
		put(t, s, "c-00.coffer")
		broken := at(p)
		off(broken.Place, second)
		restart(s)
		objects := must[*set.Objects](t)(set.List(background, s))
		if len(objects.Keyrings) > 0 && (!opens(s, second) || len(objects.Commits) != 2) {
			t.Errorf("of the backup there is left: %v", names(t, s))
		}
		check(t, off(p, second))
		if got := names(t, s); !slices.Equal(got, []string{"c-00.coffer", "letter.txt"}) {
			t.Errorf("there is left: %v", got)
		}
		f := look(t, p)
		if f.Standing != Empty || f.Memory != nil {
			// A crash after the last object was deleted and before the memory was: on goes on.
			t.Errorf("standing %d, memory %v", f.Standing, f.Memory)
		}
	})
}
