package generator

import (
	"slices"

	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/vectors"
)

// The numbers of the first two keys of equal fingerprints.
const equalFirst, equalSecond = 23447, 33716

// equalFingerprints are two keys whose key checks begin with the same four bytes.
func equalFingerprints(s *suite) (key, other []byte) {
	key, other = numbered(equalFirst), numbered(equalSecond)
	if fingerprint(derive(key, "key check")) != fingerprint(derive(other, "key check")) {
		s.fail("equal-fingerprints", "the fingerprints differ")
	}
	return key, other
}

// numbered is a key that ends in a number.
func numbered(n uint64) []byte { return append(make([]byte, 24), u64(n)...) }

// unlockEqualFingerprints is a container opened by a key of the same fingerprint.
func unlockEqualFingerprints(s *suite) {
	key, other := equalFingerprints(s)
	b := newBox("container/equal-fingerprints", purposeArchive)
	b.rekey(key, b.payload.salt)
	b.plain = newPlain(b.payload.salt, nil)
	b.finish()
	s.unlocked("equal-fingerprints", "KEY-15 HDR-18", "A container whose key shares its fingerprint with another key.",
		b, b.withKey()).
		but("equal-fingerprints-other-key", "KEY-15 HDR-18 CON-8 (wrong-secret)",
			"The other key of the same fingerprint.", replace("secret.key", other), refused(fault.WrongSecret))
}

// repairEqualFingerprint is a typed key of which a candidate has the fingerprint
// of the key check, and no more of it.
func repairEqualFingerprint(s *suite) {
	key, other := equalFingerprints(s)
	typed := slices.Clone(other)
	typed[0] ^= 0x10
	s.valid("repair-equal-fingerprint", "KEY-15 KEY-17",
		"A candidate has the fingerprint of the key check, and does not fit it.", "key.repair",
		vectors.Object{"key": vectors.Bytes(typed),
			"key_check": vectors.Bytes(derive(key, "key check"))}, vectors.Object{"key": nil})
}
