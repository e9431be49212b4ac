package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/compare"
	"github.com/coffer-format/coffer/conformance/doctor"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
)

// conformFlags are the flags of coffer-dev conform that are not in Options.
type conformFlags struct {
	reports reportFlags
	seed    int64
	expect  string
	with    []string
}

func newConformCommand() *cobra.Command {
	o := conformance.Options{Out: program.Stdout}
	var flags conformFlags
	cmd := &cobra.Command{
		Use:   "conform [-- PROGRAM ARGUMENT...]",
		Short: "Check an implementation against the specification",
		Long: `Check an implementation against the specification: a program that speaks
the protocol that conformance/README.md describes, or the built-in reference if
there is none.

The exit status is 0 for a conformant implementation, or one that failed as
--expect-failures says; 1 for another, 2 for a usage error, 3 if the suite itself
is at fault.`,
		Example: `  coffer-dev conform doctor -- node adapter.mjs
  coffer-dev conform --first-failure -- node adapter.mjs
  coffer-dev conform --run 'header/*' -- ./my-adapter
  coffer-dev conform --with 'node adapter.mjs' --with ./my-adapter`,
		Args: afterDashes,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = args
			return conform(cmd, o, &flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Pattern, "run", "", "run only the cases whose id matches `PATTERN`, in which * stands for any text")
	f.DurationVar(&o.Timeout, "timeout", session.DefaultTimeout, "wait this long for an answer")
	f.IntVar(&o.Parallel, "parallel", 0, "run `N` programs at a time (default: the number of processors)")
	f.Int64Var(&flags.seed, "seed", 0, "draw what the suite draws from `N`, to repeat a run (default: a new seed each time)")
	f.BoolVar(&o.All, "all", false, "describe every failure, not one of each cause")
	f.BoolVar(&o.FirstFailure, "first-failure", false, "stop at the first failure, in the order of the cases")
	f.StringVar(&flags.expect, "expect-failures", "", "take `FILE` for the list of known failures: they must fail")
	f.StringArrayVar(&flags.with, "with", nil, "check `COMMAND`, too, and try each implementation against each other")
	flags.reports.register(f)
	program.CompleteFlag(cmd, "run", caseIDs)
	cmd.AddCommand(newDoctorCommand(), newFuzzCommand(), newMutantsCommand(), newConformVaultCommand())
	return cmd
}

// afterDashes refuses a program that does not come after "--": it might be the
// name of a subcommand.
func afterDashes(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && cmd.ArgsLenAtDash() != 0 {
		return program.Usagef("the program comes after --: %s -- %s", cmd.CommandPath(), args[0])
	}
	return nil
}

func conform(cmd *cobra.Command, o conformance.Options, flags *conformFlags) error {
	switch {
	case o.Timeout < time.Millisecond:
		return program.Usagef("--timeout must be positive")
	case o.Parallel < 0:
		return program.Usagef("--parallel must not be negative")
	}
	if err := readExpectations(&o, flags.expect); err != nil {
		return err
	}
	commands, err := flags.commands(o)
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("seed") {
		flags.seed = cases.NewSeed()
	}
	defer session.KeepDescendants()()
	debug.SetGCPercent(200) // a run lasts for seconds: collecting took a tenth of them
	defer flags.reports.abandon()
	if err := flags.prepare(&o); err != nil {
		return err
	}
	suite, err := conformance.NewSuite(flags.seed)
	if err != nil {
		return suiteError(cmd, err)
	}
	if len(commands) > 0 {
		return comparePrograms(cmd, suite, o, flags, commands)
	}
	return runSuite(cmd, suite, o, flags)
}

// prepare opens the reports before a run, and says where the run is to be seen.
func (flags *conformFlags) prepare(o *conformance.Options) error {
	if err := flags.reports.prepare(); err != nil {
		return err
	}
	if flags.reports.printed {
		o.Out = io.Discard
	}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		o.Progress = os.Stderr
	}
	return nil
}

