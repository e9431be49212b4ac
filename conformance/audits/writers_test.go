package audits

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// badWriter is a session with a writer that seals with the reference, but not
// quite. What it remembers is gone after a restart.
type badWriter struct {
	answer  func(b *badWriter, op string, input vectors.Object) protocol.Answer
	random  io.Reader
	count   uint64
	earlier vectors.Object
}

func (b *badWriter) Exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	return session.InProcess(func(op string, input vectors.Object) protocol.Answer {
		return b.answer(b, op, normalized(input))
	}).Exchange(ctx, q, timeout)
}

func (b *badWriter) Restart()     { *b = badWriter{answer: b.answer} }
func (*badWriter) Stderr() string { return "" }

// normalized returns an input with the types that decoding gives.
func normalized(input vectors.Object) vectors.Object {
	data, err := json.Marshal(input)
	if err != nil {
		panic(err)
	}
	var o vectors.Object
	if err := json.Unmarshal(data, &o); err != nil {
		panic(err)
	}
	return o
}

type faulty func(b *badWriter, op string, input vectors.Object) protocol.Answer

// changing is a writer that changes its input first.
func changing(change func(op string, input vectors.Object)) faulty {
	return func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
		change(op, input)
		return reference.Handle(op, input)
	}
}

// eachEntry is a writer that changes every entry, each member of that name.
func eachEntry[T any](name string, change func(T) any) faulty {
	return changing(func(_ string, input vectors.Object) {
		entries, _ := input["entries"].([]any)
		for _, e := range entries {
			e := e.(vectors.Object)
			if v, ok := e[name].(T); ok { // and not null
				e[name] = change(v)
			}
		}
	})
}

// eachSlot is a writer that changes every slot of a type.
func eachSlot(kind string, change func(slot vectors.Object)) faulty {
	return changing(func(_ string, input vectors.Object) {
		slots, _ := input["slots"].([]any)
		for _, s := range slots {
			if s := s.(vectors.Object); s["type"] == kind {
				change(s)
			}
		}
	})
}

// list is a writer that gets another list.
func list(name string, change func([]any) []any) faulty {
	return changing(func(_ string, input vectors.Object) {
		if all, ok := input[name].([]any); ok {
			input[name] = change(all)
		}
	})
}

func reversed(all []any) []any {
	slices.Reverse(all)
	return all
}

