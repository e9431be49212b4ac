package vaultdtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/coffer-format/coffer/ref/vault/channel"
)

// NewKey returns the keys of somebody who signs.
func NewKey(t testing.TB) (ed25519.PublicKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

// NewChannel returns a new channel key with its certificate.
func NewChannel(t testing.TB, root ed25519.PrivateKey, from time.Time, validity time.Duration) tls.Certificate {
	t.Helper()
	public, private := NewKey(t)
	certificate, err := channel.Certify(root, public, from, validity)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{certificate}, PrivateKey: private, Leaf: leaf}
}

// FreeAddress is one that nobody else looks for: of all the loopback addresses one by chance.
func FreeAddress(t testing.TB) string {
	t.Helper()
	var b [3]byte
	rand.Read(b[:])
	listener, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", b[0], b[1], 1+b[2]/2))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
