package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/vectors"
)

// badWriter is a session with a writer that seals with the reference, but not
// quite. It has a new generator after every restart.
type badWriter struct {
	change func(b *badWriter, op string, input vectors.Object) protocol.Answer
	random io.Reader
	count  int
}

func (b *badWriter) exchange(ctx context.Context, q protocol.Request, timeout time.Duration) ([]byte, error) {
	return inProcess(func(op string, input vectors.Object) protocol.Answer {
		return b.change(b, op, normalized(input))
	}).exchange(ctx, q, timeout)
}

func (b *badWriter) restart()       { b.random = nil }
func (b *badWriter) stderr() string { return "" }

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

// seeded seals with a generator that every process seeds alike.
func (b *badWriter) seeded(op string, input vectors.Object) protocol.Answer {
	if b.random == nil {
		b.random = mathrand.NewChaCha8([32]byte{1})
	}
	n := 24
	for _, s := range input["slots"].([]any) {
		if n += 24; s.(vectors.Object)["type"] == "password" {
			n += 32
		}
	}
	drawn := make([]byte, n)
	if _, err := io.ReadFull(b.random, drawn); err != nil {
		panic(err)
	}
	input["random"] = toHex(drawn)
	return reference.Handle(op, input)
}

// weak seals, and puts a password slot of these parameters into the header.
func weak(params slot.Params) func(*badWriter, string, vectors.Object) protocol.Answer {
	return func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
		input["slots"] = []any{}
		sealed := unhex(reference.Handle(op, input).Output["container"])
		weak := sealedPassword(auditKey, [32]byte{1}, auditPassword, params)
		sealed = resigned(sealed, auditKey, func(head, _ []byte) ([]byte, []byte) { return head, weak })
		return protocol.Answer{Output: vectors.Object{"container": toHex(sealed)}}
	}
}

// archived seals the entries with the package below the reference's op.
func archived(index archive.Index, fill func(*container.ArchiveWriter)) protocol.Answer {
	var sealed bytes.Buffer
	index.CreatedMS, index.Complete, index.Producer = auditCreated, true, auditProducer
	w, err := container.NewArchiveWriter(&sealed, mathrand.NewChaCha8([32]byte{2}), auditKey, nil, index)
	if err != nil {
		panic(err)
	}
	fill(w)
	if err := w.Close(); err != nil {
		panic(err)
	}
	return protocol.Answer{Output: vectors.Object{"container": toHex(sealed.Bytes())}}
}

func add(w *container.ArchiveWriter, entries []entry) {
	for _, e := range entries {
		e.path = strings.ReplaceAll(e.path, "e\u0301", "\u00e9")
		err := w.Add(archive.Entry{Path: e.path, Kind: e.kind, ModifiedMS: e.modified, Size: int64(len(e.content))}, bytes.NewReader(e.content))
		if err != nil {
			panic(err)
		}
	}
}

func auditByID(t *testing.T, id string) check {
	t.Helper()
	for _, c := range writerAudits() {
		if c.id == id {
			return c
		}
	}
	t.Fatalf("there is no audit %s", id)
	return check{}
}

