package conformance

import (
	"bytes"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// salts returns the random bytes that a container shows, by what they are.
func salts(s *sealed) map[string]string {
	id := s.Header.ContainerID()
	found := map[string]string{"the payload's salt": toHex(id[:])}
	for i, one := range s.Header.Slots {
		var sealedKey []byte
		switch one := one.(type) {
		case *slot.Password:
			found[fmt.Sprintf("the Argon2id salt of slot %d", i)] = toHex(one.Salt[:])
			sealedKey = one.SealedKey[:]
		case *slot.Vault:
			sealedKey = one.SealedKey[:]
		case *slot.Passkey:
			sealedKey = one.SealedKey[:]
		}
		if sealedKey != nil {
			found[fmt.Sprintf("the sealed key's salt of slot %d", i)] = toHex(sealedKey[:cobblestone.SaltSize])
		}
	}
	return found
}

// freshSalts is the audit that no salt occurs twice in the containers that
// produce makes, in one process and in another.
func freshSalts(produce func(*asker) (*sealed, *report.Outcome)) func(*asker) report.Outcome {
	return func(a *asker) report.Outcome {
		seen := map[string]string{}
		for i := range 4 {
			if i == 2 { // a generator seeded with a constant, or with the second, shows now
				a.session.restart()
			}
			s, bad := produce(a)
			if bad != nil {
				return *bad
			}
			all := salts(s)
			for _, name := range slices.Sorted(maps.Keys(all)) {
				salt := all[name]
				if len(strings.ReplaceAll(salt, salt[:2], "")) == 0 {
					return outcome(fmt.Errorf("%s is %s", name, salt))
				}
				if before, ok := seen[salt[:2*cobblestone.SaltSize]]; ok {
					return outcome(fmt.Errorf("%s of container %d is %s, and so was %s", name, i+1, salt, before))
				}
				seen[salt[:2*cobblestone.SaltSize]] = fmt.Sprintf("%s of container %d", name, i+1)
			}
		}
		return passed()
	}
}

// refuses is the audit that the implementation does not seal what readers
// refuse or writers must not write.
func refuses(j job) func(*asker) report.Outcome { return refusesInput("container.seal", j.input()) }

// roundTrip is the audit that an implementation reads what it writes, in a
// process that has not written it.
func roundTrip(a *asker) report.Outcome {
	j := job{entries: auditEntries()}
	s, bad := j.seal(a)
	if bad != nil {
		return *bad
	}
	a.session.restart()
	opening := vectors.Object{"container": toHex(s.bytes), "secret": vectors.Object{"kind": "key", "key": toHex(auditKey[:])}}
	answer, bad := a.ask("archive.restore", opening)
	if bad != nil {
		return *bad
	}
	return judge(restored(j.entries), a.hello, answer)
}

// restored is a case whose output is what archive.restore says of the entries.
func restored(entries []entry) vectors.Case {
	wanted := []any{}
	for _, e := range entries {
		sum := sha512.Sum512(e.content)
		wanted = append(wanted, vectors.Object{
			"path": nfc.String(e.path), "kind": number(uint64(e.kind)), "modified_ms": number(e.modified),
			"size": number(uint64(len(e.content))), "sha512": toHex(sum[:]),
		})
	}
	slices.SortFunc(wanted, func(a, b any) int {
		return strings.Compare(a.(vectors.Object)["path"].(string), b.(vectors.Object)["path"].(string))
	})
	return vectors.Case{Op: "archive.restore", Result: vectors.Valid, Output: vectors.Object{"entries": wanted}}
}

func number(n uint64) json.Number { return json.Number(fmt.Sprint(n)) }

// otherSlots is the audit that replacing the slots leaves the payload, and lets
// the new secret in and not the old one.
func otherSlots(a *asker) report.Outcome {
	j := job{slots: []vectors.Object{passkeySlot(1)}, entries: auditEntries()}
	before, bad := j.seal(a)
	if bad != nil {
		return *bad
	}
	after, bad := produce(a, "container.set_slots", vectors.Object{
		"container": toHex(before.bytes),
		"secret":    vectors.Object{"kind": "key", "key": toHex(auditKey[:])},
		"slots":     []any{passkeySlot(100)},
	})
	if bad != nil {
		return *bad
	}
	if !bytes.Equal(before.bytes[before.Header.Size():], after.bytes[after.Header.Size():]) { // [HDR-4]
		return outcome(fmt.Errorf("the payload is another"))
	}
	if len(after.Header.Slots) != 1 {
		return outcome(fmt.Errorf("it has %d slots, one was asked for", len(after.Header.Slots)))
	}
	if err := checkSlot(after.Header.Slots[0], passkeySlot(100)); err != nil {
		return outcome(err)
	}
	old := passkeySlot(1)
	_, err := after.Header.Unlock(slot.PasskeySecret{RPID: "chat.example", Credential: unhex(old["credential"]), PRF: [32]byte(unhex(old["prf"]))})
	if fault.NameOf(err) != fault.NoMatchingSlot {
		return outcome(fmt.Errorf("the old secret still finds a slot: %v", err))
	}
	if salts(before)["the sealed key's salt of slot 0"] == salts(after)["the sealed key's salt of slot 0"] { // [SLT-5]
		return outcome(fmt.Errorf("the new slot has the old slot's salt"))
	}
	return passed()
}

func keyringInput() vectors.Object {
	return vectors.Object{
		"key": toHex(auditKey[:]), "slots": []any{vaultSlot()}, "set_id": pattern(9, 16), "epoch": 7,
		"old_keys": []any{vectors.Object{"epoch": 2, "key": pattern(4, 32)}, vectors.Object{"epoch": 6, "key": pattern(5, 32)}},
	}
}

// sealKeyring is the audit that a keyring says what it was asked to say.
func sealKeyring(a *asker) report.Outcome {
	s, bad := produce(a, "keyring.seal", keyringInput())
	if bad != nil {
		return *bad
	}
	ring, err := s.Keyring()
	if err != nil {
		return outcome(err)
	}
	old := ring.OldKeys
	if toHex(ring.SetID[:]) != pattern(9, 16) || ring.Epoch != 7 || len(old) != 2 || old[0].Epoch != 2 || old[1].Epoch != 6 ||
		toHex(old[0].Key[:]) != pattern(4, 32) || toHex(old[1].Key[:]) != pattern(5, 32) {
		return outcome(fmt.Errorf("the keyring does not say what was asked for"))
	}
	if len(s.Header.Slots) != 1 {
		return outcome(fmt.Errorf("it has %d slots, one was asked for", len(s.Header.Slots)))
	}
	return outcome(checkSlot(s.Header.Slots[0], vaultSlot()))
}
