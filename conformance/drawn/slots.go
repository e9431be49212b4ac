package drawn

import (
	"math/rand"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/vectors"
)

func PasswordSlot(r *rand.Rand) vectors.Object {
	return vectors.Object{"type": "password", "password": inputs.Hex(PasswordText(r))}
}

// PasswordSlotOf is a password slot of which parameters are asked for, those that are not
// zero.
func PasswordSlotOf(r *rand.Rand, memoryKiB, passes, lanes uint32) vectors.Object {
	s := PasswordSlot(r)
	for name, n := range map[string]uint32{"memory_kib": memoryKiB, "passes": passes, "lanes": lanes} {
		if n != 0 {
			s[name] = n
		}
	}
	return s
}

func Vault(r *rand.Rand) vectors.Object {
	return vectors.Object{"type": "vault", "vault": Hex(r, 32), "credential": Hex(r, 32), "export_key": Hex(r, 64)}
}

func Passkey(r *rand.Rand) vectors.Object {
	return vectors.Object{
		"type": "passkey", "rp_id": Name(r) + ".example", "credential": Hex(r, 1+r.Intn(64)), "prf": Hex(r, 32), "salt": Hex(r, 32),
	}
}

func Passkeys(r *rand.Rand, n int) []vectors.Object {
	slots := make([]vectors.Object, n)
	for i := range slots {
		slots[i] = Passkey(r)
	}
	return slots
}
