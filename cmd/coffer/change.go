package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

type changeCommand struct {
	lifeCommand
	fresh     newSecretFlags
	takeOver  bool
	forgotten bool
	noVault   bool // the new password is at none
	replace   bool // a record at a vault that is of another backup
}

func newChangeCommand() *cobra.Command {
	var c changeCommand
	cmd := &cobra.Command{
		Use:   "change STORE",
		Short: "Change what opens a backup: to another password or another 64-digit key",
		Long: `Change what opens a backup: to another password, or to a 64-digit key that is made now.
From then on the old secret does not open it. What was stored before is not sealed anew:
who had the old secret can still read that, from copies or from the store.

The present secret is asked for. If it is forgotten, the device that makes the backup
still has its key, and --forgotten sets a new secret with that; also if the store has
lost or damaged the files that begin with "k-", without which no secret opens the backup.

A password at a vault stays there; --vault moves it to another vault, or one from the
backup to a vault, and --no-vault back. The vault destroys what the old one opened.

On another device this takes the backup over as well, as "coffer on" does.`,
		Example: `  coffer change /media/stick/backup
  coffer change --new-key -o key.txt /media/stick/backup
  coffer change --forgotten --new-password /media/stick/backup`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			defer c.close()
			return c.run(cmd.Context(), args[0])
		},
	}
	c.register(cmd)
	c.fresh.addTo(cmd)
	c.fresh.flags = "--new-password-file, --new-key-file, or --new-key -o FILE"
	f := cmd.Flags()
	f.StringVar(&c.fresh.passwordFile, "new-password-file", "", "read the new password from `FILE` (- is standard input)")
	f.StringVar(&c.fresh.keyFile, "new-key-file", "", "read the new 64-digit key from `FILE` (- is standard input)")
	f.BoolVar(&c.forgotten, "forgotten", false, "the present secret is forgotten: use the key that this device has")
	f.BoolVar(&c.takeOver, "take-over", false, "take over a backup of another device, without being asked")
	f.BoolVar(&c.noVault, "no-vault", false, "the new password is in the backup alone, and no longer at a vault")
	addReplace(cmd, &c.replace)
	cmd.MarkFlagsMutuallyExclusive("new-password", "new-key", "new-password-file", "new-key-file")
	cmd.MarkFlagsMutuallyExclusive("no-vault", "new-key", "new-key-file")
	return cmd
}

func (c *changeCommand) run(ctx context.Context, text string) error {
	if ended, err := c.begin(ctx, text); ended || err != nil {
		return err
	}
	if c.found.Standing == life.Others {
		if c.forgotten {
			return errors.New("this device does not write to the backup, and has no key that opens it")
		}
		if err := c.mayTakeOver(c.takeOver); err != nil {
			return err
		}
	}
	s, err := c.present(ctx)
	if err != nil {
		return err
	}
	if c.found.Standing == life.Others {
		if err := c.consent(ctx, s, c.takeOver); err != nil {
			return err
		}
	} else if s.Ring.Header == nil { // the store has lost it
		c.tellNewest(s)
	} else if names := lost(s.Ring.Header); len(names) > 0 {
		display.Note("afterwards the backup no longer opens with its %s, which this program cannot renew", names[0])
	}
	if err := c.tellGone(ctx, s); err != nil {
		return err
	}
	lock, err := c.newLock(ctx, &c.fresh, c.atVault(c.noVault), s, c.replace)
	if err != nil {
		return err
	}
	if err := s.Begin(ctx, lock); err != nil {
		return c.overtaken(ctx, err)
	}
	display.Note("the new secret has opened the backup in %s, and the old one does not open it any more; key %s", c.name, lock.Key.Check().Fingerprint()) // [LIF-7] [KEY-13]
	if err := c.tend(ctx); err != nil {
		return err
	}
	display.Note("what was stored before is sealed as it was: who had the old secret can still read that, from copies or from the store")
	return c.tellJSON(ctx, "changed")
}

// begin looks for the backup, and ends a change of it that was interrupted: then that is all.
func (c *changeCommand) begin(ctx context.Context, text string) (ended bool, err error) {
	if err := c.check(); err != nil {
		return false, err
	}
	if err := c.look(ctx, text, false); err != nil {
		return false, err
	}
	switch c.found.Standing {
	case life.Empty:
		return false, c.noBackup()
	case life.Rest:
		if !c.forgotten || !c.found.CanRecall() {
			return false, c.noBackup()
		}
	case life.Begun:
		err := c.goOn(ctx)
		if !errors.Is(err, life.ErrNotLive) {
			return true, err
		}
		display.Note("the password that was being set does not become live, and is set anew") // [VLT-43]
		return false, c.lookAgain(ctx)
	}
	return false, nil
}

