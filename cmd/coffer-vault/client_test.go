package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// A client with a token from "coffer-vault tokens" registers a password, recovers with it, and
// destroys the record.
func TestClient(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	vaultd := f.serve()
	text := f.Printed("tokens", "--service-key", "service.pem", "--root", hex.EncodeToString(f.RootKey), "--account", "somebody")
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	f.Check(err)
	token, err := vault.ParseToken(raw)
	f.Check(err)
	v, err := client.Open(vaultd.address, f.RootKey, func(context.Context) (*vault.Token, error) { return token, nil })
	f.Check(err)
	defer v.Close()
	prepared := func(text string) password.Prepared {
		p, err := password.Prepare([]byte(text))
		f.Check(err)
		return p
	}
	k, err := key.New(rand.Reader)
	f.Check(err)
	registered, err := v.Register(t.Context(), rand.Reader, prepared("right"), &k)
	f.Check(err)
	credential := vault.Credential(registered.Secret.Credential)
	f.Check(v.Commit(t.Context(), credential, registered.Registration, nil))
	var wrong *client.WrongPassword
	if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared("wrong")); !errors.As(err, &wrong) || wrong.Left.Attempts != 9 {
		t.Errorf("with a wrong password: %v", err)
	}
	recovered, err := v.Recover(t.Context(), rand.Reader, credential, prepared("right"))
	f.Check(err)
	if recovered.Secret != registered.Secret || recovered.Report == nil || recovered.Report.Failures != 1 {
		t.Errorf("the report is %v", recovered.Report)
	}
	f.Check(v.Destroy(t.Context(), client.Holding(&k, credential)))
	if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared("right")); !errors.Is(err, fault.VaultDestroyed) {
		t.Errorf("after it was destroyed: %v", err)
	}
	vaultd.end(func() { vaultd.cmd.Process.Signal(os.Interrupt) })
}
