package generated

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
	"sync"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/spec/grammar"
	"github.com/coffer-format/coffer/vectors"
)

// Grammar returns the cases of subject "grammar", one for every field: an
// implementation answers all its variants as the reference does. The structures
// that are varied have values that follow from the seed.
func Grammar(seed int64) []cases.Case {
	g, err := grammar.Load()
	if err != nil {
		panic(cases.Fault{Err: err})
	}
	collected := sync.OnceValue(func() map[string][]cases.Variant {
		v := variants{g, rand.New(rand.NewSource(cases.SeedFor(seed, "grammar"))), map[string][]cases.Variant{}}
		v.header()
		v.archive()
		v.set()
		v.keyring()
		return v.byField
	})
	var all []cases.Case
	for _, field := range variedFields(g) {
		all = append(all, cases.Case{
			ID: "grammar/" + field, Subject: "grammar", Profiles: []string{"reader"},
			Comment:      field + ", as the grammar has it, with every length, tag and bound violated in turn.",
			Requirements: []string{"CON-1", "CON-2", "CON-5", "ERR-1"},
			Run:          func(a *cases.Asker) report.Outcome { return cases.TryVariants(a, field, collected()[field]) },
		})
	}
	return all
}

// variedFields are all fields that a file can have and that are no structures, and the
// structures that something encloses.
func variedFields(g *grammar.Grammar) (all []string) {
	for _, t := range g.Types {
		if t.Place.File == "18-vault.md" { // messages
			continue
		}
		for _, f := range t.Fields {
			if f.Type.Kind != grammar.Struct {
				all = append(all, t.Name+"."+f.Name)
			}
		}
	}
	return append(all, "Header", "PasswordSlot", "VaultSlot", "PasskeySlot", "Frame", "Keyring")
}

// variants collects the variants of all structures.
type variants struct {
	g       *grammar.Grammar
	r       *rand.Rand
	byField map[string][]cases.Variant
}

// add adds a variant. input makes a request of its bytes.
func (v *variants) add(one grammar.Variant, op string, input func([]byte) vectors.Object) {
	v.byField[one.Field] = append(v.byField[one.Field], cases.Variant{What: one.What, Op: op, Input: func() vectors.Object { return input(one.Bytes) }})
}

// decode returns the structure with which data begins.
func (v *variants) decode(name string, data []byte) *grammar.Node {
	t, ok := v.g.Lookup(name)
	if !ok {
		panic(cases.Fault{Err: fmt.Errorf("the grammar has no %s", name)})
	}
	n, err := t.DecodePrefix(data)
	if err != nil {
		panic(cases.Fault{Err: fmt.Errorf("what the reference sealed does not decode: %w", err)})
	}
	return n
}

// header adds the variants of a header and of the bodies of its slots. They are
// signed again, unless the signature itself is varied. No slot is opened, so that
// nothing needs to be sealed in them.
func (v *variants) header() {
	s := samples.Archive{Seed: v.r.Int63()}
	k := key.Key(s.KeyBytes())
	slot := func(typ byte, fields ...[]byte) []byte {
		body := append(slices.Concat(fields...), v.bytes(forge.SealedKeySize)...)
		return slices.Concat([]byte{0, typ}, binary.BigEndian.AppendUint16(nil, uint16(len(body))), body)
	}
	cost := append(binary.BigEndian.AppendUint32(nil, uint32(8<<v.r.Intn(14))), 0, 0, 0, byte(1+v.r.Intn(10)), byte(1+v.r.Intn(2)))
	rp, credential := drawn.OneOf(v.r, "example.org", "a.example", "backup.example.com"), v.bytes(1+v.r.Intn(64))
	password := slot(1, v.bytes(32), cost)
	vault := slot(2, v.bytes(64))
	passkey := slot(3, v.bytes(32), []byte{byte(len(rp))}, []byte(rp), []byte{0, byte(len(credential))}, credential)
	for _, slots := range [][]byte{slices.Concat(password, passkey), vault} {
		v.headerOf(s, k, forge.Resigned(s.Container(), k, func(head, _ []byte) ([]byte, []byte) { return head, slots }))
	}
}

func (v *variants) bytes(n int) []byte { return drawn.BytesFrom(v.r.Int63(), n) }

