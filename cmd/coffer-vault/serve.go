package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/vaultd"
)

// serving is what "coffer-vault serve" is told.
type serving struct {
	keys          keyFiles
	store, guard  string
	newGuard      bool
	listen, admin string
	notify        string
	limits        vaultd.Limits
}

func newServeCommand() *cobra.Command {
	s := serving{limits: vaultd.DefaultLimits()}
	cmd := &cobra.Command{
		Use:   "serve --channel FILE --certificate FILE --service-key FILE --store FILE --guard FILE",
		Short: "Answer the clients of a vault",
		Long: `Answer the clients of a vault, until it is told to end (SIGTERM): then it takes no more
requests, and answers those that it has. It writes what it does to standard error, as JSON.

The store is one file. Never put it back from a backup: it would answer attempts again that were
taken. The guard, a small file in another folder, best on another disk, finds that out, and the
vault does not start. Both are made if neither is there.

The channel key, its certificate and the keys of the account service are read again when they
change, or at SIGHUP.

The command of --notify is run for each attempt that no success follows, each registration, and
each record that becomes live, is superseded or destroyed. It reads one line of JSON, with the
account, from standard input, and tells the holder.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.StringVar(&s.keys.channel, "channel", "", "the `FILE` of the channel key")
	flags.StringVar(&s.keys.certificate, "certificate", "", "the `FILE` that \"coffer-vault sign\" has made")
	flags.StringArrayVar(&s.keys.services, "service-key", nil, "a `FILE` with a public key of the account service; can be given several times")
	flags.StringVar(&s.store, "store", "", "the `FILE` of the records")
	flags.StringVar(&s.guard, "guard", "", "the `FILE` of the guard, in another folder than the store")
	for _, name := range []string{"channel", "certificate", "service-key", "store", "guard"} {
		cmd.MarkFlagRequired(name)
	}
	flags.BoolVar(&s.newGuard, "new-guard", false, "make a new guard of a store whose guard was lost; only if the store was never put back")
	flags.StringVar(&s.listen, "listen", ":443", "the `ADDRESS` for clients")
	flags.StringVar(&s.admin, "admin", "127.0.0.1:9090", "the `ADDRESS` for /healthz and /metrics, which clients should not reach")
	flags.StringVar(&s.notify, "notify", "", "a `COMMAND` of the shell that tells holders what has happened")
	flags.IntVar(&s.limits.Connections, "connections", s.limits.Connections, "at most so many connections at a time")
	flags.IntVar(&s.limits.Requests, "requests", s.limits.Requests, "at most so many requests of an account in a minute")
	flags.IntVar(&s.limits.Registrations, "registrations", s.limits.Registrations, "at most so many registrations of an account in an hour")
	return cmd
}

func (s *serving) run(ctx context.Context) (err error) {
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
	store, err := vaultd.OpenBolt(&vaultd.BoltOptions{Path: s.store, Guard: s.guard, NewGuard: s.newGuard, Vault: keys.Vault(), Stored: metrics.Stored})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
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
func (s *serving) serve(ctx context.Context, service *vaultd.Service, listener, admin net.Listener, log *slog.Logger) error {
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
	err := errors.Join(first, <-ended)
	notified()
	parts.Wait()
	return err
}
