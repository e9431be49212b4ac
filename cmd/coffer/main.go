// Coffer seals a folder into one encrypted container and gets it back.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run()) }

func run() int {
	// A signal ends the work through its context, so that what was begun is removed.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	root := newRoot()
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if !started {
		err = usageError{err}
	}
	return report(ctx, cmd, err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "coffer",
		Short: "Seal messages and media into one encrypted container, and get them back",
		Long: `Coffer seals messages and media into one encrypted container, and gets them back
with a password or a 64-digit key. Nobody can recover a lost secret.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(
		newKeyCommand(), newSealCommand(), newOpenCommand(), newListCommand(), newVerifyCommand(),
		newInspectCommand(), newSalvageCommand(), newSlotCommand(),
	)
	return root
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
