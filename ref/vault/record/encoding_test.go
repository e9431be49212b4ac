package record

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// full is an account with a record in each state, and all that a record can have.
func full(t testing.TB) *Account {
	w := newWorld(t)
	gone := w.live(1)
	w.expect(gone.do(gone.destroy()), vault.OK)
	c := w.superseded(2)
	c.fail(2)
	w.expect(c.do(c.anchor(3, 5)), vault.OK)
	live := w.live(3)
	w.expect(live.do(live.anchor(3, 5)), vault.OK)
	live.fail(1)
	w.expect(live.do(live.try(password).finish()), vault.OK)
	live.fail(1)
	w.registered(4)
	return w.account
}

// An account is read as it was written.
func TestEncoding(t *testing.T) {
	for _, a := range []*Account{New(testAccount), full(t)} {
		back, err := Parse(a.Bytes())
		if err != nil || !reflect.DeepEqual(back, a) {
			t.Errorf("%x is read as %x, %v", a.Bytes(), back.Bytes(), err)
		}
	}
}

// What is secret is not printed. [VLT-59]
func TestNothingIsPrinted(t *testing.T) {
	a := full(t)
	r := a.in(vault.Live)
	for _, secret := range []any{a, *a, r, *r, r.Sessions, r.Sessions[0], r.Keys, &r.Keys, r.Sessions[0].Login, &r.Sessions[0].Login} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
			if text := fmt.Sprintf(verb, secret); len(text) > 40 {
				t.Errorf("%s of %T prints %s", verb, secret, text)
			}
		}
	}
}

// What no vault has written is refused, and what it is short of, or has too much.
func TestDamagedAccounts(t *testing.T) {
	encoded := full(t).Bytes()
	for n := range encoded {
		if _, err := Parse(encoded[:n]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("the first %d bytes are read", n)
		}
	}
	if _, err := Parse(append(encoded, 0)); !errors.Is(err, ErrDamaged) {
		t.Error("it is read with another byte")
	}
	for name, edit := range map[string]func(a *Account){
		"two live records":             func(a *Account) { a.in(vault.Superseded).State = vault.Live },
		"two pending records":          func(a *Account) { r := *a.in(vault.Pending); r.Credential[9]++; a.Records = append(a.Records, r) },
		"nine superseded records":      func(a *Account) { a.Records = append(a.Records, copies(a.in(vault.Superseded), 8)...) },
		"a record twice":               func(a *Account) { a.Records = append(a.Records, *a.in(vault.Live)) },
		"no credential":                func(a *Account) { a.in(vault.Live).Credential = vault.Credential{} },
		"a record destroyed and not":   func(a *Account) { a.Destroyed[0] = a.in(vault.Live).Credential },
		"seventeen destroyed records":  func(a *Account) { a.Destroyed = tombstones(17) },
		"a destroyed record in full":   func(a *Account) { a.in(vault.Live).State = vault.Destroyed },
		"a record without its content": func(a *Account) { a.in(vault.Live).Stored = false },
		"a pending record with an attempt": func(a *Account) {
			a.in(vault.Pending).Attempts = []uint64{1}
		},
		"a pending record with a session": func(a *Account) {
			a.in(vault.Pending).Sessions = a.in(vault.Live).Sessions
		},
		"eleven attempts":             func(a *Account) { a.in(vault.Live).Attempts = make([]uint64, 11) },
		"attempts in another order":   func(a *Account) { a.in(vault.Live).Attempts = []uint64{2, 1} },
		"an attempt to come":          func(a *Account) { a.in(vault.Live).Attempts[0] = a.Changed + 1 },
		"a session without attempt":   func(a *Account) { a.in(vault.Superseded).Attempts = nil },
		"a session that is too long":  func(a *Account) { a.in(vault.Live).Sessions[0].End = a.Changed + vault.SessionTime + 1 },
		"two sessions that succeeded": func(a *Account) { a.in(vault.Live).Sessions[1].Finished = true },
		"superseded in time to come":  func(a *Account) { a.in(vault.Superseded).Since = a.Changed + 1 },
		"a number that is too great":  func(a *Account) { a.Sequence = 1 << 52 },
	} {
		a := full(t)
		edit(a)
		if _, err := Parse(a.Bytes()); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	encoded[0] = 2
	if _, err := Parse(encoded); !errors.Is(err, ErrDamaged) {
		t.Error("another version is read")
	}
}

func copies(r *Record, n int) (all []Record) {
	for i := range n {
		c := *r
		c.Credential[31] = byte(i + 1)
		all = append(all, c)
	}
	return all
}

func tombstones(n int) (all []vault.Credential) {
	for i := range n {
		all = append(all, vault.Credential{31: byte(i + 1)})
	}
	return all
}

// Where what is stored cannot be used, there is no answer. [VLT-21]
func TestUnusableRecord(t *testing.T) {
	w := newWorld(t)
	c := w.live(1)
	w.account.find(c.Credential).Record = [opaque.RegistrationRecordSize]byte{}
	request := c.try(password).recover()
	request.Token.Account = testAccount
	if answer, changed, err := w.machine.Handle(w.account, request, w.now, &Random{}); answer != nil || changed || err == nil {
		t.Errorf("%+v, %v, %v", answer, changed, err)
	}
}

// A request about another account is a mistake in the program. [VLT-8]
func TestAnotherAccount(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it is answered")
		}
	}()
	w := newWorld(t)
	w.machine.Handle(w.account, &vault.StateRequest{}, w.now, &Random{})
}

// FuzzAccount looks for accounts that are read and written otherwise than they were, or that a
// transition does not survive.
func FuzzAccount(f *testing.F) {
	f.Add(New(testAccount).Bytes(), uint64(0))
	f.Add(full(f).Bytes(), uint64(1<<41))
	f.Fuzz(func(t *testing.T, b []byte, now uint64) {
		a, err := Parse(b)
		if err != nil {
			return
		}
		if !bytes.Equal(a.Bytes(), b) {
			t.Errorf("%x is written as %x", b, a.Bytes())
		}
		machine := Machine{testVault, vault.OPAQUE{Vault: testVault}}
		if now %= 1 << 51; a.Changed >= 1<<51 || a.Sequence >= 1<<51 {
			return // no clock and no account comes so far
		}
		for _, r := range a.Records {
			head := vault.Head{Token: vault.Token{Account: a.ID}, Credential: r.Credential}
			for _, request := range []vault.Request{
				&vault.StateRequest{Head: head}, &vault.RegisterRequest{Head: head, Request: r.Request}, &vault.CommitRequest{Head: head, Registration: r.registration()},
				&vault.RecoverRequest{Head: head}, &vault.FinishRequest{Head: head}, &vault.DestroyRequest{Head: head}, &vault.AnchorRequest{Head: head},
			} {
				if _, changed, err := machine.Handle(a, request, now, &Random{}); err != nil {
					return
				} else if changed {
					if _, err := Parse(a.Bytes()); err != nil {
						t.Errorf("after %T it is not read any more", request)
					}
				}
			}
		}
	})
}
