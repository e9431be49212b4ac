package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/set"
)

type onCommand struct {
	lifeCommand
	fresh    newSecretFlags
	takeOver bool
	replace  bool // a record at a vault that is of another backup
}

func newOnCommand() *cobra.Command {
	var o onCommand
	cmd := &cobra.Command{
		Use:   "on STORE",
		Short: "Turn a backup on, or go on with one from this device",
		Long: `Turn a backup on: make the backup's key, store it in a form that only your secret opens,
and make sure that it does. STORE is a folder, which is made if need be, on another disk
than what is backed up, or s3://BUCKET/PREFIX or rclone:REMOTE:PATH.

The backup opens with a password, or with a 64-digit key that is made now. Nobody can
recover a lost secret: without it the backup is lost.

With --vault the password is at a vault, which lets nobody try more than ten and then
destroys what they open; what is in the store cannot be guessed at then. This device keeps
where the vault is and where tokens for it come from, so that it need not be told again.

If there is a backup already, this device takes it over, with its secret: it goes on
from the newest generation, and the device that wrote to it until then stops. Use this
on a new device, or when this one has lost what it kept of the backup.

If the store has an earlier state than this device has seen, as after an old copy was put
back, backing up refuses. Ask for the newer state first. If it is gone for good, --stale
goes on from what there is, with the backup's secret; what came later is given up.`,
		Example: `  coffer on /media/stick/backup
  coffer on --new-key -o key.txt /media/stick/backup
  coffer on --take-over --password-file password.txt /media/stick/backup
  coffer on --vault https://vault.example.org --vault-root root.txt --vault-token-command 'get-token' /media/stick/backup`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			defer o.close()
			return o.run(cmd.Context(), args[0])
		},
	}
	o.register(cmd)
	o.fresh.addTo(cmd)
	o.fresh.flags = "--password-file, --key-file, or --new-key -o FILE"
	cmd.Flags().BoolVar(&o.takeOver, "take-over", false, "take over a backup of another device, without being asked")
	addReplace(cmd, &o.replace)
	cmd.MarkFlagsMutuallyExclusive("new-password", "new-key")
	return cmd
}

func (o *onCommand) run(ctx context.Context, text string) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := o.look(ctx, text, true); err != nil {
		return err
	}
	switch f := o.found; f.Standing {
	case life.Empty:
		return o.turnOn(ctx)
	case life.Rest:
		return o.noBackup()
	case life.Ours:
		if f.IsLocked() {
			return lockedError(o.name)
		}
		if isStale, err := o.isStale(ctx); err != nil || isStale {
			if err == nil {
				err = o.goBack(ctx)
			}
			return err
		}
		if f.IsHalfOff() {
			if err := f.KeepOn(); err != nil {
				return err
			}
			display.Note("turning the backup off was begun and did not end, and is taken back")
		}
		if err := o.moveVault(ctx); err != nil {
			return err
		}
		display.Note("the backup in %s is on already, and this device writes to it; it opens with %s", o.name, inWords(f.Header))
		return o.tellJSON(ctx, "on already")
	case life.Begun:
		return o.finish(ctx)
	default:
		return o.takeItOver(ctx)
	}
}

func (o *onCommand) check() error {
	if (o.fresh.password || o.fresh.key) && o.secret.given() {
		return program.Usagef("a secret is given and a new one asked for: do one of the two")
	}
	return o.fresh.check()
}

