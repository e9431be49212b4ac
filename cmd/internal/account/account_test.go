package account

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/account/accounttest"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		check(t, err)
		return v
	}
}

// tokenFor returns the text of a token that is valid for some time from now.
func tokenFor(t testing.TB, valid time.Duration) string {
	t.Helper()
	_, service, err := ed25519.GenerateKey(rand.Reader)
	check(t, err)
	token := &vault.Token{Account: vault.AccountID{1}, NotAfter: uint64(time.Now().Add(valid).UnixMilli())}
	rand.Read(token.Nonce[:])
	token.Sign(service)
	return hex.EncodeToString(token.Bytes())
}

// A token comes from a file or a command, with what an editor leaves around it, and is kept while
// it is valid. What is none is not shown.
func TestTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) { check(t, os.WriteFile(file, []byte(text), 0o600)) }
	long, short := tokenFor(t, time.Hour), tokenFor(t, time.Second)
	for _, s := range []*source{{file: file}, {command: "cat " + file}} {
		write("\n" + long + "\n")
		first := must[*vault.Token](t)(s.token(t.Context()))
		write(short)
		if again := must[*vault.Token](t)(s.token(t.Context())); again != first {
			t.Error("a token is got anew that is still valid")
		}
		s.last = nil
		if other := must[*vault.Token](t)(s.token(t.Context())); other.Nonce == first.Nonce {
			t.Error("the token is not that of its source")
		}
		write(long)
		if third := must[*vault.Token](t)(s.token(t.Context())); third.Nonce != first.Nonce {
			t.Error("a token that ends at once is used")
		}
		s.last = nil
		write("secret" + long[6:])
		if _, err := s.token(t.Context()); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "320") {
			t.Errorf("what is no token: %v", err)
		}
	}
	for _, s := range []*source{{file: file + "none"}, {command: "exit 3"}, {}} {
		if _, err := s.token(t.Context()); err == nil {
			t.Errorf("%+v gives a token", s)
		}
	}
}

// A device asks with tokens of the account that has the record.
func TestIdentify(t *testing.T) {
	v := accounttest.New(t)
	at := v.At
	at.Account, at.TokenFile = vault.AccountID{}, filepath.Join(t.TempDir(), "token")
	check(t, os.WriteFile(at.TokenFile, []byte(hex.EncodeToString(v.Holder(vault.Credential{}).Token().Bytes())), 0o600))
	check(t, Identify(t.Context(), &at))
	if at.Account != v.At.Account || IDOf(&at) != v.ID {
		t.Errorf("account %x", at.Account)
	}
	ask := func(at *device.Vault) error {
		opened := must[*client.Vault](t)(Open(at))
		defer opened.Close()
		_, err := opened.State(t.Context(), vault.Credential{})
		return err
	}
	check(t, ask(&at))
	at.Account[0]++
	if err := ask(&at); err == nil || !strings.Contains(err.Error(), "another account") { // [VLT-9]
		t.Errorf("with a token of another account: %v", err)
	}
}
