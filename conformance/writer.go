package conformance

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/nfc"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/vectors"
)

// The writer audits let an implementation seal with randomness of its own, and
// check with the reference what no vector can foresee.

// auditKey is the backup key of the audits.
var auditKey = key.Key(bytes.Repeat([]byte{0xc0, 0xff, 0xee, 0x42}, 8))

const auditPassword = "orange lantern walks north"

// entry is an ENTRY of the protocol.
type entry struct {
	path     string
	kind     archive.Kind
	modified uint64
	content  []byte
}

// job is what an audit lets the implementation seal.
type job struct {
	slots    []vectors.Object
	entries  []entry
	producer string // auditProducer if empty
	created  uint64 // auditCreated if zero
}

const (
	auditCreated  = 1700000000123
	auditProducer = "conformance suite, größer als ASCII"
)

// auditEntries are not in the order of the file: a message comes last, a path is
// not in normalization form C, a content is empty, another crosses two chunks.
func auditEntries() []entry {
	return []entry{
		{"photos/nothing.jpg", archive.Image, 0, nil},
		{"photos/Cafe\u0301.jpg", archive.Image, 1700000000000, bytes.Repeat([]byte("photo"), 8000)},
		{"settings.json", archive.Settings, 1, []byte("{}")},
		{"chats/anna.json", archive.Messages, 4503599627370495, []byte("[\"hello\"]")},
	}
}

func passwordSlot() vectors.Object {
	return vectors.Object{"type": "password", "password": toHex([]byte(auditPassword))}
}

func vaultSlot() vectors.Object {
	return vectors.Object{"type": "vault", "vault": pattern(1, 32), "credential": pattern(2, 32), "export_key": pattern(3, 64)}
}

// costing is a password slot of which parameters are asked for.
func costing(memoryKiB, passes, lanes int) vectors.Object {
	return with(with(with(passwordSlot(), "memory_kib", memoryKiB), "passes", passes), "lanes", lanes)
}

// with returns an object with a member changed.
func with(o vectors.Object, name string, value any) vectors.Object {
	o = maps.Clone(o)
	o[name] = value
	return o
}

func passkeySlot(n byte) vectors.Object {
	return vectors.Object{
		"type": "passkey", "rp_id": "chat.example", "credential": pattern(n, 20), "prf": pattern(n+1, 32), "salt": pattern(n+2, 32),
	}
}

func toHex(b []byte) string            { return hex.EncodeToString(b) }
func pattern(first byte, n int) string { return toHex(patternBytes(first, n)) }

func patternBytes(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(7*i)
	}
	return b
}

func (j job) input() vectors.Object {
	entries := []any{}
	for _, e := range j.entries {
		entries = append(entries, vectors.Object{"path": e.path, "kind": e.kind, "modified_ms": e.modified, "content": toHex(e.content)})
	}
	slots := []any{}
	for _, s := range j.slots {
		slots = append(slots, s)
	}
	return vectors.Object{
		"key": toHex(auditKey[:]), "slots": slots, "entries": entries,
		"created_ms": cmp.Or(j.created, auditCreated), "producer": cmp.Or(j.producer, auditProducer),
	}
}

// seal has the implementation seal the job, and opens the result.
func (j job) seal(a *asker) (*sealed, *report.Outcome) {
	return produce(a, "container.seal", j.input())
}

// sealed is a container that the implementation produced and the reference opened.
type sealed struct {
	bytes []byte
	*container.Container
}

// produce asks for a container and opens it with the key.
func produce(a *asker, op string, input vectors.Object) (*sealed, *report.Outcome) {
	answer, bad := a.ask(op, input)
	if bad != nil {
		return nil, bad
	}
	if answer.Unsupported != "" {
		o := absent(op, answer)
		return nil, &o
	}
	if answer.Output == nil {
		o := failed("%s was refused", op)
		o.Want, o.Got = "a container", strings.TrimSpace("error "+answer.Error+" "+answer.Detail)
		return nil, &o
	}
	b, err := hex.DecodeString(answer.Output["container"].(string))
	if err != nil {
		panic(suiteFault{err}) // unreachable: ParseAnswer
	}
	c, err := container.Open(bytes.NewReader(b), int64(len(b)), container.WithKey(auditKey))
	if err != nil {
		o := failed("the reference does not open the container")
		o.Want, o.Got = "a container under the key", err.Error()
		return nil, &o
	}
	return &sealed{b, c}, nil
}

// check makes all the checks of spec chapters 7 and 8 on a container that was
// sealed from the job, and compares it with the job.
func (j job) check(s *sealed) error {
	if len(s.Header.Slots) != len(j.slots) {
		return fmt.Errorf("it has %d slots, %d were asked for", len(s.Header.Slots), len(j.slots))
	}
	r, err := s.Archive()
	if err != nil {
		return err
	}
	if err := r.Verify(); err != nil {
		return err
	}
	index := r.Index()
	if !index.StandAlone() || index.CreatedMS != auditCreated || index.Producer != auditProducer {
		return fmt.Errorf("the index does not say what was asked for: created %d by %q, set %x", index.CreatedMS, index.Producer, index.SetID)
	}
	if err := j.checkEntries(r); err != nil {
		return err
	}
	return j.checkLayout(s, r)
}

