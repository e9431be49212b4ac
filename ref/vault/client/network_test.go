package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/vault"
)

// Whatever request or answer is lost once, each operation succeeds, and takes no more attempts.
func TestLostMessages(t *testing.T) {
	for _, lost := range []string{"state", "register", "store", "commit", "recover", "finish", "anchor", "destroy"} {
		for _, handled := range []bool{false, true} {
			t.Run(lost+map[bool]string{true: " answered", false: " asked"}[handled], func(t *testing.T) {
				t.Parallel()
				s := newServer(t)
				once := false
				s.lose = func(name string, isHandled bool) bool {
					loses := !once && name == lost && isHandled == handled
					once = once || loses
					return loses
				}
				v := s.open(t)
				k := newBackupKey(t)
				credential := registered(t, v, "right", k)
				if err := v.StoreAnchor(t.Context(), rand.Reader, k, credential, &Anchor{SetID: [16]byte{1}, Epoch: 1, Generation: 1, Head: [32]byte{1}}); err != nil {
					t.Fatal(err)
				}
				recovered, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right"))
				if err != nil {
					t.Fatal(err)
				}
				if recovered.Report == nil || recovered.Report.Failures != 0 {
					t.Errorf("the report is %+v", recovered.Report)
				}
				if err := v.Destroy(t.Context(), Holding(k, credential)); err != nil {
					t.Fatal(err)
				}
				if !once {
					t.Errorf("no %s was lost", lost)
				}
			})
		}
	}
}

// A vault that cannot be reached is no error of the backup, nor is a report that does not come.
func TestNoAnswer(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	credential := registered(t, v, "right", newBackupKey(t))
	s.mu.Lock()
	s.lose = func(name string, _ bool) bool { return name == "finish" }
	s.mu.Unlock()
	recovered, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right"))
	if err != nil || recovered.Report != nil {
		t.Errorf("without a report: %v", err)
	}
	s.mu.Lock()
	s.lose = func(string, bool) bool { return true }
	s.mu.Unlock()
	sent, unanswered := 0, 0
	v.Watch = func() func(error) {
		sent++
		return func(err error) {
			if err != nil {
				unanswered++
			}
		}
	}
	if _, err := v.State(t.Context(), credential); !errors.Is(err, ErrNoAnswer) || fault.NameOf(err) != "" {
		t.Errorf("without an answer: %v", err)
	}
	if sent != maxTries || unanswered != maxTries {
		t.Errorf("of %d requests %d were seen, and %d not answered", maxTries, sent, unanswered)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.State(ctx, credential); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrNoAnswer) || strings.Contains(err.Error(), "\n") {
		t.Errorf("when called off: %q", err)
	}
}

