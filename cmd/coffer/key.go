package main

import (
	"crypto/rand"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/key"
)

func newKeyCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make a new 64-digit key",
		Long: `Make a new 64-digit key, and print it with its fingerprint.

Whoever has the key can open what is sealed with it, and nobody can open it
without. Write the fingerprint down with the key: "coffer inspect" shows which
key a container wants.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := key.New(rand.Reader)
			if err != nil {
				return err
			}
			if path == "" {
				fmt.Printf("%s\nkey %s\n", k.Text(), k.Check().Fingerprint())
				return nil
			}
			if err := writeKey(path, k); err != nil {
				return err
			}
			fmt.Printf("key %s written to %s\n", k.Check().Fingerprint(), path)
			return nil
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "", "write the key to `FILE`, readable by you only, and print just the fingerprint")
	return cmd
}

// writeKey never replaces a file: it could be the only copy of another key.
func writeKey(path string, k key.Key) error {
	out, err := createOutput(path, false)
	if err != nil {
		return err
	}
	defer out.abandon()
	if _, err := fmt.Fprintln(out, k.Text()); err != nil {
		return err
	}
	return out.commit()
}
