package storage

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
)

// Error is why a store cannot be used.
type Error struct {
	Text   string // in words of a holder
	Advice string // what to do about it; empty if nothing is known
	Err    error  // what the system or the server says
}

func (e *Error) Error() string { return e.Text }

// Unwrap returns what the system or the server says.
func (e *Error) Unwrap() error { return e.Err }

// about puts a name where a text has "%s".
func about(text, name string) string { return strings.ReplaceAll(text, "%s", name) }

// isOneOf reports whether an error is one of these.
func isOneOf(err error, all []error) bool {
	return slices.ContainsFunc(all, func(one error) bool { return errors.Is(err, one) })
}

// What to do about a network.
const (
	tryLater        = "try again later"
	checkName       = "check the network connection, and how the name is spelled"
	checkNetwork    = "check the network connection"
	checkServer     = "check the address and the port, and whether the server runs"
	checkTrust      = "check the clock of this computer and the address; a network that asks to log in first does this, too"
	checkEncryption = "check whether its address begins with https:// or http://"
)

// ExplainNetwork says why a server, named to a person, cannot be reached: nil if that is not the
// reason.
func ExplainNetwork(server string, err error) *Error {
	explained := func(text, advice string) *Error { return &Error{about(text, server), advice, err} }
	var (
		name        *net.DNSError
		timeout     net.Error
		certificate *tls.CertificateVerificationError
		unknown     x509.UnknownAuthorityError
		record      tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &name):
		return explained("the name of %s is not found", checkName)
	case isOneOf(err, errnoUnreachable):
		return explained("there is no network that leads to %s", checkNetwork)
	case isOneOf(err, errnoRefused):
		return explained("nothing answers at %s", checkServer)
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return explained("%s does not prove who it is: its certificate is not to be trusted", checkTrust)
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return explained("%s is not encrypted as its address says", checkEncryption)
	case errors.As(err, &timeout) && timeout.Timeout():
		return explained("%s does not answer", checkNetwork+", or "+tryLater)
	case isOneOf(err, errnoCut), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return explained("the connection to %s was cut", tryLater)
	}
	return nil
}
