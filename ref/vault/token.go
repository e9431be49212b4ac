package vault

import "crypto/ed25519"

// TokenSize is the length of a Token in bytes.
const TokenSize = idSize + accountSize + 8 + 8 + nonceSize + signatureSize

const tokenLabel = "coffer/v1 vault token"

// Token is how the account service says who asks (spec section 18.3). Times are in
// milliseconds since 1970-01-01T00:00:00Z.
type Token struct {
	Vault     ID
	Account   AccountID
	NotBefore uint64
	NotAfter  uint64
	Nonce     [nonceSize]byte
	Signature [signatureSize]byte
}

func (t *Token) fields(c codec) {
	t.signedFields(c)
	c.bytes(t.Signature[:])
}

func (t *Token) signedFields(c codec) {
	c.bytes(t.Vault[:])
	c.bytes(t.Account[:])
	c.uint64(&t.NotBefore)
	c.uint64(&t.NotAfter)
	c.bytes(t.Nonce[:])
}

func (t *Token) signed() []byte {
	var w writer
	w.bytes([]byte(tokenLabel))
	t.signedFields(&w)
	return w.b.BytesOrPanic()
}

// Bytes returns the encoding, of TokenSize bytes.
func (t *Token) Bytes() []byte { return encode(t) }

// ParseToken reads TokenSize bytes, and does not check the signature. Error: ErrMalformed.
func ParseToken(b []byte) (*Token, error) {
	var t Token
	if !decode(b, &t) {
		return nil, ErrMalformed
	}
	return &t, nil
}

// Sign sets the signature to that of the account service's key.
func (t *Token) Sign(service ed25519.PrivateKey) {
	copy(t.Signature[:], ed25519.Sign(service, t.signed()))
}

// Holds reports whether a token is for this vault, valid at this time, for not too long
// altogether, and signed with one of the keys of the account service. [VLT-7]
func (t *Token) Holds(vault ID, keys []ed25519.PublicKey, now uint64) bool {
	if t.Vault != vault || now < t.NotBefore || now >= t.NotAfter || t.NotAfter-t.NotBefore > MaxTokenTime { // [CON-6]
		return false
	}
	for _, key := range keys {
		if ed25519.Verify(key, t.signed(), t.Signature[:]) {
			return true
		}
	}
	return false
}
