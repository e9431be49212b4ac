package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/conformance/vaults"
)

// vaultFlags say where a vault is.
type vaultFlags struct{ url, root, service, clock string }

func newConformVaultCommand() *cobra.Command {
	o := conformance.Options{Out: program.Stdout}
	var flags conformFlags
	var at vaultFlags
	cmd := &cobra.Command{
		Use:   "vault --url URL --root PUBLIC --service-key FILE",
		Short: "Check a vault that runs as a server",
		Long: `Check a vault that runs as a server against chapter 18: the suite registers, tries and
destroys records of accounts that it draws, over HTTP, with tokens that it signs itself.

The server takes tokens of the service key: start it with the public key of FILE, and never
with one that holders are to use. Let it take 500 requests of one account in a minute, 50
registrations in an hour, and 120 connections.

With --clock the server takes the time from a file that the suite writes, as
conformance/README.md says. Without, what takes more than a minute is not asked.

The exit status is that of "coffer-dev conform".`,
		Example: "  coffer-dev conform vault --url https://127.0.0.1:8443 --root 9f3a… --service-key service.pem",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			server, err := at.server()
			if err != nil {
				return err
			}
			o.Server = server
			return conformServer(cmd, o, &flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&at.url, "url", "", "the address of the vault, without /v1/, at `URL`")
	f.StringVar(&at.root, "root", "", "the root key `PUBLIC` of the vault, 64 hexadecimal digits")
	f.StringVar(&at.service, "service-key", "", "a PEM `FILE` with an Ed25519 private key, which tokens are signed with")
	f.StringVar(&at.clock, "clock", "", "write the time of the server to `FILE`")
	for _, name := range []string{"url", "root", "service-key"} {
		cmd.MarkFlagRequired(name)
	}
	f.StringVar(&o.Pattern, "run", "", "run only the cases whose id matches `PATTERN`, in which * stands for any text")
	f.DurationVar(&o.Timeout, "timeout", session.DefaultTimeout, "wait this long for an answer")
	f.Int64Var(&flags.seed, "seed", 0, "draw what the suite draws from `N`, to repeat a run (default: a new seed each time)")
	f.BoolVar(&o.All, "all", false, "describe every failure, not one of each cause")
	f.BoolVar(&o.FirstFailure, "first-failure", false, "stop at the first failure, in the order of the cases")
	f.StringVar(&flags.expect, "expect-failures", "", "take `FILE` for the list of known failures: they must fail")
	flags.reports.register(f)
	return cmd
}

// server returns what is checked.
func (v *vaultFlags) server() (*conformance.Server, error) {
	address := strings.TrimRight(v.url, "/")
	if at, err := url.Parse(address); err != nil || at.Scheme != "https" || at.Host == "" || at.RawQuery != "" || at.Fragment != "" {
		return nil, program.Usagef("%s is not the address of a vault, such as https://127.0.0.1:8443", display.Name(v.url))
	}
	root, err := hex.DecodeString(v.root)
	if err != nil || len(root) != ed25519.PublicKeySize {
		return nil, program.Usagef("%s is not a root key, which has %d hexadecimal digits", display.Name(v.root), 2*ed25519.PublicKeySize)
	}
	service, err := readServiceKey(v.service)
	if err != nil {
		return nil, err
	}
	words := []string{"--url", v.url, "--root", v.root, "--service-key", v.service}
	if v.clock != "" {
		words = append(words, "--clock", v.clock)
	}
	return &conformance.Server{Remote: &vaults.Remote{Address: address, Root: root, Service: service, Clock: v.clock}, Flags: words}, nil
}

func readServiceKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(text); block != nil {
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if private, ok := parsed.(ed25519.PrivateKey); err == nil && ok {
			return private, nil
		}
	}
	return nil, fmt.Errorf("%s is not the private key of Ed25519 in PEM, as \"coffer-vault service-key\" makes one", display.Name(path))
}

func conformServer(cmd *cobra.Command, o conformance.Options, flags *conformFlags) error {
	if o.Timeout < time.Millisecond {
		return program.Usagef("--timeout must be positive")
	}
	if err := readExpectations(&o, flags.expect); err != nil {
		return err
	}
	if !cmd.Flags().Changed("seed") {
		flags.seed = cases.NewSeed()
	}
	defer flags.reports.abandon()
	if err := flags.prepare(&o); err != nil {
		return err
	}
	return runSuite(cmd, conformance.NewServerSuite(flags.seed), o, flags)
}
