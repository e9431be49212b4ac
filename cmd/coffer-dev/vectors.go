package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/vectors"
	"github.com/coffer-format/coffer/vectors/agreement"
	"github.com/coffer-format/coffer/vectors/generator"
)

func newVectorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vectors",
		Short: "Show, make and check the test vectors",
		RunE:  program.Group,
	}
	cmd.AddCommand(
		newVectorsListCommand(),
		newVectorsShowCommand(),
		&cobra.Command{
			Use:   "write [ROOT]",
			Short: "Make the case files, and the worked example of the specification, anew",
			Long: `Make the case files, and the worked example of the specification, anew. ROOT is
the root of the repository (default: this folder). Its files are replaced.`,
			Args: cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return generator.Write(repository(args), agreement.WithReference)
			},
		},
		&cobra.Command{
			Use:   "check [ROOT]",
			Short: "Check that the files are what \"coffer-dev vectors write\" would make",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				if err := generator.Check(repository(args), agreement.WithReference); err != nil {
					return err
				}
				fmt.Fprintln(os.Stderr, "the vectors and the worked example are what the generator makes")
				return nil
			},
		},
	)
	return cmd
}

func repository(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// eachCase calls visit for the cases that the program has built in.
func eachCase(visit func(vectors.Case) error) error {
	files, err := vectors.Load()
	if err != nil {
		return err
	}
	for _, f := range files {
		for _, c := range f.Cases {
			if err := visit(c); err != nil {
				return err
			}
		}
	}
	return nil
}
