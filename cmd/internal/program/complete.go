package program

import (
	"strings"

	"github.com/spf13/cobra"
)

// completion says what may be typed next.
type completion = func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective)

// CompleteOne completes the only argument of a command from a list of names.
func CompleteOne(names func() ([]string, error)) completion {
	return func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return CompleteNames(names, toComplete)
	}
}

// CompleteFlag completes the value of a flag from a list of names.
func CompleteFlag(cmd *cobra.Command, flag string, names func() ([]string, error)) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		return CompleteNames(names, toComplete)
	})
	if err != nil {
		panic(err) // unreachable: the flag is there, and is registered once
	}
}

// CompleteNames returns the names that begin as what was typed. Of names with a
// folder, as "key/parse-shown", the folders come first: all would fill many screens.
func CompleteNames(names func() ([]string, error), toComplete string) ([]string, cobra.ShellCompDirective) {
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
