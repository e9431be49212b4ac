package vault

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"

	"github.com/coffer-format/coffer/ref/opaque"
)

// ProofSize is the length of a Proof in bytes.
const ProofSize = 1 + credentialSize + signatureSize

// The beginnings of what is signed or authenticated are the prefix with one of these, or with
// an Operation (spec section 14.10).
const (
	labelPrefix = "coffer/v1 vault "
	labelAnchor = "anchor"
	labelReport = "report"
)

// Operation is what a proof is for.
type Operation string

// The operations (spec section 18.6).
const (
	Commit  Operation = "commit"
	Destroy Operation = "destroy"
)

// Proof shows that a request comes from whoever can open a record, or from no one in
// particular.
type Proof struct {
	Type  ProofType
	Of    Credential
	Value [signatureSize]byte
}

func (p *Proof) fields(c codec) {
	c.uint8((*uint8)(&p.Type))
	c.bytes(p.Of[:])
	c.bytes(p.Value[:])
}

func (p *Proof) decodes() bool { // [VLT-16]
	return int(p.Type) < len(proofNames) && (p.Type != NoProof || *p == Proof{})
}

// Statement is what a proof proves (spec section 18.6).
type Statement struct {
	Operation Operation
	Vault     ID
	Account   AccountID
	Sequence  uint64 // of the account
	Of        Credential

	Credential   Credential   // of the request
	Registration Registration // of a commit, or zeros
}

func (s *Statement) bytes() []byte {
	var w writer
	w.bytes([]byte(labelPrefix + s.Operation))
	w.bytes(s.Vault[:])
	w.bytes(s.Account[:])
	w.uint64(&s.Sequence)
	w.bytes(s.Of[:])
	w.bytes(s.Credential[:])
	w.bytes(s.Registration[:])
	return w.b.BytesOrPanic()
}

// Signed returns the proof of the type `management`, by a key that NewKeyFromSeed makes of
// the management key.
func (s *Statement) Signed(management ed25519.PrivateKey) Proof {
	return Proof{ManagementProof, s.Of, [signatureSize]byte(ed25519.Sign(management, s.bytes()))}
}

// InSession returns the proof of the type `session`.
func (s *Statement) InSession(sessionKey opaque.Secret) Proof {
	return Proof{SessionProof, s.Of, macOf(sessionKey, s.bytes())}
}

// SignedBy reports whether a value is the signature under a public key.
func (s *Statement) SignedBy(management *[publicKeySize]byte, value *[signatureSize]byte) bool {
	return ed25519.Verify(management[:], s.bytes(), value[:])
}

// HeldInSession reports whether a value is the MAC under the session key, in time that does
// not depend on where they differ. [VLT-28]
func (s *Statement) HeldInSession(sessionKey opaque.Secret, value *[signatureSize]byte) bool {
	mac := macOf(sessionKey, s.bytes())
	return hmac.Equal(mac[:], value[:])
}

// AnchorStatement is what the proof of an AnchorRequest signs (spec section 18.6).
type AnchorStatement struct {
	Vault      ID
	Account    AccountID
	Credential Credential
	Version    uint64
	Anchor     [AnchorSize]byte
}

func (s *AnchorStatement) bytes() []byte {
	var w writer
	w.bytes([]byte(labelPrefix + labelAnchor))
	w.bytes(s.Vault[:])
	w.bytes(s.Account[:])
	w.bytes(s.Credential[:])
	w.uint64(&s.Version)
	w.bytes(s.Anchor[:])
	return w.b.BytesOrPanic()
}

// Signed returns the signature, by a key that NewKeyFromSeed makes of the management key.
func (s *AnchorStatement) Signed(management ed25519.PrivateKey) [signatureSize]byte {
	return [signatureSize]byte(ed25519.Sign(management, s.bytes()))
}

// SignedBy reports whether a value is the signature under a public key.
func (s *AnchorStatement) SignedBy(management *[publicKeySize]byte, value *[signatureSize]byte) bool {
	return ed25519.Verify(management[:], s.bytes(), value[:])
}

// macOf is HMAC-SHA-512.
func macOf(key opaque.Secret, data []byte) [macSize]byte {
	h := hmac.New(sha512.New, key)
	h.Write(data)
	return [macSize]byte(h.Sum(nil))
}
