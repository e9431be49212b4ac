package key

import "encoding/hex"

const hexDigits = "0123456789abcdef"

// Repair looks for the key with check c among the keys that differ from k in one
// digit or by the exchange of two neighbours (spec section 3.5): about a thousand
// derivations. It returns k itself if that fits, and false if none does. The caller
// asks the holder before it uses the result. [KEY-16]
func Repair(k *Key, c Check) (Key, bool) {
	text := [digits]byte([]byte(hex.EncodeToString(k[:])))
	for i := range text {
		for _, digit := range []byte(hexDigits) { // its own, too: k is a candidate
			candidate := text
			candidate[i] = digit
			if k := fromDigits(&candidate); k.Fits(c) { // [KEY-17]
				return k, true
			}
		}
	}
	for i := range digits - 1 {
		candidate := text
		candidate[i], candidate[i+1] = candidate[i+1], candidate[i]
		if k := fromDigits(&candidate); k.Fits(c) { // [KEY-17]
			return k, true
		}
	}
	return Key{}, false
}
