package archive

import "math/bits"

// Padded returns the Padmé length for a plaintext of n bytes, n being at least
// 128 (spec section 8.3).
func Padded(n int64) int64 {
	e := bits.Len64(uint64(n)) - 1
	s := bits.Len(uint(e))
	mask := int64(1)<<(e-s) - 1
	return (n + mask) &^ mask
}
