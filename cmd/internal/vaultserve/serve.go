// Package vaultserve is what the programs of a vault have in common that serve: their keys in
// files, their flags, and all that goes on at the same time while they answer.
package vaultserve

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/ref/vault"
)

// Serving is what a command is told that serves.
type Serving struct {
	keys          keyFiles
	listen, admin string
	notify        string
	limits        vaultd.Limits
}

// AddFlags adds the flags of what is served, and with which keys; those of the store are added
// by the program.
func (s *Serving) AddFlags(cmd *cobra.Command) {
	s.limits = vaultd.DefaultLimits()
	flags := cmd.Flags()
	flags.StringVar(&s.keys.channel, "channel", "", "the `FILE` of the channel key")
	flags.StringVar(&s.keys.certificate, "certificate", "", "the `FILE` that \"coffer-vault sign\" has made")
	flags.StringArrayVar(&s.keys.services, "service-key", nil, "a `FILE` with a public key of the account service; can be given several times")
	for _, name := range []string{"channel", "certificate", "service-key"} {
		cmd.MarkFlagRequired(name)
	}
	flags.StringVar(&s.listen, "listen", ":443", "the `ADDRESS` for clients")
	flags.StringVar(&s.admin, "admin", "127.0.0.1:9090", "the `ADDRESS` for /healthz and /metrics, which clients should not reach")
	flags.StringVar(&s.notify, "notify", "", "a `COMMAND` of the shell that tells holders what has happened")
	flags.IntVar(&s.limits.Connections, "connections", s.limits.Connections, "at most so many connections at a time")
	flags.IntVar(&s.limits.Requests, "requests", s.limits.Requests, "at most so many requests of an account in a minute")
	flags.IntVar(&s.limits.Registrations, "registrations", s.limits.Registrations, "at most so many registrations of an account in an hour")
}

// Opening is what a store is opened with.
type Opening struct {
	Vault  vault.ID
	Stored func(group int, number uint64) // is told of what is stored
	Log    *slog.Logger
}

// Run answers clients until the context is done or the store fails. The store is opened once
// all else has been found good, and closed after the last answer.
func (s *Serving) Run(ctx context.Context, open func(context.Context, *Opening) (vaultd.Store, error)) (err error) {
	if err := keepFromDumps(); err != nil {
		return fmt.Errorf("the system does not let the process keep its memory to itself: %w", err)
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	keys, err := s.keys.read()
	if err != nil {
		return err
	}
	if err := keys.Check(time.Now()); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	admin, err := net.Listen("tcp", s.admin)
	if err != nil {
		return err
	}
	defer admin.Close()
	metrics := vaultd.NewMetrics()
	store, err := open(ctx, &Opening{Vault: keys.Vault(), Stored: metrics.Stored, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = display.Both(err, store.Close()) }()
	service, err := vaultd.New(&vaultd.Config{Keys: keys, Store: store, Limits: s.limits, Now: time.Now, Log: log, Metrics: metrics, Notify: s.notify})
	if err != nil {
		return err
	}
	id := keys.Vault()
	log.Info("serving", "address", listener.Addr().String(), "admin", admin.Addr().String(),
		"vault", hex.EncodeToString(id[:]), "root_key", hex.EncodeToString(keys.Root), "certificate_ends", keys.Channel.Leaf.NotAfter.UTC())
	err = s.serve(ctx, service, listener, admin, log)
	log.Info("stopped")
	return err
}

// serve does all that goes on at the same time, until one part of it ends.
func (s *Serving) serve(ctx context.Context, service *vaultd.Service, listener, admin net.Listener, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	notifying, notified := context.WithCancel(context.WithoutCancel(ctx)) // after the last answer
	defer notified()
	var parts sync.WaitGroup
	parts.Go(func() { s.keys.watch(ctx, service, log) })
	parts.Go(func() { service.Notify(notifying) })
	ended := make(chan error, 2)
	go func() { ended <- service.ServeAdmin(ctx, admin) }()
	go func() { ended <- service.Serve(ctx, listener) }()
	first := <-ended
	cancel()
	err := display.Both(first, <-ended)
	notified()
	parts.Wait()
	return err
}
