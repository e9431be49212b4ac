package life

import (
	"errors"
	"testing"

	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/vault"
)

// onAt is on for a password at a vault.
func onAt(t testing.TB, p Place, v *testVault, text string) error {
	f, err := Look(background, p)
	if err != nil {
		return err
	}
	switch f.Standing {
	case Empty:
		lock, err := p.WithVault(background, &v.At, prepared(t, text))
		if err != nil {
			return err
		}
		err = f.TurnOn(background, lock)
		if err != nil {
			return err
		}
	case Begun:
		if err := f.Finish(background, nil); err != nil {
			return err
		}
	}
	return tend(t, p)
}

// tend is what a device does at the vault after a step.
func tend(t testing.TB, p Place) error {
	f, err := Look(background, p)
	if err != nil || f.Memory == nil {
		return err
	}
	tended, err := p.Tend(background, f.Memory)
	if err != nil {
		return err
	}
	return errors.Join(tended.Problems...)
}

// changeTo is change to a password at a vault, or to another secret if the text is empty.
func changeTo(t testing.TB, p Place, v *testVault, text string, to secret) error {
	f, err := Look(background, p)
	if err != nil {
		return err
	}
	if f.Standing == Begun {
		if err := f.Finish(background, nil); err != nil {
			return err
		}
		return tend(t, p)
	}
	if f.Meta.Epoch > 1 && !f.IsLocked() {
		return tend(t, p)
	}
	s, err := f.Open(background, nil, false)
	if err != nil {
		return err
	}
	lock := to.lockFor(t, text)
	if text != "" {
		if lock, err = p.WithVault(background, &v.At, prepared(t, text)); err != nil {
			return err
		}
	}
	if err := s.Begin(background, lock); err != nil {
		return err
	}
	return tend(t, p)
}

func (s secret) lockFor(t testing.TB, text string) *Lock {
	if text != "" {
		return nil
	}
	return s.lock(t)
}

// untouched fails if an attempt is gone of the live record.
func untouched(t testing.TB, v *testVault) {
	t.Helper()
	if live := v.state(t, vault.Credential{}); live.State == vault.Live && live.Attempts != vault.MaxAttempts {
		t.Errorf("%d attempts are left", live.Attempts)
	}
}

// However turning on with a vault is interrupted, the holder is not told that the password opens
// the backup unless it does, and doing it again makes it so. No attempt is taken. [VLT-41]
// [VLT-42]
func TestTurnOnAtVaultInterrupted(t *testing.T) {
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		v := newVault(t)
		p := v.place(t, s)
		broken := v.interruptedAt(at(p))
		err := onAt(t, broken.Place, v, "right")
		restart(s)
		untouched(t, v)
		if err == nil && !v.opens(t, s, "right") {
			t.Error("the holder was told that the backup is on, and it does not open")
		}
		check(t, onAt(t, p, v, "right"))
		untouched(t, v)
		if !v.opens(t, s, "right") {
			t.Error("the password does not open the backup")
		}
		commit(t, p)
		check(t, tend(t, p))
		if live := v.state(t, vault.Credential{}); live.Version != 1 {
			t.Errorf("the anchor is of generation %d", live.Version)
		}
	})
}

// However a change at a vault is interrupted, one of the secrets opens the backup at every moment,
// and only the new one in the end; the record of the old one is destroyed. [VLT-31] [VLT-45]
// [VLT-47]
func TestChangeAtVaultInterrupted(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		digits         secret
	}{
		{"password to password", "first", "second", digits}, {"password to digits", "first", "", others},
		{"digits to password", "", "second", digits},
	} {
		t.Run(c.name, func(t *testing.T) {
			explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
				v := newVault(t)
				p := v.place(t, s)
				if c.from == "" {
					check(t, on(t, p, digits))
				} else {
					check(t, onAt(t, p, v, c.from))
				}
				commit(t, p)
				former := v.state(t, vault.Credential{}).Live
				opens := func(text string) bool {
					if text == "" {
						k := c.digits.digest()
						return v.opensWithKey(t, s, &k)
					}
					return v.opens(t, s, text)
				}
				broken := v.interruptedAt(at(p))
				err := changeTo(t, broken.Place, v, c.to, others)
				restart(s)
				untouched(t, v)
				isOld, isNew := opens(c.from), opens(c.to)
				if isOld == isNew {
					t.Errorf("opens with the old secret: %t, with the new one: %t", isOld, isNew)
				} else if err == nil && !isNew {
					t.Error("the holder was told that the new secret opens the backup, and it does not")
				}
				check(t, changeTo(t, p, v, c.to, others))
				if !opens(c.to) || opens(c.from) {
					t.Error("the new secret does not open the backup, or the old one does")
				}
				if state := v.state(t, former); c.from != "" && state.State != vault.Destroyed {
					t.Errorf("the record before is %v", state.State)
				}
				commit(t, p)
			})
		})
	}
}

// However turning off is interrupted, doing it again leaves neither objects nor the record.
// [VLT-47]
func TestTurnOffAtVaultInterrupted(t *testing.T) {
	explore(t, func(t *testing.T, s *memory.Store, at func(Place) *interrupted) {
		v := newVault(t)
		p := v.backedUp(t, s, "right")
		credential := v.state(t, vault.Credential{}).Live
		turnOff := func(p Place) error {
			f, err := Look(background, p)
			switch {
			case err != nil:
				return err
			case f.IsEnding():
				return f.GoOnOff(background, func() {})
			case f.Standing == Empty:
				return nil
			}
			opened, err := f.Prove(background, nil, false)
			if err != nil {
				return err
			}
			return opened.TurnOff(background, func() {})
		}
		broken := v.interruptedAt(at(p))
		err := turnOff(broken.Place)
		restart(s)
		objects := must[*set.Objects](t)(set.List(background, s))
		if state := v.state(t, credential); len(objects.Keyrings) > 0 && state.State != vault.Live {
			t.Errorf("there are keyrings whose record is %v", state.State)
		} else if err == nil && state.State != vault.Destroyed {
			t.Errorf("the holder was told that it is off, and the record is %v", state.State)
		}
		if f := must[*Found](t)(Look(background, p)); f.IsHalfOff() { // the holder may keep it
			check(t, f.KeepOn())
			check(t, tend(t, p))
			if state := v.state(t, credential); state.State != vault.Live {
				t.Errorf("the backup is kept, and its record is %v", state.State)
			}
		}
		check(t, turnOff(p))
		if state := v.state(t, credential); state.State != vault.Destroyed || len(names(t, s)) != 0 {
			t.Errorf("the record is %v, and there is left: %v", state.State, names(t, s))
		}
	})
}
