package main

import (
	"testing"

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
	workdir.Scripts(t, "testdata/script", func(*testscript.Env) error { return nil }, nil)
}
