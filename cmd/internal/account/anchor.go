package account

import (
	"context"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
)

// Newest returns the anchor that a vault has of the record in a slot, nil if it has none.
// Errors: stale_backup for an anchor that does not open, and for a record that is destroyed
// while another one is live; those of the vault. [VLT-50] [VLT-51]
func Newest(ctx context.Context, v States, s *slot.Vault, k *key.Key) (*client.Anchor, error) {
	state, err := v.State(ctx, s.Credential)
	if err != nil {
		return nil, err
	}
	if err := CheckRecord(state, s.Credential); err != nil || state.Version == 0 {
		return nil, err
	}
	return client.OpenAnchor(&state.Anchor, k, s.Credential)
}

// CheckRecord returns stale_backup for a record that is destroyed while another one is live.
// [VLT-51]
func CheckRecord(state *vault.StateAnswer, credential vault.Credential) error {
	if state.State == vault.Destroyed && state.Live != (vault.Credential{}) && state.Live != credential {
		return fault.New(fault.StaleBackup, "the password of this backup was replaced by another one, whose keyring the store does not have")
	}
	return nil
}

// Remember adds what an anchor says to what a device remembers of a set. [VLT-50]
func Remember(m *set.Memory, a *client.Anchor) {
	m.SetID = a.SetID
	m.Epoch, m.Generation = max(m.Epoch, a.Epoch), max(m.Generation, a.Generation)
}

// CheckHead returns stale_backup for a head, nil if there is none, of the generation of an anchor
// with another SHA-256. [VLT-50]
func CheckHead(ctx context.Context, a *client.Anchor, head *set.Generation) error {
	if head == nil || head.Number != a.Generation {
		return nil
	}
	digest, err := head.Digest(ctx)
	if err == nil && digest != a.Head {
		err = fault.New(fault.StaleBackup, "generation %d is another one than the vault knows of", head.Number)
	}
	return err
}
