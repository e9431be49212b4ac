package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
)

var errNoSecretLeft = errors.New("without this slot only the 64-digit key opens the container; prove that you have it with --key-file")

func newSlotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slot",
		Short: "Show and change the secrets that open a container",
	}
	cmd.AddCommand(newSlotListCommand(), newSetPasswordCommand(), newSlotRemoveCommand())
	return cmd
}

func newSlotListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list CONTAINER",
		Short: "Show which secrets open a container, without one",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := openInput(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			h, err := header.Read(in, in.size)
			if err != nil {
				return err
			}
			fmt.Printf("Not authenticated without a secret.\nkey %s: the 64-digit key opens every container\n", h.KeyCheck.Fingerprint())
			for i, s := range inspectSlots(h.Slots) {
				fmt.Printf("slot %d: %s\n", i+1, s)
			}
			return nil
		},
	}
}

func newSetPasswordCommand() *cobra.Command {
	var secret secretFlags
	var newFile string
	var allowWeak bool
	cmd := &cobra.Command{
		Use:   "set-password CONTAINER",
		Short: "Give a container a new password",
		Long: `Give a container a new password, in the place of the old one if it has one. What
is sealed stays as it is.

This closes the file to the old password, but not a copy of it from before.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return rewrite(args[0], &secret, func(c *container.Container) ([]slot.Slot, error) {
				fresh := secretFlags{passwordFile: newFile}
				prepared, err := fresh.newPassword(allowWeak)
				if err != nil {
					return nil, err
				}
				s, err := newPasswordSlot(c.Key, prepared)
				if err != nil {
					return nil, err
				}
				slots := slices.Clone(c.Header.Slots)
				for i, old := range slots {
					if old.Type() == slot.TypePassword {
						slots[i] = s
						return slots, nil
					}
				}
				return append(slots, s), nil
			})
		},
	}
	secret.register(cmd)
	cmd.Flags().StringVar(&newFile, "new-password-file", "", "read the new password from `FILE` (- is standard input)")
	cmd.Flags().BoolVar(&allowWeak, "allow-weak", false, "accept a weak password")
	return cmd
}

func newSlotRemoveCommand() *cobra.Command {
	var secret secretFlags
	cmd := &cobra.Command{
		Use:   "remove CONTAINER NUMBER",
		Short: "Remove a slot, by its number in \"coffer slot list\"",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[1])
			if err != nil {
				return usagef("%q is not the number of a slot", args[1])
			}
			return rewrite(args[0], &secret, func(c *container.Container) ([]slot.Slot, error) {
				if n < 1 || n > len(c.Header.Slots) {
					return nil, fmt.Errorf("there is no slot %d; \"coffer slot list\" shows what there is", n)
				}
				slots := slices.Delete(slices.Clone(c.Header.Slots), n-1, n)
				if len(slots) == 0 && secret.keyFile == "" {
					return nil, errNoSecretLeft
				}
				return slots, nil
			})
		},
	}
	secret.register(cmd)
	return cmd
}

// rewrite replaces a container by one with other slots and the same payload. The
// new file is opened before it takes the old one's place.
func rewrite(path string, flags *secretFlags, change func(*container.Container) ([]slot.Slot, error)) error {
	if path == "-" {
		return usagef("a container is changed in its place: give its file")
	}
	in, err := openInput(path)
	if err != nil {
		return err
	}
	defer in.Close()
	c, err := flags.open(in)
	if err != nil {
		return err
	}
	slots, err := change(c)
	if err != nil {
		return err
	}
	out, err := createOutput(path, true)
	if err != nil {
		return err
	}
	defer out.abandon()
	if err := c.WithSlots(out, slots); err != nil {
		return err
	}
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if err := out.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	if info, err = out.Stat(); err != nil {
		return err
	}
	if _, err := container.Open(out, info.Size(), container.WithKey(c.Key)); err != nil {
		return fmt.Errorf("the new file cannot be opened, the old one is unchanged: %w", err)
	}
	if err := out.commit(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s now opens with the 64-digit key and %s\n", shown(path), count(len(slots), "slot"))
	return nil
}
