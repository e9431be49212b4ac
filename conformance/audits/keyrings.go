package audits

import (
	"encoding/binary"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/key"
)

// keyringAudits are those of keyring.seal.
func keyringAudits() []audit {
	rings := func(draw func(r *rand.Rand) []inputs.Keyring) auditRun {
		return func(a *cases.Asker, r *rand.Rand) report.Outcome {
			for _, g := range draw(r) {
				if o := keyringSealedRightly(a, g); o.Verdict != report.Pass {
					return o
				}
			}
			return cases.Passed()
		}
	}
	return []audit{
		{"keyrings", "HDR-5", "", "Keyrings of no, one, many and the most old keys say what they were asked to say.", rings(func(r *rand.Rand) (all []inputs.Keyring) {
			for _, n := range []int{0, 1, 2, 127, 128, 255, 256, 1023, 1024} {
				all = append(all, drawn.Keyring(r, n))
			}
			return all
		})},
		{"keyring-epochs", "CON-4", "", "Epochs are written as they were given, from 1 to 2^52 - 1.", rings(func(r *rand.Rand) (all []inputs.Keyring) {
			for _, epochs := range [][]uint64{{1}, {1, 2}, {1<<31 - 1, 1 << 31, 1 << 32}, {1, 1<<52 - 2, 1<<52 - 1}, {1<<52 - 1}} {
				g := drawn.Keyring(r, len(epochs)-1)
				g.Epochs, g.Epoch = epochs[:len(epochs)-1], epochs[len(epochs)-1]
				all = append(all, g)
			}
			return all
		})},
		{"keyring-passkey-slots", "HDR-5 KEY-3", "passkey", "The slots of a keyring are those that were asked for.",
			rings(func(r *rand.Rand) []inputs.Keyring {
				return []inputs.Keyring{drawn.Keyring(r, 2, drawn.Passkeys(r, 3)...)}
			})},
		{"keyring-vault-slot", "HDR-5 KEY-3", "vault", "So is the vault slot of a keyring.",
			rings(func(r *rand.Rand) []inputs.Keyring { return []inputs.Keyring{drawn.Keyring(r, 1, drawn.Vault(r))} })},
		{"keyring-password-slot", "HDR-5 KEY-3", "password", "So is its password slot, of which only the lanes are stated.",
			rings(func(r *rand.Rand) []inputs.Keyring {
				return []inputs.Keyring{drawn.Keyring(r, 1, drawn.PasswordSlotOf(r, 0, 0, 4))}
			})},
	}
}

// grow gives a keyring n old keys.
func grow(g *inputs.Keyring, n int) {
	g.Epochs, g.Old = nil, nil
	for i := range n {
		g.Epochs = append(g.Epochs, uint64(i+1))
		g.Old = append(g.Old, key.Key(binary.BigEndian.AppendUint32(make([]byte, 28), uint32(i))))
	}
	g.Epoch = uint64(n + 1)
}
