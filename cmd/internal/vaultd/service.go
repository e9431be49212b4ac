package vaultd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// Service is a vault that answers over HTTP.
type Service struct {
	vault      vault.ID
	machine    record.Machine
	store      Store
	limits     Limits
	now        func() time.Time
	log        *slog.Logger
	metrics    *Metrics
	notifier   *Notifier
	allowance  *allowance
	pseudonyms *pseudonyms
	current    atomic.Pointer[Keys]
	stopping   atomic.Bool
	failed     chan struct{} // closed when the store has failed
	fail       func()        // closes it
}

// Config is what a service is made of.
type Config struct {
	Keys    *Keys
	Store   Store
	Limits  Limits
	Now     func() time.Time
	Log     *slog.Logger
	Metrics *Metrics
	Notify  string // a command of the shell, or "": see Notifier
}

// New returns a service. Error: keys that no client believes.
func New(c *Config) (*Service, error) {
	if err := c.Keys.Check(c.Now()); err != nil {
		return nil, err
	}
	id := c.Keys.Vault()
	s := &Service{
		vault: id, machine: record.Machine{Vault: id, OPAQUE: vault.OPAQUE{Vault: id}},
		store: c.Store, limits: c.Limits, now: c.Now, log: c.Log, metrics: c.Metrics,
		notifier:  NewNotifier(c.Notify, c.Log, c.Metrics),
		allowance: newAllowance(c.Limits), pseudonyms: newPseudonyms(),
	}
	s.failed = make(chan struct{})
	s.fail = sync.OnceFunc(func() { close(s.failed) })
	s.use(c.Keys)
	return s, nil
}

func (s *Service) keys() *Keys { return s.current.Load() }

// Replace takes other keys of the same vault from the next connection on. Error: keys that no
// client believes; those that there were stay.
func (s *Service) Replace(k *Keys) error {
	if err := k.Check(s.now()); err != nil {
		return err
	}
	if k.Vault() != s.vault {
		return errors.New("the certificate is one of another root key, which is another vault")
	}
	s.use(k)
	return nil
}

func (s *Service) use(k *Keys) {
	s.current.Store(k)
	s.metrics.certificate.Set(float64(k.Channel.Leaf.NotAfter.Unix()))
	s.WarnOfEnd()
}

// WarnOfEnd logs a warning if the certificate ends soon.
func (s *Service) WarnOfEnd() {
	if end := s.keys().Channel.Leaf.NotAfter; s.now().Add(endsSoon).After(end) {
		s.log.Warn("the certificate of the channel key ends soon: sign the channel key, or a new one, with the root key", "ends", end.UTC())
	}
}

// Serve answers the connections of a listener, over TLS, until the context is done or the store
// fails; then it takes no more, and answers the requests that there are. It does not close the
// store. [VLT-6]
func (s *Service) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: s,
		TLSConfig: channel.Server(func() (*tls.Certificate, error) {
			return &s.keys().Channel, nil
		}),
		ReadHeaderTimeout: s.limits.Header, ReadTimeout: s.limits.Request, WriteTimeout: s.limits.Request + s.limits.Answer, IdleTimeout: s.limits.Idle,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       log.New(io.Discard, "", 0), // it has addresses of clients
		ConnState:      s.counted,
		Protocols:      new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true) // one request at a time on a connection: what is bounded is connections
	return s.run(ctx, server, func() error {
		return server.ServeTLS(netutil.LimitListener(listener, s.limits.Connections), "", "")
	})
}

// ServeAdmin answers about the health of the service, and with its metrics, on a listener that
// nobody but the operator reaches.
func (s *Service) ServeAdmin(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: s.Admin(), ReadTimeout: s.limits.Request, WriteTimeout: s.limits.Answer, ErrorLog: log.New(io.Discard, "", 0)}
	return s.run(ctx, server, func() error { return server.Serve(listener) })
}

// Admin is what ServeAdmin answers.
func (s *Service) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case s.store.Err() != nil:
			http.Error(w, "the store has failed", http.StatusServiceUnavailable)
		case s.stopping.Load():
			http.Error(w, "stopping", http.StatusServiceUnavailable)
		case s.now().After(s.keys().Channel.Leaf.NotAfter):
			http.Error(w, "the certificate has ended", http.StatusServiceUnavailable)
		default:
			fmt.Fprintln(w, "ok")
		}
	})
	if store, is := s.store.(Operated); is {
		for pattern, handler := range store.Handlers() {
			mux.HandleFunc(pattern, handler)
		}
	}
	return mux
}

// stopTime is how long requests that have begun may take when the service stops.
const stopTime = 15 * time.Second

func (s *Service) run(ctx context.Context, server *http.Server, serve func() error) error {
	failed := make(chan error, 1)
	go func() { failed <- serve() }()
	select {
	case err := <-failed:
		return err
	case <-s.failed:
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) { // those that are left send no complete request
		err = server.Close()
	}
	return display.Both(s.store.Err(), err)
}

// counted counts the open connections.
func (s *Service) counted(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.metrics.connections.Inc()
	case http.StateClosed, http.StateHijacked:
		s.metrics.connections.Dec()
	}
}

// Notify runs the command for what has happened until the context is done.
func (s *Service) Notify(ctx context.Context) { s.notifier.Run(ctx, s.now) }
