package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/vectors"
)

func newVectorsListCommand() *cobra.Command {
	var requirement string
	var invalid bool
	cmd := &cobra.Command{
		Use:   "list [PATTERN]",
		Short: "Show cases, a line each",
		Long: `Show the cases of the vectors, a line each: those whose id matches PATTERN, in
which * stands for any text, or all. What the suite draws for every run is not
among them.`,
		Example: `  coffer-dev vectors list 'header/*' --invalid
  coffer-dev vectors list --requirement HDR-10`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: program.CompleteOne(vectorIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if requirement != "" {
				var err error
				if requirement, err = findRequirement(requirement); err != nil {
					return err
				}
			}
			return listVectors(strings.Join(args, ""), requirement, invalid)
		},
	}
	cmd.Flags().StringVar(&requirement, "requirement", "", "only those that exercise the requirement `ID`")
	cmd.Flags().BoolVar(&invalid, "invalid", false, "only those that must be refused")
	program.CompleteFlag(cmd, "requirement", requirementIDs)
	return cmd
}

func listVectors(pattern, requirement string, invalid bool) error {
	out := bufio.NewWriter(program.Stdout)
	matching, shown := 0, 0
	var ids []string
	matches := conformance.IDPattern(pattern)
	err := eachCase(func(c vectors.Case) error {
		ids = append(ids, c.ID)
		if pattern != "" && !matches.MatchString(c.ID) {
			return nil
		}
		matching++
		if requirement != "" && !slices.Contains(c.Requirements, requirement) || invalid && c.Result != vectors.Invalid {
			return nil
		}
		shown++
		fmt.Fprintf(out, "%-8s %s: %s\n", c.Result, c.ID, c.Comment)
		return nil
	})
	switch {
	case err != nil:
		return err
	case matching == 0:
		return fmt.Errorf("no case matches %q%s", pattern, suggest.DidYouMean(pattern, slices.Concat(subjectPatterns(), ids)))
	case shown == 0 && requirement != "":
		return fmt.Errorf("no case of these exercises %s; \"coffer-dev spec trace %s\" shows what answers for it", requirement, requirement)
	case shown == 0:
		return errors.New("no case of these must be refused")
	}
	return out.Flush()
}

// subjectPatterns returns a pattern for the cases of each subject.
func subjectPatterns() []string {
	var all []string
	for _, s := range vectors.Subjects {
		all = append(all, s+"/*")
	}
	return all
}
