package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/cmd/internal/vaultserve"
)

// addOutput adds the flag of the file that a command makes.
func addOutput(cmd *cobra.Command, output *string, what string) {
	cmd.Flags().StringVarP(output, "output", "o", "", "write "+what+" to this `FILE`, which must not exist")
	cmd.MarkFlagRequired("output")
}

// makeKey draws a key, and keeps it in a file that only its owner reads.
func makeKey(path string) (ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return public, writeNew(path, pem.EncodeToMemory(&pem.Block{Type: vaultserve.PrivateBlock, Bytes: encoded}), 0o600)
}

// writeNew writes a file that must not exist.
func writeNew(path string, content []byte, mode fs.FileMode) error {
	if path == "-" {
		return program.Usagef("it is written to a file, not to standard output: give its name with -o")
	}
	f, err := newfile.Create(path, false, mode)
	if err == nil {
		defer f.Abandon()
		if _, err = f.Write(content); err == nil {
			err = f.Commit()
		}
	}
	var exists newfile.ExistsError
	if errors.As(err, &exists) {
		return fmt.Errorf("%w, and nothing was written: give another name", err)
	}
	return err
}

func publicPEM(public ed25519.PublicKey) ([]byte, error) {
	encoded, err := x509.MarshalPKIXPublicKey(public)
	return pem.EncodeToMemory(&pem.Block{Type: vaultserve.PublicBlock, Bytes: encoded}), err
}

// parsePublic reads a public key as it is given on a command line.
func parsePublic(text string) (ed25519.PublicKey, error) {
	public, err := hex.DecodeString(text)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return nil, program.Usagef("%s is not a public key, which has %d hexadecimal digits", display.Name(text), 2*ed25519.PublicKeySize)
	}
	return public, nil
}

// rootLine is what "coffer-vault root" prints of the public root key.
var rootLine = regexp.MustCompile(`(?m)^root key +([0-9a-f]{64})$`)

// maxRootFile bounds what is read of what was printed, in bytes.
const maxRootFile = 4096

// parseRoot reads a public root key: its digits, or a file with what was printed when it was made.
func parseRoot(text string) (ed25519.PublicKey, error) {
	f, err := os.Open(text)
	if err != nil {
		return parsePublic(text)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxRootFile))
	if err != nil {
		return nil, err
	}
	found := rootLine.FindSubmatch(content)
	if found == nil {
		return nil, program.Usagef("%s is not what \"coffer-vault root\" printed: it has no line with \"root key\"", display.Name(text))
	}
	return parsePublic(string(found[1]))
}
