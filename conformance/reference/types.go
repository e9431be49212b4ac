package reference

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// octets are bytes that a request has as hexadecimal.
type octets string

func (b octets) bytes() []byte { return []byte(b) }

// octets32 is a key, a salt or another string of 32 bytes.
type octets32 [32]byte

func (b *octets32) UnmarshalText(text []byte) error {
	if n, err := hex.Decode(b[:], text[:min(len(text), 64)]); err != nil || n != 32 || len(text) != 64 {
		return fmt.Errorf("%q is not 32 bytes", text)
	}
	return nil
}

func toHex(b []byte) string { return hex.EncodeToString(b) }

// secret is the SECRET of the protocol.
type secret struct {
	Kind       string   `json:"kind"`
	Key        octets32 `json:"key"`
	Password   octets   `json:"password"`
	Vault      octets32 `json:"vault"`
	Credential octets   `json:"credential"`
	ExportKey  octets   `json:"export_key"`
	RPID       string   `json:"rp_id"`
	PRF        octets32 `json:"prf"`
}

// forSlot returns the secret as one of slots.
func (s secret) forSlot() (slot.Secret, error) {
	switch s.Kind {
	case "password":
		return slot.PasswordSecret(s.Password), nil
	case "vault":
		return &slot.VaultSecret{Vault: s.Vault, Credential: [32]byte(s.Credential.bytes()), ExportKey: [64]byte(s.ExportKey.bytes())}, nil
	case "passkey":
		return &slot.PasskeySecret{RPID: s.RPID, Credential: s.Credential.bytes(), PRF: s.PRF}, nil
	}
	return nil, errors.New("a backup key is no slot's secret")
}

func (s secret) forContainer() (container.Secret, error) {
	if s.Kind == "key" {
		return container.WithKey(new(key.Key(s.Key))), nil
	}
	inSlot, err := s.forSlot()
	return container.WithSlot(inSlot), err
}
