package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/account"
	"github.com/coffer-format/coffer/cmd/internal/device"
	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/life"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/vault"
)

// vaultFlags say where a vault is, and how it learns who asks. Nothing of it comes from the
// backup. [SLT-14]
type vaultFlags struct {
	address, root, tokenFile, tokenCommand string
}

func (v *vaultFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&v.address, "vault", "", "the password is at the vault with this `URL`")
	f.StringVar(&v.root, "vault-root", "", "the root `KEY` of the vault, or a file with what \"coffer-vault root\" printed")
	f.StringVar(&v.tokenFile, "vault-token", "", "read the token that the vault asks for from `FILE`")
	f.StringVar(&v.tokenCommand, "vault-token-command", "", "run `COMMAND`, which prints a token for the vault")
	cmd.MarkFlagsMutuallyExclusive("vault-token", "vault-token-command")
}

func (v *vaultFlags) given() bool {
	return v.address != "" || v.root != "" || v.tokenFile != "" || v.tokenCommand != ""
}

// named returns the vault that the flags name, with what they leave out as it is saved; nil if
// nothing is given or saved.
func (v *vaultFlags) named(saved *device.Vault) (*device.Vault, error) {
	if !v.given() {
		return saved, nil
	}
	var at device.Vault
	if saved != nil {
		at = *saved
	}
	if v.root != "" {
		root, err := parseRoot(v.root)
		if err != nil {
			return nil, err
		}
		if root != at.Root {
			at = device.Vault{Root: root}
		}
	}
	if v.address != "" {
		at.Address = v.address
	}
	if v.tokenFile != "" || v.tokenCommand != "" {
		at.TokenFile, at.TokenCommand = "", v.tokenCommand
		if v.tokenFile != "" {
			var err error
			if at.TokenFile, err = filepath.Abs(v.tokenFile); err != nil {
				return nil, err
			}
		}
	}
	if at.Address == "" || at.Root == [32]byte{} || at.TokenFile+at.TokenCommand == "" {
		return nil, program.Usagef("a vault is named by --vault URL, --vault-root KEY, and --vault-token FILE or --vault-token-command COMMAND: give all three")
	}
	if _, err := account.Open(&at); err != nil {
		return nil, program.UsageError{Err: err}
	}
	return &at, nil
}

// maxRootFile bounds what is read of a root key's file, in bytes.
const maxRootFile = 4096

// parseRoot reads a public root key: its digits, or a file in which they come first.
func parseRoot(text string) (root [32]byte, err error) {
	if key, ok := rootIn(text); ok {
		return key, nil
	}
	f, err := os.Open(text)
	if errors.Is(err, fs.ErrNotExist) {
		return root, program.Usagef("--vault-root is %s, which is neither the root key of a vault, of %d hexadecimal digits, nor a file", display.Name(text), 2*len(root))
	}
	if err != nil {
		return root, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxRootFile))
	if err != nil {
		return root, err
	}
	for _, word := range strings.Fields(string(content)) {
		if key, ok := rootIn(word); ok {
			return key, nil
		}
	}
	return root, program.Usagef("%s has no root key, which is %d hexadecimal digits", display.Name(text), 2*len(root))
}

func rootIn(word string) (root [32]byte, ok bool) {
	if len(word) != hex.EncodedLen(len(root)) {
		return root, false
	}
	_, err := hex.Decode(root[:], []byte(word))
	return root, err == nil
}

// isOf reports whether the vault slot of a header, if it has one, is of a vault.
func isOf(h *header.Header, at *device.Vault) bool {
	s := life.VaultSlot(h)
	return s != nil && at != nil && vault.ID(s.Vault) == account.IDOf(at)
}

// savedVault returns the vault that a device keeps for the record in a header's slot, nil if it
// keeps none.
func savedVault(meta *device.Meta, h *header.Header) *device.Vault {
	if meta == nil {
		return nil
	}
	records := []*device.Record{meta.Record}
	if meta.Begun != nil {
		records = append(records, meta.Begun.Record, meta.Begun.Former)
	}
	for _, r := range records {
		if r != nil && (h == nil || isOf(h, &r.Vault)) {
			return &r.Vault
		}
	}
	return nil
}

// openVaults opens vaults for what life does there.
func openVaults(v *device.Vault) (life.Vault, error) { return account.Open(v) }

// forNew makes a vault ready for a new record: the account is that of the token.
func forNew(ctx context.Context, at *device.Vault) (*device.Vault, error) {
	named := *at
	if named.Account == (vault.AccountID{}) {
		if err := account.Identify(ctx, &named); err != nil {
			return nil, err
		}
	}
	return &named, nil
}
