package main

import (
	"os"
	"testing"
)

// thorough skips a test that takes long, unless COFFER_THOROUGH is set, as .ci/run
// does.
func thorough(t *testing.T) {
	t.Helper()
	if os.Getenv("COFFER_THOROUGH") == "" {
		t.Skip("it takes long: COFFER_THOROUGH=1 runs it")
	}
}
