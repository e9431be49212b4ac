package inputs

import (
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// KeySecret is the SECRET of a key.
func KeySecret(k key.Key) vectors.Object { return vectors.Object{"kind": "key", "key": Hex(k[:])} }

// SecretOf is the SECRET that opens a SLOT.
func SecretOf(s vectors.Object) vectors.Object {
	secret := vectors.Object{"kind": s["type"]}
	for _, name := range []string{"password", "vault", "credential", "export_key", "rp_id", "prf"} {
		if v, ok := s[name]; ok {
			secret[name] = v
		}
	}
	return secret
}

// RandomFor is the number of random bytes that slots draw: the salt of each sealed
// key, and that of a password slot.
func RandomFor(slots []vectors.Object) int {
	n := 24 * len(slots)
	for _, s := range slots {
		if s["type"] == "password" {
			n += 32
		}
	}
	return n
}

// Replacing is the input that replaces the slots of a container.
func Replacing(container []byte, k key.Key, slots ...vectors.Object) vectors.Object {
	return vectors.Object{"container": Hex(container), "secret": KeySecret(k), "slots": List(slots)}
}
