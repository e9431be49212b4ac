// Coffer seals a folder into one encrypted container and gets it back.
package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
)

func main() { os.Exit(program.Run(newRoot(), advise)) }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "coffer",
		Short: "Seal messages and media into one encrypted container, and get them back",
		Long: `Coffer seals messages and media into one encrypted container, and gets them back
with a password or a 64-digit key. Nobody can recover a lost secret.

` + exitHelp(),
		Version:       program.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newKeyCommand(), newSealCommand(), newOpenCommand(), newListCommand(), newVerifyCommand(),
		newInspectCommand(), newHeaderCommand(), newSalvageCommand(), newSlotCommand(),
		newOnCommand(), newBackupCommand(), newStatusCommand(), newRestoreCommand(), newCheckCommand(), newPruneCommand(), newChangeCommand(), newAddCommand(), newOffCommand())
	return root
}
