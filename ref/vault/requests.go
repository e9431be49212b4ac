package vault

import (
	"crypto/sha256"
	"slices"

	"github.com/coffer-format/coffer/ref/opaque"
)

// The lengths of the requests in bytes.
const (
	StateRequestSize    = headSize
	RegisterRequestSize = headSize + opaque.RegistrationRequestSize
	StoreRequestSize    = headSize + opaque.RegistrationRecordSize + publicKeySize
	CommitRequestSize   = headSize + digestSize + ProofSize
	RecoverRequestSize  = headSize + opaque.KE1Size
	FinishRequestSize   = headSize + digestSize + opaque.KE3Size
	DestroyRequestSize  = headSize + ProofSize
	AnchorRequestSize   = headSize + 8 + AnchorSize + signatureSize

	headSize = TokenSize + credentialSize
)

// AnchorSize is the length of a sealed anchor in bytes, and AnchorContext the beginning of its
// context (spec section 18.10).
const (
	AnchorSize    = 136
	AnchorContext = "coffer/v1 vault anchor"
)

// Request is one of the structures of spec section 18.5 that a client sends.
type Request interface {
	// Asks returns who asks about what.
	Asks() *Head
	structure
	decodes() bool // what [VLT-12] and [VLT-16] ask beyond lengths and integers
}

// Head is what every request begins with.
type Head struct {
	Token      Token
	Credential Credential
}

// Asks returns the head.
func (h *Head) Asks() *Head { return h }

func (h *Head) fields(c codec) {
	h.Token.fields(c)
	c.bytes(h.Credential[:])
}

func (h *Head) decodes() bool { return h.Credential != Credential{} }

// StateRequest asks for the state of a record, or of the live one if there is no credential.
type StateRequest struct{ Head }

func (r *StateRequest) decodes() bool { return true }

// RegisterRequest begins a registration.
type RegisterRequest struct {
	Head
	Request [opaque.RegistrationRequestSize]byte // RegistrationRequest
}

func (r *RegisterRequest) fields(c codec) {
	r.Head.fields(c)
	c.bytes(r.Request[:])
}

func (r *RegisterRequest) decodes() bool {
	_, err := opaque.ParseRegistrationRequest(r.Request[:]) // [VLT-12]
	return err == nil && r.Head.decodes()
}

// StoreRequest ends a registration.
type StoreRequest struct {
	Head
	Record     [opaque.RegistrationRecordSize]byte // RegistrationRecord
	Management [publicKeySize]byte
}

func (r *StoreRequest) fields(c codec) {
	r.Head.fields(c)
	c.bytes(r.Record[:])
	c.bytes(r.Management[:])
}

func (r *StoreRequest) decodes() bool {
	_, err := opaque.ParseRegistrationRecord(r.Record[:]) // [VLT-12]
	return err == nil && r.Head.decodes()
}

// Registration identifies what was stored under a credential.
type Registration [digestSize]byte

// RegistrationOf returns the registration of a RegistrationRecord and a management key.
func RegistrationOf(record *[opaque.RegistrationRecordSize]byte, management *[publicKeySize]byte) Registration {
	return sha256.Sum256(slices.Concat(record[:], management[:]))
}

// CommitRequest makes a record live.
type CommitRequest struct {
	Head
	Registration Registration
	Proof        Proof
}

func (r *CommitRequest) fields(c codec) {
	r.Head.fields(c)
	c.bytes(r.Registration[:])
	r.Proof.fields(c)
}

func (r *CommitRequest) decodes() bool { return r.Proof.decodes() && r.Head.decodes() }

// RecoverRequest tries a password.
type RecoverRequest struct {
	Head
	KE1 [opaque.KE1Size]byte
}

func (r *RecoverRequest) fields(c codec) {
	r.Head.fields(c)
	c.bytes(r.KE1[:])
}

func (r *RecoverRequest) decodes() bool {
	_, err := opaque.ParseKE1(r.KE1[:]) // [VLT-12]
	return err == nil && r.Head.decodes()
}

// Session identifies a session by its first message.
type Session [digestSize]byte

// SessionOf returns the session that a first message begins.
func SessionOf(ke1 *[opaque.KE1Size]byte) Session { return sha256.Sum256(ke1[:]) }

// FinishRequest shows that a password was right.
type FinishRequest struct {
	Head
	Session Session
	KE3     [opaque.KE3Size]byte
}

func (r *FinishRequest) fields(c codec) {
	r.Head.fields(c)
	c.bytes(r.Session[:])
	c.bytes(r.KE3[:])
}

// DestroyRequest destroys a record.
type DestroyRequest struct {
	Head
	Proof Proof
}

func (r *DestroyRequest) fields(c codec) {
	r.Head.fields(c)
	r.Proof.fields(c)
}

func (r *DestroyRequest) decodes() bool { return r.Proof.decodes() && r.Head.decodes() }

// AnchorRequest stores an anchor.
type AnchorRequest struct {
	Head
	Version uint64
	Anchor  [AnchorSize]byte
	Proof   [signatureSize]byte
}

func (r *AnchorRequest) fields(c codec) {
	r.Head.fields(c)
	c.uint64(&r.Version)
	c.bytes(r.Anchor[:])
	c.bytes(r.Proof[:])
}
