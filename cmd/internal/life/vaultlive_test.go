package life

import (
	"errors"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/store/memory"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// A record that did not become live in time is replaced by one of the next epoch: at once while
// the password is there, or with the next change; until then nothing is written. [VLT-42] [VLT-43]
func TestNotLive(t *testing.T) {
	for _, isInterrupted := range []bool{false, true} {
		s := memory.New()
		v := newVault(t)
		p := v.backedUp(t, s, "first")
		former := v.state(t, vault.Credential{}).Live
		f := look(t, p)
		opened := must[*Set](t)(f.Open(background, nil, false))
		lock := v.lock(t, p, "second")
		v.Advance(25 * time.Hour) // and nobody commits it
		if isInterrupted {
			lock.again = nil
		}
		err := opened.Begin(background, lock)
		if isInterrupted {
			f = look(t, p)
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
		f = look(t, p)
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
	opened := open(t, p, nil)
	check(t, opened.Begin(background, v.lock(t, p, "second")))
	if state := v.state(t, former); state.State != vault.Destroyed {
		t.Errorf("the record before is %v", state.State)
	}
}

// A device takes over with the old password where another one was interrupted for good before its
// new password was live.
func TestTakeOverUnfinished(t *testing.T) {
	s := memory.New()
	v := newVault(t)
	old, p := v.backedUp(t, s, "first"), v.place(t, s)
	opened := open(t, old, nil)
	lock := v.lock(t, old, "second")
	opened.Vaults = func(*device.Vault) (Vault, error) { return nil, client.ErrNoAnswer }
	if err := opened.Begin(background, lock); !errors.Is(err, client.ErrNoAnswer) {
		t.Fatal(err)
	}
	f := look(t, p)
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
	check(t, found.Begin(background, v.lock(t, p, "third")))
	check(t, tend(t, p))
	if now := look(t, p); now.Standing != Ours || now.Epoch != 3 || !v.opens(t, s, "third") {
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
	p := v.backedUp(t, s, "first")
	f := look(t, p)
	opened := must[*Set](t)(f.Open(background, nil, false))
	lock := v.lock(t, p, "second")
	gone := p
	gone.Vaults = func(*device.Vault) (Vault, error) { return nil, client.ErrNoAnswer }
	opened.Vaults = gone.Vaults
	if err := opened.Begin(background, lock); !errors.Is(err, client.ErrNoAnswer) {
		t.Fatal(err)
	}
	f = look(t, gone)
	f.LeaveRecord = true
	if err := f.Finish(background, nil); !errors.Is(err, ErrNotLive) {
		t.Fatal(err)
	}
	f = look(t, gone)
	f.LeaveRecord = true
	if f.Standing != Ours || !f.IsLocked() {
		t.Fatalf("standing %d, locked %t", f.Standing, f.IsLocked())
	}
	opened = must[*Set](t)(f.Open(background, nil, false))
	check(t, opened.Begin(background, digits.lock(t)))
	isEpoch(t, gone, digits, 3, 1)
	if now := look(t, gone); now.Meta.Record != nil || len(now.Meta.Leaving) != 0 {
		t.Errorf("records are remembered: %+v, %+v", now.Meta.Record, now.Meta.Leaving)
	}
	commit(t, gone)
}

// A record that a thief of a token has put aside is live again after the next run. [VLT-48]
func TestRevived(t *testing.T) {
	s := memory.New()
	v := newVault(t)
	p := v.backedUp(t, s, "right")
	thief := v.Holder(vault.Credential{})
	if _, err := thief.Enrol(); err != nil {
		t.Fatal(err)
	}
	if live := v.state(t, vault.Credential{}).Live; live != thief.Credential {
		t.Fatal("the thief's record is not live")
	}
	f := look(t, p)
	tended := must[*Tended](t)(p.Tend(background, f.Memory))
	if !tended.Revived || tended.Problems != nil || v.state(t, vault.Credential{}).Live != f.Meta.Record.Credential {
		t.Errorf("%+v", tended)
	}
	if again := must[*Tended](t)(p.Tend(background, f.Memory)); again.Revived || again.State != vault.Live {
		t.Errorf("%+v", again)
	}
}
