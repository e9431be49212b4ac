package client

import (
	"context"
	"io"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/wire"
)

// Anchor is how far the history of a set had come (spec section 18.10).
type Anchor struct {
	SetID      [16]byte
	Epoch      uint64
	Generation uint64
	Head       [32]byte // SHA-256 of the commit
}

// Seal seals an anchor under K for a record.
func (a *Anchor) Seal(rand io.Reader, k *key.Key, credential vault.Credential) ([vault.AnchorSize]byte, error) {
	salt := make([]byte, cobblestone.SaltSize)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return [vault.AnchorSize]byte{}, err
	}
	var b cryptobyte.Builder
	b.AddBytes(a.SetID[:])
	b.AddUint64(a.Epoch)
	b.AddUint64(a.Generation)
	b.AddBytes(a.Head[:])
	anchorKey := k.Derive(key.LabelAnchor)
	return [vault.AnchorSize]byte(cobblestone.Seal(anchorKey[:], salt, vault.AnchorContext+string(credential[:]), b.BytesOrPanic())), nil
}

// OpenAnchor opens the anchor of a record. Error: stale_backup. [VLT-51]
func OpenAnchor(sealed *[vault.AnchorSize]byte, k *key.Key, credential vault.Credential) (*Anchor, error) {
	anchorKey := k.Derive(key.LabelAnchor)
	plaintext, err := cobblestone.Open(anchorKey[:], vault.AnchorContext+string(credential[:]), sealed[:])
	if err != nil {
		return nil, fault.New(fault.StaleBackup, "the anchor at the vault does not open: this backup may not be the newest state")
	}
	var a Anchor
	s := cryptobyte.String(plaintext)
	if !s.CopyBytes(a.SetID[:]) || !wire.ReadUint64(&s, &a.Epoch) || !wire.ReadUint64(&s, &a.Generation) || !s.CopyBytes(a.Head[:]) || !s.Empty() {
		return nil, fault.New(fault.StaleBackup, "the anchor at the vault is malformed: this backup may not be the newest state")
	}
	return &a, nil
}

// StoreAnchor keeps an anchor at the vault, with its generation as the version. [VLT-49]
func (v *Vault) StoreAnchor(ctx context.Context, rand io.Reader, k *key.Key, credential vault.Credential, anchor *Anchor) error {
	sealed, err := anchor.Seal(rand, k, credential)
	if err != nil {
		return err
	}
	token, err := v.token(ctx)
	if err != nil {
		return err
	}
	statement := &vault.AnchorStatement{Vault: v.ID, Account: token.Account, Credential: credential, Version: anchor.Generation, Anchor: sealed}
	answer, err := v.ask(ctx, "anchor", &vault.AnchorRequest{
		Head: vault.Head{Credential: credential}, Version: anchor.Generation, Anchor: sealed, Proof: statement.Signed(managementKey(k)),
	})
	if err != nil {
		return err
	}
	return judge(answer.Says().Status)
}

// Anchor returns the anchor of a record, or nil if there is none. [VLT-50]
func (v *Vault) Anchor(ctx context.Context, k *key.Key, credential vault.Credential) (*Anchor, error) {
	state, err := v.State(ctx, credential)
	if err != nil || state.Version == 0 {
		return nil, err
	}
	return OpenAnchor(&state.Anchor, k, credential)
}
