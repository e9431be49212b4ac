package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/inspect"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/suggest"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/slot"
)

func newSlotCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slot",
		Short: "List, set or remove the secrets that open a container",
		Long: `List, set or remove the slots of a container: the secrets that open it besides the
64-digit key. What is sealed stays as it is, and copies of the file that were made
before keep their old slots.`,
	}
	cmd.AddCommand(newSlotListCommand(), newSetPasswordCommand(), newSlotRemoveCommand())
	return cmd
}

func newSlotListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list FILE",
		Short: "List the slots of a container, without a secret",
		Long: `List the slots of a container, without a secret: what opens it besides the 64-digit
key. Nothing of this is authenticated. "coffer inspect --json" has them for programs.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return listSlots(cmd.Context(), args[0])
		},
	}
}

func listSlots(ctx context.Context, path string) error {
	in, err := openInput(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	h, err := header.Read(in, in.size)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(program.Stdout)
	fmt.Fprintf(out, "%s: %s, which are not authenticated without a secret, and key %s\n", in, display.Count(len(h.Slots), "slot"), h.KeyCheck.Fingerprint()) // [HDR-16]
	for i, s := range h.Slots {
		fmt.Fprintln(out, slotLine(inspect.SlotOf(s), i))
	}
	return out.Flush()
}

type setPasswordCommand struct {
	secret    secretFlags
	newFile   string
	allowWeak bool
}

func newSetPasswordCommand() *cobra.Command {
	var s setPasswordCommand
	cmd := &cobra.Command{
		Use:   "set-password FILE",
		Short: "Set or change the password of a container",
		Long: `Set or change the password of a container, in its file. The present secret is asked
for first; the 64-digit key remains.

This closes the container to the old password, but not the copies of it that were
made before.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeContainer,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.run(cmd.Context(), args[0])
		},
	}
	s.secret.register(cmd)
	cmd.Flags().StringVar(&s.newFile, "new-password-file", "", "read the new password from `FILE` (- is standard input)")
	cmd.Flags().BoolVar(&s.allowWeak, "allow-weak", false, "accept a weak password")
	return cmd
}

func (s *setPasswordCommand) run(ctx context.Context, path string) error {
	if s.newFile == "-" && (s.secret.keyFile == "-" || s.secret.passwordFile == "-") {
		return program.Usagef("standard input cannot be both secrets")
	}
	ch, err := openForChange(ctx, &s.secret, path)
	if err != nil {
		return err
	}
	defer ch.in.Close()
	slots := slices.Clone(ch.Header.Slots)
	at := slices.IndexFunc(slots, isPassword)
	switch {
	case slices.ContainsFunc(slots, func(s slot.Slot) bool { return s.Type() == slot.TypeVault }):
		return errors.New("the container has a vault slot, whose ten guesses a password slot would void: remove it first") // [SLT-21]
	case at < 0 && len(slots) == slot.MaxSlots:
		return fmt.Errorf("the container has %d slots, and cannot have more: remove one first", len(slots)) // [SLT-20]
	}
	prepared, err := newPassword(ctx, s.newFile, s.allowWeak, "--new-password-file")
	if err != nil {
		return err
	}
	password, err := slot.NewPassword(rand.Reader, &ch.Key, prepared, slot.DefaultParams)
	if err != nil {
		return err
	}
	done := "changed"
	if at >= 0 { // all others stay as they are: [SLT-3] [SLT-22]
		slots[at] = password
	} else {
		slots = append(slots, password)
		done = "set"
	}
	if err := ch.rewrite(slots, container.WithSlot(slot.PasswordSecret(prepared.Bytes()))); err != nil {
		return err
	}
	display.Note("password of %s %s; copies that were made before keep their secrets", ch.in, done)
	tellUnrecoverable(path)
	return nil
}

func newSlotRemoveCommand() *cobra.Command {
	var secret secretFlags
	cmd := &cobra.Command{
		Use:   "remove FILE TYPE|NUMBER",
		Short: "Remove a slot of a container",
		Long: `Remove a slot of a container, in its file: the one of a type (password, vault or
passkey), or the one with a number that "coffer slot list" shows.

Without a slot that this program knows only the 64-digit key opens the container:
the last one is removed only if you have shown that key.`,
		Example:           "  coffer slot remove --key-file key.txt monday.coffer password",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeSlot,
		RunE: func(cmd *cobra.Command, args []string) error {
			return removeSlot(cmd.Context(), &secret, args[0], args[1])
		},
	}
	secret.register(cmd)
	return cmd
}

func removeSlot(ctx context.Context, secret *secretFlags, path, which string) error {
	ch, err := openForChange(ctx, secret, path)
	if err != nil {
		return err
	}
	defer ch.in.Close()
	at, err := findSlot(ch.Header.Slots, which)
	if err != nil {
		return err
	}
	slots := slices.Delete(slices.Clone(ch.Header.Slots), at, at+1)
	keyOnly := !slices.ContainsFunc(slots, isKnown)
	if keyOnly && ch.secret.key == nil {
		return errors.New("without this slot only the 64-digit key opens the container: show that you have it, with --key-file")
	}
	if err := ch.rewrite(slots, container.WithKey(&ch.Key)); err != nil {
		return err
	}
	display.Note("slot %d (%v) of %s removed; copies that were made before keep it", at+1, ch.Header.Slots[at].Type(), ch.in)
	if keyOnly {
		display.Note("from now on only the 64-digit key %s opens it", ch.Key.Check().Fingerprint()) // [KEY-13]
	}
	return nil
}

func isKnown(s slot.Slot) bool {
	_, unknown := s.(*slot.Unknown)
	return !unknown
}

// findSlot returns the index of the slot that a number or a type means.
func findSlot(slots []slot.Slot, which string) (int, error) {
	if n, err := strconv.Atoi(which); err == nil {
		if n < 1 || n > len(slots) {
			return 0, fmt.Errorf("there is no slot %d: the container has %s", n, display.Count(len(slots), "slot"))
		}
		return n - 1, nil
	}
	if typeOf(which) == 0 {
		names := slotNames()
		return 0, program.Usagef("a slot is %s or a number, not %q%s", strings.Join(names, ", "), which, suggest.DidYouMean(which, names))
	}
	found := -1
	for i, s := range slots {
		if s.Type() != typeOf(which) {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("there are several slots of type %s: give the number of one", which)
		}
		found = i
	}
	if found < 0 {
		return 0, fmt.Errorf("the container has no slot of type %s", which)
	}
	return found, nil
}

// typeOf returns the type of a name, 0 if it has none.
func typeOf(name string) slot.Type {
	for _, t := range knownSlots {
		if t.String() == name {
			return t
		}
	}
	return 0
}

// knownSlots are the types of slots that have names.
var knownSlots = []slot.Type{slot.TypePassword, slot.TypeVault, slot.TypePasskey}

func slotNames() []string {
	var names []string
	for _, t := range knownSlots {
		names = append(names, t.String())
	}
	return names
}
