package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The command ends with the status that it says, and usage errors are told apart.
func TestFuzzCommand(t *testing.T) {
	thorough.NotShort(t)
	corpus := t.TempDir()
	if err := os.WriteFile(filepath.Join(corpus, "bad.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		usage  bool
		status int
	}{
		{[]string{"--time", "50ms"}, false, 0},
		{[]string{"--time", "0s"}, true, 0},
		{[]string{"--timeout", "-1s"}, true, 0},
		{[]string{"--time", "50ms", "--corpus", corpus}, false, 0},
		{[]string{"--", "./no-such-program"}, true, 0},
		{[]string{"--time", "100ms", "--", "false"}, false, 1},
	} {
		cmd := newFuzzCommand()
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(c.args)
		cmd.SetOut(io.Discard)
		err := cmd.ExecuteContext(t.Context())
		var usage program.UsageError
		var status program.ExitError
		if errors.As(err, &usage) != c.usage || errors.As(err, &status) != (c.status != 0) || int(status) != c.status || err != nil && !c.usage && c.status == 0 {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}
