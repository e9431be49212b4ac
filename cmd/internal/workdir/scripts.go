package workdir

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

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
// program and beside "exits", "await" and "keep".
func Scripts(t *testing.T, dir string, setup func(env *testscript.Env) error, commands map[string]func(*testscript.TestScript, bool, []string)) {
	thorough.NotShort(t)
	all := map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "await": await, "keep": keep}
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

// await waits until a file that something writes matches: "await FILE REGEXP".
func await(ts *testscript.TestScript, _ bool, args []string) {
	wanted, err := regexp.Compile(args[1])
	ts.Check(err)
	var text []byte
	for range 6000 {
		if text, _ = os.ReadFile(ts.MkAbs(args[0])); wanted.Match(text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s is, after a minute: %s", args[0], text)
}

// keep sets a variable to the first group that matches in a file: "keep NAME FILE REGEXP".
func keep(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if found == nil {
		ts.Fatalf("%s does not match %q", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}
