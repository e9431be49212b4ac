package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
)

func newConformCommand() *cobra.Command {
	o := conformance.Options{Out: os.Stdout}
	var jsonPath string
	cmd := &cobra.Command{
		Use:   "conform [-- PROGRAM ARGUMENT...]",
		Short: "Check an implementation against the specification",
		Long: `Check an implementation against the specification: the program behind the
protocol that conformance/README.md describes, or the built-in reference if there
is no program.

The exit status is 0 for a conformant implementation, 1 for another, 2 for a
usage error, 3 if the suite itself is at fault.`,
		Example: "  coffer conform\n  coffer conform -- ./my-adapter\n  coffer conform --run 'header/*' -- node adapter.mjs",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = args
			return conform(cmd, o, jsonPath)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Pattern, "run", "", "run only the cases whose id matches `PATTERN`, in which * stands for any text")
	f.DurationVar(&o.Timeout, "timeout", conformance.DefaultTimeout, "wait this long for an answer")
	f.IntVar(&o.Parallel, "parallel", 0, "run `N` programs at a time (default: the number of processors)")
	f.StringVar(&jsonPath, "json", "", "write a report for programs to `FILE`, which is replaced (- is standard output)")
	return cmd
}

func conform(cmd *cobra.Command, o conformance.Options, jsonPath string) error {
	if o.Timeout < time.Millisecond || o.Parallel < 0 {
		return usagef("--timeout and --parallel take what is greater than zero")
	}
	var file *output
	switch jsonPath {
	case "":
	case "-":
		o.Out = io.Discard
	default:
		var err error
		if file, err = createOutput(jsonPath, true, 0o666); err != nil {
			return err
		}
		defer file.abandon()
	}
	r, err := conformance.Run(cmd.Context(), o)
	var usage conformance.UsageError
	switch {
	case errors.As(err, &usage):
		return usageError{usage.Err}
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), oneLine(err.Error()))
		return exitError(report.ExitSuite)
	}
	switch {
	case file != nil:
		if err := errors.Join(r.WriteJSON(file), file.commit()); err != nil {
			return err
		}
	case jsonPath == "-":
		if err := r.WriteJSON(os.Stdout); err != nil {
			return err
		}
	}
	if r.Exit != report.ExitConformant {
		return exitError(r.Exit)
	}
	return nil
}

func newAdapterCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "adapter",
		Short: "Answer the conformance protocol with the reference",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := wait(cmd.Context(), func() (struct{}, error) {
				return struct{}{}, reference.Serve(os.Stdin, os.Stdout)
			})
			return err
		},
	}
}
