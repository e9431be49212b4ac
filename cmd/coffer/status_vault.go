package main

import (
	"context"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/ref/vault"
)

// vaultStatus is how the record of the password stands at its vault.
type vaultStatus struct {
	Address    string `json:"address"`
	State      string `json:"state"` // empty if it does not say
	Attempts   int    `json:"attempts"`
	WaitMS     uint64 `json:"wait_ms"`    // until the next one
	Generation uint64 `json:"generation"` // of the anchor, 0 if there is none
	Error      string `json:"error,omitempty"`
}

// vaultTime is for how long the status waits for a vault.
const vaultTime = 10 * time.Second

// askVault adds what the vault says of the password, if one is known.
func (s *status) askVault(ctx context.Context, b *backupSet, flags *setFlags) error {
	if b.door == nil {
		if err := b.findVault(flags); err != nil {
			return err
		}
	}
	if !b.isThroughVault() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, vaultTime)
	defer cancel()
	s.Vault = &vaultStatus{Address: b.door.at.Address}
	state, err := b.door.State(ctx, life.VaultSlot(b.header).Credential)
	if err != nil {
		s.Vault.Error = b.door.explain(err).Error()
		return nil
	}
	s.Vault.State, s.Vault.Attempts, s.Vault.WaitMS, s.Vault.Generation = state.State.String(), int(state.Attempts), state.Wait, state.Version
	return nil
}

// text is what a person is told of the vault.
func (v *vaultStatus) text() string {
	at := display.Name(v.Address)
	wait := time.Duration(v.WaitMS) * time.Millisecond
	switch {
	case v.Error != "":
		return at + ": " + display.Line(v.Error)
	case v.State == vault.Live.String(), v.State == vault.Superseded.String():
		text := at + ": " + left(v.Attempts)
		if wait > 0 {
			text += ", " + nextAttempt(wait)
		}
		if v.State != vault.Live.String() {
			text += "; somebody has put another password in its place"
		}
		return text
	case v.State == vault.Destroyed.String():
		return at + ": has destroyed the record of the password"
	}
	return at + ": has no live password of this backup"
}
