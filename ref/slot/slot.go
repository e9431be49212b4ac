// Package slot seals the backup key under a password, a vault or a passkey, and
// opens it again (spec chapter 6).
package slot

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/coffer-format/coffer/ref/fault"
)

// Type is the SlotType of spec section 6.1.
type Type uint16

// The slot types of version 1.
const (
	TypePassword Type = 1
	TypeVault    Type = 2
	TypePasskey  Type = 3
)

// Bounds of spec chapter 6.
const (
	MaxSlots      = 16
	SealedKeySize = 104 // 24 salt + 32 commitment + 32 key + 16 tag
)

// String returns the name that spec section 6.1 gives the type.
func (t Type) String() string {
	switch t {
	case TypePassword:
		return "password"
	case TypeVault:
		return "vault"
	case TypePasskey:
		return "passkey"
	}
	return fmt.Sprintf("unknown (%d)", uint16(t))
}

// Slot is a *Password, a *Vault, a *Passkey or an *Unknown.
type Slot interface {
	Type() Type
	// fields appends the body without the sealed key.
	fields(b *cryptobyte.Builder)
	// sealed returns the sealed key, or nil for an *Unknown.
	sealed() []byte
}

// Password is the PasswordSlot of spec section 6.3.
type Password struct {
	Salt      [32]byte
	Params    Params
	SealedKey [SealedKeySize]byte
}

// Vault is the VaultSlot of spec section 6.4.
type Vault struct {
	Vault      [32]byte
	Credential [32]byte
	SealedKey  [SealedKeySize]byte
}

// Passkey is the PasskeySlot of spec section 6.5. Credential has 1 to 1023 bytes.
type Passkey struct {
	Salt       [32]byte
	RPID       string
	Credential []byte
	SealedKey  [SealedKeySize]byte
}

// Unknown is a slot of a type that version 1 does not define. It is kept as it is.
type Unknown struct {
	SlotType Type
	Body     []byte
}

func (*Password) Type() Type  { return TypePassword }
func (*Vault) Type() Type     { return TypeVault }
func (*Passkey) Type() Type   { return TypePasskey }
func (s *Unknown) Type() Type { return s.SlotType }

func (s *Password) sealed() []byte { return s.SealedKey[:] }
func (s *Vault) sealed() []byte    { return s.SealedKey[:] }
func (s *Passkey) sealed() []byte  { return s.SealedKey[:] }
func (s *Unknown) sealed() []byte  { return nil }

func (s *Password) fields(b *cryptobyte.Builder) {
	b.AddBytes(s.Salt[:])
	b.AddUint32(s.Params.MemoryKiB)
	b.AddUint32(s.Params.Passes)
	b.AddUint8(s.Params.Lanes)
}

func (s *Vault) fields(b *cryptobyte.Builder) {
	b.AddBytes(s.Vault[:])
	b.AddBytes(s.Credential[:])
}

func (s *Passkey) fields(b *cryptobyte.Builder) {
	b.AddBytes(s.Salt[:])
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(s.RPID)) })
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(s.Credential) })
}

func (s *Unknown) fields(b *cryptobyte.Builder) { b.AddBytes(s.Body) }

// Marshal encodes the content of a header's slots vector, without the vector's
// length. Errors: malformed_header if readers would refuse the slots.
func Marshal(slots []Slot) ([]byte, error) {
	var b cryptobyte.Builder
	for _, s := range slots {
		b.AddUint16(uint16(s.Type()))
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			s.fields(b)
			b.AddBytes(s.sealed())
		})
	}
	encoded, err := b.Bytes()
	if err != nil {
		return nil, fault.New(fault.MalformedHeader, "a slot is too large: %v", err)
	}
	if len(encoded) > 1<<16-1 {
		return nil, fault.New(fault.MalformedHeader, "the slots take %d bytes, a header holds at most 65535", len(encoded))
	}
	if _, err := Parse(encoded); err != nil { // [CON-10]
		return nil, err
	}
	return encoded, nil
}

// Parse decodes the content of a header's slots vector and checks the slots by
// themselves and together. What has no fixed length in them is a part of
// encoded. Errors: malformed_header.
func Parse(encoded []byte) ([]Slot, error) {
	var slots []Slot
	for s := cryptobyte.String(encoded); !s.Empty(); {
		if len(slots) == MaxSlots { // [SLT-20] [CON-3]
			return nil, fault.New(fault.MalformedHeader, "the header has more than %d slots", MaxSlots)
		}
		var typ uint16
		var body cryptobyte.String
		if !s.ReadUint16(&typ) || !s.ReadUint16LengthPrefixed(&body) { // [CON-1] [CON-3]
			return nil, fault.New(fault.MalformedHeader, "slot %d reaches beyond the end of the slots", len(slots))
		}
		parsed, ok := parseBody(Type(typ), body)
		if !ok { // [SLT-1]
			return nil, fault.New(fault.MalformedHeader, "slot %d does not have the layout of a %v slot", len(slots), Type(typ))
		}
		slots = append(slots, parsed)
	}
	if err := checkTogether(slots); err != nil {
		return nil, err
	}
	return slots, nil
}

func parseBody(typ Type, body cryptobyte.String) (Slot, bool) {
	switch typ {
	case TypePassword:
		s := new(Password)
		ok := body.CopyBytes(s.Salt[:]) &&
			body.ReadUint32(&s.Params.MemoryKiB) &&
			body.ReadUint32(&s.Params.Passes) &&
			body.ReadUint8(&s.Params.Lanes) &&
			body.CopyBytes(s.SealedKey[:]) &&
			body.Empty() // [CON-2]
		return s, ok
	case TypeVault:
		s := new(Vault)
		ok := body.CopyBytes(s.Vault[:]) &&
			body.CopyBytes(s.Credential[:]) &&
			body.CopyBytes(s.SealedKey[:]) &&
			body.Empty() // [CON-2]
		return s, ok
	case TypePasskey:
		s := new(Passkey)
		var rpID, credential cryptobyte.String
		ok := body.CopyBytes(s.Salt[:]) &&
			body.ReadUint8LengthPrefixed(&rpID) && len(rpID) >= 1 && // [CON-1]
			body.ReadUint16LengthPrefixed(&credential) && len(credential) >= 1 && len(credential) <= 1023 &&
			body.CopyBytes(s.SealedKey[:]) &&
			body.Empty() && // [CON-2]
			isRPID(rpID)
		s.RPID, s.Credential = string(rpID), credential
		return s, ok
	}
	return &Unknown{SlotType: typ, Body: body}, true // [SLT-2] [SLT-3]
}

// isRPID keeps control characters and look-alikes away from whoever shows the
// id to a person. [SLT-16]
func isRPID(id []byte) bool {
	for _, c := range id {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-') {
			return false
		}
	}
	return true
}

func checkTogether(slots []Slot) error {
	guessable := 0
	for _, s := range slots {
		if s.Type() == TypePassword || s.Type() == TypeVault {
			guessable++
		}
	}
	if guessable > 1 { // [SLT-21]
		return fault.New(fault.MalformedHeader, "the header has more than one password or vault slot")
	}
	type identity struct{ rpID, credential string }
	seen := map[identity]bool{}
	for _, s := range slots {
		if p, ok := s.(*Passkey); ok {
			id := identity{p.RPID, string(p.Credential)}
			if seen[id] { // [SLT-17]
				return fault.New(fault.MalformedHeader, "two passkey slots are for the same credential")
			}
			seen[id] = true
		}
	}
	return nil
}
