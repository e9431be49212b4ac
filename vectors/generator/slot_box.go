package generator

import (
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/crypto/argon2"

	"github.com/coffer-format/coffer/vectors"
)

// Where the fields of a PasswordSlot and of a VaultSlot begin in its body, and
// the length of a sealed key (spec chapter 6).
const (
	atMemory         = 32
	atPasses         = 36
	atLanes          = 40
	atPasswordSealed = 41
	atCredential     = 32
	atVaultSealed    = 64
	sealedKeySize    = 104
)

// slotBox is a slot with the values on the way to it.
type slotBox struct {
	typ      int
	body     []byte
	inputKey []byte
	key      *message // the sealed key
	secret   vectors.Object
	random   []byte // what a writer draws for it
}

func (s *slotBox) bytes() []byte { return slices.Concat(u16(s.typ), u16(len(s.body)), s.body) }

// context is the Cobblestone context of a slot with these fields.
func slotContext(typ int, fields []byte) string {
	return "coffer/v1 slot" + string(u16(typ)) + string(fields)
}

// slotOf seals key into a slot of the given fields.
func slotOf(seed string, typ int, key, fields, inputKey []byte, secret vectors.Object) *slotBox {
	return slotUnder(draw(seed+" sealed key salt", 24), typ, key, fields, inputKey, secret)
}

// slotUnder is slotOf with the salt of the sealed key.
func slotUnder(salt []byte, typ int, key, fields, inputKey []byte, secret vectors.Object) *slotBox {
	m := sealed(inputKey, salt, slotContext(typ, fields), key)
	return &slotBox{typ: typ, body: append(fields, m.bytes()...), inputKey: inputKey, key: m, secret: secret,
		random: m.salt}
}

// cost are Argon2id's parameters.
type cost struct {
	memory, passes int
	lanes          byte
}

// cheap keeps vectors quick where the parameters do not matter; writer is the
// least that writers may use.
var (
	cheap  = cost{8, 1, 1}
	writer = cost{65536, 3, 1}
)

func passwordFields(salt []byte, c cost) []byte {
	return slices.Concat(salt, u32(c.memory), u32(c.passes), []byte{c.lanes})
}

// passwordSlot is a slot for a password that preparation does not change.
func passwordSlot(seed string, key []byte, password string, c cost) *slotBox {
	return passwordSlotUnder(draw(seed+" slot salt", 32), draw(seed+" sealed key salt", 24), key, password, c)
}

// passwordSlotUnder is passwordSlot with its salts.
func passwordSlotUnder(salt, sealedKeySalt, key []byte, password string, c cost) *slotBox {
	inputKey := argon2.IDKey([]byte(password), salt, uint32(c.passes), uint32(c.memory), c.lanes, 32)
	s := slotUnder(sealedKeySalt, 1, key, passwordFields(salt, c), inputKey, passwordSecret(password))
	s.random = slices.Concat(salt, sealedKeySalt)
	return s
}

func vaultSlot(seed string, key []byte) *slotBox {
	return vaultSlotOf(draw(seed+" vault", 32), draw(seed+" credential", 32), draw(seed+" export key", 64),
		draw(seed+" sealed key salt", 24), key)
}

// vaultSlotOf is vaultSlot with its values.
func vaultSlotOf(vault, credential, export, sealedKeySalt, key []byte) *slotBox {
	inputKey := hmacSHA512(export, []byte("coffer/v1 vault slot\x01"))[:32]
	return slotUnder(sealedKeySalt, 2, key, slices.Concat(vault, credential), inputKey, vectors.Object{
		"kind": "vault", "vault": vectors.Bytes(vault), "credential": vectors.Bytes(credential),
		"export_key": vectors.Bytes(export),
	})
}

func passkeyFields(salt []byte, rpID string, credential []byte) []byte {
	return slices.Concat(salt, []byte{byte(len(rpID))}, []byte(rpID), u16(len(credential)), credential)
}

func passkeySlot(seed string, key []byte, rpID string, credential []byte) *slotBox {
	return passkeySlotOf(draw(seed+" slot salt", 32), draw(seed+" prf", 32), draw(seed+" sealed key salt", 24), key,
		rpID, credential)
}

// passkeySlotOf is passkeySlot with its values.
func passkeySlotOf(salt, prf, sealedKeySalt, key []byte, rpID string, credential []byte) *slotBox {
	inputKey := hmacSHA512(prf, []byte("coffer/v1 passkey slot\x01"))[:32]
	return slotUnder(sealedKeySalt, 3, key, passkeyFields(salt, rpID, credential), inputKey, vectors.Object{
		"kind": "passkey", "rp_id": rpID, "credential": vectors.Bytes(credential), "prf": vectors.Bytes(prf),
	})
}

func unknownSlot(typ int, body []byte) *slotBox { return &slotBox{typ: typ, body: body} }

func passwordSecret(password string) vectors.Object {
	return vectors.Object{"kind": "password", "password": vectors.Bytes([]byte(password))}
}

// with returns the container with these slots.
func (b *box) with(slots ...*slotBox) *box {
	b = b.clone()
	b.slots = slots
	b.sign()
	return b
}

// withPassword returns the container with one password slot of least cost.
func (b *box) withPassword(password string) *box {
	return b.with(passwordSlot(b.seed+" password", b.key, password, cheap))
}

func (s *slotBox) intermediates() vectors.Object {
	o := s.key.intermediates()
	o["context"], o["input_key"] = vectors.Bytes([]byte(s.key.context)), vectors.Bytes(s.inputKey)
	return o
}

// wanted is the slot as the ops that seal ask for it.
func (s *slotBox) wanted() vectors.Object {
	o := vectors.Object{}
	for k, v := range s.secret {
		o[k] = v
	}
	o["type"] = o["kind"]
	delete(o, "kind")
	switch s.typ {
	case 1:
		d := s.describe()
		o["memory_kib"], o["passes"], o["lanes"] = d["memory_kib"], d["passes"], d["lanes"]
	case 3:
		o["salt"] = vectors.Bytes(s.body[:32])
	}
	return o
}

// describe is the slot as header.read gives it.
func (s *slotBox) describe() vectors.Object {
	o := vectors.Object{"type": s.typ, "body": vectors.Bytes(s.body)}
	end := len(s.body) - sealedKeySize
	switch s.typ {
	case 1:
		o["salt"] = vectors.Bytes(s.body[:atMemory])
		o["memory_kib"] = int(binary.BigEndian.Uint32(s.body[atMemory:]))
		o["passes"] = int(binary.BigEndian.Uint32(s.body[atPasses:]))
		o["lanes"] = int(s.body[atLanes])
	case 2:
		o["vault"], o["credential"] = vectors.Bytes(s.body[:atCredential]), vectors.Bytes(s.body[atCredential:end])
	case 3:
		idEnd := 33 + int(s.body[32])
		o["salt"], o["rp_id"] = vectors.Bytes(s.body[:32]), string(s.body[33:idEnd])
		o["credential"] = vectors.Bytes(s.body[idEnd+2 : end])
	}
	if s.typ >= 1 && s.typ <= 3 {
		o["sealed_key"] = vectors.Bytes(s.body[end:])
	}
	return o
}

// slotSeed names the randomness of the n-th slot of a case.
func slotSeed(seed string, n int) string { return fmt.Sprintf("%s slot %d", seed, n) }
