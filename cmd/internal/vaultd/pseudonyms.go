package vaultd

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"github.com/coffer-format/coffer/ref/vault"
)

// pseudonyms stand for accounts in a log: lines of one run about an account can be matched, and
// nobody finds the account with them. [VLT-59]
type pseudonyms struct{ key [32]byte }

func newPseudonyms() *pseudonyms {
	var p pseudonyms
	rand.Read(p.key[:])
	return &p
}

func (p *pseudonyms) of(id *vault.AccountID) string {
	h := hmac.New(sha256.New, p.key[:])
	h.Write(id[:])
	return hex.EncodeToString(h.Sum(nil)[:6])
}
