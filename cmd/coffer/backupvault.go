package main

import (
	"context"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
)

// findVault finds out which vault the holder, or this device, knows of the backup. It sends
// nothing.
func (b *backupSet) findVault(flags *setFlags) error {
	named, err := flags.vault.named(savedVault(b.device, nil))
	if err != nil || named == nil {
		return err
	}
	b.door = &door{at: named, last: flags.last, name: b.name, key: b.header.KeyCheck.Fingerprint()}
	return b.door.open()
}

// passOver leaves out keyrings that the secret is not to open: a password, or k if that is not
// nil. [VLT-31]
func (b *backupSet) passOver(ctx context.Context, k *key.Key) error {
	if b.door == nil {
		return nil
	}
	counted, over, err := account.PassOver(ctx, b.objects, account.IDOf(b.door.at), b.door, k)
	if err != nil {
		return b.door.explain(err)
	}
	if len(over) > 0 {
		b.counted, b.over = counted, over
		b.header, b.epoch, err = counted.Public(ctx)
		b.door.key = b.header.KeyCheck.Fingerprint()
	}
	return err
}

// isThroughVault reports whether a password opens the backup through the vault that is known.
func (b *backupSet) isThroughVault() bool { return b.door != nil && isOf(b.header, b.door.at) }

// openNewest opens the newest generation, and compares it with what the vault knows of it, unless
// this device knows more. [VLT-50] [VLT-52]
func (b *backupSet) openNewest(ctx context.Context, flags *setFlags) error {
	inSlot := life.VaultSlot(b.ring.Header)
	_, isKept := b.kept()
	switch {
	case inSlot == nil, isKept && !flags.anchored:
		return b.openHead(ctx)
	case b.door == nil, !isOf(b.ring.Header, b.door.at):
		display.Note("nobody knows whether this is the newest state: the vault of the backup was not asked, since --vault does not name it")
		return b.openHead(ctx)
	}
	anchor, err := b.door.newest(ctx, inSlot, &b.ring.Key)
	switch {
	case err != nil && flags.stale:
		display.Note("%v", err)
		return b.openHead(ctx)
	case err != nil:
		return b.advise(err)
	case anchor == nil:
		return b.openHead(ctx)
	}
	account.Remember(&b.memory, anchor)
	k := b.ring.Key
	b.secret = secret{Secret: container.WithKey(&k), password: b.secret.password, key: b.secret.key, at: b.secret.at}
	if err := b.open(ctx); err != nil {
		return err
	}
	if err := b.openHead(ctx); err != nil {
		return err
	}
	if err := account.CheckHead(ctx, anchor, b.head); err != nil && !flags.stale {
		return b.advise(err)
	} else if err != nil {
		display.Note("%v", err)
	}
	return nil
}
