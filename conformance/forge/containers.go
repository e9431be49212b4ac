// Package forge alters what was sealed: as anyone can without the key, or with it, so
// that the digest, the MAC and the tags fit again and what lies behind these checks is
// reached. A Forgery is one change of one part; Sections and Parts take a container and
// the plaintext of an archive apart.
package forge

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"slices"

	"golang.org/x/crypto/argon2"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// What is altered in a container without its key never gets beyond the digest or
// a tag. With the key, the altered part can be signed or sealed again, and what
// lies behind those checks is reached.

// Offsets of spec section 7.1.
const (
	SlotsAt    = 45 // behind the length of the slots
	HeaderRest = 72 // digest and MAC, behind the slots
)

// Sections cuts a container: what stands before the length of the slots, the
// slots, and the payload. It returns false if there is no such container.
func Sections(container []byte) (head, slots, payload []byte, ok bool) {
	if len(container) < SlotsAt {
		return nil, nil, nil, false
	}
	end := SlotsAt + int(binary.BigEndian.Uint16(container[SlotsAt-2:]))
	if len(container) < end+HeaderRest+cobblestone.PrefixSize {
		return nil, nil, nil, false
	}
	return container[:SlotsAt-2], container[SlotsAt:end], container[end+HeaderRest:], true
}

// Signed returns the container of these sections with its digest and its MAC
// (spec section 7.2). Slots of more than 65535 bytes are cut there.
func Signed(head, slots, payload []byte, k key.Key) []byte {
	slots = slots[:min(len(slots), 65535)]
	return SignedPrefix(slices.Concat(head, binary.BigEndian.AppendUint16(nil, uint16(len(slots))), slots), payload, k)
}

// SignedPrefix is signed for all that stands before the digest.
func SignedPrefix(out, payload []byte, k key.Key) []byte {
	prefix := payload[:cobblestone.PrefixSize]
	sum := sha512.Sum512(slices.Concat(out, prefix))
	headerKey := k.Derive(key.LabelHeader)
	mac := hmac.New(sha512.New, headerKey[:])
	mac.Write(out)
	mac.Write(sum[:8])
	mac.Write(prefix)
	return slices.Concat(out, sum[:8], mac.Sum(nil), payload)
}

// Resigned returns the container with its head and its slots changed.
func Resigned(container []byte, k key.Key, f func(head, slots []byte) ([]byte, []byte)) []byte {
	head, slots, payload, ok := Sections(container)
	if !ok {
		return container
	}
	head, slots = f(head, slots)
	return Signed(head, slots, payload, k)
}

// SealedPassword returns a password slot as a header has it, of whichever cost.
// The sealed key's salt is a part of the slot's.
func SealedPassword(k key.Key, salt [32]byte, password string, cost slot.Params) []byte {
	s := &slot.Password{Salt: salt, Params: cost}
	inputKey := argon2.IDKey([]byte(password), salt[:], cost.Passes, cost.MemoryKiB, cost.Lanes, cobblestone.KeySize)
	copy(s.SealedKey[:], cobblestone.Seal(inputKey, salt[:cobblestone.SaltSize], slot.Context(s), k[:]))
	encoded, err := slot.Marshal([]slot.Slot{s})
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the fields have their lengths
	}
	return encoded
}

// PayloadContexts are those of the two purposes (spec section 7.1).
var PayloadContexts = []string{"coffer/v1 archive", "coffer/v1 keyring"}

// Resealed returns the container with its plaintext changed, sealed again under the
// same key and salt.
func Resealed(container []byte, k key.Key, f func(plaintext []byte) []byte) []byte {
	_, _, payload, ok := Sections(container)
	if !ok {
		return container
	}
	payloadKey := k.Derive(key.LabelPayload)
	for _, context := range PayloadContexts {
		plaintext, err := cobblestone.Open(payloadKey[:], context, payload)
		if err != nil {
			continue
		}
		again := cobblestone.Seal(payloadKey[:], payload[:cobblestone.SaltSize], context, f(plaintext))
		return slices.Concat(container[:len(container)-len(payload)], again)
	}
	return container
}

// SealedKeySize is the length of the sealed key with which the body of every slot ends
// (spec section 6.2).
const SealedKeySize = 104
