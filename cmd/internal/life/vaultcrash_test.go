package life

import (
	"errors"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
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
		p := v.place(t, s)
		check(t, onAt(t, p, v, "right"))
		commit(t, p)
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
		check(t, turnOff(p))
		if state := v.state(t, credential); state.State != vault.Destroyed || len(names(t, s)) != 0 {
			t.Errorf("the record is %v, and there is left: %v", state.State, names(t, s))
		}
	})
}

// A record that did not become live in time is replaced by one of the next epoch: at once while
// the password is there, or with the next change; until then nothing is written. [VLT-42] [VLT-43]
func TestNotLive(t *testing.T) {
	for _, isInterrupted := range []bool{false, true} {
		s := memory.New()
		v := newVault(t)
		p := v.place(t, s)
		check(t, onAt(t, p, v, "first"))
		commit(t, p)
		former := v.state(t, vault.Credential{}).Live
		f := must[*Found](t)(Look(background, p))
		opened := must[*Set](t)(f.Open(background, nil, false))
		lock := must[*Lock](t)(p.WithVault(background, &v.At, prepared(t, "second")))
		v.Advance(25 * time.Hour) // and nobody commits it
		if isInterrupted {
			lock.again = nil
		}
		err := opened.Begin(background, lock)
		if isInterrupted {
			f = must[*Found](t)(Look(background, p))
			if !errors.Is(err, ErrNotLive) || !f.IsLocked() || f.Standing != Ours {
				t.Fatalf("%v; locked %t, standing %d", err, f.IsLocked(), f.Standing)
			}
			if !v.opens(t, s, "first") {
				t.Error("the old password does not open the backup any more, and the new one does not either")
			}
			err = changeTo(t, p, v, "second", others)
		}
		check(t, err)
		check(t, tend(t, p))
		f = must[*Found](t)(Look(background, p))
		if f.Meta.Epoch != 3 || f.IsLocked() || !v.opens(t, s, "second") {
			t.Errorf("epoch %d, locked %t", f.Meta.Epoch, f.IsLocked())
		}
		if state := v.state(t, former); state.State != vault.Destroyed {
			t.Errorf("the record before is %v", state.State)
		}
		commit(t, p)
	}
}

// The commit itself ends the record before, with a proof of it, so that no moment is left in which
// the old password is only put aside. [VLT-45]
func TestFormerEndsWithCommit(t *testing.T) {
	s := memory.New()
	v := newVault(t)
	p := v.place(t, s)
	check(t, onAt(t, p, v, "first"))
	former := v.state(t, vault.Credential{}).Live
	opened := must[*Set](t)(must[*Found](t)(Look(background, p)).Open(background, nil, false))
	check(t, opened.Begin(background, must[*Lock](t)(p.WithVault(background, &v.At, prepared(t, "second")))))
	if state := v.state(t, former); state.State != vault.Destroyed {
		t.Errorf("the record before is %v", state.State)
	}
}

// A device takes over with the old password where another one was interrupted for good before its
// new password was live.
func TestTakeOverUnfinished(t *testing.T) {
	s := memory.New()
	v := newVault(t)
	old, p := v.place(t, s), v.place(t, s)
	check(t, onAt(t, old, v, "first"))
	commit(t, old)
	opened := must[*Set](t)(must[*Found](t)(Look(background, old)).Open(background, nil, false))
	lock := must[*Lock](t)(old.WithVault(background, &v.At, prepared(t, "second")))
	opened.Vaults = func(*device.Vault) (Vault, error) { return nil, client.ErrNoAnswer }
	if err := opened.Begin(background, lock); !errors.Is(err, client.ErrNoAnswer) {
		t.Fatal(err)
	}
	f := must[*Found](t)(Look(background, p))
	f.Named = &v.At
	asking := must[Vault](t)(p.Vaults(&v.At))
	defer asking.Close()
	counted, over, err := account.PassOver(background, f.Objects, v.ID, asking, nil)
	check(t, err)
	check(t, f.PassOver(background, counted, over))
	if f.Epoch != 1 {
		t.Fatalf("the keyring of epoch %d is to be opened", f.Epoch)
	}
	found := must[*Set](t)(f.Open(background, v.secretOf(t, VaultSlot(f.Header), "first"), false))
	check(t, found.Begin(background, must[*Lock](t)(p.WithVault(background, &v.At, prepared(t, "third")))))
	check(t, tend(t, p))
	if now := must[*Found](t)(Look(background, p)); now.Standing != Ours || now.Epoch != 3 || !v.opens(t, s, "third") {
		t.Errorf("standing %d, epoch %d", now.Standing, now.Epoch)
	}
	if standing(t, old) != Others {
		t.Error("the old device still writes to the backup")
	}
	commit(t, p)
}

// A vault that is gone before it has made a record live is left, with another secret in the epoch
// after that.
func TestGivenUp(t *testing.T) {
	s := memory.New()
	v := newVault(t)
	p := v.place(t, s)
	check(t, onAt(t, p, v, "first"))
	commit(t, p)
	f := must[*Found](t)(Look(background, p))
	opened := must[*Set](t)(f.Open(background, nil, false))
	lock := must[*Lock](t)(p.WithVault(background, &v.At, prepared(t, "second")))
	gone := p
	gone.Vaults = func(*device.Vault) (Vault, error) { return nil, client.ErrNoAnswer }
	opened.Vaults = gone.Vaults
	if err := opened.Begin(background, lock); !errors.Is(err, client.ErrNoAnswer) {
		t.Fatal(err)
	}
	f = must[*Found](t)(Look(background, gone))
	f.LeaveRecord = true
	if err := f.Finish(background, nil); !errors.Is(err, ErrNotLive) {
		t.Fatal(err)
	}
	f = must[*Found](t)(Look(background, gone))
	f.LeaveRecord = true
	if f.Standing != Ours || !f.IsLocked() {
		t.Fatalf("standing %d, locked %t", f.Standing, f.IsLocked())
	}
	opened = must[*Set](t)(f.Open(background, nil, false))
	check(t, opened.Begin(background, digits.lock(t)))
	isEpoch(t, gone, digits, 3, 1)
	if now := must[*Found](t)(Look(background, gone)); now.Meta.Record != nil || len(now.Meta.Leaving) != 0 {
		t.Errorf("records are remembered: %+v, %+v", now.Meta.Record, now.Meta.Leaving)
	}
	commit(t, gone)
}

// A record that a thief of a token has put aside is live again after the next run. [VLT-48]
func TestRevived(t *testing.T) {
	s := memory.New()
	v := newVault(t)
	p := v.place(t, s)
	check(t, onAt(t, p, v, "right"))
	commit(t, p)
	thief := v.Holder(vault.Credential{})
	if _, err := thief.Enrol(); err != nil {
		t.Fatal(err)
	}
	if live := v.state(t, vault.Credential{}).Live; live != thief.Credential {
		t.Fatal("the thief's record is not live")
	}
	f := must[*Found](t)(Look(background, p))
	tended := must[*Tended](t)(p.Tend(background, f.Memory))
	if !tended.Revived || tended.Problems != nil || v.state(t, vault.Credential{}).Live != f.Meta.Record.Credential {
		t.Errorf("%+v", tended)
	}
	if again := must[*Tended](t)(p.Tend(background, f.Memory)); again.Revived || again.State != vault.Live {
		t.Errorf("%+v", again)
	}
}