// turnOn makes a new backup.
func (o *onCommand) turnOn(ctx context.Context) error {
	if o.takeOver {
		return fmt.Errorf("there is no backup in %s to take over", o.name)
	}
	if meta := o.found.Meta; meta.Epoch > 0 && !meta.Ended && !o.stale {
		return fmt.Errorf("this device remembers a backup in %s, and nothing of it is there: is the disk mounted, and is this the place you mean? --stale turns a new one on", o.name)
	}
	display.Note("there is no backup in %s yet", o.name)
	o.fresh.passwordFile, o.fresh.keyFile = o.secret.passwordFile, o.secret.keyFile
	var at *device.Vault
	if o.vault.given() {
		at = o.found.Named
	}
	lock, err := o.newLock(ctx, &o.fresh, at, nil, o.replace)
	if err != nil {
		return err
	}
	if err := o.found.TurnOn(ctx, lock); err != nil {
		if errors.Is(err, set.ErrTaken) {
			return fmt.Errorf("another device has turned a backup on in %s meanwhile, which counts: run this again to take it over", o.name)
		}
		return o.goesOn(ctx, o.explainNotLive(err))
	}
	return o.isOn(ctx, "on", lock)
}

// isOn tells what opens the backup, which has been tried, and what is next.
func (o *onCommand) isOn(ctx context.Context, event string, lock *life.Lock) error {
	what := "the 64-digit key"
	if len(lock.Slots) > 0 {
		what = "the password"
	}
	if slices.ContainsFunc(lock.Slots, isVault) {
		what += ", through the vault,"
	}
	display.Note("the backup in %s is on, and %s has opened it; key %s", o.name, what, lock.Key.Check().Fingerprint()) // [LIF-7] [KEY-13]
	if err := o.tend(ctx); err != nil {
		return err
	}
	display.Note(`next: "coffer backup %s FOLDER..." backs up what is in folders`, o.name)
	return o.tellJSON(ctx, event)
}

// finish goes on with an epoch that was begun here.
func (l *lifeCommand) finish(ctx context.Context) error {
	if l.found.Meta.Begun.Record != nil { // pending, so that the password opens nothing yet [VLT-44]
		display.Note("this device was interrupted before the vault had made the new password live, and goes on")
		return l.finishWith(ctx, nil)
	}
	display.Note("this device was interrupted when it turned the backup on, took it over or changed its secret; the secret that was new then is needed to go on")
	sec, _, err := l.prove(ctx, true)
	if err != nil {
		return err
	}
	return l.finishWith(ctx, sec)
}

func (l *lifeCommand) finishWith(ctx context.Context, sec container.Secret) error {
	if err := l.found.Finish(ctx, sec); err != nil {
		return l.goesOn(ctx, l.explainNotLive(err))
	}
	display.Note("what was interrupted is done: the secret opens the backup in %s, and this device writes to it", l.name)
	if err := l.tend(ctx); err != nil {
		return err
	}
	return l.tellJSON(ctx, "finished")
}

// isStale reports whether the store has an earlier state than this device has seen, from which
// the holder wants to go on. Errors: stale_backup if the holder has not said so.
func (o *onCommand) isStale(ctx context.Context) (bool, error) {
	_, err := o.found.Open(ctx, nil, false)
	switch {
	case fault.NameOf(err) == fault.StaleBackup && o.stale:
		return true, nil
	case fault.NameOf(err) == fault.StaleBackup:
		return false, adviseLife(err)
	}
	return false, nil // what else is wrong is not what was asked
}

// goBack goes on from an earlier state than this device has seen, in an epoch of its own: what
// the store has lost does not count if it comes back.
func (o *onCommand) goBack(ctx context.Context) error {
	display.Note("the store has an earlier state of this backup than this device made; it opens with %s", inWords(o.found.Header))
	sec, s, err := o.prove(ctx, true)
	if err != nil {
		return err
	}
	lock, err := o.beginWithSame(ctx, sec, s)
	if err != nil {
		return err
	}
	from := "the beginning, since the store has no generation"
	if s.Head != nil {
		from = "generation " + generationText(s.Head)
	}
	display.Note("this device goes on from %s; key %s", from, lock.Key.Check().Fingerprint()) // [KEY-13]
	display.Note(`next: "coffer backup %s FOLDER..." stores again what is missing`, o.name)
	return o.tellJSON(ctx, "gone back")
}
