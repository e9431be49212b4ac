// Coffer-dev is for those who implement Coffer: it checks an implementation, shows the
// test vectors, and the specification beside its code.
package main

import (
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
)

func main() {
	debug.SetGCPercent(200) // requests and answers are large, short-lived and few at a time
	os.Exit(program.Run(newRoot(), program.NoAdvice))
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "coffer-dev",
		Short: "Check an implementation of Coffer, and read its specification beside code and vectors",
		Long: `Check an implementation of Coffer, in any language, with the conformance suite; read
the specification beside the reference and the test vectors.`,
	}
	root.AddCommand(newConformCommand(), newAdapterCommand(), newVectorsCommand(), newSpecCommand())
	return root
}
