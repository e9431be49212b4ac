//go:build wasm || plan9

package vaultd

import (
	"errors"

	"github.com/coffer-format/coffer/ref/vault"
)

// BoltOptions say where a store in one file is.
type BoltOptions struct {
	Path, Guard string
	NewGuard    bool
	Vault       vault.ID
	Stored      func(group int, number uint64)
}

// OpenBolt refuses.
func OpenBolt(*BoltOptions) (Store, error) {
	return nil, errors.New("there is no store for this system")
}
