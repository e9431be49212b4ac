// Package accounttest is a vault for tests of those who ask one: in memory, with one account and
// a clock of its own.
package accounttest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// Vault is a vault, and where a device reaches it. It takes every token.
type Vault struct {
	At device.Vault // without where tokens come from
	ID vault.ID

	t       testing.TB
	service ed25519.PrivateKey

	mu      sync.Mutex
	now     time.Time
	account *record.Account
	silent  []string
}

// New starts a vault, which ends with the test.
func New(t testing.TB) *Vault {
	t.Helper()
	root, rootKey := vaultdtest.NewKey(t)
	_, service := vaultdtest.NewKey(t)
	certificate := vaultdtest.NewChannel(t, rootKey, time.Now().Add(-time.Hour), 2*time.Hour)
	v := &Vault{ID: vault.IDOf(root), t: t, service: service, now: time.Now(), account: record.New(vault.AccountID{1})}
	srv := httptest.NewUnstartedServer(v)
	srv.Listener = tls.NewListener(srv.Listener, channel.Server(func() (*tls.Certificate, error) { return &certificate, nil }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	v.At = device.Vault{Address: "https://" + srv.Listener.Addr().String(), Root: [32]byte(root), Account: v.account.ID}
	return v
}

// Advance sets the clock of the vault ahead.
func (v *Vault) Advance(by time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = v.now.Add(by)
}

// Silence keeps the vault from answering requests of some names, as "commit", from now on.
func (v *Vault) Silence(names ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.silent = names
}

func (v *Vault) isSilent(name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Contains(v.silent, name)
}

// Holder is who asks the vault message by message, about a credential, or a new one for zeros.
func (v *Vault) Holder(credential vault.Credential) *vaultdtest.Holder {
	h := vaultdtest.NewHolder(&v.ID, v.service, time.Now, v.post)
	h.Account = v.account.ID
	if credential != (vault.Credential{}) {
		h.Credential = credential
	}
	return h
}

func (v *Vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Error(err)
	}
	name := strings.TrimPrefix(r.URL.Path, "/v1/")
	if v.isSilent(name) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_, answer, err := v.post(name, body)
	if err != nil {
		v.t.Error(err)
	}
	w.Write(answer)
}

func (v *Vault) post(name string, body []byte) (int, []byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	request, err := vault.ParseRequest(name, body)
	if err != nil {
		return 0, nil, err
	}
	var random record.Random
	rand.Read(random[:])
	machine := &record.Machine{Vault: v.ID, OPAQUE: vault.OPAQUE{Vault: v.ID}}
	answer, _, err := machine.Handle(v.account, request, uint64(v.now.UnixMilli()), &random)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, vault.Encode(answer), nil
}
