package generator

import (
	"crypto/sha512"
	"encoding/binary"
)

// draw returns n bytes that depend on the seed and on nothing else: the
// beginning of SHA-512(seed || 0), SHA-512(seed || 1) and so on, with the counter
// in eight bytes. Seeds begin with the id of a case, so that a new case changes
// no other.
func draw(seed string, n int) []byte {
	var out []byte
	for i := uint64(0); len(out) < n; i++ {
		block := sha512.Sum512(binary.BigEndian.AppendUint64([]byte(seed), i))
		out = append(out, block[:]...)
	}
	return out[:n]
}
