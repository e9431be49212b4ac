// Coffer-vault is a vault: it lets holders recover a backup with a password, and nobody try
// more than ten.
package main

import (
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
)

func main() {
	debug.SetGCPercent(400) // what lives long is small
	os.Exit(program.RunService(newRoot(), program.NoAdvice, stopPatience))
}

// stopPatience is more than the service takes to stop.
const stopPatience = 40 * time.Second

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "coffer-vault",
		Short: "Run a vault, from which a password recovers a backup, and of which ten can be tried",
		Long: `Run a vault: holders recover the key of their backup from it with a password, and nobody
can try more than ten. The root key, which applications know the vault by, stays on a machine
of its own, and signs a channel key for the service every month.`,
	}
	root.AddCommand(newRootKeyCommand(), newChannelCommand(), newSignCommand(), newServeCommand(), newServiceKeyCommand(), newTokensCommand())
	return root
}
