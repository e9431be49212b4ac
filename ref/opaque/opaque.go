// Package opaque is the OPAQUE-3DH protocol of RFC 9807, in the configuration
// ristretto255-SHA512, HKDF-SHA-512, HMAC-SHA-512, SHA-512 and ristretto255. It is to
// be read beside the RFC: a function of the RFC is a function here, and a section in
// brackets is one of RFC 9807 unless another RFC is named.
//
//	registration [5]                      login [6]
//	CreateRegistrationRequest   client    GenerateKE1    client
//	CreateRegistrationResponse  server    GenerateKE2    server
//	FinalizeRegistrationRequest client    GenerateKE3    client
//	                                      ServerFinish   server
//
// Every random value is an argument, so the same arguments give the same bytes. A message
// is parsed whole before anything is computed with it: one with an element that is not
// of the group, or is its identity, does not come into being.
//
// A secret that is not needed any more is overwritten where it lies in one place. Copies
// that the compiler and the libraries make are beyond reach.
//
// The fake records of section 6.3.2.2 are not here, nor is a test of the RFC's vectors
// for them (appendix C.2): they hide who is registered from those who may ask about
// anybody, so a server that has authenticated the account before has no use for them.
package opaque

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// The lengths, in bytes, of the configuration [2, 6.4]: of nonces and seeds, of
// serialized elements and scalars, and of hashes, MACs and keys.
const (
	Nn    = 32
	Nseed = 32
	Noe   = 32
	Nok   = 32
	Npk   = 32
	Nsk   = 32
	Nh    = 64
	Nm    = 64
	Nx    = 64
)

const (
	maxVector   = 1<<16 - 1 // what a length of two bytes can say
	maxPassword = 1<<16 - 2 // RFC 9497, section 5.1
)

// The errors, by the names that the RFCs give them. Those of the handshake say
// nothing more, on purpose.
var (
	// ErrDeserialize is a message of another length, or an element or a scalar that is
	// not in its canonical encoding, or is zero. [RFC 9497, section 2.1]
	ErrDeserialize = errors.New("opaque: malformed message")
	// ErrInvalidInput is a password, an identity or a context that is too long, or a
	// password that no blind hides, which nobody will ever find. [RFC 9497, section 3.3.1]
	ErrInvalidInput = errors.New("opaque: invalid input")
	// ErrEnvelopeRecovery is a wrong password, most likely: or the record, the
	// server's public key or an identity is not that of the registration. [4.1.3]
	ErrEnvelopeRecovery = errors.New("opaque: the envelope does not open")
	// ErrServerAuthentication is a server that does not have the private key of the
	// registration, or has not seen this handshake. [6.4.3]
	ErrServerAuthentication = errors.New("opaque: the server is not authenticated")
	// ErrClientAuthentication is a client that did not have the password, or has not
	// seen this handshake. [6.4.4]
	ErrClientAuthentication = errors.New("opaque: the client is not authenticated")
)

// Config is what a configuration [7] leaves to the application. Client and server have
// the same.
type Config struct {
	// Stretch is the key stretching function: it returns Nh bytes of the Nh bytes that
	// it is given and must not change. Only the client calls it.
	Stretch func(msg []byte) []byte
	// Context names the application and its version; at most 65535 bytes.
	Context []byte
}

// Identities are those of section 4, of at most 65535 bytes each. The identity of a
// party that has none is its public key.
type Identities struct {
	Client, Server []byte
}

// check reports ErrInvalidInput for what no length of two bytes can announce.
func (c *Config) check(ids Identities) error {
	if n := max(len(c.Context), len(ids.Client), len(ids.Server)); n > maxVector {
		return fmt.Errorf("%w: a context or an identity of %d bytes, more than %d", ErrInvalidInput, n, maxVector)
	}
	return nil
}

// Secret is an output that is kept secret: of Nh bytes an export key, of Nx bytes a
// session key, of Nm bytes the MAC that a client has yet to show. Packages fmt and
// log/slog do not print it.
type Secret []byte

// Format implements fmt.Formatter for every verb.
func (Secret) Format(s fmt.State, _ rune) { io.WriteString(s, "a secret") }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue("a secret") }
