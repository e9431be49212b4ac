package main

import (
	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
)

// completeTraced completes a requirement or a case, or else a file.
func completeTraced(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	found, directive := program.CompleteNames(tracedNames, toComplete)
	if len(found) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return found, directive
}

func tracedNames() ([]string, error) {
	requirements, err := requirementIDs()
	if err != nil {
		return nil, err
	}
	cases, err := caseIDs()
	return append(requirements, cases...), err
}
