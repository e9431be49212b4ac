package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/key"
)

func newKeyCommand() *cobra.Command {
	var path, of string
	var secret secretFlags
	cmd := &cobra.Command{
		Use:   "key [-o FILE] [--of FILE]",
		Short: "Make a new 64-digit key, or show that of a container",
		Long: `Make a new 64-digit key and print it. Its fingerprint, on standard error, tells
it from other keys: write it down with the key. "coffer inspect" shows the
fingerprint of the key that a container wants.

With --of, show the key of a container that a password opens: it opens the container
when the password is lost or changed, and nobody can recover either.

Whoever has the key can open what is sealed with it, and nobody can without.`,
		Example: `  coffer key -o key.txt
  coffer key --of monday.coffer`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if of == "" && secret != (secretFlags{}) {
				return program.Usagef("a new key needs no secret: --of FILE shows the key of a container")
			}
			k, err := makeKey(cmd.Context(), of, &secret)
			if err != nil {
				return err
			}
			if path == "" {
				if _, err := fmt.Fprintln(program.Stdout, k.Text()); err != nil {
					return fmt.Errorf("the key was not written: %w", err)
				}
				display.Note("key %s", k.Check().Fingerprint()) // [KEY-13]
				return nil
			}
			if err := writeKey(path, &k); err != nil {
				return err
			}
			display.Note("key %s written to %s", k.Check().Fingerprint(), display.Name(path))
			return nil
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "", "write the key to `FILE`, which only you can read")
	cmd.Flags().StringVar(&of, "of", "", "show the key of the container `FILE`")
	secret.register(cmd)
	return cmd
}

// makeKey returns a new key, or that of a container.
func makeKey(ctx context.Context, of string, secret *secretFlags) (key.Key, error) {
	if of == "" {
		return key.New(rand.Reader) // [KEY-1] [KEY-2] [CON-7]
	}
	in, sec, err := secret.open(ctx, of)
	if err != nil {
		return key.Key{}, err
	}
	defer in.Close()
	c, err := sec.unlock(in)
	if err != nil {
		return key.Key{}, err
	}
	return c.Key, nil
}

// writeKey never replaces a file: it could be the only copy of another key.
func writeKey(path string, k *key.Key) error {
	if path == "-" {
		return program.Usagef("without -o the key goes to standard output")
	}
	out, err := newfile.Create(path, false, keyMode)
	if err != nil {
		return neverReplaced(err)
	}
	defer out.Abandon()
	if _, err := fmt.Fprintln(out, k.Text()); err != nil {
		return err
	}
	return neverReplaced(out.Commit())
}

func neverReplaced(err error) error {
	var exists newfile.ExistsError
	if errors.As(err, &exists) {
		return fmt.Errorf("%w, and is not replaced: it could be the only copy of a key", err)
	}
	return err
}