// badWriters are writers with a fault, and the audits that each fails, beside
// others.
var badWriters = []struct {
	fault, audits string
	answer        faulty
}{
	{"leaves out an entry", "key-only content-sizes round-trip", list("entries", func(all []any) []any { return all[min(1, len(all)):] })},
	{"refuses everything", "no-entries keyrings set-slots", func(*badWriter, string, vectors.Object) protocol.Answer { return protocol.Answer{Error: "unsafe_path"} }},
	{"supports nothing", "refuses-unknown-kind key-only set-slots-sixteen", func(*badWriter, string, vectors.Object) protocol.Answer {
		return protocol.Answer{Unsupported: "not yet"}
	}},
	{"cuts contents", "long content-sizes padding-steps", eachEntry("content", func(c string) any { return c[:max(0, len(c)-2)] })},
	{"caps times", "times", eachEntry("modified_ms", func(n float64) any { return min(n, 1<<50) })},
	{"has no time before 1970", "times", eachEntry("modified_ms", func(n float64) any { return max(n, 0) })},
	{"takes 1970 for a time that is not known", "times", eachEntry("modified_ms", func(n float64) any {
		if n == 0 {
			return nil
		}
		return n
	})},
	{"caps the creation", "times", changing(func(_ string, in vectors.Object) {
		if n, ok := in["created_ms"].(float64); ok {
			in["created_ms"] = min(n, 1<<32)
		}
	})},
	{"knows seven kinds", "kinds", eachEntry("kind", func(n float64) any { return min(n, 7) })},
	{"turns the order", "frame-order", list("entries", reversed)},
	{"leaves a producer out", "producers", changing(func(_ string, in vectors.Object) { in["producer"] = "" })},
	{"trims paths", "paths-kept", eachEntry("path", func(p string) any { return strings.TrimRight(p, " ") })},
	{"makes paths lower case", "record-order", eachEntry("path", func(p string) any { return strings.ToLower(p) })},
	{"composes what is excluded", "normalization", eachEntry("path", func(p string) any { return strings.ReplaceAll(p, "\u0958", "q") })},
	{"takes a thousand entries", "many-entries", list("entries", func(all []any) []any { return all[:min(1000, len(all))] })},
	{"turns the slots", "passkey-slots passkey-bounds slots-mixed keyring-passkey-slots", list("slots", reversed)},
	{"has one vault", "vault-slot keyring-vault-slot", eachSlot("vault", func(s vectors.Object) { s["vault"] = pattern(32) })},
	{"has one export key", "vault-slot keyring-vault-slot", eachSlot("vault", func(s vectors.Object) { s["export_key"] = pattern(64) })},
	{"draws the salt of the PRF", "passkey-slots", eachSlot("passkey", func(s vectors.Object) { s["salt"] = pattern(32) })},
	{"cuts credentials", "passkey-bounds", eachSlot("passkey", func(s vectors.Object) { s["credential"] = s["credential"].(string)[:2] })},
	{"trims passwords", "password-defaults keyring-password-slot", eachSlot("password", func(s vectors.Object) { s["password"] = s["password"].(string)[2:] })},
	{"writes weak slots", "password-defaults", func(_ *badWriter, op string, in vectors.Object) protocol.Answer {
		k := key.Key(inputs.Unhex(in["key"]))
		in["slots"] = []any{}
		b := inputs.Unhex(reference.Handle(op, in).Output["container"])
		weak := forge.SealedPassword(k, [32]byte{1}, "p", slot.Params{MemoryKiB: 65536, Passes: 1, Lanes: 1})
		return protocol.Answer{Output: vectors.Object{"container": inputs.Hex(forge.Resigned(b, k, func(head, _ []byte) ([]byte, []byte) { return head, weak }))}}
	}},
	{"has one lane", "password-parameters", eachSlot("password", func(s vectors.Object) { s["lanes"] = 1 })},
	{"has three passes", "password-parameters", eachSlot("password", func(s vectors.Object) { s["passes"] = 3 })},
	{"rounds the memory", "password-parameters", eachSlot("password", func(s vectors.Object) { s["memory_kib"] = 65536 })},
	{"has an epoch too many", "keyrings keyring-epochs", changing(func(op string, in vectors.Object) {
		if op == "keyring.seal" {
			in["epoch"] = in["epoch"].(float64) - 0.0
			in["old_keys"] = in["old_keys"].([]any)[:max(0, len(in["old_keys"].([]any))-1)]
		}
	})},
	{"draws despite what is given", "given-random", changing(func(_ string, in vectors.Object) { delete(in, "random") })},
	{"answers from before", "twice given-random", func(b *badWriter, op string, in vectors.Object) protocol.Answer {
		if b.earlier == nil {
			b.earlier = vectors.Object{}
		}
		defer func() { b.earlier[op] = in }()
		if before, ok := b.earlier[op].(vectors.Object); ok && op == "container.seal" {
			in = inputs.With(in, "producer", before["producer"])
		}
		return reference.Handle(op, in)
	}},
	{"seals anew", "set-slots-payload set-slots-long", func(_ *badWriter, op string, in vectors.Object) protocol.Answer {
		a := reference.Handle(op, in)
		if a.Output != nil && op == "container.set_slots" {
			b := inputs.Unhex(a.Output["container"])
			b[len(b)-20] ^= 1
			a.Output["container"] = inputs.Hex(b)
		}
		return a
	}},
	{"drops what it does not know", "set-slots-unknown", func(_ *badWriter, op string, in vectors.Object) protocol.Answer {
		if op == "container.set_slots" {
			container, k := inputs.Unhex(in["container"]), [32]byte(inputs.Unhex(in["secret"].(vectors.Object)["key"]))
			in["container"] = inputs.Hex(withSlots(container, k))
		}
		return reference.Handle(op, in)
	}},
	{"opens anything", "set-slots-tampered", func(_ *badWriter, _ string, in vectors.Object) protocol.Answer {
		return protocol.Answer{Output: vectors.Object{"container": in["container"]}}
	}},
	{"leaves the slots", "set-slots set-slots-full", func(_ *badWriter, _ string, in vectors.Object) protocol.Answer {
		return protocol.Answer{Output: vectors.Object{"container": in["container"]}}
	}},
	{"decomposes", "short-path-when-normalized", eachEntry("path", func(p string) any { return strings.Repeat(p, 2) })},
}

func pattern(n int) string { return strings.Repeat("77", n) }

// anything is a writer that seals something, whatever it is asked for.
func anything(_ *badWriter, op string, _ vectors.Object) protocol.Answer {
	return protocol.Answer{Output: vectors.Object{"container": "00"}}
}
