// Adapter is the reference behind the conformance protocol, and nothing else:
// what mutants are built as.
package main

import (
	"os"

	"github.com/coffer-format/coffer/conformance/reference"
)

func main() {
	if err := reference.Serve(os.Stdin, os.Stdout); err != nil {
		os.Exit(1)
	}
}
