package workdir

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/slot"
)

// CheapPasswords makes a new password of this process cost as little as readers accept, unless
// everything is to be done: most of what tests do with passwords is not about how long one
// takes to guess. A TestMain calls it.
func CheapPasswords() {
	if !thorough.Wanted() {
		slot.DefaultParams = slot.Params{MemoryKiB: 8, Passes: 1, Lanes: 1}
	}
}

// Scripts runs the command line as a person would, script by script of a folder. Before
// each, setup prepares its working folder; commands are those that scripts have beside the
// program and beside "exits".
func Scripts(t *testing.T, dir string, setup func(env *testscript.Env) error, commands map[string]func(*testscript.TestScript, bool, []string)) {
	thorough.NotShort(t)
	all := map[string]func(*testscript.TestScript, bool, []string){"exits": exits}
	maps.Copy(all, commands)
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			env.Setenv(thorough.Variable, os.Getenv(thorough.Variable))
			return setup(env)
		},
		Condition: thorough.Condition,
		Cmds:      all,
	})
}

// exits runs a program, which is to end with a status: "exits 2 coffer list".
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); err != nil && !errors.As(err, &exit) {
		ts.Check(err)
	}
	got := 0
	if exit != nil {
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("status %d instead of %d", got, want)
	}
}
