package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func newVerifyCommand() *cobra.Command {
	var secret secretFlags
	cmd := &cobra.Command{
		Use:   "verify CONTAINER",
		Short: "Check every byte of a container without restoring it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, r, err := openArchive(args[0], &secret)
			if err != nil {
				return err
			}
			defer in.Close()
			if err := r.Verify(); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "sound: %s in %s\n", count(len(r.Entries()), "file"), about(r.Index()))
			return nil
		},
	}
	secret.register(cmd)
	return cmd
}
