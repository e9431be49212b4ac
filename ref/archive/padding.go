package archive

import "math/bits"

// Padded returns the Padmé length for a plaintext of n bytes, n being at least
// 128 (spec section 8.3).
func Padded(n int64) int64 {
	mask := paddingMask(n)
	return (n + mask) &^ mask
}

// PaddedAtMost returns the greatest Padmé length of at most n bytes.
func PaddedAtMost(n int64) int64 { return n &^ paddingMask(n) }

// paddingMask returns the bits that no Padmé length with n's highest bit has.
func paddingMask(n int64) int64 {
	e := bits.Len64(uint64(n)) - 1
	s := bits.Len(uint(e))
	return 1<<(e-s) - 1
}
