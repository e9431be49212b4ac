package dissect

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/slot"
)

// slot computes K from the secret of a slot.
func (t *tracer) slot() error {
	inputKey, err := t.given.inputKey()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("slots[%d]", t.given.number)
	body := name + ".body."
	out := []Value{computed("input key", inputKey)}
	switch s := t.given.slot.(type) {
	case *slot.Password:
		t.add(Step{Title: "Stretch the password", Section: "6.3", Requirement: "SLT-10", Formula: "input key = Argon2id(P = prepared password, S = salt, m = memory_kib, t = passes, p = lanes, T = 32)",
			Text: "Chapter 5 makes the same bytes of a password on every device. Argon2id then makes each guess cost memory and time: whoever has the container can guess as long as they like. " + cost(s.Params),
			In: []Value{t.password(), t.field("salt", body+"salt"), t.field("memory_kib = "+fmt.Sprint(s.Params.MemoryKiB), body+"memory_kib"),
				t.field("passes = "+fmt.Sprint(s.Params.Passes), body+"passes"), t.field("lanes = "+fmt.Sprint(s.Params.Lanes), body+"lanes")}, Out: out})
	case *slot.Passkey:
		t.add(Step{Title: "Take what the passkey gave", Section: "6.5", Requirement: "SLT-19", Formula: `input key = HMAC-SHA-512(key = PRF output, "coffer/v1 passkey slot" || 0x01)[0..32]`,
			Text: "The passkey computes its PRF of the slot's salt; only it can.",
			In:   []Value{said("PRF output", "32 bytes from the passkey"), t.field("salt, the PRF's input", body+"salt"), computed("message of the HMAC", []byte("coffer/v1 passkey slot\x01"))}, Out: out})
	case *slot.Vault:
		t.add(Step{Title: "Take what the vault helped to compute", Section: "6.4", Requirement: "SLT-15", Formula: `input key = HMAC-SHA-512(key = export_key, "coffer/v1 vault slot" || 0x01)[0..32]`,
			Text: "The export key comes from a recovery at the vault, which counts the attempts and learns neither it nor the password.",
			In:   []Value{said("export_key", "64 bytes from the recovery"), computed("message of the HMAC", []byte("coffer/v1 vault slot\x01"))}, Out: out})
	}
	sealed := spanOf(t.fields, body+"sealed_key.")
	typeAt := spanOf(t.fields, name+".type")
	context := computed("context", []byte(slot.Context(t.given.slot)))
	t.add(Step{Title: "Bind the slot's fields", Section: "6.2", Formula: `context = "coffer/v1 slot" || type || every field of the body before sealed_key`,
		Text: "Whoever changes one of these fields changes the context, and with it every value below: the sealed key then opens no more.",
		In:   []Value{written("label", "coffer/v1 slot"), t.in("type", typeAt.Offset, 2), t.in("fields before sealed_key", typeAt.Offset+4, sealed.Offset-typeAt.Offset-4)},
		Out:  []Value{context}})
	d := t.message("the sealed key", Step{Requirement: "SLT-7",
		Text: "A difference means a wrong secret, or a slot that somebody changed on purpose: the digest has ruled out an accident. Nothing has been opened yet."},
		computed("input key", inputKey), context, sealed.Offset)
	t.add(t.chunk(Step{Title: "Open the sealed key", Requirement: "SLT-8", Text: "This message has one chunk, and what it seals is K, the key of the backup. From here on all secrets lead the same way."},
		&d, 0, sealed.Offset+cobblestone.PrefixSize, int64(len(t.key)), computed("K", t.key[:])))
	return nil
}

// password returns the prepared password, where everybody may see it.
func (t *tracer) password() Value {
	if !t.Public {
		return said("prepared password", "what was typed")
	}
	return written("prepared password", t.given.prepared)
}

// cost says what the parameters of a password slot mean.
func cost(p slot.Params) string {
	text := fmt.Sprintf("Readers accept 8 × lanes to %s KiB, 1 to 10 passes and 1 to 4 lanes. Writers use at least %s KiB and %d passes.",
		Grouped(262144), Grouped(int64(slot.DefaultParams.MemoryKiB)), slot.DefaultParams.Passes)
	if p.MemoryKiB < slot.DefaultParams.MemoryKiB || p.Passes < slot.DefaultParams.Passes {
		text += " This slot costs less, so that an example can be computed quickly: no writer may make such a slot, since its password is guessed as quickly."
	}
	return text
}
