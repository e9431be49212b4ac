package vaultserve

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// The types of PEM blocks (RFC 7468).
const (
	PrivateBlock     = "PRIVATE KEY"
	PublicBlock      = "PUBLIC KEY"
	CertificateBlock = "CERTIFICATE"
)

// maxKeyFile bounds what is read of a key's file, in bytes.
const maxKeyFile = 1 << 16

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

// ReadPrivate reads a private key of Ed25519 from a PEM file.
func ReadPrivate(path string) (ed25519.PrivateKey, error) {
	encoded, err := blockOf(path, PrivateBlock, "private key")
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

// ReadPublic reads a public key of Ed25519 from a PEM file.
func ReadPublic(path string) (ed25519.PublicKey, error) {
	encoded, err := blockOf(path, PublicBlock, "public key")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(encoded)
	if public, ok := parsed.(ed25519.PublicKey); err == nil && ok {
		return public, nil
	}
	return nil, fmt.Errorf("%s is not a public key of Ed25519", display.Name(path))
}
