package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// atVault returns the vault at which a new password is registered, nil if it is at none.
func (l *lifeCommand) atVault(none bool) *device.Vault {
	switch {
	case none:
		return nil
	case l.vault.given():
		return l.found.Named
	}
	return l.presentVault()
}

// mayRegister sees to it that a new record takes the place of none but that of this backup.
// [VLT-1] [VLT-39]
func (l *lifeCommand) mayRegister(ctx context.Context, at *device.Vault, s *life.Set, agreed bool) error {
	v, err := account.Open(at)
	if err != nil {
		return err
	}
	defer v.Close()
	state, err := v.State(ctx, vault.Credential{})
	switch {
	case errors.Is(err, client.ErrNoAnswer):
		return explainAnswer(at, err)
	case err != nil || state.State != vault.Live:
		return err
	}
	if l.isOwn(s, state.Live) {
		return nil
	}
	gone := ""
	if n := vault.MaxAttempts - int(state.Attempts); n > 0 {
		gone = fmt.Sprintf(", of which %s %s gone", display.Count(n, "attempt"), isOrAre(n))
	}
	display.Note("this account of the vault has the password of another backup already%s: a new one takes its place, and after 90 days nothing opens with the other", gone)
	if agreed {
		return nil
	}
	if !isAsked() {
		return errors.New("each backup has an account of its own at a vault; --replace-record replaces the other password")
	}
	return agree(ctx, "Replace the password of the other backup?")
}

// isOwn reports whether a record is, or was, of this backup. s is the backup as it is, or nil.
func (l *lifeCommand) isOwn(s *life.Set, credential vault.Credential) bool {
	meta := &l.found.Meta
	records := []*device.Record{meta.Record}
	if meta.Begun != nil {
		records = append(records, meta.Begun.Record, meta.Begun.Former)
	}
	for i := range meta.Leaving {
		records = append(records, &meta.Leaving[i])
	}
	if s != nil {
		if r, err := s.RecordOf(l.found.Named); err == nil {
			records = append(records, r)
		}
	}
	return slices.ContainsFunc(records, func(r *device.Record) bool { return r != nil && r.Credential == credential })
}

// addReplace adds the flag that replaces the record of another backup.
func addReplace(cmd *cobra.Command, replace *bool) {
	cmd.Flags().BoolVar(replace, "replace-record", false, "replace the password of another backup at the vault")
}

// newLock asks for what shall open the backup, at a vault if that is not nil. s is the backup as
// it is, or nil.
func (l *lifeCommand) newLock(ctx context.Context, fresh *newSecretFlags, at *device.Vault, s *life.Set, replace bool) (*life.Lock, error) {
	if at != nil && (fresh.key || fresh.keyFile != "") {
		if l.vault.given() && !isOf(l.found.Header, at) {
			return nil, program.Usagef(`--vault is for a password, and a 64-digit key is asked for: leave --vault out; "coffer add --vault" then lets a password at the vault open the backup, too`)
		}
		at = nil
	}
	if at != nil && l.vault.given() && l.found.Standing != life.Others && !fresh.given() {
		fresh.password = true
	}
	fresh.vault = at
	fresh.register = func(ctx context.Context, at *device.Vault, prepared password.Prepared) (*life.Lock, error) {
		return l.registerAt(ctx, at, prepared, s, replace)
	}
	return fresh.lock(ctx)
}

// registerAt registers a password at a vault. [VLT-41]
func (l *lifeCommand) registerAt(ctx context.Context, at *device.Vault, prepared password.Prepared, s *life.Set, replace bool) (*life.Lock, error) {
	at, err := l.readyFor(ctx, at, s, replace)
	if err != nil {
		return nil, err
	}
	return l.found.WithVault(ctx, at, prepared)
}

// readyFor returns a vault at which a password may be registered.
func (l *lifeCommand) readyFor(ctx context.Context, at *device.Vault, s *life.Set, replace bool) (*device.Vault, error) {
	at, err := forNew(ctx, at)
	if err == nil {
		err = l.mayRegister(ctx, at, s, replace)
	}
	return at, err
}
