package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// completion says what may be typed next.
type completion = func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective)

// completeOne completes the only argument of a command from a list of names.
func completeOne(names func() ([]string, error)) completion {
	return func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeNames(names, toComplete)
	}
}

// completeFlag completes the value of a flag from a list of names.
func completeFlag(cmd *cobra.Command, flag string, names func() ([]string, error)) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		return completeNames(names, toComplete)
	})
	if err != nil {
		panic(err) // unreachable: the flag is there, and is registered once
	}
}

// completeNames returns the names that begin as what was typed. Of names with a
// folder, as "key/parse-shown", the folders come first: all would fill many screens.
func completeNames(names func() ([]string, error), toComplete string) ([]string, cobra.ShellCompDirective) {
	all, err := names()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var found []string
	folders := map[string]bool{}
	for _, name := range all {
		if !strings.HasPrefix(strings.ToLower(name), strings.ToLower(toComplete)) {
			continue
		}
		folder, _, inside := strings.Cut(name, "/")
		switch {
		case !inside || strings.Contains(toComplete, "/"):
			found = append(found, name)
		case !folders[folder]:
			folders[folder] = true
			found = append(found, folder+"/")
		}
	}
	if len(folders) > 0 {
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return found, cobra.ShellCompDirectiveNoFileComp
}

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
		return completeNames(slotNames, toComplete)
	}
	return completeContainer(cmd, args, toComplete)
}

// completeTraced completes a requirement or a case, or else a file.
func completeTraced(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	found, directive := completeNames(tracedNames, toComplete)
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
