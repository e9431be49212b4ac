package program

import (
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// A program from the module proxy has the module's version, one built in a checkout the
// commit.
func TestVersion(t *testing.T) {
	build := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	for want, info := range map[string]*debug.BuildInfo{
		"0.1 (v0.1.2)":                                        build("v0.1.2"),
		"0.1 (development)":                                   build("(devel)"),
		"0.1 (development, commit 0123456789ab)":              build("v0.1.3-0.20260101000000-0123456789ab", commit),
		"0.1 (development, commit 0123456789ab with changes)": build("(devel)", commit, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
	} {
		if got := versionOf(info); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
}

// Of many names the folders are completed first, and a name without regard to case.
func TestCompleteNames(t *testing.T) {
	names := func() ([]string, error) { return []string{"HDR-1", "key/a", "key/b", "keyring/a"}, nil }
	const alone, goesOn = cobra.ShellCompDirectiveNoFileComp, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	for typed, want := range map[string]struct {
		found     []string
		directive cobra.ShellCompDirective
	}{
		"":      {[]string{"HDR-1", "key/", "keyring/"}, goesOn},
		"hdr":   {[]string{"HDR-1"}, alone},
		"Key":   {[]string{"key/", "keyring/"}, goesOn},
		"key/":  {[]string{"key/a", "key/b"}, alone},
		"key/b": {[]string{"key/b"}, alone},
		"x":     {nil, alone},
	} {
		found, directive := CompleteNames(names, typed)
		if diff := cmp.Diff(want.found, found); diff != "" || directive != want.directive {
			t.Errorf("%q: directive %d: %s", typed, directive, diff)
		}
	}
}
