package annotate

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/grammar"
)

// Every field of the messages of chapter 18 has a meaning and a requirement, and no other
// has one.
func TestVaultMeanings(t *testing.T) {
	g, err := grammar.Load()
	if err != nil {
		t.Fatal(err)
	}
	stated := map[string]bool{}
	for _, r := range spec.Requirements() {
		stated[r.ID] = true
	}
	used := map[string]bool{}
	for _, typ := range g.Types {
		if typ.Place.File != vaultChapter {
			continue
		}
		for _, f := range typ.Fields {
			if f.Type.Kind == grammar.Struct {
				continue
			}
			used[f.Name] = true
			if message, ok := opaqueParts[f.Name]; ok {
				if !stated[message.rule] {
					t.Errorf("%s.%s: there is no requirement %q", typ.Name, f.Name, message.rule)
				}
				continue
			}
			if m := vaultFields[f.Name]; m.phrase == "" || !stated[m.rule] {
				t.Errorf("%s.%s: %+v", typ.Name, f.Name, m)
			}
		}
	}
	for name := range opaqueParts {
		if !used[name] {
			t.Errorf("no message has a field %s", name)
		}
	}
	for name := range vaultFields {
		if !used[name] {
			t.Errorf("no message has a field %s", name)
		}
	}
}

// The fields of a message of a vault tile it, whatever it holds.
func TestVaultMessage(t *testing.T) {
	for structure, length := range map[string]int64{"RecoverRequest": 160 + 32 + 96, "FinishAnswer": 1 + 4 + 80 + 8 + 64, "StateAnswer": 3 + 8 + 8 + 32 + 8 + 136} {
		for _, cut := range []int64{0, 1} {
			fields, err := VaultMessage(structure, make([]byte, length-cut))
			if err != nil {
				t.Fatal(err)
			}
			checkTiles(t, structure, fields, length-cut)
			if last := fields[len(fields)-1]; (last.Fault == "") != (cut == 0) {
				t.Errorf("%s, %d bytes short: %+v", structure, cut, last)
			}
		}
	}
	if _, err := VaultMessage("Header", nil); err == nil {
		t.Error("a header is taken for a message of a vault")
	}
}

// The messages of OPAQUE are taken apart as RFC 9807 does, and a time of a token and of an
// archive is shown as a date.
func TestVaultParts(t *testing.T) {
	for structure, want := range map[string]string{
		"RegisterRequest": "request.blinded_message:32",
		"RegisterAnswer":  "response.evaluated_message:32 response.server_public_key:32",
		"StoreRequest":    "record.client_public_key:32 record.masking_key:64 record.envelope.nonce:32 record.envelope.auth_tag:64",
		"RecoverRequest":  "ke1.blinded_message:32 ke1.client_nonce:32 ke1.client_public_keyshare:32",
		"RecoverAnswer":   "ke2.evaluated_message:32 ke2.masking_nonce:32 ke2.masked_response:128 ke2.server_nonce:32 ke2.server_public_keyshare:32 ke2.server_mac:64",
		"FinishRequest":   "ke3.client_mac:64",
	} {
		g, err := grammar.Load()
		if err != nil {
			t.Fatal(err)
		}
		typ, _ := g.Lookup(structure)
		var parts []string
		for size := 0; len(parts) == 0 && size < 1024; size++ { // the length at which it decodes
			message := make([]byte, size)
			if _, err := typ.Decode(message); err != nil {
				continue
			}
			fields, err := VaultMessage(structure, message)
			if err != nil {
				t.Fatal(err)
			}
			checkTiles(t, structure, fields, int64(size))
			for _, f := range fields {
				if field, _, _ := strings.Cut(f.Name, "."); opaqueParts[field].parts != nil {
					parts = append(parts, fmt.Sprintf("%s:%d", f.Name, f.Length))
				}
			}
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%s has %s", structure, got)
		}
	}
	token := make([]byte, 160+32)
	binary.BigEndian.PutUint64(token[64:], 1700000000000)
	fields, err := VaultMessage("StateRequest", token)
	if err != nil || fields[2].Value != "1700000000000, 2023-11-14T22:13:20.000Z" || fields[3].Value != "0, none" {
		t.Errorf("the times of a token are %+v, %v", fields[2:4], err)
	}
	for number, want := range map[uint64]string{0: "0, not known", epoch - 1: "2251799813685247 = 2^51 - 1, 1969-12-31T23:59:59.999Z", epoch: "2251799813685248 = 2^51 + 0, 1970-01-01T00:00:00.000Z"} {
		if got := valueOf(&grammar.Node{Type: &grammar.Type{Kind: grammar.Number}, Length: 8, Number: number}, moment); got != want {
			t.Errorf("%d is shown as %q", number, got)
		}
	}
}