// Every audit catches the writer that it is there for, and says why.
func TestBadWriters(t *testing.T) {
	first := func(list any) vectors.Object { return list.([]any)[0].(vectors.Object) }
	anything := func(*badWriter, string, vectors.Object) protocol.Answer {
		return archived(archive.Index{}, func(*container.ArchiveWriter) {})
	}
	for _, c := range []struct {
		audit, why string
		change     func(b *badWriter, op string, input vectors.Object) protocol.Answer
	}{
		{"key-only", "entries, not", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["entries"] = input["entries"].([]any)[1:]
			return reference.Handle(op, input)
		}},
		{"key-only", "content of", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			first(input["entries"])["content"] = "00"
			return reference.Handle(op, input)
		}},
		{"key-only", "time 5", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			first(input["entries"])["modified_ms"] = 5
			return reference.Handle(op, input)
		}},
		{"key-only", "index does not say", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["producer"] = ""
			return reference.Handle(op, input)
		}},
		{"key-only", "slots", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["slots"] = []any{passkeySlot(1)}
			return reference.Handle(op, input)
		}},
		{"key-only", "does not open", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["key"] = pattern(1, 32)
			return reference.Handle(op, input)
		}},
		{"key-only", "does not open", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			a := reference.Handle(op, input)
			a.Output["container"] = strings.Replace(a.Output["container"].(string), "89434652", "89434653", 1)
			return a
		}},
		{"key-only", "payload_tampered", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			a := reference.Handle(op, input)
			b := unhex(a.Output["container"])
			b[len(b)-20000] ^= 1
			a.Output["container"] = toHex(b)
			return a
		}},
		{"key-only", "refused", func(*badWriter, string, vectors.Object) protocol.Answer { return protocol.Answer{Error: "unsafe_path"} }},
		{"key-only", "not supported", func(*badWriter, string, vectors.Object) protocol.Answer {
			return protocol.Answer{Unsupported: "not yet"}
		}},
		{"key-only", "come after", func(_ *badWriter, _ string, input vectors.Object) protocol.Answer {
			return archived(archive.Index{}, func(w *container.ArchiveWriter) { add(w, auditEntries()) })
		}},
		{"key-only", "right padding", func(_ *badWriter, _ string, input vectors.Object) protocol.Answer {
			return archived(archive.Index{}, func(w *container.ArchiveWriter) {
				entries := auditEntries()
				slices.Reverse(entries)
				add(w, entries)
				var gone *archive.AbandonedError
				if err := w.Add(archive.Entry{Path: "gone", Size: 50000}, strings.NewReader("short")); !errors.As(err, &gone) {
					panic(err)
				}
			})
		}},
		{"key-only", "set", func(_ *badWriter, _ string, input vectors.Object) protocol.Answer {
			index := archive.Index{SetID: [16]byte{1}, Generation: 1, Epoch: 1}
			return archived(index, func(w *container.ArchiveWriter) {
				entries := auditEntries()
				slices.Reverse(entries)
				add(w, entries)
			})
		}},
		{"password-defaults", "Argon2id takes 8 KiB", weak(slot.Params{MemoryKiB: 8, Passes: 3, Lanes: 1})},
		{"password-defaults", "Argon2id takes 65536 KiB and 1 passes", weak(slot.Params{MemoryKiB: 65536, Passes: 1, Lanes: 1})},
		{"password-defaults", "wrong_secret", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			first(input["slots"])["password"] = toHex([]byte(auditPassword + " "))
			return reference.Handle(op, input)
		}},
		{"passkey-slots", "salt", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			first(input["slots"])["salt"] = pattern(77, 32)
			return reference.Handle(op, input)
		}},
		{"passkey-slots", "salt", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			slices.Reverse(input["slots"].([]any))
			return reference.Handle(op, input)
		}},
		{"vault-slot", "vault slot was asked for", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["slots"] = []any{passkeySlot(1)}
			return reference.Handle(op, input)
		}},
		{"fresh-salts", "so was", func(b *badWriter, op string, input vectors.Object) protocol.Answer {
			b.random = nil
			return b.seeded(op, input)
		}},
		{"fresh-salts", "container 3", func(b *badWriter, op string, input vectors.Object) protocol.Answer { return b.seeded(op, input) }},
		{"fresh-salts-passkey", "container 3", func(b *badWriter, op string, input vectors.Object) protocol.Answer { return b.seeded(op, input) }},
		{"fresh-salts-passkey", "slot 1 of container 1", func(b *badWriter, op string, input vectors.Object) protocol.Answer {
			b.count++
			once := bytes.Repeat([]byte{byte(b.count), 1, 2}, 8)
			input["random"] = toHex(slices.Concat(once, once, patternBytes(byte(b.count), 24)))
			return reference.Handle(op, input)
		}},
		{"fresh-salts", "is 0000", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["random"] = strings.Repeat("00", 24)
			return reference.Handle(op, input)
		}},
		{"fresh-salts-keyring", "so was", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["random"] = pattern(1, 48)
			return reference.Handle(op, input)
		}},
		{"round-trip", "the output differs", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			a := reference.Handle(op, input)
			if op == "archive.restore" {
				a.Output["entries"] = a.Output["entries"].([]vectors.Object)[1:]
			}
			return a
		}},
		{"set-slots", "the payload is another", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			if op == "container.set_slots" {
				return reference.Handle("container.seal", normalized(job{slots: []vectors.Object{passkeySlot(100)}, entries: auditEntries()}.input()))
			}
			return reference.Handle(op, input)
		}},
		{"set-slots", "slots, one", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			if op == "container.set_slots" {
				input["slots"] = []any{passkeySlot(100), passkeySlot(1)}
			}
			return reference.Handle(op, input)
		}},
		{"keyring", "does not say", func(_ *badWriter, op string, input vectors.Object) protocol.Answer {
			input["epoch"] = 8
			return reference.Handle(op, input)
		}},
		{"refuses-parent-path", "no writer may", anything},
		{"refuses-unknown-kind", "not supported", func(*badWriter, string, vectors.Object) protocol.Answer {
			return protocol.Answer{Unsupported: "not yet"}
		}},
		{"refuses-seventeen-slots", "no writer may", anything},
	} {
		b := &badWriter{change: c.change}
		a := &asker{ctx: t.Context(), session: b, timeout: time.Minute, hello: reference.Hello(), id: "x"}
		event, err := runOne(a, auditByID(t, "writer/"+c.audit))
		if err != nil {
			t.Fatal(err)
		}
		if said := event.Message + " " + event.Got; event.Verdict != report.Fail || !strings.Contains(said, c.why) {
			t.Errorf("%s: %s, %q, not because of %q", c.audit, event.Verdict, said, c.why)
		}
	}
}

// The audits name requirements that exist and profiles that can be claimed.
func TestAuditNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range writerAudits() {
		if seen[c.id] {
			t.Errorf("%s occurs twice", c.id)
		}
		seen[c.id] = true
		if len(c.requirements) == 0 || !strings.HasSuffix(c.comment, ".") {
			t.Errorf("%s has no requirement, or no sentence", c.id)
		}
		for _, id := range c.requirements {
			if _, ok := spec.Lookup(id); !ok {
				t.Errorf("%s: there is no [%s]", c.id, id)
			}
		}
		for _, p := range c.profiles {
			if !slices.Contains(protocol.Profiles, p) {
				t.Errorf("%s: there is no profile %s", c.id, p)
			}
		}
	}
}
