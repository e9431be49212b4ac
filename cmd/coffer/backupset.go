package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/parallel"
	"github.com/coffer-format/coffer/ref/set"
)

// backupSet is a backup set in a store, as far as it was opened.
type backupSet struct {
	name    string // of the store, for a person
	store   *namedStore
	objects *set.Objects
	counted *set.Objects // without the keyrings that are passed over at a vault; nil if that is not known
	over    []set.PassedOver
	door    *door // nil if no vault is known

	// Of the keyring that needs no secret. Nothing of it is authentic.
	header *header.Header
	epoch  uint64

	device *device.Meta // what this device keeps of it; nil if nothing
	keeper *device.Memory
	memory set.Memory

	secret secret
	ring   *set.Ring // nil before unlock
	head   *set.Generation
	passed []set.PassedOver
}

// findSet looks at the backup set in a store, as far as that needs no secret.
func findSet(ctx context.Context, text string) (*backupSet, error) {
	s, err := openStore(ctx, text)
	if err != nil {
		return nil, err
	}
	b := &backupSet{name: display.Name(text), store: s}
	if err := b.find(ctx); err != nil {
		s.close()
		return nil, err
	}
	return b, nil
}

func (b *backupSet) find(ctx context.Context) error {
	if err := b.list(ctx); err != nil {
		return err
	}
	if err := b.remember(); err != nil {
		display.Note("what this device keeps is not compared with the store: %v", err)
	}
	return nil
}

func (b *backupSet) close() { b.store.close() }

// list looks what the store has.
func (b *backupSet) list(ctx context.Context) error {
	var err error
	if b.objects, err = set.List(ctx, b.store); err != nil {
		return err
	}
	b.counted, b.over = nil, nil
	if len(b.objects.Keyrings)+len(b.objects.Commits)+len(b.objects.Data) == 0 {
		return fmt.Errorf("there is no backup in %s: \"coffer on\" turns one on", b.name)
	}
	b.header, b.epoch, err = b.objects.Public(ctx)
	if fault.NameOf(err) == fault.MissingContainer {
		return advisedError{err, restAdvice(b.isKept(), b.name)}
	}
	return b.advise(err)
}

// isKept reports whether this device keeps the key of a set whose keyrings the store has lost.
func (b *backupSet) isKept() bool {
	dir, err := device.Folder()
	if err != nil {
		return false
	}
	m, err := device.Find(dir, b.store.text, key.Check{})
	if err != nil {
		return false
	}
	meta, err := m.Meta()
	return err == nil && meta.Epoch > 0 && !meta.Ended
}

