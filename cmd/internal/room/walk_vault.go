package room

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math/rand/v2"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
	"github.com/coffer-format/coffer/spec/annotate"
)

// vaultTime is when the walk takes place, in milliseconds since 1970.
const vaultTime = 1735689600000

// vaultActors are a device and a vault that draw the same at each run, so that the pages
// are always the same.
type vaultActors struct {
	random   io.Reader
	service  ed25519.PrivateKey // of the account service
	id       vault.ID
	token    vault.Token
	account  *record.Account
	machine  *record.Machine
	password password.Prepared
	k        key.Key
	acts     []act
	err      error // the first
}

// vaultWalk follows a recovery at a vault, message by message.
func (b *builder) vaultWalk() (*walk, error) {
	v := &vaultActors{random: rand.NewChaCha8([32]byte([]byte("the walk at a vault draws this !")))}
	v.begin()
	credential := v.register()
	v.recover(credential)
	if v.err != nil {
		return nil, v.err
	}
	return &walk{
		Title: "A recovery at a vault, message by message",
		Intro: template.HTML(b.linkReferences("walk-vault.html", `<p>A holder registers a password at a vault, loses the phone, and gets K back on a new one with nothing but the password and a keyring from the provider. Below are all messages in order, each unfolded into its fields. The vault sees the password in none of them, nor K, and counts how often it answers; chapter 18 says the rest. What is drawn at random is the same here each time, for this page only.</p>`)),
		way:   way{Acts: v.acts},
	}, nil
}

func (v *vaultActors) begin() {
	v.draw(v.k[:])
	var seed [32]byte
	v.draw(seed[:])
	v.id = vault.IDOf(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey))
	v.draw(seed[:])
	v.service = ed25519.NewKeyFromSeed(seed[:])
	v.token = vault.Token{Vault: v.id, NotBefore: vaultTime - 60000, NotAfter: vaultTime + 3600000}
	v.draw(v.token.Account[:])
	v.draw(v.token.Nonce[:])
	v.token.Sign(v.service)
	v.account = record.New(v.token.Account)
	v.machine = &record.Machine{Vault: v.id, OPAQUE: vault.OPAQUE{Vault: v.id}}
	var err error
	v.password, err = password.Prepare([]byte("correct horse battery staple"))
	v.fail(err)
}

func (v *vaultActors) draw(b []byte) {
	_, err := io.ReadFull(v.random, b)
	v.fail(err)
}

func (v *vaultActors) fail(err error) {
	if v.err == nil {
		v.err = err
	}
}

// ask sends a request to the vault, and tells of both messages.
func (v *vaultActors) ask(name, structure string, request vault.Request, asks, answers act) vault.Answer {
	request.Asks().Token = v.token
	var random record.Random
	v.draw(random[:])
	answer, _, err := v.machine.Handle(v.account, request, vaultTime, &random)
	if err == nil && answer.Says().Status != vault.OK {
		err = fmt.Errorf("the vault answers %v to %s", answer.Says().Status, name)
	}
	v.fail(err)
	if err != nil {
		return answer
	}
	asks.Name, answers.Name = structure+"Request, from the device to the vault", structure+"Answer, from the vault to the device"
	v.message(asks, structure+"Request", vault.Encode(request))
	v.message(answers, structure+"Answer", vault.Encode(answer))
	return answer
}

// message adds an act with a message.
func (v *vaultActors) message(a act, structure string, message []byte) {
	fields, err := annotate.VaultMessage(structure, message)
	v.tell(a, dissect.Layer{Name: structure, Hex: hex.EncodeToString(message), Fields: fields}, err)
}

// tell adds an act with a layer.
func (v *vaultActors) tell(a act, l dissect.Layer, err error) {
	v.fail(err)
	a.Layers = []dissect.Layer{l}
	v.acts = append(v.acts, a)
}

