// Package program is what the programs have in common: how they start and end, and what
// their command lines are made of.
package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
)

// An Advisor says what can be done about an error, "" if nothing, and with which status
// it ends the program.
type Advisor func(err error) (advice string, status int)

// NoAdvice is the Advisor of a program whose errors say it all.
func NoAdvice(error) (string, int) { return "", Refused }

// Run does what the command line asks of root, and returns the exit status. It sees to the
// version and to telling of errors. A signal ends the work through its context, so that what was
// begun is removed. A second one ends the program at once.
func Run(root *cobra.Command, advise Advisor) int {
	return run(root, advise, append(hangup(), endings...), endingPatience)
}

// RunService is Run for a program with a command that goes on until it is told to end, and
// ends its work itself within the patience. A terminal that is gone does not end it.
func RunService(root *cobra.Command, advise Advisor, patience time.Duration) int {
	return run(root, advise, endings, patience)
}

func run(root *cobra.Command, advise Advisor, endings []os.Signal, patience time.Duration) int {
	if err := checkLimits(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", root.Name(), err)
		return Refused
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, endings...)
	go func() {
		<-signals
		cancel()
		select {
		case <-signals:
			time.Sleep(endingHaste)
			giveUp(root.Name(), "interrupted twice")
		case <-time.After(patience):
			giveUp(root.Name(), "interrupted in the middle of something that did not end")
		}
	}()

	addDefaults(root)
	tellMistakes(root)
	started := false
	announce(root, func() { started = true })
	root.SetOut(Stdout)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = stdout.close()
	}
	if err == nil {
		return Done
	}
	if !started && stdout.err == nil { // errors before that are mistakes in the command line
		err = UsageError{err}
	}
	return explain(ctx, cmd, err, advise)
}

// endingPatience is how long the work may take to end after a signal: it may wait for
// what cannot be called off, such as a drive that does not answer.
const endingPatience = 5 * time.Second

// endingHaste is how long the work still has after a second signal. Most work ends
// sooner by itself, and then leaves nothing; a file that is only being created when the
// program is ended is not known yet, and would be left.
const endingHaste = 200 * time.Millisecond

// giveUp ends the program whatever it is doing.
func giveUp(name, why string) {
	sayEnded(name, why, "")
	os.Exit(Interrupted)
}

var ended sync.Once

// sayEnded says once that the work was called off, and what is left of it.
func sayEnded(command, why, rest string) {
	ended.Do(func() {
		display.ClearStatus()
		left := newfile.RemoveUnfinished()
		switch {
		case len(left) > 0:
			for i := range left {
				left[i] = display.Name(left[i])
			}
			rest = "what was unfinished could not be removed: " + strings.Join(left, ", ")
		case rest == "" && newfile.HasBegun():
			rest = "what was unfinished has been removed"
		}
		if rest != "" {
			rest = "; " + rest
		}
		fmt.Fprintf(os.Stderr, "%s: %s%s\n", command, why, rest)
	})
}

// endings are the signals that call the work off.
var endings = []os.Signal{os.Interrupt, syscall.SIGTERM}

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

// explain prints an error as one line and returns the exit status.
func explain(ctx context.Context, cmd *cobra.Command, err error, advise Advisor) int {
	var exit ExitError
	if errors.As(err, &exit) {
		return int(exit)
	}
	if ctx.Err() != nil {
		var ended EndedError
		errors.As(err, &ended)
		sayEnded(cmd.CommandPath(), "interrupted", ended.Left)
		return Interrupted
	}
	display.ClearStatus()
	line := InWords(err)
	advice, status := advise(err)
	var usage UsageError
	isUsage := errors.As(err, &usage) || errors.Is(err, newfile.ErrTerminal) || errors.Is(err, newfile.ErrNowhere)
	if advice != "" && !isUsage { // it is about a container
		line += "; " + advice
	}
	if isUsage {
		line = strings.Join(strings.Fields(line), " ") // suggestions come on lines of their own
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), display.Line(line))
	if isUsage {
		fmt.Fprintf(os.Stderr, "Run \"%s --help\" for how it is used.\n", cmd.CommandPath())
		return Usage
	}
	return status
}
