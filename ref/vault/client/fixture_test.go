package client

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// server is a vault with one account, in memory.
type server struct {
	t       *testing.T
	root    ed25519.PublicKey
	service ed25519.PrivateKey // of the account service
	id      vault.ID
	address string

	mu      sync.Mutex
	now     time.Time
	account *record.Account
	// lose is asked before and after each request is handled: whether the connection breaks then.
	lose  func(name string, handled bool) bool
	asked []string // the names of the requests that were handled
	// alter changes an answer.
	alter func(name string, answer []byte) []byte
}

func newServer(t *testing.T) *server {
	t.Helper()
	rootPublic, root := newKey(t)
	channelPublic, channelKey := newKey(t)
	_, service := newKey(t)
	certificate, err := channel.Certify(root, channelPublic, time.Now().Add(-time.Hour), 2*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, root: rootPublic, service: service, id: vault.IDOf(rootPublic), now: time.Now(), account: record.New(vault.AccountID{1})}
	srv := httptest.NewUnstartedServer(s)
	srv.Listener = tls.NewListener(srv.Listener, channel.Server(func() (*tls.Certificate, error) {
		return &tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: channelKey}, nil
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // a lost connection is what some tests are about
	srv.Start()
	t.Cleanup(srv.Close)
	s.address = "https://" + srv.Listener.Addr().String()
	return s
}

func newKey(t *testing.T) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

func (s *server) tokens(context.Context) (*vault.Token, error) {
	now := uint64(time.Now().UnixMilli())
	token := &vault.Token{Vault: s.id, Account: vault.AccountID{1}, NotBefore: now - 60000, NotAfter: now + 60000}
	token.Sign(s.service)
	return token, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/v1/")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	if s.lose != nil && s.lose(name, false) {
		panic(http.ErrAbortHandler)
	}
	request, err := vault.ParseRequest(name, body)
	if err != nil {
		w.Write(vault.Encode(vault.Refusal(name, vault.Malformed)))
		return
	}
	if !request.Asks().Token.Holds(s.id, []ed25519.PublicKey{s.service.Public().(ed25519.PublicKey)}, uint64(time.Now().UnixMilli())) {
		w.Write(vault.Encode(vault.Refusal(name, vault.BadToken)))
		return
	}
	var random record.Random
	rand.Read(random[:])
	machine := &record.Machine{Vault: s.id, OPAQUE: vault.OPAQUE{Vault: s.id}}
	answer, _, err := machine.Handle(s.account, request, uint64(s.now.UnixMilli()), &random)
	if err != nil {
		s.t.Error(err)
	}
	s.asked = append(s.asked, name)
	if s.lose != nil && s.lose(name, true) {
		panic(http.ErrAbortHandler)
	}
	encoded := vault.Encode(answer)
	if s.alter != nil {
		encoded = s.alter(name, encoded)
	}
	w.Write(encoded)
}

func (s *server) open(t *testing.T) *Vault {
	t.Helper()
	v, err := Open(s.address+"/", s.root, s.tokens)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	v.pause = time.Millisecond
	v.opaque = &opaque.Config{Stretch: opaque.Identity, Context: v.opaque.Context}
	return v
}

func prepared(t *testing.T, text string) password.Prepared {
	t.Helper()
	p, err := password.Prepare([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newBackupKey(t *testing.T) *key.Key {
	t.Helper()
	k, err := key.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &k
}

// registered returns the credential of a record that is live.
func registered(t *testing.T, v *Vault, text string, k *key.Key) vault.Credential {
	t.Helper()
	made, err := v.Register(t.Context(), rand.Reader, prepared(t, text), k)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Commit(t.Context(), made.Secret.Credential, made.Registration, nil); err != nil {
		t.Fatal(err)
	}
	return made.Secret.Credential
}
