package cobblestone

import (
	"crypto/hmac"
	"crypto/sha512"
	"crypto/subtle"
)

// Commits reports whether prefix (56 bytes) begins a message under the input key.
func Commits(prefix, inputKey []byte, context string) bool {
	_, err := checkPrefix(prefix, inputKey, context)
	return err == nil
}

// Find returns the first offset of b at which 56 bytes begin a message under the input
// key, or -1.
func Find(b, inputKey []byte, context string) int {
	// The first block of HKDF-Expand has the beginning of the commitment, which is
	// enough to pass over all offsets but one, at a fraction of the cost.
	const known = sha512.Size - KeySize - nonceSize
	first := hmac.New(sha512.New, inputKey)
	var block [sha512.Size]byte
	for at := 0; at+PrefixSize <= len(b); at++ {
		prefix := b[at:][:PrefixSize]
		first.Reset()
		first.Write([]byte(infoLabel))
		first.Write(prefix[:SaltSize])
		first.Write([]byte(context))
		first.Write([]byte{1})
		begins := first.Sum(block[:0])[KeySize+nonceSize:]
		if subtle.ConstantTimeCompare(begins, prefix[SaltSize:][:known]) == 1 && Commits(prefix, inputKey, context) {
			return at
		}
	}
	return -1
}