// With a proof the old record dies at once; without one it answers on, and comes back.
func TestReplacing(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	k, other := newBackupKey(t), newBackupKey(t)
	first := registered(t, v, "first", k)
	second, err := v.Register(t.Context(), rand.Reader, prepared(t, "second"), other)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Commit(t.Context(), second.Secret.Credential, second.Registration, Holding(other, first)); !errors.Is(err, fault.VaultRefused) {
		t.Errorf("a proof by another key holds: %v", err)
	}
	if err := v.Commit(t.Context(), second.Secret.Credential, second.Registration, Holding(k, first)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Recover(t.Context(), rand.Reader, first, prepared(t, "first")); !errors.Is(err, fault.VaultDestroyed) {
		t.Errorf("a replaced record answers: %v", err)
	}
	third := registered(t, v, "third", k)
	recovered, err := v.Recover(t.Context(), rand.Reader, second.Secret.Credential, prepared(t, "second"))
	if err != nil || recovered.Report.Superseded == 0 {
		t.Fatalf("a superseded record does not answer: %v, %+v", err, recovered)
	}
	state, err := v.State(t.Context(), third)
	if err != nil || state.State != vault.Superseded || state.Live != second.Secret.Credential {
		t.Errorf("after a success of the superseded record: %+v, %v", state, err)
	}
	if err := v.Destroy(t.Context(), recovered.Proof()); err != nil {
		t.Fatal(err)
	}
	if state, err := v.State(t.Context(), second.Secret.Credential); err != nil || state.State != vault.Destroyed {
		t.Errorf("after its destruction: %+v, %v", state, err)
	}
}

// An anchor opens under the K and for the record that it was sealed for, and grows.
func TestAnchor(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	k := newBackupKey(t)
	credential := registered(t, v, "right", k)
	if a, err := v.Anchor(t.Context(), k, credential); a != nil || err != nil {
		t.Errorf("there is an anchor: %v, %v", a, err)
	}
	want := &Anchor{SetID: [16]byte{1}, Epoch: 2, Generation: 3, Head: [32]byte{4}}
	store := func(k *key.Key, generation uint64) error {
		a := *want
		a.Generation = generation
		return v.StoreAnchor(t.Context(), rand.Reader, k, credential, &a)
	}
	if err := store(k, 3); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Anchor(t.Context(), k, credential); err != nil || *got != *want {
		t.Errorf("the anchor is %+v, %v", got, err)
	}
	if _, err := v.Anchor(t.Context(), newBackupKey(t), credential); !errors.Is(err, fault.StaleBackup) {
		t.Errorf("under another key: %v", err)
	}
	state, err := v.State(t.Context(), credential)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAnchor(&state.Anchor, k, vault.Credential{9}); !errors.Is(err, fault.StaleBackup) {
		t.Errorf("for another record: %v", err)
	}
	for i, err := range []error{store(k, 2), store(k, 3), store(newBackupKey(t), 4)} {
		if !errors.Is(err, fault.VaultRefused) {
			t.Errorf("anchor %d is stored: %v", i, err)
		}
	}
}

// No byte of an answer can be changed without the client seeing it.
func TestAlteredAnswers(t *testing.T) {
	s := newServer(t)
	v := s.open(t)
	credential := registered(t, v, "right", newBackupKey(t))
	for _, c := range []struct {
		name string
		at   int
		want error
	}{
		{"recover", 0, fault.VaultRefused},           // the status
		{"recover", 10, fault.WrongSecret},           // the evaluated element
		{"recover", 10 + 32, fault.WrongSecret},      // the masking nonce
		{"recover", 10 + 32 + 32, fault.WrongSecret}, // the masked response
		{"recover", 10 + 320 - 1, fault.WrongSecret}, // the vault's MAC
		{"finish", 4, nil},                           // the number of failures
		{"finish", 1 + vault.ReportSize, nil},        // the MAC
	} {
		s.mu.Lock()
		s.now = s.now.Add(24 * time.Hour)
		s.alter = func(name string, answer []byte) []byte {
			if name == c.name {
				answer[c.at] ^= 0x04
			}
			return answer
		}
		s.mu.Unlock()
		recovered, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right"))
		if !errors.Is(err, c.want) || err == nil && recovered.Report != nil {
			t.Errorf("with another byte %d of %s: %v, not %v", c.at, c.name, err, c.want)
		}
		s.mu.Lock()
		s.alter = nil
		s.mu.Unlock()
		if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right")); err != nil && !errors.As(err, new(*TooEarly)) {
			t.Fatal(err)
		}
	}
	for name, alter := range map[string]func([]byte) []byte{
		"shorter": func(b []byte) []byte { return b[1:] },
		"longer":  func(b []byte) []byte { return append(b, 0) },
		"endless": func(b []byte) []byte { return bytes.Repeat(b, 1000) },
		"another": func(b []byte) []byte { b[1] = 9; return b }, // no state has this number
	} {
		s.mu.Lock()
		s.alter = func(_ string, answer []byte) []byte { return alter(answer) }
		s.mu.Unlock()
		if _, err := v.State(t.Context(), credential); !errors.Is(err, fault.VaultRefused) {
			t.Errorf("a %s answer: %v", name, err)
		}
	}
}

// A client sends nothing to a server that is not the vault, and follows no redirection.
func TestOtherServers(t *testing.T) {
	s := newServer(t)
	other, _ := newKey(t)
	v, err := Open(s.address, other, func(context.Context) (*vault.Token, error) {
		return &vault.Token{Vault: vault.IDOf(other)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if _, err := v.State(t.Context(), vault.Credential{}); !errors.Is(err, fault.VaultRefused) || len(s.asked) != 0 {
		t.Errorf("another root key: %v, asked %v", err, s.asked)
	}
	for _, address := range []string{"http://vault.example.org", "vault.example.org", "https://", "https://a@b", "https://a/?x", "https://a/#x", ":"} {
		if _, err := Open(address, s.root, s.tokens); err == nil {
			t.Errorf("%q is an address", address)
		}
	}
	if _, err := Open(s.address, s.root[1:], s.tokens); err == nil {
		t.Error("31 bytes are a root key")
	}
}
