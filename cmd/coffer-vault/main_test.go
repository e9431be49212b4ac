package main

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"coffer-vault": main,
	})
}

// TestScripts runs the command line as a person would, script by script.
func TestScripts(t *testing.T) {
	workdir.Scripts(t, "testdata/script", func(*testscript.Env) error { return nil }, map[string]func(*testscript.TestScript, bool, []string){
		"await": await,
		"keep":  keep,
	})
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
