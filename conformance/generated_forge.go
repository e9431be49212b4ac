package conformance

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"slices"

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
	slotsAt    = 45 // behind the length of the slots
	headerRest = 72 // digest and MAC, behind the slots
)

// sections cuts a container: what stands before the length of the slots, the
// slots, and the payload. It returns false if there is no such container.
func sections(container []byte) (head, slots, payload []byte, ok bool) {
	if len(container) < slotsAt {
		return nil, nil, nil, false
	}
	end := slotsAt + int(binary.BigEndian.Uint16(container[slotsAt-2:]))
	if len(container) < end+headerRest+cobblestone.PrefixSize {
		return nil, nil, nil, false
	}
	return container[:slotsAt-2], container[slotsAt:end], container[end+headerRest:], true
}

// signed returns the container of these sections with its digest and its MAC
// (spec section 7.2). Slots of more than 65535 bytes are cut there.
func signed(head, slots, payload []byte, k key.Key) []byte {
	slots = slots[:min(len(slots), 65535)]
	return signedPrefix(slices.Concat(head, binary.BigEndian.AppendUint16(nil, uint16(len(slots))), slots), payload, k)
}

// signedPrefix is signed for all that stands before the digest.
func signedPrefix(out, payload []byte, k key.Key) []byte {
	prefix := payload[:cobblestone.PrefixSize]
	sum := sha512.Sum512(slices.Concat(out, prefix))
	headerKey := k.Derive(key.LabelHeader)
	mac := hmac.New(sha512.New, headerKey[:])
	mac.Write(out)
	mac.Write(sum[:8])
	mac.Write(prefix)
	return slices.Concat(out, sum[:8], mac.Sum(nil), payload)
}

// resigned returns the container with its head and its slots changed.
func resigned(container []byte, k key.Key, f func(head, slots []byte) ([]byte, []byte)) []byte {
	head, slots, payload, ok := sections(container)
	if !ok {
		return container
	}
	head, slots = f(head, slots)
	return signed(head, slots, payload, k)
}

// sealedPassword returns a password slot as a header has it, of whichever cost.
// The sealed key's salt is a part of the slot's.
func sealedPassword(k key.Key, salt [32]byte, password string, cost slot.Params) []byte {
	s := &slot.Password{Salt: salt, Params: cost}
	copy(s.SealedKey[:], cobblestone.Seal(s.InputKey([]byte(password)), salt[:cobblestone.SaltSize], slot.Context(s), k[:]))
	encoded, err := slot.Marshal([]slot.Slot{s})
	if err != nil {
		panic(cases.Fault{Err: err}) // unreachable: the fields have their lengths
	}
	return encoded
}

// payloadContexts are those of the two purposes (spec section 7.1).
var payloadContexts = []string{"coffer/v1 archive", "coffer/v1 keyring"}

// resealed returns the container with its plaintext changed, sealed again under the
// same key and salt.
func resealed(container []byte, k key.Key, f func(plaintext []byte) []byte) []byte {
	_, _, payload, ok := sections(container)
	if !ok {
		return container
	}
	payloadKey := k.Derive(key.LabelPayload)
	for _, context := range payloadContexts {
		plaintext, err := cobblestone.Open(payloadKey[:], context, payload)
		if err != nil {
			continue
		}
		again := cobblestone.Seal(payloadKey[:], payload[:cobblestone.SaltSize], context, f(plaintext))
		return slices.Concat(container[:len(container)-len(payload)], again)
	}
	return container
}

// sealedKey is the length of the sealed key with which the body of every slot ends
// (spec section 6.2).
const sealedKey = 104
