package opaque

import (
	"bytes"
	"fmt"
	"io"
)

// The lengths of the messages, in bytes. [5.1, 6.1, 6.3.1]
const (
	RegistrationRequestSize  = Noe
	RegistrationResponseSize = Noe + Npk
	RegistrationRecordSize   = Npk + Nh + envelopeSize
	KE1Size                  = Noe + Nn + Npk
	KE2Size                  = credentialResponseSize + Nn + Npk + Nm
	KE3Size                  = Nm

	envelopeSize           = Nn + Nm
	maskedResponseSize     = Npk + envelopeSize
	credentialResponseSize = Noe + Nn + maskedResponseSize
)

// RegistrationRequest is the client's first message of a registration. [5.1]
type RegistrationRequest struct {
	blindedMessage *Element
}

// RegistrationResponse is the server's answer. [5.1]
type RegistrationResponse struct {
	evaluatedMessage *Element
	serverPublicKey  *Element
}

// RegistrationRecord is the client's second message, and what the server keeps. It is
// secret: with the server's seed it allows guessing the password. [5.1]
type RegistrationRecord struct {
	clientPublicKey *Element
	maskingKey      Secret // Nh bytes
	envelope        envelope
}

// envelope authenticates what the client registered. [4.1.1]
type envelope struct {
	nonce   []byte // Nn bytes
	authTag []byte // Nm bytes
}

// KE1 is the client's first message of a login. [6.1]
type KE1 struct {
	credentialRequest credentialRequest
	authRequest       authRequest
}

// [6.3.1]
type credentialRequest struct {
	blindedMessage *Element
}

// [6.1]
type authRequest struct {
	clientNonce          []byte // Nn bytes
	clientPublicKeyshare *Element
}

// KE2 is the server's answer. Whoever has it can try one password on it. [6.1]
type KE2 struct {
	credentialResponse credentialResponse
	authResponse       authResponse
}

// [6.3.1]
type credentialResponse struct {
	evaluatedMessage *Element
	maskingNonce     []byte // Nn bytes
	maskedResponse   []byte // Npk + Nn + Nm bytes
}

// [6.1]
type authResponse struct {
	serverNonce          []byte // Nn bytes
	serverPublicKeyshare *Element
	serverMAC            []byte // Nm bytes
}

// KE3 is the client's last message. [6.1]
type KE3 struct {
	clientMAC []byte // Nm bytes
}

// ParseRegistrationRequest reads RegistrationRequestSize bytes. Error: ErrDeserialize.
func ParseRegistrationRequest(b []byte) (*RegistrationRequest, error) {
	r := newReader(b, RegistrationRequestSize)
	return parsed(r, &RegistrationRequest{r.element()})
}

// ParseRegistrationResponse reads RegistrationResponseSize bytes. Error: ErrDeserialize.
func ParseRegistrationResponse(b []byte) (*RegistrationResponse, error) {
	r := newReader(b, RegistrationResponseSize)
	return parsed(r, &RegistrationResponse{r.element(), r.element()})
}

// ParseRegistrationRecord reads RegistrationRecordSize bytes. Error: ErrDeserialize.
func ParseRegistrationRecord(b []byte) (*RegistrationRecord, error) {
	r := newReader(b, RegistrationRecordSize)
	return parsed(r, &RegistrationRecord{r.element(), r.bytes(Nh), envelope{r.bytes(Nn), r.bytes(Nm)}})
}

// ParseKE1 reads KE1Size bytes. Error: ErrDeserialize.
func ParseKE1(b []byte) (*KE1, error) {
	r := newReader(b, KE1Size)
	return parsed(r, &KE1{credentialRequest{r.element()}, authRequest{r.bytes(Nn), r.element()}})
}

// ParseKE2 reads KE2Size bytes. Error: ErrDeserialize.
func ParseKE2(b []byte) (*KE2, error) {
	r := newReader(b, KE2Size)
	return parsed(r, &KE2{
		credentialResponse{r.element(), r.bytes(Nn), r.bytes(maskedResponseSize)},
		authResponse{r.bytes(Nn), r.element(), r.bytes(Nm)},
	})
}

// ParseKE3 reads KE3Size bytes. Error: ErrDeserialize.
func ParseKE3(b []byte) (*KE3, error) {
	r := newReader(b, KE3Size)
	return parsed(r, &KE3{r.bytes(Nm)})
}

// Bytes returns the message as it is sent.
func (m *RegistrationRequest) Bytes() []byte { return m.blindedMessage.Bytes() }

// Bytes returns the message as it is sent.
func (m *RegistrationResponse) Bytes() []byte {
	return concat(m.evaluatedMessage.Bytes(), m.serverPublicKey.Bytes())
}

// Bytes returns the record as it is sent and kept.
func (m *RegistrationRecord) Bytes() []byte {
	return concat(m.clientPublicKey.Bytes(), m.maskingKey, m.envelope.bytes())
}

// Format implements fmt.Formatter for every verb.
func (RegistrationRecord) Format(s fmt.State, _ rune) { io.WriteString(s, "a registration record") }

func (e *envelope) bytes() []byte { return concat(e.nonce, e.authTag) }

// Bytes returns the message as it is sent.
func (m *KE1) Bytes() []byte {
	return concat(m.credentialRequest.blindedMessage.Bytes(),
		m.authRequest.clientNonce, m.authRequest.clientPublicKeyshare.Bytes())
}

// Bytes returns the message as it is sent.
func (m *KE2) Bytes() []byte {
	return concat(m.credentialResponse.bytes(),
		m.authResponse.serverNonce, m.authResponse.serverPublicKeyshare.Bytes(), m.authResponse.serverMAC)
}

func (m *credentialResponse) bytes() []byte {
	return concat(m.evaluatedMessage.Bytes(), m.maskingNonce, m.maskedResponse)
}

// Bytes returns the message as it is sent.
func (m *KE3) Bytes() []byte { return bytes.Clone(m.clientMAC) }

// reader takes a message apart from front to back. After its first error it yields
// nothing more.
type reader struct {
	rest []byte
	err  error
}

// newReader checks the length first, so that no part is read of what is too short.
func newReader(b []byte, size int) *reader {
	if len(b) != size {
		return &reader{err: fmt.Errorf("%w: %d bytes instead of %d", ErrDeserialize, len(b), size)}
	}
	return &reader{rest: bytes.Clone(b)}
}

func (r *reader) bytes(n int) []byte {
	if r.err != nil {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) element() *Element {
	b := r.bytes(Noe)
	if r.err != nil {
		return nil
	}
	var e *Element
	e, r.err = ParseElement(b)
	return e
}

// parsed returns the message, or nothing of it if anything was wrong.
func parsed[M any](r *reader, m *M) (*M, error) {
	if r.err != nil {
		return nil, r.err
	}
	return m, nil
}