// remember looks what this device keeps of the set.
func (b *backupSet) remember() error {
	dir, err := device.Folder()
	if err != nil {
		return nil // there is no place where it could
	}
	m, err := device.Find(dir, b.store.text, b.header.KeyCheck)
	if errors.Is(err, device.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	meta, err := m.Meta()
	if err != nil {
		return err
	}
	b.device, b.keeper = &meta, m
	b.memory = set.Memory{SetID: meta.SetID, Epoch: meta.Epoch, Generation: meta.Generation}
	return nil
}

// kept returns the key that this device keeps, if it opens the keyring.
func (b *backupSet) kept() (secret, bool) {
	switch {
	case b.device == nil:
	case b.device.Key.Fits(b.header.KeyCheck):
		return secret{Secret: container.WithKey(&b.device.Key)}, true
	case b.device.Begun != nil && b.device.Begun.Key.Fits(b.header.KeyCheck):
		return secret{Secret: container.WithKey(&b.device.Begun.Key)}, true
	}
	return secret{}, false
}

// unlock opens the keyring with the secret of the holder, whom it asks unless a file has it
// or this device keeps the key.
func (b *backupSet) unlock(ctx context.Context, flags *setFlags) error {
	b.memory.Stale = flags.stale
	if err := b.findVault(flags); err != nil {
		return err
	}
	if sec, ok := b.kept(); ok && !flags.secret.given() {
		b.secret = sec
		return b.open(ctx)
	}
	if flags.secret.given() {
		if err := b.read(ctx, &flags.secret); err != nil {
			return err
		}
		return b.open(ctx)
	}
	if err := b.passOver(ctx, nil); err != nil {
		return err
	}
	return askAgain(func() (err error) {
		if b.secret, err = b.ask(ctx); err != nil {
			return err
		}
		return b.open(ctx)
	})
}

// ask asks for the secret of the backup.
func (b *backupSet) ask(ctx context.Context) (secret, error) {
	if b.isThroughVault() {
		return b.door.tryPassword(ctx, life.VaultSlot(b.header), func() ([]byte, error) { return ask(ctx, fmt.Sprintf("Password for %s: ", b.name)) })
	}
	if err := mayAsk(b.name, b.header, b.door); err != nil {
		return secret{}, err
	}
	return askSecret(ctx, b.name, b.header)
}

// read reads the secret from a file, which must be of a kind that opens the backup.
func (b *backupSet) read(ctx context.Context, flags *secretFlags) (err error) {
	if flags.passwordFile != "" {
		if err := b.passOver(ctx, nil); err != nil {
			return err
		}
		if b.isThroughVault() {
			b.secret, err = b.door.tryPassword(ctx, life.VaultSlot(b.header), func() ([]byte, error) { return readPassword(ctx, flags.passwordFile) })
			return err
		}
	}
	hasPassword := slices.ContainsFunc(b.header.Slots, isPassword)
	if flags.passwordFile != "" && isAtUnknown(b.header) {
		return whichVault(b.name, b.header, b.door)
	}
	if flags.passwordFile != "" && !hasPassword {
		wrong := fault.New(fault.NoMatchingSlot, "this backup opens with a 64-digit key, not a password")
		return advisedError{wrong, fmt.Sprintf("give the key %s with --key-file", b.header.KeyCheck.Fingerprint())}
	}
	if b.secret, err = flags.read(ctx, &b.header.KeyCheck); err == nil && b.secret.key != nil {
		err = b.passOver(ctx, b.secret.key)
	}
	if flags.keyFile != "" && hasPassword && errors.Is(err, fault.MalformedKey) {
		return advisedError{err, "this backup opens with a password, too: give one with --password-file"}
	}
	return err
}

// open opens the keyring that counts.
func (b *backupSet) open(ctx context.Context) (err error) {
	objects := b.objects
	if b.counted != nil {
		objects = b.counted
	}
	b.ring, err = objects.OpenKeyring(ctx, b.secret, b.memory)
	if exitOf[fault.NameOf(err)] == exitDamaged { // both of its objects are, or the other one is gone
		isKept := b.device != nil && b.device.Epoch == b.epoch && !b.device.Ended
		return advisedError{fmt.Errorf("the keyring, without which no secret opens the backup: %w", err), restAdvice(isKept, b.name)}
	}
	return b.advise(b.secret.explainSet(err, &b.header.KeyCheck))
}

// openHead opens the newest generation. It is nil if there is none yet.
func (b *backupSet) openHead(ctx context.Context) (err error) {
	b.head, b.passed, err = b.objects.OpenHead(ctx, b.ring, b.memory, parallel.Containers)
	return b.advise(err)
}

// again opens the set as it is now. [LIF-27]
func (b *backupSet) again(ctx context.Context) error {
	if err := b.list(ctx); err != nil {
		return err
	}
	if err := b.passOver(ctx, b.secret.key); err != nil {
		return err
	}
	if err := b.open(ctx); err != nil {
		return err
	}
	return b.openHead(ctx)
}

// openSet opens a set and its head, and tells what was passed over.
func openSet(ctx context.Context, text string, flags *setFlags) (*backupSet, error) {
	if err := flags.check(); err != nil {
		return nil, err
	}
	b, err := findSet(ctx, text)
	if err != nil {
		return nil, err
	}
	if err = b.unlock(ctx, flags); err == nil {
		err = b.openNewest(ctx, flags)
	}
	if errors.Is(err, fault.MissingContainer) && b.secret.Secret != nil { // the secret may have been changed meanwhile [LIF-27]
		err = b.again(ctx)
	}
	if err != nil {
		b.close()
		return nil, err
	}
	for _, p := range b.passedOver() { // [SET-10] [SET-15]
		display.Note("passed over: %s: %v", display.Name(p.Name), p.Err)
	}
	return b, nil
}

// passedOver returns the objects that do not count though they come before those that do.
func (b *backupSet) passedOver() []set.PassedOver {
	return slices.Concat(b.over, b.ring.PassedOver, b.passed)
}

// setAdvice says what a person can do about an error of a backup set.
var setAdvice = map[fault.Name]string{
	fault.MissingContainer: `look whether the provider still has what was deleted`,
	fault.StaleBackup:      staleAdvice,
	fault.WrongSet:         `check that this is the store you mean; to read another backup, set COFFER_STATE to an empty folder`,
}

// staleAdvice is what can be done about stale_backup where nothing is begun.
const staleAdvice = `the provider shows an earlier state, or has lost the newest one: ask it for that, or put the newest copy back; "coffer restore --stale" takes what is there, and if the newest is gone for good, "coffer on --stale" goes on from it`

// advise adds what can be done about an error of the set where a single container would
// have another advice.
func (b *backupSet) advise(err error) error {
	name := fault.NameOf(err)
	text, ok := setAdvice[name]
	var advised advisedError
	switch {
	case errors.As(err, &advised):
		return err
	case ok:
		return advisedError{err, text}
	case exitOf[name] == exitDamaged || exitOf[name] == exitNotContainer || exitOf[name] == exitIncomplete:
		return advisedError{err, `an earlier generation may be whole: "coffer status" shows which there are`}
	}
	return err
}
