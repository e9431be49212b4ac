package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/mutants"
)

// mutantsCommand checks the suite instead of an implementation.
type mutantsCommand struct {
	root, pattern, jsonPath string
	sample, parallel        int
	seed                    uint64
	list, verbose, wrong    bool
}

func newMutantsCommand() *cobra.Command {
	var m mutantsCommand
	cmd := &cobra.Command{
		Use:   "mutants",
		Short: "Check the suite: does it catch faults put into the reference?",
		Long: `Derive mutants of the reference from its source, add those written by hand, let
the suite judge each, and list those that it does not catch.
conformance/mutants/README.md has the operators and tells what is declared. It
needs Go and a checkout of the source; all mutants take more than an hour on two
processors.

The exit status is 0 if every mutant was caught or is declared, else 1.`,
		Args: cobra.NoArgs,
		RunE: m.run,
	}
	addRoot(cmd, &m.root)
	f := cmd.Flags()
	f.StringVar(&m.pattern, "run", "", "only the mutants whose id or file matches `PATTERN`, in which * stands for any text, as in \"byhand/*\"")
	f.IntVar(&m.sample, "sample", 0, "only `N` of them, chosen at random")
	f.Uint64Var(&m.seed, "seed", 1, "what the choice depends on")
	f.IntVar(&m.parallel, "parallel", runtime.NumCPU(), "judge `N` at a time")
	f.BoolVar(&m.list, "list", false, "list them, and judge none")
	f.BoolVar(&m.wrong, "wrong", false, "judge the implementations of conformance/wrong instead, by the cases written for each")
	f.BoolVarP(&m.verbose, "verbose", "v", false, "tell the fate of each as it is decided")
	f.StringVar(&m.jsonPath, "json", "", "write the results to `FILE`, which is replaced")
	return cmd
}

func (m *mutantsCommand) run(cmd *cobra.Command, _ []string) error {
	switch {
	case m.parallel < 1:
		return program.Usagef("--parallel must be positive")
	case m.sample < 0:
		return program.Usagef("--sample must not be negative")
	}
	var err error
	if m.root, err = checkout(m.root); err != nil {
		return err
	}
	if m.wrong {
		return m.judgeWrong(cmd.Context())
	}
	all, err := mutants.All(m.root)
	if err != nil {
		return err
	}
	chosen, err := m.choose(all)
	if err != nil {
		return err
	}
	if m.list {
		for _, one := range chosen {
			fmt.Fprintln(program.Stdout, one)
		}
		return nil
	}
	declared, err := mutants.Declared()
	if err != nil {
		return err
	}
	results, err := mutants.Judge(cmd.Context(), chosen, mutants.Options{
		Source:   m.root,
		Declared: declared,
		Parallel: m.parallel,
		Done: func(r mutants.Result) {
			if m.verbose {
				fmt.Fprintf(program.Stdout, "%-16s %s  %s %s\n", r.Fate, r.Mutant, r.By, r.Verdict)
			}
		},
	})
	if err != nil {
		return err
	}
	summary := mutants.Summarize(results, all, declared)
	if m.jsonPath != "" {
		if err := m.writeJSON(summary); err != nil {
			return err
		}
	}
	if err := summary.WriteText(program.Stdout); err != nil {
		return err
	}
	if !summary.OK() {
		return program.ExitError(program.Refused)
	}
	return nil
}

// judgeWrong lets the suite judge the implementations that are wrong on purpose.
func (m *mutantsCommand) judgeWrong(ctx context.Context) error {
	all, err := mutants.ReadWrong(m.root)
	if err != nil {
		return err
	}
	missed := 0
	for _, w := range all {
		e, err := mutants.JudgeWrong(ctx, m.root, w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.ID, err)
		}
		if e == nil {
			missed++
			fmt.Fprintf(program.Stdout, "MISSED    %-32s %s\n", w.ID, w.Description)
			continue
		}
		fmt.Fprintf(program.Stdout, "caught    %-32s %s (%s)\n", w.ID, e.ID, e.Verdict)
	}
	fmt.Fprintf(program.Stdout, "%d wrong implementations: %d caught, %d missed\n", len(all), len(all)-missed, missed)
	if missed > 0 {
		return program.ExitError(program.Refused)
	}
	return nil
}

// choose returns the mutants that the flags ask for.
func (m *mutantsCommand) choose(all []mutants.Mutant) ([]mutants.Mutant, error) {
	pattern := conformance.IDPattern(m.pattern)
	var chosen []mutants.Mutant
	for _, one := range all {
		if m.pattern == "" || pattern.MatchString(one.ID) || pattern.MatchString(one.File) {
			chosen = append(chosen, one)
		}
	}
	if len(chosen) == 0 {
		return nil, program.Usagef("no mutant matches %q", m.pattern)
	}
	if m.sample > 0 && m.sample < len(chosen) {
		r := rand.New(rand.NewPCG(m.seed, 0))
		r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:m.sample]
		slices.SortFunc(chosen, func(a, b mutants.Mutant) int { return strings.Compare(a.ID, b.ID) })
	}
	return chosen, nil
}

func (m *mutantsCommand) writeJSON(s mutants.Summary) error {
	out, err := newfile.Create(m.jsonPath, true, 0o666)
	if err != nil {
		return err
	}
	defer out.Abandon()
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return err
	}
	return out.Commit()
}
