package client

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
)

// A client asks with tokens of the vault and of the account only.
func TestTokens(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	v.Account = vault.AccountID{2}
	if _, err := v.State(t.Context(), vault.Credential{}); err == nil || len(s.asked) != 0 {
		t.Errorf("with a token of another account: %v", err)
	}
	v.Account = vault.AccountID{1}
	if _, err := v.State(t.Context(), vault.Credential{}); err != nil {
		t.Error(err)
	}
	sign := s.tokens
	v.tokens = func(ctx context.Context) (*vault.Token, error) {
		token, err := sign(ctx)
		token.Vault[0] ^= 1
		return token, err
	}
	if _, err := v.State(t.Context(), vault.Credential{}); err == nil || len(s.asked) != 1 {
		t.Errorf("with a token of another vault: %v", err)
	}
	v.tokens = func(ctx context.Context) (*vault.Token, error) {
		token, err := sign(ctx)
		token.Signature[0] ^= 1
		return token, err
	}
	if _, err := v.State(t.Context(), vault.Credential{}); !errors.Is(err, fault.VaultRefused) {
		t.Errorf("with a token that is not the service's: %v", err)
	}
}

// What was registered opens the slot again with the password and with no other; the vault
// counts, and tells.
func TestRecover(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	if !thorough.Short() {
		v.opaque = vault.Configuration()
	}
	k := newBackupKey(t)
	made, err := v.Register(t.Context(), rand.Reader, prepared(t, "right"), k)
	if err != nil {
		t.Fatal(err)
	}
	secret := made.Secret
	sealed, err := slot.NewVault(rand.Reader, k, secret.Vault, secret.Credential, secret.ExportKey[:])
	if err != nil {
		t.Fatal(err)
	}
	credential := vault.Credential(secret.Credential)
	if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right")); !errors.Is(err, fault.VaultRefused) {
		t.Errorf("a pending record answers: %v", err)
	}
	if err := v.Commit(t.Context(), credential, made.Registration, nil); err != nil {
		t.Fatal(err)
	}
	var wrong *WrongPassword
	if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "wrong")); !errors.As(err, &wrong) || !errors.Is(err, fault.WrongSecret) || wrong.Left != (Left{Attempts: 9}) {
		t.Errorf("with a wrong password: %v", err)
	}
	failed := s.now
	s.now = s.now.Add(time.Minute)
	recovered, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := recovered.Secret.Open([]slot.Slot{sealed}); err != nil || got != *k {
		t.Errorf("the slot does not open: %v", err)
	}
	want := &vault.Report{Failures: 1, Failed: [10]uint64{uint64(failed.UnixMilli())}}
	if diff := cmp.Diff(want, recovered.Report); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	state, err := v.State(t.Context(), vault.Credential{})
	if err != nil || state.Live != credential || state.Attempts != 10 {
		t.Errorf("the state is %+v, %v", state, err)
	}
}

// The vault counts down, and the client says how far; after the last attempt the record is
// destroyed.
func TestCountdown(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	credential := registered(t, v, "right", newBackupKey(t))
	for left := 9; left >= 0; left-- {
		var wrong *WrongPassword
		if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "wrong")); !errors.As(err, &wrong) || wrong.Left.Attempts != left {
			t.Fatalf("with %d attempts left: %v", left+1, err)
		}
		if wait := wrong.Left.Wait(); wait > 0 {
			var early *TooEarly
			if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right")); !errors.As(err, &early) || !errors.Is(err, fault.VaultRefused) || early.Left.Wait() != wait {
				t.Errorf("before %v: %v", wait, err)
			}
			s.now = s.now.Add(wait)
		}
	}
	if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right")); !errors.Is(err, fault.VaultDestroyed) {
		t.Errorf("after ten wrong passwords: %v", err)
	}
}

// A wait beyond what a duration holds is not a short one.
func TestLongWait(t *testing.T) {
	if wait := (Left{WaitMS: 1<<52 - 1}).Wait(); wait < 292*365*24*time.Hour {
		t.Error(wait)
	}
}
