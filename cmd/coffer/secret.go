package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

// secretFlags say where a secret comes from. It never comes from an argument or
// the environment, which others on the machine may see.
type secretFlags struct {
	keyFile, passwordFile string

	damaged bool // the container may have lost its beginning
}

func (s *secretFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.keyFile, "key-file", "", "read the 64-digit key from `FILE` (- is standard input)")
	cmd.Flags().StringVar(&s.passwordFile, "password-file", "", "read the password from `FILE` (- is standard input)")
	cmd.MarkFlagsMutuallyExclusive("key-file", "password-file")
}

// secret is what opens a container, and the key or the password itself.
type secret struct {
	container.Secret
	key      *key.Key
	password slot.PasswordSecret

	opened *container.Container // if it has been tried
	at     *device.Vault        // at which the password is, if it is at one
}

// open opens a container's file and asks for its secret.
func (s *secretFlags) open(ctx context.Context, path string) (*input, secret, error) {
	if path == "-" && (s.keyFile == "-" || s.passwordFile == "-") {
		return nil, secret{}, program.Usagef("standard input cannot be the container and the secret")
	}
	open := openInput
	if s.damaged {
		open = openDamaged
	}
	in, err := open(ctx, path)
	if err != nil {
		return nil, secret{}, err
	}
	sec, err := s.existing(in)
	if err != nil {
		in.Close()
		return nil, secret{}, err
	}
	return in, sec, nil
}

// existing returns the secret of a container, from a file or from the terminal.
// Without flags it asks for what the container takes. It does not judge a
// password: that is for new ones. [PWD-11]
func (s *secretFlags) existing(in *input) (secret, error) {
	h, _, err := header.Examine(in, in.size)
	if s.given() {
		var wanted *key.Check
		if err == nil {
			wanted = &h.KeyCheck
		}
		return s.read(in.ctx, wanted)
	}
	if err != nil {
		return secret{}, err
	}
	var sec secret
	err = askAgain(func() (err error) {
		if sec, err = askSecret(in.ctx, in.String(), h); err != nil {
			return err
		}
		if sec.opened, err = sec.unlock(in); isMistyped(err) {
			return err
		}
		return nil // what else is wrong is the command's concern
	})
	return sec, err
}

// given reports whether a file of the secret is named.
func (s *secretFlags) given() bool { return s.keyFile != "" || s.passwordFile != "" }

// read reads the secret from the file that is named. The check may be known that a key is to
// have.
func (s *secretFlags) read(ctx context.Context, wanted *key.Check) (secret, error) {
	if s.passwordFile != "" {
		raw, err := readPassword(ctx, s.passwordFile)
		return secret{Secret: container.WithSlot(slot.PasswordSecret(raw)), password: raw}, err
	}
	k, err := readKey(ctx, s.keyFile, wanted)
	return secret{Secret: container.WithKey(&k), key: &k}, err
}

// askSecret asks for what a container, or a backup, with a header and a name takes.
func askSecret(ctx context.Context, name string, h *header.Header) (secret, error) {
	if slices.ContainsFunc(h.Slots, isPassword) {
		raw, err := ask(ctx, fmt.Sprintf("Password for %s: ", name))
		return secret{Secret: container.WithSlot(slot.PasswordSecret(raw)), password: raw}, err
	}
	k, err := askKey(ctx, h.KeyCheck)
	return secret{Secret: container.WithKey(&k), key: &k}, err
}

func isPassword(s slot.Slot) bool { return s.Type() == slot.TypePassword }

// unlock opens a container with the secret.
func (s secret) unlock(in *input) (*container.Container, error) {
	if s.opened != nil {
		return s.opened, nil
	}
	c, err := parallel.Containers.Open(in, in.size, s.Secret)
	if err != nil {
		return nil, explainCut(s.explain(err, in), in)
	}
	return c, nil
}

// openArchive opens a container's file, asks for its secret and reads its index.
func (s *secretFlags) openArchive(ctx context.Context, path string) (*input, *container.Container, *archive.Reader, error) {
	in, sec, err := s.open(ctx, path)
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := sec.unlock(in)
	if err == nil {
		var r *archive.Reader
		if r, err = c.Archive(); err == nil {
			return in, c, r, nil
		}
	}
	in.Close()
	return nil, nil, nil, err
}

// explain adds to wrong_secret where the key was mistyped, if it was. The holder
// mends it and tries again: a repaired key is not used here. What counts is the
// whole key check, not the fingerprint. [KEY-15] [KEY-18] [KEY-19]
func (s secret) explain(err error, in *input) error {
	if s.key == nil {
		return err
	}
	h, _, examineErr := header.Examine(in, in.size)
	if examineErr != nil {
		return err
	}
	return s.explainMistyped(err, &h.KeyCheck)
}

// explainMistyped is explain where the check of the key is known that is wanted.
func (s secret) explainMistyped(err error, wanted *key.Check) error {
	if s.key == nil || !errors.Is(err, fault.WrongSecret) {
		return err
	}
	meant, ok := key.Repair(s.key, *wanted)
	if !ok {
		return err
	}
	mistyped := fault.New(fault.WrongSecret, "the key is mistyped: %s", difference(s.key, &meant))
	return advisedError{mistyped, "compare with where you keep the key, and mend it"}
}

// explainSet is explainMistyped for a backup, whose holder may have another way in.
func (s secret) explainSet(err error, wanted *key.Check) error {
	if s.key != nil || !errors.Is(err, fault.WrongSecret) {
		return s.explainMistyped(err, wanted)
	}
	wrong := fault.New(fault.WrongSecret, "the password is not the one that opens this backup")
	return advisedError{wrong, `if it is forgotten, "coffer change --forgotten" on the device that makes the backup sets another secret`}
}

// difference tells the holder, who has typed the rest of the key, what to mend:
// the place, and the group or two that are concerned. [KEY-12] [KEY-16]
func difference(typed, meant *key.Key) string {
	a, b := fmt.Sprintf("%x", typed[:]), fmt.Sprintf("%x", meant[:])
	first, last := -1, -1
	for i := range a {
		if a[i] != b[i] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	digit, is := fmt.Sprintf("digit %d", first+1), "is wrong"
	if first != last {
		digit, is = fmt.Sprintf("digits %d and %d", first+1, last+1), "are swapped"
	}
	group, end := first/4, last/4
	where := fmt.Sprintf("in group %d of line %d", group%4+1, group/4+1)
	if end != group {
		where = fmt.Sprintf("from group %d of line %d to the next group", group%4+1, group/4+1)
	}
	return fmt.Sprintf("%s, %s, %s: %q should be %q", digit, where, is, grouped(a, group, end), grouped(b, group, end))
}

// grouped returns the groups from first to last of 64 digits.
func grouped(digits string, first, last int) string {
	text := digits[first*4 : first*4+4]
	if last != first {
		text += " " + digits[last*4:last*4+4]
	}
	return text
}

// newPassword returns a new password, prepared: from a file or, without one, asked twice.
// The flags are those that could have said where it comes from.
func newPassword(ctx context.Context, file string, allowWeak bool, flags string) (password.Prepared, error) {
	if file == "" {
		return askNewPassword(ctx, allowWeak, flags)
	}
	raw, err := readPassword(ctx, file)
	if err != nil {
		return password.Prepared{}, err
	}
	prepared, err := acceptable(raw, allowWeak)
	if err != nil {
		return password.Prepared{}, fmt.Errorf("%s: %w", secretName(file), err)
	}
	return prepared, nil
}
