// Package vault holds what a client and a vault have in common (spec chapter 18): the
// structures that they exchange, tokens, what proofs and reports are made of, the
// configuration of OPAQUE, and the limits. What a vault does with a request is package
// ref/vault/record.
package vault

import (
	"crypto/ed25519"
	"crypto/sha512"
	"errors"
)

// ID identifies a vault: `vault` of section 18.1.
type ID [idSize]byte

// AccountID identifies an account with the account service.
type AccountID [accountSize]byte

// Credential identifies a record of an account. Zeros are none.
type Credential [credentialSize]byte

// IDOf returns the identifier of the vault with a root key (spec sections 6.4 and 18.1).
func IDOf(root ed25519.PublicKey) ID {
	digest := sha512.Sum512(root)
	return ID(digest[:])
}

// ErrMalformed is a request or an answer that is not exactly one structure of its kind, or
// that [VLT-12] or [VLT-16] refuses.
var ErrMalformed = errors.New("vault: malformed structure")
