package dissect

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
)

// A Secret is what a holder gives: a text, and what it is.
type Secret struct {
	Kind string // "password", "key" (64 digits), "passkey" (the PRF output) or "vault" (the export key); the last two in hexadecimal
	Text string
}

// given is a secret for a header, and for the slot at which it is aimed.
type given struct {
	secret   container.Secret
	slot     slot.Slot // nil if it is the key itself
	number   int       // of the slot
	inputKey func() ([]byte, error)
	prepared string   // of a password
	key      *key.Key // if it is the key itself
}

// of finds what a secret is for. Errors: malformed_key, malformed_password,
// no_matching_slot; a text that is no hexadecimal.
func (s Secret) of(h *header.Header) (*given, error) {
	switch s.Kind {
	case "key":
		k, err := key.Parse(s.Text)
		return &given{secret: container.WithKey(&k), key: &k}, err
	case "password":
		g := &given{secret: container.WithSlot(slot.PasswordSecret(s.Text))}
		if found, i := find[*slot.Password](h); found != nil {
			prepared, err := password.Prepare([]byte(s.Text))
			g.slot, g.number, g.prepared = found, i, string(prepared.Bytes())
			g.inputKey = func() ([]byte, error) {
				if err != nil {
					return nil, err
				}
				return found.InputKey(prepared)
			}
		}
		return g, nil
	case "passkey":
		output, err := digits(s.Text, 32, "a passkey's PRF")
		if err != nil {
			return nil, err
		}
		g := &given{secret: container.WithSlot(&slot.PasskeySecret{})}
		if found, i := find[*slot.Passkey](h); found != nil {
			g.secret = container.WithSlot(&slot.PasskeySecret{RPID: found.RPID, Credential: found.Credential, PRF: [32]byte(output)})
			g.slot, g.number, g.inputKey = found, i, func() ([]byte, error) { return slot.PasskeyInputKey(output), nil }
		}
		return g, nil
	case "vault":
		output, err := digits(s.Text, 64, "the export key of a vault")
		if err != nil {
			return nil, err
		}
		g := &given{secret: container.WithSlot(&slot.VaultSecret{})}
		if found, i := find[*slot.Vault](h); found != nil {
			g.secret = container.WithSlot(&slot.VaultSecret{Vault: found.Vault, Credential: found.Credential, ExportKey: [64]byte(output)})
			g.slot, g.number, g.inputKey = found, i, func() ([]byte, error) { return slot.VaultInputKey(output), nil }
		}
		return g, nil
	}
	return nil, errors.New("there is no such kind of secret")
}

// find returns the first slot of a type, and its number.
func find[T slot.Slot](h *header.Header) (found T, number int) {
	for i, s := range h.Slots {
		if s, ok := s.(T); ok {
			return s, i
		}
	}
	return found, 0
}

func digits(text string, n int, what string) ([]byte, error) {
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(b) != n {
		return nil, fmt.Errorf("%s is %d bytes, in %d hexadecimal digits", what, n, 2*n)
	}
	return b, nil
}

// SecretOf returns the SECRET of a test vector, in which bytes are hexadecimal.
func SecretOf(input map[string]any) (Secret, error) {
	kind, _ := input["kind"].(string)
	text, ok := input[map[string]string{"key": "key", "password": "password", "passkey": "prf", "vault": "export_key"}[kind]].(string)
	if !ok {
		return Secret{}, fmt.Errorf("the secret of kind %q has no value", kind)
	}
	if kind == "password" {
		plain, err := hex.DecodeString(text)
		return Secret{kind, string(plain)}, err
	}
	return Secret{kind, text}, nil
}
