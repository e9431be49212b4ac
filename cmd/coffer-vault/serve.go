package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
)

func newServeCommand() *cobra.Command {
	var s vaultserve.Serving
	var store vaultd.BoltOptions
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.Run(cmd.Context(), func(_ context.Context, o *vaultserve.Opening) (vaultd.Store, error) {
				store.Vault, store.Stored = o.Vault, o.Stored
				return vaultd.OpenBolt(&store)
			})
		},
	}
	s.AddFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&store.Path, "store", "", "the `FILE` of the records")
	flags.StringVar(&store.Guard, "guard", "", "the `FILE` of the guard, in another folder than the store")
	for _, name := range []string{"store", "guard"} {
		cmd.MarkFlagRequired(name)
	}
	flags.BoolVar(&store.NewGuard, "new-guard", false, "make a new guard of a store whose guard was lost; only if the store was never put back")
	return cmd
}
