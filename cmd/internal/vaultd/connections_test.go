//go:build !wasm && !plan9

package vaultd

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/vaultd/vaultdtest"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// A request that comes slowly, or in part, ends without an answer, and so does a connection that
// only waits.
func TestSlowRequests(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, func(c *Config) { c.Limits.Header, c.Limits.Request = 100*time.Millisecond, 200*time.Millisecond })
	address, _ := tr.listen(t)
	var connections sync.WaitGroup
	for name, sent := range map[string]string{
		"nothing":          "",
		"half of a header": "POST /v1/state HTTP/1.1\r\nHost: x\r\n",
		"half of a body":   "POST /v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 192\r\n\r\nhalf",
		"half of a chunk":  "POST /v1/state HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nhalf",
	} {
		connections.Go(func() {
			conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
			if err != nil {
				return // the vault has lost its patience before
			}
			defer conn.Close()
			io.WriteString(conn, sent)
			if got := rest(conn); strings.HasPrefix(got, "HTTP/1.1 200") { // it ends when the vault ends the connection
				t.Errorf("%s: %q", name, got)
			}
		})
	}
	connections.Wait()
	conn, err := net.Dial("tcp", address) // no TLS
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := rest(conn); got != "" {
		t.Errorf("without TLS: %q", got)
	}
}

// After a request, a connection does not stay open for ever.
func TestIdleConnections(t *testing.T) {
	tr := newTrial(t, func(c *Config) {
		c.Limits.Header, c.Limits.Request, c.Limits.Idle = time.Minute, time.Minute, 50*time.Millisecond
	})
	address, _ := tr.listen(t)
	conn := tr.dial(t, address)
	io.WriteString(conn, "POST /v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
	if got := rest(conn); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("%q", got)
	}
}

// A body that is too long, or a header, is answered and the connection ended, without waiting
// for what does not come.
func TestLongRequests(t *testing.T) {
	t.Parallel() // ending a connection takes the server half a second
	tr := newTrial(t, nil)
	address, _ := tr.listen(t)
	for sent, code := range map[string]string{
		"POST /v1/state HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n":                                                                "413",
		"POST /v1/state HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" + strings.Repeat("x", 0x401) + "\r\n7fffffff\r\n": "413",
		"POST /v1/state HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 20_000):                                                           "431",
	} {
		conn := tr.dial(t, address)
		io.WriteString(conn, sent)
		if got := rest(conn); !strings.HasPrefix(got, "HTTP/1.1 "+code) {
			t.Errorf("instead of %s: %q", code, got)
		}
	}
}

// Of more connections than are allowed, those that came later wait.
func TestConnections(t *testing.T) {
	t.Parallel()
	tr := newTrial(t, func(c *Config) { c.Limits.Connections = 2 })
	address, _ := tr.listen(t)
	first := tr.dial(t, address)
	tr.dial(t, address)
	third, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	shaken := make(chan error, 1)
	conn := tls.Client(third, &tls.Config{InsecureSkipVerify: true})
	go func() { shaken <- conn.Handshake() }()
	select {
	case err := <-shaken:
		t.Errorf("a third connection is taken: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if _, metrics := tr.get("/metrics"); !strings.Contains(metrics, "coffer_vault_connections 2\n") {
		t.Errorf("not two connections: %s", metrics)
	}
	first.Close()
	if err := <-shaken; err != nil {
		t.Error(err)
	}
}

// Only TLS 1.3 is taken [VLT-6], and no session is resumed [VLT-5].
func TestTLS(t *testing.T) {
	tr := newTrial(t, nil)
	address, _ := tr.listen(t)
	if conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}); err == nil {
		conn.Close()
		t.Error("TLS 1.2 is taken")
	}
	cache := tls.NewLRUClientSessionCache(1)
	for range 2 {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, ClientSessionCache: cache})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		rest(conn)
		if conn.ConnectionState().DidResume {
			t.Error("a session is resumed")
		}
		conn.Close()
	}
}

