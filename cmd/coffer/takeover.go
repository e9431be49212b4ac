package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/set"
)

// takeItOver makes this device the one that writes to a backup.
func (o *onCommand) takeItOver(ctx context.Context) error {
	if o.fresh.given() {
		return fmt.Errorf(`there is a backup in %s already, which this device takes over with its present secret; "coffer change" sets another one`, o.name)
	}
	if err := o.mayTakeOver(o.takeOver); err != nil {
		return err
	}
	display.Note("there is a backup in %s, to which this device does not write; it opens with %s", o.name, inWords(o.found.Header))
	sec, s, err := o.prove(ctx, true)
	if err != nil {
		return err
	}
	if err := o.consent(ctx, s, o.takeOver); err != nil {
		return err
	}
	lock, err := o.beginWithSame(ctx, sec, s)
	if err != nil {
		return err
	}
	display.Note("this device has taken the backup in %s over, and the secret has opened it; key %s", o.name, lock.Key.Check().Fingerprint()) // [KEY-13]
	display.Note(`next: "coffer backup %s FOLDER..." backs up what is in folders; the first time it stores everything once more, since this device does not know which files are those of the backup`, o.name)
	return o.tellJSON(ctx, "taken over")
}

// mayTakeOver refuses what nobody has agreed to, before anything is asked.
func (l *lifeCommand) mayTakeOver(agreed bool) error {
	if !agreed && !isAsked() {
		return fmt.Errorf("%s has a backup to which this device does not write: --take-over takes it over", l.name)
	}
	return nil
}

// consent tells from when the backup is that is to be taken over, and asks.
func (l *lifeCommand) consent(ctx context.Context, s *life.Set, agreed bool) error {
	l.tellNewest(s)
	if names := lost(s.Ring.Header); len(names) > 0 {
		display.Note("afterwards it no longer opens with the %s, which this program cannot renew", strings.Join(names, " or the "))
	}
	if agreed {
		return nil
	}
	return agree(ctx, "From now on this device writes to it, and the other one stops. Take it over?")
}

// tellNewest tells from when a backup is.
func (l *lifeCommand) tellNewest(s *life.Set) {
	if s.Head == nil {
		display.Note("it has no generation yet")
		return
	}
	display.Note("its newest generation is %d, %s; written by device %.4x", s.Head.Number, origin(s.Head.Index), s.Ring.Writer)
}

// sameSecret returns a lock that the present secret opens. [LIF-19]
func (o *onCommand) sameSecret(ctx context.Context, sec secret, s *life.Set) (*life.Lock, error) {
	switch {
	case sec.at != nil || sec.key == nil:
		prepared, err := password.Prepare(sec.password)
		if err != nil {
			return nil, err
		}
		if sec.at != nil {
			return o.registerAt(ctx, sec.at, prepared, s, o.replace)
		}
		return life.WithPassword(rand.Reader, prepared)
	case len(s.Ring.Header.Slots) > 0:
		return nil, errors.New(`a backup that opens with a password as well is taken over with that; if it is lost, "coffer change" takes the backup over with the 64-digit key, and sets another secret`)
	}
	return life.WithKey(sec.key), nil
}

// beginWithSame begins an epoch with the present secret, and returns its lock.
func (o *onCommand) beginWithSame(ctx context.Context, sec secret, s *life.Set) (*life.Lock, error) {
	lock, err := o.sameSecret(ctx, sec, s)
	if err != nil {
		return nil, err
	}
	return lock, o.beginEpoch(ctx, s, lock)
}

// beginEpoch begins an epoch with a lock, and looks after the vault.
func (l *lifeCommand) beginEpoch(ctx context.Context, s *life.Set, lock *life.Lock) error {
	if err := s.Begin(ctx, lock); err != nil {
		return l.overtaken(ctx, err)
	}
	return l.tend(ctx)
}

// overtaken explains why an epoch could not be begun.
func (l *lifeCommand) overtaken(ctx context.Context, err error) error {
	if errors.Is(err, set.ErrTaken) {
		return fmt.Errorf("another device has taken the backup in %s over meanwhile, or changed its secret: \"coffer on\" shows how it stands", l.name)
	}
	return l.goesOn(ctx, l.explainNotLive(err))
}
