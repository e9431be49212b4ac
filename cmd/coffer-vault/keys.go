package main

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

func newRootKeyCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "root -o FILE",
		Short: "Make the root key of a vault, on a machine that is kept offline",
		Long: `Make the root key of a vault, and print its public key, which applications have built in,
and the identifier of the vault. Who has the root key can pretend to be the vault: keep it on a
machine without a network, with a copy elsewhere. A root key that is lost is a vault that ends
within a month.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			public, err := makeKey(output)
			if err != nil {
				return err
			}
			id := vault.IDOf(public)
			cmd.Printf("root key  %x\nvault     %x\n", []byte(public), id[:])
			return nil
		},
	}
	addOutput(cmd, &output, "the root key")
	return cmd
}

func newChannelCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "channel -o FILE",
		Short: "Make a channel key, on the machine of the service",
		Long: `Make a channel key, and print its public key, which "coffer-vault sign" signs on the machine
with the root key.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			public, err := makeKey(output)
			if err == nil {
				cmd.Println(hex.EncodeToString(public))
			}
			return err
		},
	}
	addOutput(cmd, &output, "the channel key")
	return cmd
}

const maxDays = int(channel.MaxValidity / (24 * time.Hour))

func newSignCommand() *cobra.Command {
	var root, output string
	var days int
	cmd := &cobra.Command{
		Use:   "sign --root FILE -o FILE CHANNEL-PUBLIC",
		Short: "Sign a channel key with the root key",
		Long: `Sign the public key of a channel key with the root key. The file that is written is not
secret: bring it to the machine of the service, which takes it when it is there, and warns when
it is to be renewed.`,
		Example: `  coffer-vault sign --root root.pem -o channel.crt 3f0c…`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if days < 1 || days > maxDays {
				return program.Usagef("--days is from 1 to %d, and clients believe no certificate for longer", maxDays)
			}
			public, err := parsePublic(args[0])
			if err != nil {
				return err
			}
			private, err := vaultserve.ReadPrivate(root)
			if err != nil {
				return err
			}
			rootPublic := publicOf(private)
			certificate, err := channel.Certify(private, public, time.Now().Add(-early), time.Duration(days)*24*time.Hour)
			if err != nil {
				return err
			}
			about, err := publicPEM(rootPublic)
			if err != nil {
				return err
			}
			var text bytes.Buffer
			fmt.Fprintf(&text, "A channel key of a vault, and the root key that has signed it.\n")
			if err := pem.Encode(&text, &pem.Block{Type: vaultserve.CertificateBlock, Bytes: certificate}); err != nil {
				return err
			}
			text.Write(about)
			return writeNew(output, text.Bytes(), 0o644)
		},
	}
	cmd.Flags().StringVar(&root, "root", "", "the `FILE` of the root key")
	cmd.MarkFlagRequired("root")
	cmd.Flags().IntVar(&days, "days", maxDays, "how many `DAYS` the channel key is valid for")
	addOutput(cmd, &output, "the certificate")
	return cmd
}

// early is how long before now a certificate or a token begins, for those whose clocks are
// behind.
const early = 10 * time.Minute