// register stores a record for the password and makes it live.
func (v *vaultActors) register() vault.Credential {
	var credential vault.Credential
	v.draw(credential[:])
	head := vault.Head{Credential: credential}
	random, err := opaque.DrawRegistrationRandom(v.random)
	v.fail(err)
	request, err := opaque.CreateRegistrationRequest(v.password.Bytes(), random)
	v.fail(err)
	if v.err != nil {
		return credential
	}
	answer := v.ask("register", "Register", &vault.RegisterRequest{Head: head, Request: [opaque.RegistrationRequestSize]byte(request.Bytes())},
		act{Title: "Registering: the device blinds the password", Section: "18.6", Text: "The device draws a credential and a blind, and sends the password as a point of a group, multiplied by the blind: whoever does not know the blind learns nothing from it. The token says which account asks."},
		act{Title: "The vault multiplies", Section: "18.4", Text: "The vault draws a seed for this record alone, multiplies the point by a key that comes from it, and answers. The device takes the blind off again; what it gets is a value that neither could compute alone."})
	registered, ok := answer.(*vault.RegisterAnswer)
	if v.err != nil || !ok {
		v.fail(errors.New("there is no answer to a registration"))
		return credential
	}
	response, err := opaque.ParseRegistrationResponse(registered.Response[:])
	v.fail(err)
	if v.err != nil {
		return credential
	}
	stored, exportKey, err := vault.Configuration().FinalizeRegistrationRequest(v.password.Bytes(), random, response, vault.Identities(v.id, credential))
	v.fail(err)
	if v.err != nil {
		return credential
	}
	store := &vault.StoreRequest{Head: head, Record: [opaque.RegistrationRecordSize]byte(stored.Bytes())}
	management := v.k.Derive(key.LabelManagement)
	copy(store.Management[:], ed25519.NewKeyFromSeed(management[:]).Public().(ed25519.PublicKey))
	v.ask("store", "Store", store,
		act{Title: "The device leaves a record", Section: "18.6", Text: "Argon2id has stretched that value into keys. The record has a public key and an envelope that only the right password opens, and the public half of a key that comes from K, with which the holder can later replace or destroy the record."},
		act{Title: "The record is pending", Section: "18.6", Text: "It answers no attempts yet: first the keyring whose vault slot names it has to be in the store."})
	v.slot(credential, exportKey)
	v.ask("commit", "Commit", &vault.CommitRequest{Head: head, Registration: vault.RegistrationOf(&store.Record, &store.Management)},
		act{Title: "The record becomes live", Section: "18.9", Text: "The keyring was stored and read back. From now on this record is the one that answers."},
		act{Title: "The vault has stored it", Section: "18.6", Text: "The answer is sent only after the change is durable."})
	return credential
}

// slot shows the slot that the export key seals.
func (v *vaultActors) slot(credential vault.Credential, exportKey []byte) {
	s, err := slot.NewVault(v.random, &v.k, v.id, credential, exportKey)
	v.fail(err)
	if err != nil {
		return
	}
	encoded, err := slot.Marshal([]slot.Slot{s})
	v.fail(err)
	fields, err := annotate.Slot(encoded)
	v.tell(act{Title: "Meanwhile, at the provider: the slot", Name: "a vault slot, in the keyring of the set", Section: "6.4", Text: "OPAQUE also gives the device an export key, which the vault never sees. The slot holds K, sealed under a key that comes from it. The slot names the vault and the credential, and no address."},
		dissect.Layer{Name: "slot", Hex: hex.EncodeToString(encoded), Fields: fields}, err)
}

// recover gets the export key back on another device.
func (v *vaultActors) recover(credential vault.Credential) {
	if v.err != nil {
		return
	}
	random, err := opaque.DrawClientRandom(v.random)
	v.fail(err)
	ke1, state, err := opaque.GenerateKE1(v.password.Bytes(), random)
	v.fail(err)
	if v.err != nil {
		return
	}
	head := vault.Head{Credential: credential}
	first := &vault.RecoverRequest{Head: head, KE1: [opaque.KE1Size]byte(ke1.Bytes())}
	answer := v.ask("recover", "Recover", first,
		act{Title: "Recovering: a new phone asks with the password", Section: "18.7", Text: "It has read the vault slot from the keyring. The first message has the blinded password again, under a new blind, and a share of a key exchange."},
		act{Title: "The vault takes an attempt, then answers", Section: "18.6", Text: "One of ten is gone, durably, before this answer leaves: whoever asks again with another password pays again. The answer has the product, and the envelope, masked under a key that only the right password gives. The MAC shows the device that it is the vault which it registered at."})
	second, ok := answer.(*vault.RecoverAnswer)
	if v.err != nil || !ok {
		return
	}
	ke2, err := opaque.ParseKE2(second.KE2[:])
	v.fail(err)
	if v.err != nil {
		return
	}
	ke3, _, _, err := vault.Configuration().GenerateKE3(state, vault.Identities(v.id, credential), ke2)
	v.fail(err)
	if v.err != nil {
		return
	}
	v.ask("finish", "Finish", &vault.FinishRequest{Head: head, Session: vault.SessionOf(&first.KE1), KE3: [opaque.KE3Size]byte(ke3.Bytes())},
		act{Title: "The device shows that the password was right", Section: "18.7", Text: "The envelope has opened: the device has the export key, opens the slot and has K already. With the third message it tells the vault that this attempt was the holder's."},
		act{Title: "The vault gives ten attempts back, and a report", Section: "18.8", Text: "The report says how often others have tried since the holder's last success, and when: a service that guesses in secret is seen. It is authenticated under the session's key."})
}