func (v *variants) headerOf(s samples.Archive, k key.Key, container []byte) {
	head := v.decode("Header", container)
	payload := container[head.End():]
	signedAgain := func(header []byte) vectors.Object {
		return s.Opening("header.read", forge.SignedPrefix(header[:len(header)-forge.HeaderRest], payload, k))
	}
	for _, one := range head.Variants() {
		switch one.Field {
		case "Header", "Header.digest", "Header.mac":
			v.add(one, "container.unlock", func(header []byte) vectors.Object {
				return s.Opening("container.unlock", slices.Concat(header, payload))
			})
		default:
			v.add(one, "header.read", signedAgain)
		}
	}
	for _, slot := range head.Find("slots").Children {
		body, typ := slot.Find("body"), slot.Find("type")
		for _, one := range v.decode(bodies[typ.Type.ValueName(typ.Number)], body.Data).Variants() {
			v.add(one, "header.read", func(b []byte) vectors.Object { return signedAgain(head.With(body, b)) })
		}
	}
}

// bodies are the structures of the bodies of slots (spec section 6.1).
var bodies = map[string]string{"password": "PasswordSlot", "vault": "VaultSlot", "passkey": "PasskeySlot"}

// archive adds the variants of the frames of an archive. It is laid out and sealed
// again.
func (v *variants) archive() {
	s := samples.Archive{Seed: v.r.Int63(), Archive: inputs.Archive{Producer: drawn.OneOf(v.r, "p", "an app 1.0", "größer"), Created: drawn.Time(v.r)}}
	s.Add(inputs.Entry{Path: drawn.OneOf(v.r, "a", "a b", "é"), Kind: archive.Messages, Modified: drawn.Time(v.r), Content: v.bytes(1 + v.r.Intn(20))})
	s.Add(inputs.Entry{Path: drawn.OneOf(v.r, "b/c", "漢字", "d/e/f"), Kind: archive.Kind(2 + v.r.Intn(7)), Modified: drawn.Time(v.r), Content: v.bytes(v.r.Intn(20))})
	container, k := s.Container(), key.Key(s.KeyBytes())
	change := func(op string, f func(p *forge.Parts)) vectors.Object {
		return s.Opening(op, forge.Resealed(container, k, func(plaintext []byte) []byte {
			p := forge.MustHaveParts(plaintext)
			f(p)
			return p.Bytes()
		}))
	}
	var whole *forge.Parts
	change("archive.list", func(p *forge.Parts) { whole = p })
	for _, one := range v.decode("Frame", whole.Frames[0]).Variants() {
		v.add(one, "archive.restore", func(b []byte) vectors.Object {
			return change("archive.restore", func(p *forge.Parts) { p.Frames[0] = b; p.LayOut() })
		})
	}
	for _, one := range v.decode("Frame", whole.Padding()).Variants() {
		v.add(one, "archive.restore", func(b []byte) vectors.Object {
			return change("archive.restore", func(p *forge.Parts) { p.Other.Padding = b; p.Point() })
		})
	}
	for _, one := range v.decode("Frame", whole.Segment()).Variants() {
		v.add(one, "archive.list", func(b []byte) vectors.Object {
			return change("archive.list", func(p *forge.Parts) { p.Other.Segment = b; p.LayOut() })
		})
	}
	for _, one := range v.decode("Frame", whole.Index).Variants() {
		v.add(one, "archive.list", func(b []byte) vectors.Object {
			return change("archive.list", func(p *forge.Parts) { p.Index = b; p.Repad() })
		})
	}
}

// keyring adds the variants of a keyring, which is sealed again.
func (v *variants) keyring() {
	first := uint64(v.r.Int63n(1 << 40))
	s := samples.Keyring{Seed: v.r.Int63(), Epochs: []uint64{first + 1, first + 1 + uint64(1+v.r.Intn(9)), first + 20}}
	container, k := s.Container(), key.Key(drawn.BytesFrom(s.Seed, 32))
	var plaintext []byte
	forge.Resealed(container, k, func(b []byte) []byte { plaintext = b; return b })
	for _, one := range v.decode("Keyring", plaintext).Variants() {
		v.add(one, "keyring.open", func(b []byte) vectors.Object {
			return s.Opening(forge.Resealed(container, k, func([]byte) []byte { return b }))
		})
	}
}
