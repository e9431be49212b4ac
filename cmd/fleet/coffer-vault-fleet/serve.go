package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/fleet/etcdstore"
	"github.com/coffer-format/coffer/cmd/internal/vaultd"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
)

func newServeCommand() *cobra.Command {
	var s vaultserve.Serving
	var o etcdstore.Options
	cmd := &cobra.Command{
		Use:   "serve --name NAME --members NAME=URL,… --store FOLDER --guard FILE --channel FILE --certificate FILE --service-key FILE",
		Short: "Answer the clients of a vault, as one of its members",
		Long: `Answer the clients of a vault, as one of its members, until it is told to end (SIGTERM). It
begins when a majority of the members runs. It writes what it does to standard error, as JSON.

A client can ask any member. The limits of requests hold at each member for itself, and an
attempt is followed by its success only where both come to the same member: have the requests
of a client go to one member as long as it answers.

The store is a folder. Never put it back from a backup, not even at one member: it would forget
what it has promised to the others. The guard, a small file outside of it, best on another disk,
finds that out, and the member does not start. A member whose store is lost, or was set back, is
added anew: ask another member with POST /replace/NAME at its --admin address, remove the store
and the guard, and start with --join.

What the members tell each other is secret. They speak TLS, with certificates for client and
server that an authority has signed that signs nothing else.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.Run(cmd.Context(), func(ctx context.Context, opening *vaultserve.Opening) (vaultd.Store, error) {
				o.Vault, o.Stored, o.Log = opening.Vault, opening.Stored, opening.Log
				return etcdstore.Open(ctx, &o)
			})
		},
	}
	s.AddFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.Name, "name", "", "the `NAME` of this member")
	flags.StringVar(&o.Peers, "members", "", "all members with their `ADDRESSES` for each other, as a=https://10.0.0.1:2380,b=https://…; the same at each")
	flags.StringVar(&o.Path, "store", "", "the `FOLDER` of the records")
	flags.StringVar(&o.Guard, "guard", "", "the `FILE` of the guard, outside of the store")
	for _, name := range []string{"name", "members", "store", "guard"} {
		cmd.MarkFlagRequired(name)
	}
	flags.StringVar(&o.Listen, "listen-members", "", "the `ADDRESS` for other members, if it is not that in --members")
	flags.StringVar(&o.Certificate, "member-certificate", "", "the `FILE` of the certificate of this member, for the others")
	flags.StringVar(&o.Key, "member-key", "", "the `FILE` of its key")
	flags.StringVar(&o.Authorities, "member-authority", "", "the `FILE` of the authority that has signed the certificates of the members")
	flags.BoolVar(&o.Join, "join", false, "join a fleet that runs, after POST /replace/NAME; means nothing once there is a store")
	flags.BoolVar(&o.NewGuard, "new-guard", false, "make a new guard of a store whose guard was lost; only if the store was never put back")
	return cmd
}