func (c *changeCommand) check() error {
	switch {
	case c.forgotten && c.secret.given():
		return program.Usagef("--forgotten is for a secret that you do not have, and one is given")
	case (c.fresh.passwordFile == "-" || c.fresh.keyFile == "-") && (c.secret.passwordFile == "-" || c.secret.keyFile == "-"):
		return program.Usagef("standard input cannot be both secrets")
	}
	return c.fresh.check()
}

// present opens the backup with its present secret, or with what this device has.
func (c *changeCommand) present(ctx context.Context) (*life.Set, error) {
	if c.forgotten || c.found.IsLocked() { // or no secret opens the newest keyring
		open := func() (*life.Set, error) { return c.found.Open(ctx, nil, c.stale) }
		if c.found.Standing == life.Rest {
			open = func() (*life.Set, error) { return c.found.Recall(ctx, c.stale) }
		}
		s, err := open()
		if errors.Is(err, life.ErrLater) {
			err = advisedError{err, `run "coffer change --forgotten" there; if that device is gone for good, --stale goes on from what this one can open`}
		}
		return s, adviseLife(err)
	}
	_, s, err := c.prove(ctx, true)
	return s, err
}

// goOn ends a change that was interrupted: with the new secret, if it is given in a file.
func (c *changeCommand) goOn(ctx context.Context) error {
	if c.found.Meta.Begun.Record != nil {
		return c.finish(ctx)
	}
	given := secretFlags{passwordFile: c.fresh.passwordFile, keyFile: c.fresh.keyFile}
	if c.fresh.output != "" {
		given.keyFile = c.fresh.output
	}
	if given.given() {
		if sec, err := given.read(ctx, nil); err == nil {
			if _, err := c.found.Prove(ctx, sec, false); err == nil {
				return c.finishWith(ctx, sec)
			}
		}
	}
	return c.finish(ctx)
}

func newAddCommand() *cobra.Command {
	var c changeCommand
	cmd := &cobra.Command{
		Use:   "add STORE",
		Short: "Let a password open a backup besides its 64-digit key",
		Long: `Let a password open a backup that opens with a 64-digit key only. The key goes on to open
it. Whoever gets at the backup can then guess at the password: take a long one.

With --vault the password is at a vault, where nobody can try more than ten.

A backup has one password: "coffer change" sets another.`,
		Example:           "  coffer add /media/stick/backup",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			defer c.close()
			return c.add(cmd.Context(), args[0])
		},
	}
	c.register(cmd)
	f := cmd.Flags()
	f.StringVar(&c.fresh.passwordFile, "new-password-file", "", "read the new password from `FILE` (- is standard input)")
	f.BoolVar(&c.fresh.allowWeak, "allow-weak", false, "accept a weak password")
	addReplace(cmd, &c.replace)
	c.fresh.flags = "--new-password-file"
	return cmd
}

// add gives the backup a slot more under the same key.
func (c *changeCommand) add(ctx context.Context, text string) error {
	if ended, err := c.begin(ctx, text); ended || err != nil {
		return err
	}
	if c.found.Standing == life.Others {
		return fmt.Errorf("this device does not write to the backup in %s: \"coffer on\" takes it over first", c.name)
	}
	if slices.ContainsFunc(c.found.Header.Slots, isGuessed) { // [SLT-21]
		return fmt.Errorf("the backup in %s has a password already, and cannot have another one: \"coffer change\" sets another secret", c.name)
	}
	_, s, err := c.prove(ctx, true)
	if err != nil {
		return err
	}
	c.fresh.vault = c.atVault(false)
	prepared, err := c.fresh.newPassword(ctx)
	if err != nil {
		return err
	}
	lock, err := c.addLock(ctx, s, prepared)
	if err != nil {
		return err
	}
	if err := c.beginEpoch(ctx, s, lock); err != nil {
		return err
	}
	display.Note("the password has opened the backup in %s, which still opens with the 64-digit key %s as well", c.name, lock.Key.Check().Fingerprint()) // [KEY-13]
	return c.tellJSON(ctx, "added")
}

// addLock returns what opens the backup with a password besides its key.
func (c *changeCommand) addLock(ctx context.Context, s *life.Set, prepared password.Prepared) (*life.Lock, error) {
	if c.fresh.vault == nil {
		return life.AddPassword(rand.Reader, &s.Ring.Key, s.Ring.Header, prepared)
	}
	at, err := c.readyFor(ctx, c.fresh.vault, s, c.replace)
	if err != nil {
		return nil, err
	}
	return c.found.AddVault(ctx, at, &s.Ring.Key, s.Ring.Header, prepared)
}

// isGuessed reports whether a slot can be guessed at.
func isGuessed(s slot.Slot) bool {
	return isPassword(s) || isVault(s)
}

func isVault(s slot.Slot) bool { return s.Type() == slot.TypeVault }