func (j job) checkEntries(r *archive.Reader) error {
	wanted := slices.Clone(j.entries)
	for i := range wanted {
		wanted[i].path = nfc.String(wanted[i].path)
	}
	slices.SortFunc(wanted, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	if len(r.Entries()) != len(wanted) {
		return fmt.Errorf("it has %d entries, not %d", len(r.Entries()), len(wanted))
	}
	for i, record := range r.Entries() {
		e, w := record.Entry, wanted[i]
		if e.Path != w.path || e.Kind != w.kind || e.ModifiedMS != w.modified { // [ARC-6]
			return fmt.Errorf("entry %d is %q, kind %v, time %d instead of %q, kind %v, time %d", i, e.Path, e.Kind, e.ModifiedMS, w.path, w.kind, w.modified)
		}
		var content bytes.Buffer
		if err := r.WriteContent(&content, record); err != nil {
			return err
		}
		if !bytes.Equal(content.Bytes(), w.content) {
			return fmt.Errorf("the content of %q is another", e.Path)
		}
	}
	return nil
}

// checkLayout checks the order of the frames and the length of the padding.
func (j job) checkLayout(s *sealed, r *archive.Reader) error {
	placed := r.Placed()
	for i := 1; i < len(placed); i++ { // [ARC-2]
		if placed[i].Entry.Kind == archive.Messages && placed[i-1].Entry.Kind != archive.Messages {
			return fmt.Errorf("the messages %q come after %q", placed[i].Entry.Path, placed[i-1].Entry.Path)
		}
	}
	size, err := cobblestone.PlaintextSize(int64(len(s.bytes)) - s.Header.Size())
	if err != nil {
		return err
	}
	segment := r.Index().Segments[0]
	length := size - segment.Offset + 9 // all but the entries and the zeros
	for _, record := range placed {
		length += 20 + int64(len(record.Entry.Path)) + record.Entry.Size
	}
	if want := archive.Padded(length); size != want { // [ARC-8]
		return fmt.Errorf("the plaintext has %d bytes, with the right padding it has %d", size, want)
	}
	return nil
}

// outcome turns the error of a check into a verdict.
func outcome(err error) report.Outcome {
	if err == nil {
		return passed()
	}
	o := failed("what was sealed breaks a rule")
	o.Got = err.Error()
	return o
}

// sealAndCheck is the audit that one job is sealed as the specification says,
// and that every secret of it opens the container.
func sealAndCheck(j job) func(*asker) report.Outcome {
	return func(a *asker) report.Outcome {
		s, bad := j.seal(a)
		if bad != nil {
			return *bad
		}
		if err := j.check(s); err != nil {
			return outcome(err)
		}
		for i, asked := range j.slots {
			if err := checkSlot(s.Header.Slots[i], asked); err != nil {
				return outcome(fmt.Errorf("slot %d: %w", i, err))
			}
		}
		return passed()
	}
}

// checkSlot checks that a slot is the one that was asked for and that its
// secret opens it.
func checkSlot(s slot.Slot, asked vectors.Object) error {
	if s.Type().String() != asked["type"] {
		return fmt.Errorf("it is a %v slot, a %v slot was asked for", s.Type(), asked["type"])
	}
	var secret slot.Secret
	switch s := s.(type) {
	case *slot.Password:
		if s.Params.MemoryKiB < slot.DefaultParams.MemoryKiB || s.Params.Passes < slot.DefaultParams.Passes { // [SLT-11]
			return fmt.Errorf("its Argon2id takes %d KiB and %d passes, writers use at least %d and %d",
				s.Params.MemoryKiB, s.Params.Passes, slot.DefaultParams.MemoryKiB, slot.DefaultParams.Passes)
		}
		secret = slot.PasswordSecret(unhex(asked["password"]))
	case *slot.Vault:
		secret = slot.VaultSecret{
			Vault: [32]byte(unhex(asked["vault"])), Credential: [32]byte(unhex(asked["credential"])), ExportKey: [64]byte(unhex(asked["export_key"])),
		}
	case *slot.Passkey:
		if toHex(s.Salt[:]) != asked["salt"] {
			return fmt.Errorf("its salt is %x, not the one that was given", s.Salt)
		}
		secret = slot.PasskeySecret{RPID: asked["rp_id"].(string), Credential: unhex(asked["credential"]), PRF: [32]byte(unhex(asked["prf"]))}
	}
	k, err := secret.Open([]slot.Slot{s})
	if err != nil {
		return err
	}
	if k != auditKey {
		return fmt.Errorf("it holds another key")
	}
	return nil
}

func unhex(v any) []byte {
	b, err := hex.DecodeString(v.(string))
	if err != nil {
		panic(suiteFault{err}) // unreachable: the audits state it
	}
	return b
}
