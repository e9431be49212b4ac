package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// presentVault returns the vault of the keyring's slot, as the holder has named it or this device
// keeps it; nil if it has none, or neither knows it.
func (l *lifeCommand) presentVault() *device.Vault {
	if l.found.Header == nil {
		return savedVault(&l.found.Meta, nil)
	}
	if isOf(l.found.Header, l.found.Named) {
		return l.found.Named
	}
	return savedVault(&l.found.Meta, l.found.Header)
}

// door returns the way to the vault of the present secret, or nil.
func (l *lifeCommand) door() (*door, error) {
	at := l.presentVault()
	if at == nil {
		at = l.found.Named // another keyring may have its slot
	}
	if at == nil {
		return nil, nil
	}
	d := &door{at: at, last: l.last, name: l.name, key: l.found.Header.KeyCheck.Fingerprint()}
	return d, d.open()
}

// passOver leaves out keyrings that the secret is not to open. [VLT-31]
func (l *lifeCommand) passOver(ctx context.Context, d *door, k *key.Key) error {
	if d == nil || l.found.Standing == life.Begun {
		return nil
	}
	counted, over, err := account.PassOver(ctx, l.found.Objects, account.IDOf(d.at), d, k)
	if err != nil {
		return d.explain(err)
	}
	if len(over) == 0 {
		return nil
	}
	for _, p := range over { // [SET-10]
		display.Note("passed over: %s: %v", display.Name(p.Name), p.Err)
	}
	err = l.found.PassOver(ctx, counted, over)
	d.key = l.found.Header.KeyCheck.Fingerprint()
	return err
}

// isThrough reports whether a password opens the backup through a vault.
func (l *lifeCommand) isThrough(d *door) bool { return d != nil && isOf(l.found.Header, d.at) }

// given returns the present secret from the file that has it.
func (l *lifeCommand) given(ctx context.Context, d *door) (secret, error) {
	if l.secret.passwordFile == "" {
		sec, err := l.secret.read(ctx, &l.found.Header.KeyCheck)
		if err == nil {
			err = l.passOver(ctx, d, sec.key)
		}
		return sec, err
	}
	if err := l.passOver(ctx, d, nil); err != nil {
		return secret{}, err
	}
	switch {
	case l.isThrough(d):
		return d.tryPassword(ctx, life.VaultSlot(l.found.Header), func() ([]byte, error) { return readPassword(ctx, l.secret.passwordFile) })
	case isAtUnknown(l.found.Header):
		return secret{}, whichVault(l.name, l.found.Header, d)
	}
	return l.secret.read(ctx, &l.found.Header.KeyCheck)
}

// tellGone shows the attempts that are gone of a record before it is replaced or destroyed, since
// its report goes with it. [VLT-39]
func (l *lifeCommand) tellGone(ctx context.Context, s *life.Set) error {
	r, err := s.RecordOf(l.found.Named)
	if errors.Is(err, life.ErrWhichVault) {
		if l.leave {
			return nil
		}
		return program.Usagef("the password of %s is at a vault, which is to destroy what it opens: say where with --vault, --vault-root, and --vault-token or --vault-token-command, or --leave-record leaves it there", l.name)
	}
	if r == nil || err != nil {
		return err
	}
	v, err := account.Open(&r.Vault)
	if err != nil {
		return err
	}
	defer v.Close()
	state, err := v.State(ctx, r.Credential)
	switch {
	case err != nil && l.leave:
		display.Note("the vault does not say what others have tried: %v", err)
	case errors.Is(err, client.ErrNoAnswer):
		return advisedError{explainAnswer(&r.Vault, err), "it is to destroy what the old password opens; if it is gone for good, --leave-record goes on without it"}
	case err != nil:
		return err
	case state.State == vault.Live || state.State == vault.Superseded:
		if gone := vault.MaxAttempts - int(state.Attempts); gone > 0 {
			display.Note("%s of %d %s gone at the vault since the password was last given right: if that was not you, somebody has tried it", display.Count(gone, "attempt"), vault.MaxAttempts, isOrAre(gone))
		}
	}
	return nil
}

// tend looks after what is at vaults, once an epoch has begun, and tells what has become of it.
func (l *lifeCommand) tend(ctx context.Context) error {
	if l.found.Memory == nil {
		return nil
	}
	release, err := l.found.Memory.Lock()
	if err != nil {
		return err
	}
	defer release()
	t, err := l.found.Tend(ctx, l.found.Memory)
	if err != nil {
		return err
	}
	tellTended(t, l.name)
	return nil
}

// tellTended tells what a vault has done, and what is wrong there.
func tellTended(t *life.Tended, name string) {
	if t.Destroyed > 0 { // [VLT-47]
		display.Note("the vault has destroyed the old record of the password, which opens nothing any more")
	}
	switch {
	case t.Revived: // [VLT-48]
		display.Note(`somebody had put another password in the place of yours at the vault: yours counts again. Whoever did it has a token of your account: see to it that they get no other`)
	case t.Asked && t.State != vault.Live:
		display.Note(`the vault has no live password of %s any more (%v): "coffer change --forgotten %[1]s" sets another one`, name, t.State)
	case t.Asked && t.Attempts < vault.MaxAttempts:
		display.Note("at the vault %s of %d: if you have not mistyped the password, somebody has tried it", left(t.Attempts), vault.MaxAttempts)
	}
	for _, err := range t.Problems {
		display.Note("not done at the vault, and tried again by the next backup: %v", explainRequest(err))
	}
}

// explainNotLive says what to do about a record that was not made live. [VLT-43]
func (l *lifeCommand) explainNotLive(err error) error {
	if !errors.Is(err, life.ErrNotLive) {
		return err
	}
	return advisedError{err, fmt.Sprintf(`"coffer change %s" sets the password anew; until then nothing is backed up`, l.name)}
}

// lockedError says that nothing may be written to an epoch. [VLT-42]
func lockedError(name string) error {
	return advisedError{
		fault.New(fault.VaultRefused, "the vault has not made the new password of %s live, which was being set when this was interrupted", name),
		fmt.Sprintf(`"coffer change %s" sets it anew`, name),
	}
}

// moveVault keeps where the vault of a backup is from now on, or where tokens come from, if the
// holder says so. Its root key and the account stay.
func (l *lifeCommand) moveVault(ctx context.Context) error {
	r := l.found.Meta.Record
	if !l.vault.given() {
		return nil
	}
	if r == nil || l.found.Named.Root != r.Vault.Root {
		return fmt.Errorf(`the backup in %s is on already, and its password is not at this vault: "coffer change" sets one there`, l.name)
	}
	meta, moved := l.found.Meta, *r
	moved.Vault, moved.Vault.Account = *l.found.Named, r.Vault.Account
	meta.Record = &moved
	release, err := l.found.Memory.Lock()
	if err != nil {
		return err
	}
	defer release()
	return l.found.Memory.SetMeta(&meta)
}
