package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
)

func newVerifyCommand() *cobra.Command {
	var secret secretFlags
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check every byte of a container",
		Long: `Check that every byte of a container is authentic and that its contents fit
together. Nothing is written.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return verify(cmd.Context(), &secret, args[0])
		},
	}
	secret.register(cmd)
	return cmd
}

func verify(ctx context.Context, secret *secretFlags, path string) error {
	in, sec, err := secret.open(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	c, err := sec.unlock(in)
	if err != nil {
		return err
	}
	what := ""
	if c.Header.Purpose == header.Keyring {
		what, err = verifyKeyring(c)
	} else {
		what, err = verifyArchive(c, in)
	}
	if err != nil {
		return err
	}
	fmt.Printf("%s is sound: %s, key %s\n", in, what, c.Key.Check().Fingerprint())
	return nil
}

func verifyKeyring(c *container.Container) (string, error) {
	ring, err := c.Keyring() // opens all of it
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("a keyring of epoch %d", ring.Epoch), nil
}

func verifyArchive(c *container.Container, in *input) (string, error) {
	r, err := c.Archive()
	if err != nil {
		return "", err
	}
	in.bar = newProgress("verifying", in.size)
	defer in.bar.finish()
	if err := r.Verify(); err != nil { // [ARC-29]
		return "", err
	}
	records, elsewhere := r.Placed(), ""
	if n := len(r.Entries()) - len(records); n > 0 {
		elsewhere = fmt.Sprintf(" (%s in other containers not checked)", count(n, "file"))
	}
	return fmt.Sprintf("%s, %s%s, %s", count(len(records), "file"), sizeText(total(records)), elsewhere, origin(r.Index())), nil
}
