// Adapter is the reference behind the conformance protocol, and nothing else:
// what mutants are built as.
package main

import (
	"os"
	"runtime/debug"

	"github.com/coffer-format/coffer/conformance/reference"
)

func main() {
	debug.SetGCPercent(200) // as coffer-dev does
	if err := reference.Serve(os.Stdin, os.Stdout); err != nil {
		os.Exit(1)
	}
}
