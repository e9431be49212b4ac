package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/reference"
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
	var report *output
	switch jsonPath {
	case "":
	case "-":
		o.JSON, o.Out = os.Stdout, io.Discard
	default:
		var err error
		if report, err = createOutput(jsonPath, true, 0o666); err != nil {
			return err
		}
		defer report.abandon()
		o.JSON = report
	}
	exit, err := conformance.Run(cmd.Context(), o)
	if err == nil && report != nil {
		err = report.commit()
	}
	switch {
	case err == nil && exit == 0:
		return nil
	case err == nil:
		return exitError(exit)
	case exit == conformance.ExitUsage:
		return usageError{err}
	case exit == conformance.ExitSuite:
		fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), oneLine(err.Error()))
		return exitError(exit)
	}
	return err
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
