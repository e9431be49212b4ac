// Package channel is how a client of a vault knows that it speaks to the vault and to nobody in
// between: TLS 1.3 under a channel key that the vault's root key has certified (spec section
// 18.2).
package channel

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// MaxValidity is for how long a channel key may be certified.
const MaxValidity = 30 * 24 * time.Hour

// ErrUntrusted is that a server has not proved to be the vault.
var ErrUntrusted = errors.New("the server is not the vault")

// Certify returns a certificate (RFC 5280, DER) of a channel key under a root key (RFC 8410),
// valid from a time on for at most MaxValidity. Its names have no meaning.
func Certify(root ed25519.PrivateKey, channel ed25519.PublicKey, from time.Time, validity time.Duration) ([]byte, error) {
	if validity <= 0 || validity > MaxValidity {
		return nil, fmt.Errorf("a channel key is certified for a positive time of at most %v, not for %v", MaxValidity, validity)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	certificate := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)), // positive, as RFC 5280 has it
		Subject:      pkix.Name{CommonName: "Coffer vault channel"},
		NotBefore:    from,
		NotAfter:     from.Add(validity),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: "Coffer vault root"}}
	return x509.CreateCertificate(rand.Reader, certificate, issuer, channel, root)
}

// Check returns ErrUntrusted, with the reason, unless a certificate is that of a channel key
// which the root key has certified, and valid at a time. [VLT-3] [VLT-4]
func Check(root ed25519.PublicKey, certificate *x509.Certificate, now time.Time) error {
	_, isEd25519 := certificate.PublicKey.(ed25519.PublicKey)
	switch {
	case len(root) != ed25519.PublicKeySize:
		return fmt.Errorf("a root key has %d bytes, not %d", ed25519.PublicKeySize, len(root))
	case !isEd25519 || certificate.SignatureAlgorithm != x509.PureEd25519:
		return fmt.Errorf("%w: its certificate is not one of Ed25519", ErrUntrusted)
	case !ed25519.Verify(root, certificate.RawTBSCertificate, certificate.Signature):
		return fmt.Errorf("%w: its certificate is not signed by the root key", ErrUntrusted)
	case now.Before(certificate.NotBefore) || now.After(certificate.NotAfter):
		return fmt.Errorf("%w: its certificate is valid from %v to %v, and it is %v", ErrUntrusted, certificate.NotBefore, certificate.NotAfter, now.UTC())
	case certificate.NotAfter.Sub(certificate.NotBefore) > MaxValidity:
		return fmt.Errorf("%w: its certificate is valid for more than %v", ErrUntrusted, MaxValidity)
	}
	return nil
}

// Client returns how a client connects to the vault of a root key, without resuming a session.
// now is its clock. [VLT-2] [VLT-5]
func Client(root ed25519.PublicKey, now func() time.Time) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		// No authority and no name counts: what counts is checked below.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			return Check(root, state.PeerCertificates[0], now())
		},
	}
}

// Server returns how a vault answers connections. certificate is asked for at each of them, so
// that a channel key can be replaced. [VLT-6]
func Server(certificate func() (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		SessionTicketsDisabled: true, // [VLT-5]
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return certificate()
		},
	}
}
