package main

import (
	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
)

// completeContainer completes the first argument of a command: a container.
func completeContainer(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"coffer"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeSlot completes a container, and then the type of a slot.
func completeSlot(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return program.CompleteNames(func() ([]string, error) { return slotNames(), nil }, toComplete)
	}
	return completeContainer(cmd, args, toComplete)
}

// completeStore completes the first argument of a command about a backup: a folder, mostly.
func completeStore(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}
