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
	"not_before_ms": {phrase: "from when on the token is valid", rule: "VLT-7"},
	"not_after_ms":  {phrase: "until when the token is valid", rule: "VLT-7"},
	"nonce":         {phrase: "makes each token another", rule: "VLT-7"},
	"signature":     {phrase: "of the account service, over the fields before it", rule: "VLT-7"},

	"credential":   {phrase: "identifier of the record, which the vault slot names too", rule: "VLT-16"},
	"request":      {phrase: "OPAQUE: RegistrationRequest, the blinded password", rule: "VLT-12"},
	"record":       {phrase: "OPAQUE: RegistrationRecord, what the vault keeps", rule: "VLT-12"},
	"management":   {phrase: "public key whose private key comes from K", rule: "VLT-12"},
	"registration": {phrase: "SHA-256 of the record and the management key", rule: "VLT-45"},
	"ke1":          {phrase: "OPAQUE: the first message, with the blinded password", rule: "VLT-12"},
	"session":      {phrase: "SHA-256 of the first message", rule: "VLT-25"},
	"ke3":          {phrase: "OPAQUE: the third message, a MAC that only the right password gives", rule: "VLT-26"},
	"type":         {phrase: "what the proof is made with", rule: "VLT-16"},
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
	"response":      {phrase: "OPAQUE: RegistrationResponse, the vault's share in the computation", rule: "VLT-20"},
	"ke2":           {phrase: "OPAQUE: the second message, with the envelope and a MAC of the vault", rule: "VLT-13"},
	"failures":      {phrase: "attempts that failed since the holder's last success", rule: "VLT-38"},
	"failed_ms":     {phrase: "when an attempt failed", rule: "VLT-38"},
	"superseded_ms": {phrase: "when the record was superseded", rule: "VLT-38"},
	"mac":           {phrase: "of the report, under the session's key", rule: "VLT-38"},

	"set_id":     {phrase: "id of the backup set", rule: "VLT-50"},
	"epoch":      {phrase: "number of the set's keyring", rule: "VLT-50"},
	"generation": {phrase: "number of the last backup", rule: "VLT-50"},
	"head":       {phrase: "SHA-256 of the container that commits it", rule: "VLT-50"},
}

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
