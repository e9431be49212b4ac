package coffer

import (
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// A Secret opens a container: a [Password], [Digits], a [Key] or a *[Passkey].
type Secret interface {
	secret() (container.Secret, error)
}

// Password is a password as its holder typed it, in UTF-8. It is not trimmed.
type Password string

func (p Password) secret() (container.Secret, error) {
	return container.WithSlot(slot.PasswordSecret(p)), nil
}

// Format keeps a password out of logs and error messages.
func (Password) Format(s fmt.State, _ rune) { io.WriteString(s, "a password") }

// Digits is a key as its holder typed it: 64 digits in any grouping and either case.
type Digits string

func (d Digits) secret() (container.Secret, error) {
	k, err := key.Parse(string(d))
	if err != nil {
		return nil, err
	}
	return container.WithKey(&k), nil
}

// Format keeps a key out of logs and error messages.
func (Digits) Format(s fmt.State, _ rune) { io.WriteString(s, "a 64-digit key") }

// Passkey is a passkey, and what its PRF extension gave for a salt (spec section 6.5).
// [Passkeys] gives those that a container opens with, all but the output.
type Passkey struct {
	RPID       string   // of the relying party: 1 to 255 bytes, lower-case ASCII
	Credential []byte   // the credential id, 1 to 1023 bytes
	Salt       [32]byte // the input of the PRF, eval.first in WebAuthn
	Output     [32]byte // of the PRF for that salt, results.first in WebAuthn
}

func (p *Passkey) secret() (container.Secret, error) {
	return container.WithSlot(&slot.PasskeySecret{RPID: p.RPID, Credential: p.Credential, PRF: p.Output}), nil
}

// Format keeps the output out of logs and error messages.
func (p *Passkey) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "a passkey of %q", p.RPID) }

// Passkeys returns the passkeys that the container of size bytes in r opens with: ask
// one of them for its PRF's output for the salt, set Output, and give it to [Open].
// Nothing of it is authenticated before that. Errors: those of a header.
func Passkeys(r io.ReaderAt, size int64) ([]*Passkey, error) {
	h, err := header.Read(r, size)
	if err != nil {
		return nil, err
	}
	var found []*Passkey
	for _, s := range h.Slots {
		if s, ok := s.(*slot.Passkey); ok {
			found = append(found, &Passkey{RPID: s.RPID, Credential: s.Credential, Salt: s.Salt})
		}
	}
	return found, nil
}
