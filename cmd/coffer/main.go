// Coffer seals a folder into one encrypted container and gets it back.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/conformance/suggest"
)

func main() { os.Exit(run()) }

func run() int {
	// A signal ends the work through its context, so that what was begun is
	// removed. A second one ends the program at once.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, endings()...)
	go func() {
		<-signals
		cancel()
		select {
		case <-signals:
			time.Sleep(endingHaste)
			giveUp("interrupted twice")
		case <-time.After(endingPatience):
			giveUp("interrupted in the middle of something that did not end")
		}
	}()

	started := false
	root := newRoot(func() { started = true })
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	if !started {
		err = usageError{err}
	}
	return explain(ctx, cmd, err)
}

// endingPatience is how long the work may take to end after a signal: it may wait for
// what cannot be called off, such as a drive that does not answer.
const endingPatience = 5 * time.Second

// endingHaste is how long the work still has after a second signal. Most work ends
// sooner by itself, and then leaves nothing; a file that is only being created when the
// program is ended is not known yet, and would be left.
const endingHaste = 200 * time.Millisecond

// giveUp ends the program whatever it is doing.
func giveUp(why string) {
	sayEnded("coffer", why)
	os.Exit(exitInterrupted)
}

var ended sync.Once

// sayEnded says once that the work was called off, and what is left of it.
func sayEnded(command, why string) {
	ended.Do(func() {
		rest := "what was unfinished has been removed"
		if left := removeUnfinished(); len(left) > 0 {
			for i := range left {
				left[i] = shown(left[i])
			}
			rest = "what was unfinished could not be removed: " + strings.Join(left, ", ")
		}
		fmt.Fprintf(os.Stderr, "%s: %s; %s\n", command, why, rest)
	})
}

// endings are the signals that call the work off.
func endings() []os.Signal { return append(hangup(), os.Interrupt, syscall.SIGTERM) }

// newRoot returns the program. It calls started once the command line has been
// understood: errors before that are mistakes in it.
func newRoot(started func()) *cobra.Command {
	root := &cobra.Command{
		Use:   "coffer",
		Short: "Seal messages and media into one encrypted container, and get them back",
		Long: `Coffer seals messages and media into one encrypted container, and gets them back
with a password or a 64-digit key. Nobody can recover a lost secret.

` + exitHelp(),
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddGroup(
		&cobra.Group{ID: holders, Title: "Commands for who holds a backup:"},
		&cobra.Group{ID: implementers, Title: "Commands for who implements the format:"},
	)
	root.SetHelpCommandGroupID(holders)
	root.SetCompletionCommandGroupID(holders)
	add := func(group string, commands ...*cobra.Command) {
		for _, cmd := range commands {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add(holders, newKeyCommand(), newSealCommand(), newOpenCommand(), newListCommand(), newVerifyCommand(),
		newInspectCommand(), newHeaderCommand(), newSalvageCommand(), newSlotCommand())
	add(implementers, newConformCommand(), newAdapterCommand(), newVectorsCommand(), newSpecCommand())
	announce(root, started)
	return root
}

// The groups of commands in the help text.
const (
	holders      = "holders"
	implementers = "implementers"
)

// announce makes every command call started before anything else.
func announce(cmd *cobra.Command, started func()) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			started()
			return run(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		announce(sub, started)
	}
}

// group is what a command does that has subcommands only.
func group(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		var names []string
		for _, sub := range cmd.Commands() {
			names = append(names, sub.Name())
		}
		return usagef("there is no command %q%s", cmd.CommandPath()+" "+args[0], suggest.DidYouMean(args[0], names))
	}
	return cmd.Help()
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
