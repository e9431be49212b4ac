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
		Short: "Keep encrypted backups of messages and media, and get them back",
		Long: `Coffer keeps encrypted backups of messages and media, on a disk or with a provider, and
gets them back with a password or a 64-digit key. Nobody can recover a lost secret.

  coffer on /media/stick/backup                  turns a backup on, once
  coffer backup /media/stick/backup Messages     backs up what has changed
  coffer restore /media/stick/backup -C Restored

It also seals files into a single container, which is one file.

` + exitHelp(),
	}
	group := func(id, title string, commands ...*cobra.Command) {
		root.AddGroup(&cobra.Group{ID: id, Title: title})
		for _, cmd := range commands {
			cmd.GroupID = id
			root.AddCommand(cmd)
		}
	}
	cobra.EnableCommandSorting = false // as one comes to need them
	group("backup", "Keep a backup:", newOnCommand(), newBackupCommand(), newStatusCommand(), newRestoreCommand(), newCheckCommand(),
		newChangeCommand(), newAddCommand(), newPruneCommand(), newOffCommand())
	group("container", "Single containers:", newSealCommand(), newOpenCommand(), newListCommand(), newVerifyCommand(), newSlotCommand(),
		newSalvageCommand(), newHeaderCommand())
	group("tool", "Tools:", newKeyCommand(), newInspectCommand())
	root.SetHelpCommandGroupID("tool")
	root.SetCompletionCommandGroupID("tool")
	return root
}