// runSuite runs a suite, and writes the reports.
func runSuite(cmd *cobra.Command, suite *conformance.Suite, o conformance.Options, flags *conformFlags) error {
	r, err := suite.Run(cmd.Context(), o)
	if err != nil {
		return suiteError(cmd, err)
	}
	if err := flags.reports.write(r); err != nil {
		return err
	}
	return exit(r.Exit)
}

// commands returns the programs to compare, none unless there is a flag --with.
func (flags *conformFlags) commands(o conformance.Options) ([][]string, error) {
	if len(flags.with) == 0 {
		return nil, nil
	}
	if len(o.Expect) > 0 || flags.reports.aboutOne() {
		return nil, program.Usagef("--expect-failures, --junit and --tap are about one implementation, --with is about several")
	}
	var commands [][]string
	if len(o.Command) > 0 {
		commands = append(commands, o.Command)
	}
	for _, line := range flags.with {
		words, err := session.SplitCommand(line)
		if err != nil {
			return nil, program.Usagef("--with %s: %v", line, err)
		}
		commands = append(commands, words)
	}
	return commands, nil
}

// compare checks several implementations, and each with each other.
func comparePrograms(cmd *cobra.Command, suite *conformance.Suite, o conformance.Options, flags *conformFlags, commands [][]string) error {
	c, err := compare.Run(cmd.Context(), suite, o, commands)
	if err != nil {
		return suiteError(cmd, err)
	}
	if err := flags.reports.write(c); err != nil {
		return err
	}
	if !flags.reports.printed {
		if err := c.WriteText(program.Stdout); err != nil {
			return err
		}
	}
	return exit(c.Exit())
}

// suiteError is the error of the suite itself, unless it is one of usage.
func suiteError(cmd *cobra.Command, err error) error {
	var usage cases.UsageError
	if errors.As(err, &usage) {
		return program.UsageError{Err: usage.Err}
	}
	fmt.Fprintf(os.Stderr, "%s: %s\n", cmd.CommandPath(), display.Line(err.Error()))
	return program.ExitError(report.ExitSuite)
}

func exit(status int) error {
	if status != report.ExitConformant {
		return program.ExitError(status)
	}
	return nil
}

func readExpectations(o *conformance.Options, path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	o.Expect, err = conformance.ParseExpectations(f)
	var usage cases.UsageError
	if errors.As(err, &usage) {
		return program.UsageError{Err: usage.Err}
	}
	return err
}

func newDoctorCommand() *cobra.Command {
	o := doctor.Options{Out: program.Stdout}
	cmd := &cobra.Command{
		Use:   "doctor -- PROGRAM ARGUMENT...",
		Short: "Look at an adapter step by step, and tell what to do",
		Long: `Look at an adapter step by step: whether it starts, says hello, and speaks the
protocol that conformance/README.md describes. Each step is ok or not ok; what is
not comes with what was seen and what to do.

The exit status is 0 if every step is ok, 1 if one is not, 2 for a usage error.`,
		Example: "  coffer-dev conform doctor -- node adapter.mjs",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return program.Usagef("which adapter? %s -- PROGRAM ARGUMENT...", cmd.CommandPath())
			}
			return afterDashes(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = args
			if o.Timeout < time.Millisecond {
				return program.Usagef("--timeout must be positive")
			}
			defer session.KeepDescendants()()
			status, err := doctor.Run(cmd.Context(), o)
			if err != nil {
				return suiteError(cmd, err)
			}
			return exit(status)
		},
	}
	cmd.Flags().DurationVar(&o.Timeout, "timeout", session.DefaultTimeout, "wait this long for an answer")
	return cmd
}

func newAdapterCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "adapter",
		Short: "Answer the conformance protocol with the reference",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, err := program.Wait(cmd.Context(), func() (struct{}, error) {
				return struct{}{}, reference.Serve(os.Stdin, os.Stdout)
			})
			return err
		},
	}
}
