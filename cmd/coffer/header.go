package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/salvage"
)

func newHeaderCommand() *cobra.Command {
	var path string
	var force bool
	cmd := &cobra.Command{
		Use:   "header FILE [-o FILE]",
		Short: "Keep a container's header apart, without a secret",
		Long: `Write the header of a container to a file of its own. Should the beginning of the
container be damaged, "coffer salvage --header" opens it with that file.

The file opens with the secrets that the container has now, and lets anyone who has it guess
a password as the container does. After a change of the password write it again, and
throw the old one away.`,
		Example: `  coffer header monday.coffer
  coffer salvage --header monday.coffer.header monday.coffer -C Restored`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return keepHeader(cmd.Context(), args[0], path, force)
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "", "write to `FILE` (default: the container's name and .header)")
	cmd.Flags().BoolVar(&force, "force", false, "replace the file if it exists and has a header")
	return cmd
}

func keepHeader(ctx context.Context, of, path string, force bool) error {
	if path == "" {
		if of == "-" {
			return program.Usagef("standard input has no name: give -o FILE")
		}
		path = of + ".header"
	}
	in, err := openInput(ctx, of)
	if err != nil {
		return err
	}
	defer in.Close()
	h, err := header.Read(in, in.size)
	if err != nil {
		return err
	}
	out, err := newfile.Create(path, force, containerMode)
	if err != nil {
		return orForce(err)
	}
	defer out.Abandon()
	var used inUse
	used.add(of, "the container")
	if err := mayReplace(out, path, used, isHeader); err != nil {
		return err
	}
	if err := salvage.WriteApart(out, h); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return orForce(err)
	}
	if path != "-" {
		display.Note("header of %s written to %s: keep it where the file is not", in, display.Name(path))
	}
	return nil
}
