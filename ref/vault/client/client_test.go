package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
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
	v.opaque = vault.Configuration()
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
		if wait := wrong.Left.Wait; wait > 0 {
			var early *TooEarly
			if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right")); !errors.As(err, &early) || !errors.Is(err, fault.VaultRefused) || early.Left.Wait != wait {
				t.Errorf("before %v: %v", wait, err)
			}
			s.now = s.now.Add(wait)
		}
	}
	if _, err := v.Recover(t.Context(), rand.Reader, credential, prepared(t, "right")); !errors.Is(err, fault.VaultDestroyed) {
		t.Errorf("after ten wrong passwords: %v", err)
	}
}

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
	if _, err := v.State(t.Context(), credential); !errors.Is(err, ErrNoAnswer) || fault.NameOf(err) != "" {
		t.Errorf("without an answer: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.State(ctx, credential); !errors.Is(err, context.Canceled) {
		t.Errorf("when called off: %v", err)
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
