// Coffer-vault-fleet is a vault of several members: it goes on while a majority of them runs.
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
const stopPatience = 60 * time.Second

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "coffer-vault-fleet",
		Short: "Run a member of a vault that several machines are together",
		Long: `Run a member of a vault that three or five machines are together, and that answers while a
majority of them runs. All members have the same root key, and each its own channel key, which
"coffer-vault" makes and signs.`,
	}
	root.AddCommand(newServeCommand())
	return root
}
