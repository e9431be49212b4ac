package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/fuzz"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
)

func newFuzzCommand() *cobra.Command {
	o := fuzz.Options{Out: program.Stdout}
	cmd := &cobra.Command{
		Use:   "fuzz [-- PROGRAM ARGUMENT...]",
		Short: "Look for inputs that an implementation answers otherwise than the reference",
		Long: `Look for inputs that an implementation answers otherwise than the reference does.
Inputs are made from the vectors: bytes are changed, and then signed and sealed
again, so that they get past the first checks.

A difference is made smaller and saved as a file of the corpus, in the form of a
vector's case. The next run begins with the corpus: a case that no longer differs
is reported as mended, and stays.

The exit status is 0 if nothing differs, 1 if something does, 2 for a usage error,
3 if the suite itself is at fault.`,
		Example: "  coffer-dev conform fuzz -- ./my-adapter\n  coffer-dev conform fuzz --time 10m --corpus found -- node adapter.mjs",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = args
			return runFuzz(cmd, o)
		},
	}
	f := cmd.Flags()
	f.DurationVar(&o.Time, "time", fuzz.DefaultTime, "look for as long as `DURATION`")
	f.StringVar(&o.Corpus, "corpus", "", "try the cases in `FOLDER` first, and save differences there")
	f.Int64Var(&o.Seed, "seed", cases.DefaultSeed, "make the inputs that follow from `N`")
	f.DurationVar(&o.Timeout, "timeout", session.DefaultTimeout, "wait this long for an answer")
	f.BoolVar(&o.First, "first-failure", false, "end after the first new difference")
	return cmd
}

func runFuzz(cmd *cobra.Command, o fuzz.Options) error {
	if o.Time < time.Millisecond || o.Timeout < time.Millisecond {
		return program.Usagef("--time and --timeout must be positive")
	}
	defer session.KeepDescendants()()
	result, err := fuzz.Run(cmd.Context(), o)
	var usage cases.UsageError
	switch {
	case errors.As(err, &usage):
		return program.UsageError{Err: usage.Err}
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), display.Line(err.Error()))
		return program.ExitError(report.ExitSuite)
	case result.Exit != report.ExitConformant:
		return program.ExitError(result.Exit)
	}
	return nil
}