// The keys of a channel are replaced while the vault runs, by such that clients believe.
func TestReplacedKeys(t *testing.T) {
	tr := newTrial(t, nil)
	address, _ := tr.listen(t)
	serial := func() string { return tr.dial(t, address).ConnectionState().PeerCertificates[0].SerialNumber.String() }
	before := serial()
	ended, another, mixed := tr.newKeys(t, time.Second), tr.newKeys(t, time.Hour), tr.newKeys(t, time.Hour)
	mixed.Channel.PrivateKey = another.Channel.PrivateKey
	strangers := newTrial(t, nil).newKeys(t, time.Hour)
	nobody := tr.newKeys(t, time.Hour)
	nobody.Services = nil
	for want, keys := range map[string]*Keys{
		"the channel key has ended": ended, "one of another channel key": mixed, "another root key": strangers, "no key of an account service": nobody,
	} {
		if err := tr.Replace(keys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v instead of %q", err, want)
		}
	}
	if serial() != before {
		t.Error("a certificate that was refused is shown")
	}
	if err := tr.Replace(another); err != nil {
		t.Fatal(err)
	}
	if serial() == before {
		t.Error("the certificate is the one before")
	}
	if !strings.Contains(tr.log.String(), "ends soon") {
		t.Error("nobody is told that the certificate ends")
	}
	tr.clock.Jump(tr.clock.Now().Add(2 * time.Hour))
	if code, why := tr.get("/healthz"); code != 503 || !strings.Contains(why, "certificate") {
		t.Errorf("with a certificate that has ended: %d, %s", code, why)
	}
}

// When the vault stops, a request that has begun is answered, and no other is taken.
func TestStop(t *testing.T) {
	tr := newTrial(t, nil)
	address, stop := tr.listen(t)
	h := tr.holder()
	h.Post = vaultdtest.Over(tr.client(), "https://"+address)
	tx, err := tr.store.(*bolt).db.Begin(true) // the registration waits for it
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		_, _, err := h.Register()
		answered <- err
	}()
	for !tr.store.(*bolt).turns.any() {
		time.Sleep(time.Millisecond)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for !tr.stopping.Load() {
		time.Sleep(time.Millisecond)
	}
	if code, _ := tr.get("/healthz"); code != 503 {
		t.Errorf("it stops, and says that it is in health: %d", code)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the request that had begun: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("it stopped with %v", err)
	}
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("it still takes connections")
	}
}

// A store that fails gives no answer, and ends the service. [VLT-21]
func TestFailedStore(t *testing.T) {
	tr := newTrial(t, nil)
	_, stop := tr.listen(t)
	if code, why := tr.get("/healthz"); code != 200 {
		t.Fatalf("%d, %s", code, why)
	}
	err := fmt.Errorf("%w: a test", ErrUnknownOutcome)
	tr.store.(*bolt).failed.Store(&err)
	if _, _, err := tr.holder().Register(); err != vaultdtest.NoAnswer(503) {
		t.Errorf("an answer: %v", err)
	}
	<-tr.failed
	if code, _ := tr.get("/healthz"); code != 503 {
		t.Errorf("it says that it is in health: %d", code)
	}
	if err := stop(); err == nil || !strings.Contains(err.Error(), "a test") {
		t.Errorf("it stopped with %v", err)
	}
}

// panicking is a store that shows what it was given.
type panicking struct{ Store }

func (panicking) Update(ctx context.Context, id *vault.AccountID, _ Transition) error {
	var a *record.Account
	panic(fmt.Sprintf("%x %v", *id, a))
}

// A request that meets an error of the program gets no answer, and the log says where, and
// nothing of what was asked.
func TestPanic(t *testing.T) {
	tr := newTrial(t, func(c *Config) { c.Store = panicking{c.Store} })
	address, _ := tr.listen(t)
	h := tr.holder()
	h.Post = vaultdtest.Over(tr.client(), "https://"+address)
	if _, err := h.State(); err == nil {
		t.Error("an answer")
	}
	if log := tr.log.String(); !strings.Contains(log, "panicking.Update:") || strings.Contains(log, fmt.Sprintf("%x", h.Account[:])) {
		t.Errorf("the log is %s", log)
	}
	if _, metrics := tr.get("/metrics"); !strings.Contains(metrics, "coffer_vault_panics_total 1\n") {
		t.Error("it is not counted")
	}
}
