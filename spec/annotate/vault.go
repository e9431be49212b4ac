package annotate

import (
	"fmt"
	"strings"
)

// vaultFields are the meanings of the fields of chapter 18, by their names, which mean
// the same in every message.
var vaultFields = map[string]meaning{
	"vault":         {phrase: "digest of the vault's root key", rule: "VLT-7"},
	"account":       {phrase: "pseudonym of the account", rule: "VLT-8"},
	"not_before_ms": {phrase: "from when on the token is valid", rule: "VLT-7", as: clock},
	"not_after_ms":  {phrase: "until when the token is valid", rule: "VLT-7", as: clock},
	"nonce":         {phrase: "makes each token another", rule: "VLT-7"},
	"signature":     {phrase: "of the account service, over the fields before it", rule: "VLT-7"},

	"credential":   {phrase: "identifier of the record, which the vault slot names too", rule: "VLT-16"},
	"management":   {phrase: "public key whose private key comes from K", rule: "VLT-12"},
	"registration": {phrase: "SHA-256 of the record and the management key", rule: "VLT-45"},
	"session":      {phrase: "SHA-256 of the first message", rule: "VLT-25"},
	"type":         {phrase: "what the proof is made with, none if no record is replaced", rule: "VLT-16"},
	"of":           {phrase: "credential of the record that the proof is of", rule: "VLT-45"},
	"value":        {phrase: "the proof", rule: "VLT-28"},
	"proof":        {phrase: "signature of the anchor with the management key", rule: "VLT-49"},
	"version":      {phrase: "number that only grows", rule: "VLT-49"},
	"anchor":       {phrase: "how far the history had come, sealed under K", rule: "VLT-50"},

	"status":        {phrase: "what became of the request", rule: "VLT-17"},
	"state":         {phrase: "how the record stands", rule: "VLT-20"},
	"attempts":      {phrase: "attempts that are left", rule: "VLT-25"},
	"wait_ms":       {phrase: "milliseconds until the next attempt", rule: "VLT-34"},
	"sequence":      {phrase: "number of the account's last change", rule: "VLT-20"},
	"live":          {phrase: "credential of the live record", rule: "VLT-31"},
	"failures":      {phrase: "attempts that failed since the holder's last success", rule: "VLT-38"},
	"failed_ms":     {phrase: "when an attempt failed", rule: "VLT-38", as: clock},
	"superseded_ms": {phrase: "when the record was superseded", rule: "VLT-38", as: clock},
	"mac":           {phrase: "of the report, under the session's key", rule: "VLT-38"},

	"set_id":     {phrase: "id of the backup set", rule: "VLT-50"},
	"epoch":      {phrase: "number of the set's keyring", rule: "VLT-50"},
	"generation": {phrase: "number of the last backup", rule: "VLT-50"},
	"head":       {phrase: "SHA-256 of the container that commits it", rule: "VLT-50"},
}

// part is a part of a message of OPAQUE (RFC 9807), which chapter 18 has as one field.
type part struct {
	name    string
	length  int
	meaning string
}

// opaqueParts are those of the messages, by the field that has them.
var opaqueParts = map[string]struct {
	rule  string // the id of a requirement on the field
	parts []part
}{
	"request": {"VLT-12", []part{{"blinded_message", 32, "the password as a point of the group, multiplied by the blind"}}},
	"response": {"VLT-20", []part{
		{"evaluated_message", 32, "that point, multiplied by the vault's key for this record"},
		{"server_public_key", 32, "of the vault's key pair for this record"},
	}},
	"record": {"VLT-12", []part{
		{"client_public_key", 32, "of the key pair that only the password gives again"},
		{"masking_key", 64, "the vault masks with it what it answers"},
		{"envelope.nonce", 32, "makes the keys of each registration others"},
		{"envelope.auth_tag", 64, "shows the device that its password was right"},
	}},
	"ke1": {"VLT-12", []part{
		{"blinded_message", 32, "the password as a point of the group, multiplied by a new blind"},
		{"client_nonce", 32, "makes each session another"},
		{"client_public_keyshare", 32, "of the device, for this session's key exchange"},
	}},
	"ke2": {"VLT-13", []part{
		{"evaluated_message", 32, "that point, multiplied by the vault's key for this record"},
		{"masking_nonce", 32, "makes each mask another"},
		{"masked_response", 128, "the vault's public key and the envelope, masked"},
		{"server_nonce", 32, "makes each session another"},
		{"server_public_keyshare", 32, "of the vault, for this session's key exchange"},
		{"server_mac", 64, "shows the device that it is the vault which it registered at"},
	}},
	"ke3": {"VLT-26", []part{{"client_mac", 64, "shows the vault that the password was right"}}},
}

// opaque adds the parts of a field that is a message of OPAQUE, and reports whether it is one.
func (a *annotator) opaque(full, section string, length int) bool {
	message, ok := opaqueParts[full]
	sum := 0
	for _, p := range message.parts {
		sum += p.length
	}
	if !ok || length != sum || section != messagesSection {
		return false
	}
	for _, p := range message.parts {
		a.add(int64(p.length), full+"."+p.name, "", p.meaning, section, message.rule)
	}
	return true
}

// messagesSection is the one with the messages of a vault.
const messagesSection = "18.5"

// vaultField returns the meaning of a field of chapter 18 by its full name.
func vaultField(full string) meaning {
	name := full[strings.LastIndex(full, ".")+1:]
	name, _, _ = strings.Cut(name, "[")
	return vaultFields[name]
}

// VaultMessage returns the fields of a structure of chapter 18, such as "RecoverRequest".
// Error: there is no such structure.
func VaultMessage(structure string, message []byte) ([]Field, error) {
	a, err := newAnnotator()
	if err != nil {
		return nil, err
	}
	t, ok := a.g.Lookup(structure)
	if !ok || t.Place.File != vaultChapter {
		return nil, fmt.Errorf("chapter 18 has no structure %s", structure)
	}
	a.nested(t, message, "")
	if last := len(a.fields) - 1; last >= 0 && a.fields[last].Name == "" { // what does not decode
		a.fields[last].Name = structure
	}
	return a.fields, nil
}

const vaultChapter = "18-vault.md"
