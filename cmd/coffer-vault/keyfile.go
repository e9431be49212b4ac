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
	"runtime"

	"github.com/spf13/cobra"

	"github.com/coffer-format/coffer/cmd/internal/display"
	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
)

// The types of PEM blocks (RFC 7468).
const (
	privateBlock     = "PRIVATE KEY"
	publicBlock      = "PUBLIC KEY"
	certificateBlock = "CERTIFICATE"
)

// maxKeyFile bounds what is read of a key's file, in bytes.
const maxKeyFile = 1 << 16

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
	return public, writeNew(path, pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: encoded}), 0o600)
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

// readBlocks reads the blocks of a PEM file.
func readBlocks(path string) (blocks []*pem.Block, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rest, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, err
	}
	for {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return blocks, nil
		}
		blocks = append(blocks, b)
	}
}

// blockOf returns what a file has of a type.
func blockOf(path, typ, what string) ([]byte, error) {
	blocks, err := readBlocks(path)
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		if b.Type == typ {
			return b.Bytes, nil
		}
	}
	return nil, fmt.Errorf("%s has no %s: it is a PEM file with a block %q", display.Name(path), what, typ)
}

func readPrivate(path string) (ed25519.PrivateKey, error) {
	encoded, err := blockOf(path, privateBlock, "private key")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(encoded)
	if private, ok := parsed.(ed25519.PrivateKey); err == nil && ok {
		warnReadable(path)
		return private, nil
	}
	return nil, fmt.Errorf("%s is not the private key of Ed25519", display.Name(path)) // the reason may show the key
}

// warnReadable tells who keeps a key where others can read it.
func warnReadable(path string) {
	if info, err := os.Stat(path); err == nil && info.Mode()&0o044 != 0 && runtime.GOOS != "windows" {
		display.Note("others can read %s: chmod 600 keeps it to you", display.Name(path))
	}
}

func readPublic(path string) (ed25519.PublicKey, error) {
	encoded, err := blockOf(path, publicBlock, "public key")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(encoded)
	if public, ok := parsed.(ed25519.PublicKey); err == nil && ok {
		return public, nil
	}
	return nil, fmt.Errorf("%s is not a public key of Ed25519", display.Name(path))
}

func publicPEM(public ed25519.PublicKey) ([]byte, error) {
	encoded, err := x509.MarshalPKIXPublicKey(public)
	return pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: encoded}), err
}

// parsePublic reads a public key as it is given on a command line.
func parsePublic(text string) (ed25519.PublicKey, error) {
	public, err := hex.DecodeString(text)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return nil, program.Usagef("%s is not a public key, which has %d hexadecimal digits", display.Name(text), 2*ed25519.PublicKeySize)
	}
	return public, nil
}
