package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"coffer-dev": main,
	})
}

// TestScripts runs the command line as a person would, script by script.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	workdir.Scripts(t, "testdata/script", func(env *testscript.Env) error {
		env.Setenv("REPOSITORY", root)
		return nil
	}, nil)
}
