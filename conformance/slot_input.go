package conformance

import (
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// keySecret is the SECRET of a key.
func keySecret(k key.Key) vectors.Object { return vectors.Object{"kind": "key", "key": toHex(k[:])} }

// secretOf is the SECRET that opens a SLOT.
func secretOf(s vectors.Object) vectors.Object {
	secret := vectors.Object{"kind": s["type"]}
	for _, name := range []string{"password", "vault", "credential", "export_key", "rp_id", "prf"} {
		if v, ok := s[name]; ok {
			secret[name] = v
		}
	}
	return secret
}

// randomFor is the number of random bytes that slots draw: the salt of each sealed
// key, and that of a password slot.
func randomFor(slots []vectors.Object) int {
	n := 24 * len(slots)
	for _, s := range slots {
		if s["type"] == "password" {
			n += 32
		}
	}
	return n
}

// replacing is the input that replaces the slots of a container.
func replacing(container []byte, k key.Key, slots ...vectors.Object) vectors.Object {
	return vectors.Object{"container": toHex(container), "secret": keySecret(k), "slots": listOf(slots)}
}
