package workdir

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// Scripts runs the command line as a person would, script by script of
// testdata/script. Before each, setup prepares its folder; commands are those that
// scripts have beside the program.
func Scripts(t *testing.T, setup func(env *testscript.Env) error, commands map[string]func(*testscript.TestScript, bool, []string)) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			return setup(env)
		},
		Condition: thorough.Condition,
		Cmds:      commands,
	})
}
