package main

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/key"
)

func newKeyCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "key [-o FILE]",
		Short: "Make a new 64-digit key",
		Long: `Make a new 64-digit key and print it. Its fingerprint, on standard error, tells
it from other keys: write it down with the key. "coffer inspect" shows the
fingerprint of the key that a container wants.

Whoever has the key can open what is sealed with it, and nobody can without.`,
		Example: "  coffer key -o key.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := key.New(rand.Reader) // [KEY-1] [KEY-2] [CON-7]
			if err != nil {
				return err
			}
			if path == "" {
				fmt.Println(k.Text())
				note("key %s", k.Check().Fingerprint()) // [KEY-13]
				return nil
			}
			if err := writeKey(path, k); err != nil {
				return err
			}
			note("key %s written to %s", k.Check().Fingerprint(), shown(path))
			return nil
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "", "write the key to `FILE`, which only you can read")
	return cmd
}

// writeKey never replaces a file: it could be the only copy of another key.
func writeKey(path string, k key.Key) error {
	if path == "-" {
		return usagef("without -o the key goes to standard output")
	}
	out, err := createOutput(path, false, keyMode)
	if err != nil {
		return neverReplaced(err)
	}
	defer out.abandon()
	if _, err := fmt.Fprintln(out, k.Text()); err != nil {
		return err
	}
	return neverReplaced(out.commit())
}

func neverReplaced(err error) error {
	var exists errExists
	if errors.As(err, &exists) {
		return fmt.Errorf("%w, and is not replaced: it could be the only copy of a key", err)
	}
	return err
}
