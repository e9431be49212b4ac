package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
	"github.com/coffer-format/coffer/ref/vault"
)

func publicOf(private ed25519.PrivateKey) ed25519.PublicKey {
	return private.Public().(ed25519.PublicKey)
}

func newServiceKeyCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "service-key -o FILE",
		Short: "Make the key of an account service, for trying a vault out",
		Long: `Make the key that an account service signs tokens with, and print its public key, which
"coffer-vault serve" takes. This is for trying a vault out: an account service keeps its own.`,
		Example: `  coffer-vault service-key -o service.pem > service.pub`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			public, err := makeKey(output)
			if err != nil {
				return err
			}
			text, err := publicPEM(public)
			cmd.Printf("%s", text)
			return err
		},
	}
	addOutput(cmd, &output, "the key")
	return cmd
}

const maxHours = vault.MaxTokenTime / 3600000

func newTokensCommand() *cobra.Command {
	var service, root, account, output string
	var hours int
	cmd := &cobra.Command{
		Use:   "tokens --service-key FILE --root KEY --account TEXT",
		Short: "Make a token of an account, for trying a vault out",
		Long: `Make a token that says to a vault which account asks, as 320 hexadecimal digits. This is for
trying a vault out: an account service signs its own, for those who have logged in. Whoever has
a token can try passwords of the account.

KEY is the public root key of the vault, which "coffer-vault root" prints as "root key", or a file
with what it printed; not the channel key, nor the identifier of the vault.`,
		Example: `  coffer-vault tokens --service-key service.pem --root root.txt --account somebody -o token.txt`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if hours < 1 || hours > maxHours {
				return program.Usagef("--hours is from 1 to %d, and no vault takes a token for longer", maxHours)
			}
			public, err := parseRoot(root)
			if err != nil {
				return err
			}
			private, err := vaultserve.ReadPrivate(service)
			if err != nil {
				return err
			}
			begin := time.Now().Add(-early)
			token := &vault.Token{
				Vault: vault.IDOf(public), Account: sha256.Sum256([]byte(account)),
				NotBefore: uint64(begin.UnixMilli()), NotAfter: uint64(begin.Add(time.Duration(hours) * time.Hour).UnixMilli()),
			}
			rand.Read(token.Nonce[:])
			token.Sign(private)
			text := hex.EncodeToString(token.Bytes()) + "\n"
			if output != "" {
				return writeNew(output, []byte(text), 0o600)
			}
			cmd.Printf("%s", text)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&service, "service-key", "", "the `FILE` of the account service's key")
	flags.StringVar(&root, "root", "", "the public root `KEY` of the vault, or a file with what \"coffer-vault root\" printed")
	flags.StringVar(&account, "account", "", "any `TEXT`: another one is another account")
	flags.IntVar(&hours, "hours", maxHours, "how many `HOURS` the token is valid for")
	flags.StringVarP(&output, "output", "o", "", "write the token to this `FILE`, which must not exist, and which only you can read")
	for _, name := range []string{"service-key", "root", "account"} {
		cmd.MarkFlagRequired(name)
	}
	return cmd
}
