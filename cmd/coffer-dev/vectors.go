package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/vectors"
	"github.com/coffer-format/coffer/vectors/agreement"
	"github.com/coffer-format/coffer/vectors/generator"
)

func newVectorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vectors",
		Short: "Show, make and check the test vectors",
	}
	cmd.AddCommand(
		newVectorsListCommand(),
		newVectorsShowCommand(),
		newVectorsWriteCommand(),
		newVectorsCheckCommand(),
	)
	return cmd
}

func newVectorsWriteCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "write",
		Short: "Make the case files, and the worked example of the specification, anew",
		Long: `Make the case files, and the worked example of the specification, anew, and replace
those of a checkout.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := checkout(root)
			if err != nil {
				return err
			}
			return generator.Write(found, agreement.WithReference)
		},
	}
	addRoot(cmd, &root)
	return cmd
}

func newVectorsCheckCommand() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check that the files of a checkout are what \"coffer-dev vectors write\" would make",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := checkout(root)
			if err != nil {
				return err
			}
			if err := generator.Check(found, agreement.WithReference); err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, "the vectors and the worked example are what the generator makes")
			return nil
		},
	}
	addRoot(cmd, &root)
	return cmd
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
