//go:build !wasm && !plan9

package vaultd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

func TestMain(m *testing.M) {
	thorough.InMemory()
	lockPatience = 10 * time.Millisecond
	os.Exit(m.Run())
}

// lines is what is logged.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// trial is a service that a test speaks to.
type trial struct {
	*Service
	clock       *vaultdtest.Clock
	log         *lines
	root        ed25519.PrivateKey
	accounts    ed25519.PrivateKey // of the account service
	store       Store
	storeOpts   *BoltOptions
	lastMetrics *Metrics
}

func newTrial(t *testing.T, change func(*Config)) *trial {
	t.Helper()
	tr := &trial{clock: vaultdtest.NewClock(), log: &lines{}}
	_, tr.root = vaultdtest.NewKey(t)
	_, tr.accounts = vaultdtest.NewKey(t)
	keys := tr.newKeys(t, 30*24*time.Hour)
	tr.storeOpts, tr.lastMetrics = files(t), NewMetrics()
	tr.storeOpts.Vault, tr.storeOpts.Stored = keys.Vault(), tr.lastMetrics.Stored
	tr.store = open(t, tr.storeOpts)
	t.Cleanup(func() { closed(t, tr.store) })
	c := &Config{Keys: keys, Store: tr.store, Limits: DefaultLimits(), Now: tr.clock.Now, Log: slog.New(slog.NewJSONHandler(tr.log, nil)), Metrics: tr.lastMetrics}
	if change != nil {
		change(c)
	}
	service, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	tr.Service = service
	return tr
}

// newKeys are those of a new channel key, which is valid from a minute ago on.
func (tr *trial) newKeys(t *testing.T, validity time.Duration) *Keys {
	t.Helper()
	return &Keys{
		Root:     tr.root.Public().(ed25519.PublicKey),
		Channel:  vaultdtest.NewChannel(t, tr.root, tr.clock.Now().Add(-time.Minute), validity),
		Services: []ed25519.PublicKey{tr.accounts.Public().(ed25519.PublicKey)},
	}
}

// post sends a request without a network.
func (tr *trial) post(name string, body []byte) (int, []byte, error) {
	w := httptest.NewRecorder()
	tr.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/"+name, bytes.NewReader(body)))
	return w.Code, w.Body.Bytes(), nil
}

// holder is somebody with an account of their own.
func (tr *trial) holder() *vaultdtest.Holder {
	return vaultdtest.NewHolder(&tr.vault, tr.accounts, tr.clock.Now, tr.post)
}

// get asks what the operator is shown.
func (tr *trial) get(path string) (int, string) {
	w := httptest.NewRecorder()
	tr.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// listen serves on the loopback interface, and returns the address and what stops it.
func (tr *trial) listen(t *testing.T) (address string, stop func() error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- tr.Serve(ctx, listener) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { stop() })
	return listener.Addr().String(), stop
}

// dial connects as a client does.
func (tr *trial) dial(t *testing.T, address string) *tls.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", address, channel.Client(tr.root.Public().(ed25519.PublicKey), time.Now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// client is an HTTP client of the vault.
func (tr *trial) client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: channel.Client(tr.root.Public().(ed25519.PublicKey), time.Now), MaxIdleConnsPerHost: 100}}
}

// rest reads until the other side ends the connection.
func rest(conn net.Conn) string {
	b, _ := io.ReadAll(conn)
	return string(b)
}
