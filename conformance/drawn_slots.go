package conformance

import (
	"math/rand"

	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/vectors"
)

func drawPasswordSlot(r *rand.Rand) vectors.Object {
	return vectors.Object{"type": "password", "password": inputs.Hex(drawPasswordText(r))}
}

// costing is a password slot of which parameters are asked for, those that are not
// zero.
func costing(r *rand.Rand, memoryKiB, passes, lanes uint32) vectors.Object {
	s := drawPasswordSlot(r)
	for name, n := range map[string]uint32{"memory_kib": memoryKiB, "passes": passes, "lanes": lanes} {
		if n != 0 {
			s[name] = n
		}
	}
	return s
}

func drawVault(r *rand.Rand) vectors.Object {
	return vectors.Object{"type": "vault", "vault": drawHex(r, 32), "credential": drawHex(r, 32), "export_key": drawHex(r, 64)}
}

func drawPasskey(r *rand.Rand) vectors.Object {
	return vectors.Object{
		"type": "passkey", "rp_id": drawName(r) + ".example", "credential": drawHex(r, 1+r.Intn(64)), "prf": drawHex(r, 32), "salt": drawHex(r, 32),
	}
}

func drawPasskeys(r *rand.Rand, n int) []vectors.Object {
	slots := make([]vectors.Object, n)
	for i := range slots {
		slots[i] = drawPasskey(r)
	}
	return slots
}
