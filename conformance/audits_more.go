package conformance

import (
	"math/rand"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/vectors"
)

// saltAudits are those of randomness.
func saltAudits() []audit {
	return []audit{
		{"fresh-salts", "CON-7 HDR-1 HDR-2", "", "The salts of containers with the same content under the same key look drawn, even across processes.",
			freshSalts(40, 4, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Archive(r)) })},
		{"fresh-salts-passkey", "CON-7 HDR-1 SLT-5", "passkey", "So do those of the sealed keys of passkey slots.",
			freshSalts(16, 3, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Slotted(r, drawn.Passkeys(r, 3)...)) })},
		{"fresh-salts-vault", "CON-7 HDR-1 SLT-5", "vault", "So do those of the sealed keys of vault slots.",
			freshSalts(16, 2, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Slotted(r, drawn.Vault(r))) })},
		{"fresh-salts-password", "CON-7 HDR-1 SLT-5 SLT-12", "password", "So do those of password slots.",
			freshSalts(4, 2, func(r *rand.Rand) saltedRequest { return saltedArchive(drawn.Slotted(r, drawn.PasswordSlot(r))) })},
		{"fresh-salts-keyring", "CON-7 HDR-1 SLT-5", "passkey", "So do those of keyrings.",
			freshSalts(20, 2, func(r *rand.Rand) saltedRequest { return saltedKeyring(drawn.Keyring(r, 2, drawn.Passkey(r))) })},
		{"fresh-salts-set-slots", "CON-7 SLT-5", "passkey", "So do those of the slots that replace others.",
			freshSalts(20, 2, func(r *rand.Rand) saltedRequest { return saltedReplacing(r, drawn.Archive(r), drawn.Passkeys(r, 2)...) })},
		{"fresh-salts-together", "CON-7 HDR-1 SLT-5", "passkey", "No op draws a salt that another has drawn.", freshTogether},
	}
}

// slotAudits are those of container.set_slots.
func slotAudits() []audit {
	return []audit{
		{"set-slots", "HDR-4 SLT-5", "passkey", "After slots were replaced the new secret opens the container and the old one does not.", otherSlots},
		{"set-slots-payload", "HDR-4", "passkey", "Replacing the slots leaves the payload as it is, whatever it is, and what is damaged in it.", keepsPayload},
		{"set-slots-long", "HDR-4", "passkey", "Replacing the slots leaves a payload of more than a mebibyte as it is.", keepsLong},
		{"set-slots-unknown", "SLT-3", "passkey", "Slots of types that are not known stay when others are replaced, unchanged, in their order and in their places.", keepsUnknown},
		{"set-slots-full", "SLT-3 CON-10", "passkey", "Slots take 65535 bytes together, the most that there is room for, and no more.", fullSlots},
		{"set-slots-sixteen", "SLT-3 CON-10", "passkey", "Sixteen slots, those that are not known among them, are written, and no more.", mostSlots},
		{"set-slots-tampered", "HDR-18 HDR-19", "passkey", "The slots of a container whose header was altered, or that is another's, are not replaced.", refusesTampered},
	}
}

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

// againAndAgain asks for the same with the same randomness, in an order in which
// each request follows each other, and compares with the reference.
func againAndAgain(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Slotted(r, drawn.Passkey(r), drawn.Vault(r))
	j.Entries = drawn.Entries(r)
	other := drawn.Archive(r)
	g := drawn.Keyring(r, 3, drawn.Passkey(r))
	random := func(slots int) string { return drawn.Hex(r, (slots+1)*cobblestone.SaltSize) }
	requests := []struct {
		op    string
		input vectors.Object
	}{
		{"container.seal", inputs.With(j.Input(), "random", random(2))},
		{"container.seal", inputs.With(other.Input(), "random", random(0))},
		{"container.set_slots", inputs.With(inputs.Replacing(drawn.Sealed(r, j), j.Key, drawn.Passkeys(r, 3)...), "random", random(2))},
		{"keyring.seal", inputs.With(g.Input(), "random", random(1))},
	}
	for _, i := range []int{0, 1, 0, 2, 0, 3, 0, 0, 1, 1, 2, 1, 3, 1, 2, 2, 3, 2, 0, 3, 3, 0} {
		if o := a.AskBoth(requests[i].op, requests[i].input); o.Verdict != report.Pass {
			return o
		}
	}
	return cases.Passed()
}

// roundTrip is the audit that an implementation reads what it writes, in a
// process that has not written it.
func roundTrip(a *cases.Asker, r *rand.Rand) report.Outcome {
	j := drawn.Archive(r)
	j.Entries = drawn.Entries(r)
	s, bad := produce(a, "container.seal", j.Input(), j.Key)
	if bad != nil {
		return *bad
	}
	a.Session.Restart()
	answer, bad := a.Ask("archive.restore", vectors.Object{"container": inputs.Hex(s.bytes), "secret": inputs.KeySecret(j.Key)})
	if bad != nil {
		return *bad
	}
	return cases.Judge(inputs.Restored(j.Entries), a.Hello, answer)
}
