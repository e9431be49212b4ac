package slot

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
)

// Params are the costs of Argon2id (spec section 6.3): memory in KiB, passes
// over it, and lanes.
type Params struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultParams is what a writer uses unless told otherwise; it is also the
// least that a writer may use. [SLT-11]
var DefaultParams = Params{MemoryKiB: 65536, Passes: 3, Lanes: 1}

// What readers accept.
const (
	maxMemoryKiB = 262144
	maxPasses    = 10
	maxLanes     = 4
)

// Labels of spec section 6.2.
const (
	contextPrefix = "coffer/v1 slot"
	labelVault    = "coffer/v1 vault slot\x01"
	labelPasskey  = "coffer/v1 passkey slot\x01"
)

// CheckLimits reports limit_exceeded if a slot asks for more, or for less, than
// readers accept. It runs before any Argon2id. [SLT-10]
func CheckLimits(slots []Slot) error {
	for _, s := range slots {
		if p, ok := s.(*Password); ok {
			if err := p.Params.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p Params) check() error {
	if p.Lanes < 1 || p.Lanes > maxLanes {
		return fault.New(fault.LimitExceeded, "the password slot asks for %d lanes, readers accept 1 to %d", p.Lanes, maxLanes)
	}
	if p.Passes < 1 || p.Passes > maxPasses {
		return fault.New(fault.LimitExceeded, "the password slot asks for %d passes, readers accept 1 to %d", p.Passes, maxPasses)
	}
	if least := 8 * uint32(p.Lanes); p.MemoryKiB < least || p.MemoryKiB > maxMemoryKiB {
		return fault.New(fault.LimitExceeded, "the password slot asks for %d KiB of memory, readers accept %d to %d", p.MemoryKiB, least, maxMemoryKiB)
	}
	return nil
}

// InputKey stretches a password into the input key of the slot's sealed key. Errors:
// limit_exceeded, malformed_password for a password that nobody has prepared.
func (s *Password) InputKey(prepared password.Prepared) ([]byte, error) {
	if err := s.Params.check(); err != nil {
		return nil, err
	}
	if prepared == (password.Prepared{}) {
		return nil, fault.New(fault.MalformedPassword, "there is no prepared password")
	}
	return argon2.IDKey(prepared.Bytes(), s.Salt[:], s.Params.Passes, s.Params.MemoryKiB, s.Params.Lanes, cobblestone.KeySize), nil
}

// VaultInputKey derives a vault slot's input key from the 64-byte export key of
// an OPAQUE login.
func VaultInputKey(exportKey []byte) []byte { return derive(exportKey, labelVault) }

// PasskeyInputKey derives a passkey slot's input key from the 32-byte output of
// the WebAuthn PRF extension for the slot's salt.
func PasskeyInputKey(prf []byte) []byte { return derive(prf, labelPasskey) }

func derive(secret []byte, label string) []byte {
	mac := hmac.New(sha512.New, secret)
	mac.Write([]byte(label))
	return mac.Sum(nil)[:cobblestone.KeySize]
}

// Context returns the Cobblestone context of a slot's sealed key: it binds the
// key to the slot's type and to every field before it.
func Context(s Slot) string {
	var b cryptobyte.Builder
	b.AddBytes([]byte(contextPrefix))
	b.AddUint16(uint16(s.Type()))
	s.fields(&b)
	return string(b.BytesOrPanic())
}

// NewPassword seals k under a prepared password with a fresh salt. Errors:
// limit_exceeded for parameters that readers refuse, or that are too weak. [SLT-12]
func NewPassword(rand io.Reader, k *key.Key, prepared password.Prepared, params Params) (*Password, error) {
	if err := params.check(); err != nil { // [CON-10]
		return nil, err
	}
	if params.MemoryKiB < DefaultParams.MemoryKiB || params.Passes < DefaultParams.Passes { // [SLT-11]
		return nil, fault.New(fault.LimitExceeded, "a new password slot takes at least %d KiB of memory and %d passes", DefaultParams.MemoryKiB, DefaultParams.Passes)
	}
	s := &Password{Params: params}
	if _, err := io.ReadFull(rand, s.Salt[:]); err != nil {
		return nil, err
	}
	inputKey, err := s.InputKey(prepared)
	if err != nil {
		return nil, err
	}
	return s, seal(rand, k, inputKey, s, &s.SealedKey)
}

// NewVault seals k under the export key that registering at a vault gave.
func NewVault(rand io.Reader, k *key.Key, vault, credential [32]byte, exportKey []byte) (*Vault, error) {
	s := &Vault{Vault: vault, Credential: credential}
	return s, seal(rand, k, VaultInputKey(exportKey), s, &s.SealedKey)
}

// NewPasskey seals k under the PRF output that the passkey gave for salt, which
// the caller drew fresh for this slot. Errors: malformed_header for an id that
// readers refuse. [SLT-18]
func NewPasskey(rand io.Reader, k *key.Key, salt [32]byte, rpID string, credential, prf []byte) (*Passkey, error) {
	s := &Passkey{Salt: salt, RPID: rpID, Credential: credential}
	if _, err := Marshal([]Slot{s}); err != nil { // [SLT-16] [CON-10]
		return nil, err
	}
	return s, seal(rand, k, PasskeyInputKey(prf), s, &s.SealedKey)
}

func seal(rand io.Reader, k *key.Key, inputKey []byte, s Slot, sealed *[SealedKeySize]byte) error {
	salt := make([]byte, cobblestone.SaltSize)
	if _, err := io.ReadFull(rand, salt); err != nil { // [SLT-5]
		return err
	}
	copy(sealed[:], cobblestone.Seal(inputKey, salt, Context(s), k[:]))
	return nil
}

// Secret is what a holder has: a PasswordSecret, a VaultSecret or a
// PasskeySecret. The 64-digit key is no slot's secret: it is the key.
type Secret interface {
	// Open finds the slot the secret is for and returns the key it holds.
	// Errors: no_matching_slot, malformed_password, wrong_secret, header_tampered.
	Open(slots []Slot) (key.Key, error)
}

// PasswordSecret is a password as it was typed, in UTF-8. Open prepares it, since what
// is wrong with it comes after there being no slot for it [HDR-23].
type PasswordSecret []byte

// Format keeps a password out of logs and error messages. [PWD-12]
func (PasswordSecret) Format(s fmt.State, _ rune) { io.WriteString(s, "a password") }

// VaultSecret is what a login at the vault gave.
type VaultSecret struct {
	Vault, Credential [32]byte
	ExportKey         [64]byte
}

// PasskeySecret is what a passkey's PRF gave for the salt of its slot.
type PasskeySecret struct {
	RPID       string
	Credential []byte
	PRF        [32]byte
}

// Open implements Secret. It runs Argon2id once, since a header holds at most one
// password slot [SLT-13], and no other secret runs it [SLT-23].
func (p PasswordSecret) Open(slots []Slot) (key.Key, error) {
	for _, s := range slots {
		if s, ok := s.(*Password); ok {
			prepared, err := password.Prepare(p) // [HDR-23]
			if err != nil {
				return key.Key{}, err
			}
			inputKey, err := s.InputKey(prepared)
			if err != nil {
				return key.Key{}, err
			}
			return open(s, inputKey)
		}
	}
	// [HDR-17]
	return key.Key{}, fault.New(fault.NoMatchingSlot, "this container has no password slot")
}

// Open implements Secret.
func (v *VaultSecret) Open(slots []Slot) (key.Key, error) {
	for _, s := range slots {
		if s, ok := s.(*Vault); ok && s.Vault == v.Vault && s.Credential == v.Credential {
			return open(s, VaultInputKey(v.ExportKey[:]))
		}
	}
	// [SLT-15]
	return key.Key{}, fault.New(fault.NoMatchingSlot, "this container has no slot for that record of that vault")
}

// Open implements Secret.
func (p *PasskeySecret) Open(slots []Slot) (key.Key, error) {
	for _, s := range slots {
		if s, ok := s.(*Passkey); ok && s.RPID == p.RPID && bytes.Equal(s.Credential, p.Credential) {
			return open(s, PasskeyInputKey(p.PRF[:]))
		}
	}
	// [SLT-19]
	return key.Key{}, fault.New(fault.NoMatchingSlot, "this container has no slot for that passkey")
}

func open(s Slot, inputKey []byte) (key.Key, error) {
	plaintext, err := cobblestone.Open(inputKey, Context(s), s.sealed()) // [SLT-6]
	switch {
	case errors.Is(err, fault.WrongSecret): // [SLT-7]
		return key.Key{}, fault.New(fault.WrongSecret, "%s is not the one that opens this container", describe(s))
	case err != nil: // [SLT-8]
		return key.Key{}, fault.New(fault.HeaderTampered, "%s fits its slot, but the slot was damaged or altered", describe(s))
	}
	return key.Key(plaintext), nil
}

// describe names the secret of a slot for a message.
func describe(s Slot) string {
	switch s.(type) {
	case *Password:
		return "the password"
	case *Vault:
		return "the vault's key"
	}
	return "the passkey"
}
