package audits

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/cases/casetest"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/session"
	"github.com/coffer-format/coffer/conformance/thorough"
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

// drawing is a writer with another generator of salts, of which source says what the
// process draws next.
func drawing(source func(b *badWriter, p []byte)) faulty {
	return func(b *badWriter, op string, input vectors.Object) protocol.Answer {
		if _, sealing := input["slots"]; !sealing || input["random"] != nil {
			return reference.Handle(op, input)
		}
		var random []byte
		salt := func(n int) {
			p := make([]byte, n)
			source(b, p)
			random = append(random, p...)
		}
		for _, s := range input["slots"].([]any) {
			if s.(vectors.Object)["type"] == "password" {
				salt(32)
			}
			salt(24)
		}
		if op != "container.set_slots" {
			salt(24)
		}
		input["random"] = inputs.Hex(random)
		return reference.Handle(op, input)
	}
}

// good are bytes of a generator that no other process has.
func good(p []byte) {
	for i := range p {
		p[i] = byte(mathrand.Uint32())
	}
}

// badGenerators are generators of salts that are none.
var badGenerators = map[string]faulty{
	"constant":           drawing(func(_ *badWriter, p []byte) { copy(p, "constant, or what it looked") }),
	"zero":               drawing(func(*badWriter, []byte) {}),
	"eight bytes":        drawing(func(_ *badWriter, p []byte) { good(p[:8]) }),
	"sixteen bytes":      drawing(func(_ *badWriter, p []byte) { good(p[:16]) }),
	"the last sixteen":   drawing(func(_ *badWriter, p []byte) { good(p[len(p)-16:]) }),
	"eight, repeated":    drawing(func(_ *badWriter, p []byte) { good(p[:8]); copy(p[8:], p[:8]); copy(p[16:], p[:8]) }),
	"counted":            drawing(func(b *badWriter, p []byte) { b.count++; binary.BigEndian.PutUint64(p[16:], b.count) }),
	"seven bits":         drawing(func(_ *badWriter, p []byte) { and(p, 0x7f) }),
	"digits":             drawing(func(_ *badWriter, p []byte) { good(p); copy(p, inputs.Hex(p)) }),
	"the same each time": drawing(func(b *badWriter, p []byte) { b.seeded(1).Read(p) }),
	"seeded with the second": drawing(func(b *badWriter, p []byte) {
		b.seeded(uint64(time.Now().Unix() >> 4)).Read(p)
	}),
	"counted from a start": drawing(func(b *badWriter, p []byte) {
		if b.random == nil {
			b.random, b.count = mathrand.NewChaCha8([32]byte{}), mathrand.Uint64()
		}
		b.count += 0x9e3779b9
		for i := 0; i+8 <= len(p); i += 8 {
			binary.LittleEndian.PutUint64(p[i:], b.count*uint64(i+1))
		}
	}),
	"one for a request": func(b *badWriter, op string, input vectors.Object) protocol.Answer {
		once := make([]byte, 24)
		good(once)
		return drawing(func(_ *badWriter, p []byte) { copy(p, once) })(b, op, input)
	},
	"the same for each op": func(b *badWriter, op string, input vectors.Object) protocol.Answer {
		if b.earlier == nil {
			b.earlier = vectors.Object{"start": mathrand.Uint64()}
		}
		n, _ := b.earlier[op].(uint64)
		b.earlier[op] = n + 1
		generator := mathrand.New(mathrand.NewPCG(b.earlier["start"].(uint64), n))
		return drawing(func(_ *badWriter, p []byte) {
			for i := range p {
				p[i] = byte(generator.Uint32())
			}
		})(b, op, input)
	},
}

func and(p []byte, mask byte) {
	good(p)
	for i := range p {
		p[i] &= mask
	}
}

func (b *badWriter) seeded(seed uint64) io.Reader {
	if b.random == nil {
		var s [32]byte
		binary.BigEndian.PutUint64(s[:], seed)
		b.random = mathrand.NewChaCha8(s)
	}
	return b.random
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

// Every audit fails a writer that it is there for, and every bad writer fails the
// audits that are there for it.
func TestBadWriters(t *testing.T) {
	thorough.NotShort(t)
	all := map[string]cases.Case{}
	for _, c := range audited(cases.DefaultSeed) {
		all[strings.TrimPrefix(c.ID, "writer/")] = c
	}
	untried, take := maps.Clone(all), thorough.OneIn(t, 5)
	try := func(audit, fault string, answer faulty) {
		c, ok := all[audit]
		if !ok {
			t.Errorf("there is no audit %s", audit)
			return
		}
		delete(untried, audit)
		if !take() {
			return
		}
		a := &cases.Asker{Ctx: t.Context(), Session: &badWriter{answer: answer}, Timeout: time.Minute, Hello: reference.Hello(), ID: c.ID}
		if o := casetest.Outcome(t, a, c); o.Verdict != report.Fail || o.Message == "" {
			t.Errorf("%s: who %s gets %+v", audit, fault, o)
		}
	}
	for _, bad := range badWriters {
		for _, audit := range strings.Fields(bad.audits) {
			try(audit, bad.fault, bad.answer)
		}
	}
	for name := range all {
		if strings.HasPrefix(name, "refuses-") || strings.HasPrefix(name, "set-slots-full") || strings.HasPrefix(name, "set-slots-sixteen") {
			try(name, "seals anything", anything)
		}
	}
	for name, answer := range badGenerators {
		for _, audit := range []string{"fresh-salts-passkey", "fresh-salts-together", "fresh-salts-set-slots", "fresh-salts-keyring", "fresh-salts"} {
			if once := strings.HasPrefix(name, "one for") || strings.HasPrefix(name, "the same for"); !once || audit == "fresh-salts-together" {
				try(audit, "has a generator: "+name, answer)
			}
		}
	}
	for _, name := range []string{"constant", "sixteen bytes"} {
		try("fresh-salts-password", name, badGenerators[name])
		try("fresh-salts-vault", name, badGenerators[name])
	}
	for audit := range untried {
		t.Errorf("no bad writer tries %s", audit)
	}
}

// The chance that an honest generator is taken for a bad one is what the comment
// says: many series of good bytes pass, of every length that there is.
func TestHonestSalts(t *testing.T) {
	thorough.NotShort(t)
	take := thorough.OneIn(t, 4)
	for n := range 120 {
		if !take() {
			continue
		}
		d := drawnBytes{}
		for range 2 + n%40 {
			for _, width := range []int{24, 32} {
				salt := make([]byte, width)
				good(salt)
				d[fmt.Sprint(width)] = append(d[fmt.Sprint(width)], salt)
			}
		}
		if err := d.judge(); err != nil {
			t.Fatal(err)
		}
	}
	if p := atMost(1, 16); math.Abs(p-(8-16*8)) > 1e-6 {
		t.Errorf("the chance of one value in 16 bytes is 2^%v", p)
	}
	if err := judgeSeries([][]byte{bytes.Repeat([]byte{1}, 24), bytes.Repeat([]byte{1}, 24)}); err == nil {
		t.Error("two that are the same pass")
	}
}

// The audits name requirements that exist and profiles that can be claimed.
func TestAuditNames(t *testing.T) { casetest.Named(t, audited(cases.DefaultSeed)) }
