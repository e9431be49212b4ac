package vaultd

import (
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/channel"
)

// Keys are what a vault proves to be with, and whose tokens it takes.
type Keys struct {
	Root     ed25519.PublicKey
	Channel  tls.Certificate     // with its Leaf
	Services []ed25519.PublicKey // of the account service

	signed signed // with them
}

// Vault is the identifier of the vault.
func (k *Keys) Vault() vault.ID { return vault.IDOf(k.Root) }

// Check returns an error that says what to do, unless clients believe the certificate, and the
// channel key is that of the certificate.
func (k *Keys) Check(now time.Time) error {
	private, isEd25519 := k.Channel.PrivateKey.(ed25519.PrivateKey)
	switch {
	case len(k.Services) == 0:
		return errors.New("there is no key of an account service, and so no token to take")
	case k.Channel.Leaf == nil || !isEd25519 || !private.Public().(ed25519.PublicKey).Equal(k.Channel.Leaf.PublicKey):
		return errors.New("the certificate is one of another channel key: sign the public key of this one")
	case now.After(k.Channel.Leaf.NotAfter):
		return fmt.Errorf("the certificate of the channel key has ended (%s): sign the channel key, or a new one, with the root key", k.Channel.Leaf.NotAfter.UTC().Format(time.DateTime))
	}
	return channel.Check(k.Root, k.Channel.Leaf, now)
}

// endsSoon is when the operator is warned that a certificate is to be renewed.
const endsSoon = 5 * 24 * time.Hour
