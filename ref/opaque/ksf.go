package opaque

import (
	"bytes"

	"golang.org/x/crypto/argon2"
)

// Identity is the key stretching function of the RFC's vectors: it stretches nothing.
func Identity(msg []byte) []byte { return bytes.Clone(msg) }

// Argon2id is the key stretching function Argon2id of RFC 9106 with the salt of section
// 7, 16 zero bytes, and Nh bytes of output. Its costs are the memory in KiB, at least 8
// for each lane, the passes over it, at least 1, and the lanes, at least 1.
func Argon2id(memoryKiB, passes uint32, lanes uint8) func(msg []byte) []byte {
	return func(msg []byte) []byte {
		return argon2.IDKey(msg, make([]byte, 16), passes, memoryKiB, lanes, Nh)
	}
}
