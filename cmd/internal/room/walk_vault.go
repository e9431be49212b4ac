package room

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/coffer-format/coffer/cmd/internal/dissect"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/slot"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
	"github.com/coffer-format/coffer/spec/annotate"
)

// walkTime is when the walks take place, in milliseconds since 1970, and walkPassword what
// their holder has chosen.
const (
	walkTime     = 1735689600000
	walkPassword = "correct horse battery staple"
)

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
func vaultWalk() (*walk, error) {
	v := &vaultActors{random: sameRandom("walk-vault.html")}
	v.begin()
	credential := v.register()
	v.recover(credential)
	if v.err != nil {
		return nil, v.err
	}
	return &walk{Intro: vaultTerms, End: vaultLimits, way: way{Acts: v.acts}}, nil
}

// vaultTerms says who and what the walk is about.
const vaultTerms = `<p>A holder registers a password at a vault, loses the phone, and gets K back on a new one. It takes three things: the password; the keyring, which the new phone fetches from the provider; and a token, which the account service gives to whoever has signed in to the account. Below are all messages in order, each unfolded into its fields. What is drawn at random is the same each time, for this page only.</p>
<dl class="terms">
<dt>holder</dt><dd>the person who knows the password</dd>
<dt>provider</dt><dd>stores the containers of the backup, the keyring among them</dd>
<dt>vault</dt><dd>answers a computation with the password, and counts how often; it has a root key, and the digest of the public one is its name</dd>
<dt>account service</dt><dd>knows the accounts; the vault sees a pseudonym for each</dd>
<dt>token</dt><dd>a signature of the account service: this account may ask this vault, between two times</dd>
<dt>credential</dt><dd>32 random bytes that name one record at the vault</dd>
<dt>OPAQUE</dt><dd>the computation (RFC 9807): both sides contribute to it, and the messages tell the vault nothing of the password</dd>
<dt>K</dt><dd>the key of the backup, 32 bytes, which the device drew at random when the backup was turned on</dd>
<dt>export key</dt><dd>what comes out of it on the device only; K is sealed under a key that comes from it</dd>
</dl>`

// vaultLimits says what a vault learns, and what it could do.
const vaultLimits = `<section class="act limits" id="limits"><h2>What the vault can do, and what it cannot</h2>
<p><b>It learns</b> a pseudonym of the account; when somebody registers, tries and succeeds; when there is a new backup, whose anchor the device leaves with it (section 18.10); and how often somebody fails.</p>
<p><b>It does not learn</b> from the messages the password, the export key or K, nor what is in the backup.</p>
<p><b>A vault that keeps its rules</b> answers at most ten guesses for each registration and each success of the holder, whoever asks. It can refuse or forget: then the holder needs another secret, such as the 64-digit key.</p>
<p><b>A vault that breaks them</b> (assumption A7 of section 12.21) can count wrongly, and try passwords on its record without asking anybody, each at the cost of one Argon2id computation; with a right one and the keyring, which the provider has, it gets K. A vault that is set back to an earlier image answers ten guesses more each time. A password that is hard to guess stays hard to guess.</p>
<p><b>The account service, or whoever steals tokens for so long,</b> gets ten guesses, and with the waits between them they take 41 hours. With a right one they need the keyring as well. The tenth wrong one destroys the record: then the holder needs another secret, such as the 64-digit key. The holder sees the guesses before that, in how many attempts are left, and in the report after the next success.</p>
<p>Section 18.1 lists all parties; section 18.12 says what an operator does so that a vault is not set back.</p></section>`

func (v *vaultActors) begin() {
	v.draw(v.k[:])
	var seed [32]byte
	v.draw(seed[:])
	v.id = vault.IDOf(ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey))
	v.draw(seed[:])
	v.service = ed25519.NewKeyFromSeed(seed[:])
	v.token = vault.Token{Vault: v.id, NotBefore: walkTime - 60000, NotAfter: walkTime + 3600000}
	v.draw(v.token.Account[:])
	v.draw(v.token.Nonce[:])
	v.token.Sign(v.service)
	v.account = record.New(v.token.Account)
	v.machine = &record.Machine{Vault: v.id, OPAQUE: vault.OPAQUE{Vault: v.id}}
	var err error
	v.password, err = password.Prepare([]byte(walkPassword))
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
	answer, _, err := v.machine.Handle(v.account, request, walkTime, &random)
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
		act{Title: "Registering: the device blinds the password", Section: "18.6", Text: []string{"The device draws a credential and a blind, and sends the password as a point of a group, multiplied by the blind: whoever does not know the blind learns nothing from it. The token says which account asks, and is in every request. The messages travel over TLS, to a channel key that the vault's root key has signed; the device knows the root key from its application (section 18.2)."}},
		act{Title: "The vault multiplies", Section: "18.4", Text: []string{"The vault draws a seed for this record alone, multiplies the point by a key that comes from it, and answers. The device takes the blind off again; what it gets is a value that neither could compute alone."}})
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
		act{Title: "The device leaves a record", Section: "18.6", Text: []string{"Argon2id, with 64 MiB and 3 passes (section 18.4), has stretched that value into keys. The record has a public key, a masking key, and an envelope that only the right password opens. Beside it goes the management key, the public half of a key that comes from K: with it the holder can later replace or destroy the record."}},
		act{Title: "The record is pending", Section: "18.6", Text: []string{"It answers no attempts yet: first the keyring whose vault slot names it has to be in the store."}})
	v.slot(credential, exportKey)
	v.ask("commit", "Commit", &vault.CommitRequest{Head: head, Registration: vault.RegistrationOf(&store.Record, &store.Management)},
		act{Title: "The record becomes live", Section: "18.9", Text: []string{"The keyring was stored and read back. From now on this record is the one that answers.", "The proof would be of a record that this one replaces. There is none, so its type is none, and the rest of it is zeros."}},
		act{Title: "The vault has stored it", Section: "18.6", Text: []string{"The answer is sent only after the change is durable."}})
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
	v.tell(act{Title: "Meanwhile, at the provider: the slot", Name: "a vault slot, in the keyring of the set", Section: "6.4", Text: []string{"OPAQUE also gives the device an export key, which the vault never sees. The slot holds K, sealed under a key that comes from it. It names the vault, by the same digest of its root key as the token, and the credential, and no address: the application knows that."}},
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
		act{Title: "Recovering: a new phone asks with the password", Section: "18.7", Text: []string{"The holder has signed in, so the phone has a token; it has read the vault slot from the keyring, which the provider gave it. The first message has the blinded password again, under a new blind, and a share of a key exchange."}},
		act{Title: "The vault takes an attempt, then answers", Section: "18.6", Text: []string{"One of ten is gone, durably, before this answer leaves: whoever asks with another password pays again, while the same message again gets the same answer for nothing. The answer has the product, and the envelope, masked under the record's masking key, which the device can make only with the right password. The MAC shows the device that it is the vault which it registered at."}})
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
		act{Title: "The device shows that the password was right", Section: "18.7", Text: []string{"The envelope has opened: the device has the export key, opens the slot and has K already. With the third message it tells the vault that this attempt was the holder's."}},
		act{Title: "The vault gives ten attempts back, and a report", Section: "18.8", Text: []string{"The report says how often others have tried since the holder's last success, and when, so a service that guesses is seen. It is authenticated under the session's key."}})
}
