package check

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/spec"
)

// chapters holds the formulas, by section in the order of the text; a table cell
// that is a formula is one, under its section and row.
type chapters map[string][]string

func formulasOf(d *spec.Document) chapters {
	all := chapters{}
	for _, c := range d.Code {
		if c.Language == "" && c.File != "01-introduction.md" {
			all[c.Section] = append(all[c.Section], c.Text)
		}
	}
	for _, t := range d.Tables {
		if t.Section == "6.2" {
			for _, row := range t.Rows {
				all["6.2 "+row.Cells[0]] = []string{row.Cells[1]}
			}
		}
	}
	return all
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// withDerive returns an environment in which Derive is what section 3.2 says.
func (c chapters) withDerive() environment {
	definition := statements(c["3.2"][0])[0]
	return environment{"Derive": []byte(definition[1])}
}

func same(what string, formula any, reference []byte) error {
	if b, ok := formula.([]byte); !ok || !bytes.Equal(b, reference) {
		return fmt.Errorf("%s: %x by the formula, %x by the reference", what, formula, reference)
	}
	return nil
}

// comparisons evaluate the formulas of a section on random input, and compare the
// results with those of the reference.
var comparisons = map[string]func(c chapters, r *rand.Rand) error{
	"3.2": func(c chapters, r *rand.Rand) error {
		k, label := key.Key(randomBytes(r, key.Size)), fmt.Sprint("label ", r.Uint32())
		env := c.withDerive()
		env["K"], env["label"] = k[:], []byte(label)
		value, err := env.evaluate("Derive(K, label)")
		if err != nil {
			return err
		}
		derived := k.Derive(label)
		return same("Derive", value, derived[:])
	},
	"4": func(c chapters, r *rand.Rand) error {
		// At least four chunks: the formula of the message names three of them.
		plaintext := randomBytes(r, (3+r.IntN(3))*cobblestone.ChunkSize+r.IntN(cobblestone.ChunkSize))
		context := randomBytes(r, r.IntN(40))
		env := environment{"input_key": randomBytes(r, 32), "salt": randomBytes(r, 24), "context": context}
		if err := env.run(c["4.2"][0]); err != nil {
			return err
		}
		var sealed [][]byte
		for i := 0; i*cobblestone.ChunkSize <= len(plaintext); i++ {
			env["i"], env["chunk_i"] = i, plaintext[i*cobblestone.ChunkSize:min(len(plaintext), (i+1)*cobblestone.ChunkSize)]
			if err := env.run(c["4.3"][0]); err != nil {
				return err
			}
			sealed = append(sealed, env["sealed_chunk_i"].([]byte))
		}
		last := len(sealed) - 1
		env["sealed_chunk_0"], env["sealed_chunk_1"], env["sealed_chunk_last"] = sealed[0], sealed[1], sealed[last]
		env["..."] = slices.Concat(sealed[2:last]...)
		if err := env.run(c["4.4"][0]); err != nil {
			return err
		}
		return same("message", env["message"], cobblestone.Seal(env["input_key"].([]byte), env["salt"].([]byte), string(context), plaintext))
	},
	"6.2": func(c chapters, r *rand.Rand) error {
		exportKey, prf := randomBytes(r, 64), randomBytes(r, 32)
		prepared, err := password.Prepare([]byte(hex.EncodeToString(randomBytes(r, 1+r.IntN(40)))))
		if err != nil {
			return err
		}
		inSlot := &slot.Password{Salt: [32]byte(randomBytes(r, 32)), Params: slot.Params{MemoryKiB: 32, Passes: uint32(1 + r.IntN(3)), Lanes: uint8(1 + r.IntN(4))}}
		inVault := &slot.Vault{Vault: [32]byte(randomBytes(r, 32)), Credential: [32]byte(randomBytes(r, 32))}
		passkey := &slot.Passkey{Salt: [32]byte(randomBytes(r, 32)), RPID: "chat.example", Credential: randomBytes(r, 1+r.IntN(60))}
		env := environment{
			"OPAQUE export_key": exportKey, "PRF output": prf, "prepared password": prepared.Bytes(), "salt": inSlot.Salt[:],
			"memory_kib": int(inSlot.Params.MemoryKiB), "passes": int(inSlot.Params.Passes), "lanes": int(inSlot.Params.Lanes),
		}
		inputKey, err := inSlot.InputKey(prepared)
		if err != nil {
			return err
		}
		for name, want := range map[string][]byte{
			"vault": slot.VaultInputKey(exportKey), "passkey": slot.PasskeyInputKey(prf), "password": inputKey,
		} {
			value, err := env.evaluate(strings.ReplaceAll(c["6.2 "+name][0], `\|`, "|"))
			if err != nil {
				return err
			}
			if err := same(name, value, want); err != nil {
				return err
			}
		}
		for _, s := range []slot.Slot{inSlot, inVault, passkey} {
			encoded, err := slot.Marshal([]slot.Slot{s})
			if err != nil {
				return err
			}
			env["type"], env["every field of the body before sealed_key"] = encoded[:2], encoded[4:len(encoded)-slot.SealedKeySize]
			value, err := env.evaluate(strings.TrimSpace(c["6.2"][0]))
			if err != nil {
				return err
			}
			if err := same("context", value, []byte(slot.Context(s))); err != nil {
				return err
			}
		}
		return nil
	},
	"7.2": func(c chapters, r *rand.Rand) error {
		k, payload := key.Key(randomBytes(r, key.Size)), randomBytes(r, cobblestone.PrefixSize)
		slots := []slot.Slot{&slot.Unknown{SlotType: 0xff00, Body: randomBytes(r, r.IntN(60))}}
		encoded, err := slot.Marshal(slots)
		if err != nil {
			return err
		}
		purpose := header.Purpose(1 + r.IntN(2))
		h, err := header.New(&k, purpose, slots, payload)
		if err != nil {
			return err
		}
		check := k.Check()
		env := c.withDerive()
		env["K"], env["payload"], env["key_check"] = k[:], randomTail(r, payload), check[:]
		env["magic"], env["version"], env["purpose"] = []byte(header.Magic), []byte{0, header.Version}, []byte{byte(purpose)}
		env["slots"] = append(binary.BigEndian.AppendUint16(nil, uint16(len(encoded))), encoded...)
		if err := env.run(c["7.2"][0]); err != nil {
			return err
		}
		prefix := env["prefix"].([]byte)
		if err := same("prefix", env["prefix"], h.Bytes()[:min(len(prefix), len(h.Bytes()))]); err != nil {
			return err
		}
		if err := same("digest", env["digest"], h.Digest[:]); err != nil {
			return err
		}
		return same("mac", env["mac"], h.MAC[:])
	},
	"8.3": func(c chapters, r *rand.Rand) error {
		env := environment{"L": 135 + r.IntN(1<<(1+r.IntN(51)))}
		if err := env.run(c["8.3"][0]); err != nil {
			return err
		}
		if want := archive.Padded(int64(env["L"].(int))); env["padded(L)"] != int(want) {
			return fmt.Errorf("padded(%d) is %d by the formula, %d by the reference", env["L"], env["padded(L)"], want)
		}
		return nil
	},
	"18.3": func(c chapters, r *rand.Rand) error {
		public, private := signingKey(r)
		token := &vault.Token{
			Vault: vault.ID(randomBytes(r, 32)), Account: vault.AccountID(randomBytes(r, 32)),
			NotBefore: r.Uint64() >> 12, NotAfter: r.Uint64() >> 12, Nonce: [16]byte(randomBytes(r, 16)),
		}
		token.Sign(private)
		env := environment{"every field of the token before signature": token.Bytes()[:vault.TokenSize-ed25519.SignatureSize]}
		return env.signed(c["18.3"][0], public, token.Signature[:])
	},
	"18.6": func(c chapters, r *rand.Rand) error {
		public, private := signingKey(r)
		statement := &vault.Statement{
			Operation: []vault.Operation{vault.Commit, vault.Destroy}[r.IntN(2)], Vault: vault.ID(randomBytes(r, 32)),
			Account: vault.AccountID(randomBytes(r, 32)), Sequence: r.Uint64() >> 12, Of: vault.Credential(randomBytes(r, 32)),
			Credential: vault.Credential(randomBytes(r, 32)), Registration: vault.Registration(randomBytes(r, 32)),
		}
		env := environment{
			"operation": []byte(statement.Operation), "vault": statement.Vault[:], "account": statement.Account[:],
			"sequence": binary.BigEndian.AppendUint64(nil, statement.Sequence), "of": statement.Of[:],
			"credential": statement.Credential[:], "registration": statement.Registration[:],
		}
		proof := statement.Signed(private)
		if err := env.signed(c["18.6"][0], public, proof.Value[:]); err != nil {
			return err
		}
		anchor := &vault.AnchorStatement{
			Vault: statement.Vault, Account: statement.Account, Credential: statement.Credential, Version: r.Uint64() >> 12,
			Anchor: [vault.AnchorSize]byte(randomBytes(r, vault.AnchorSize)),
		}
		env["version"], env["anchor"] = binary.BigEndian.AppendUint64(nil, anchor.Version), anchor.Anchor[:]
		signature := anchor.Signed(private)
		return env.signed(c["18.6"][1], public, signature[:])
	},
	"18.8": func(c chapters, r *rand.Rand) error {
		report := &vault.Report{Failures: r.Uint32(), Superseded: r.Uint64() >> 12}
		for i := range report.Failed {
			report.Failed[i] = r.Uint64() >> 12
		}
		encoded := binary.BigEndian.AppendUint32(nil, report.Failures)
		for _, ms := range append(report.Failed[:], report.Superseded) {
			encoded = binary.BigEndian.AppendUint64(encoded, ms)
		}
		sessionKey := randomBytes(r, 64)
		value, err := environment{"session key": sessionKey, "report": encoded}.evaluate(strings.TrimSpace(c["18.8"][0]))
		if err != nil {
			return err
		}
		mac := report.MAC(sessionKey)
		return same("mac", value, mac[:])
	},
}

func signingKey(r *rand.Rand) (ed25519.PublicKey, ed25519.PrivateKey) {
	private := ed25519.NewKeyFromSeed(randomBytes(r, ed25519.SeedSize))
	return private.Public().(ed25519.PublicKey), private
}

// signed checks that a signature is one of what a formula says.
func (e environment) signed(formula string, public ed25519.PublicKey, signature []byte) error {
	value, err := e.evaluate(strings.TrimSpace(formula))
	if err != nil {
		return err
	}
	if b, ok := value.([]byte); !ok || !ed25519.Verify(public, b, signature) {
		return fmt.Errorf("the reference does not sign %x", value)
	}
	return nil
}

// randomTail returns a payload of more bytes than its beginning.
func randomTail(r *rand.Rand, beginning []byte) []byte {
	return slices.Concat(beginning, randomBytes(r, 20))
}

// repeated makes a comparison on several inputs, the same in every run.
func repeated(compare func(c chapters, r *rand.Rand) error, c chapters) error {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		if err := compare(c, r); err != nil {
			return err
		}
	}
	return nil
}

// The reference computes what the formulas of chapters 3, 4, 6, 7, 8 and 18 say.
func TestFormulas(t *testing.T) {
	thorough.NotShort(t)
	c := formulasOf(whole(t).spec)
	for section, compare := range comparisons {
		if err := repeated(compare, c); err != nil {
			t.Errorf("section %s: %v", section, err)
		}
	}
	for section := range c {
		if comparisons[strings.Fields(section)[0]] == nil && !strings.HasPrefix(section, "4.") {
			t.Errorf("no comparison is of the formulas of section %s", section)
		}
	}
}
