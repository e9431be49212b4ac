// Package vaultdtest helps tests to speak to a vault as a holder's device does, message by
// message, and without stretching passwords.
package vaultdtest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// Holder is who has a record, or will have. Its fields are not changed while it asks.
type Holder struct {
	Vault      vault.ID
	Account    vault.AccountID
	Credential vault.Credential
	Service    ed25519.PrivateKey // signs the tokens
	Management ed25519.PrivateKey
	Password   []byte
	Kept       *vault.Token // is used while it is not nil, or a new one for each request
	Now        func() time.Time
	Post       func(name string, body []byte) (code int, answer []byte, err error)
}

// NewHolder returns a holder whose account, credential and keys are random.
func NewHolder(id *vault.ID, service ed25519.PrivateKey, now func() time.Time, post func(string, []byte) (int, []byte, error)) *Holder {
	h := &Holder{Vault: *id, Service: service, Now: now, Post: post, Password: []byte("right")}
	rand.Read(h.Account[:])
	rand.Read(h.Credential[:])
	_, h.Management, _ = ed25519.GenerateKey(rand.Reader)
	return h
}

// Over returns what sends requests to an address.
func Over(client *http.Client, address string) func(string, []byte) (int, []byte, error) {
	return func(name string, body []byte) (int, []byte, error) {
		response, err := client.Post(address+"/v1/"+name, "application/octet-stream", bytes.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		return response.StatusCode, answer, err
	}
}

// NoAnswer is a status code other than 200.
type NoAnswer int

func (n NoAnswer) Error() string { return fmt.Sprintf("status code %d", int(n)) }

// Ask sends a request with a token, once.
func (h *Holder) Ask(name string, request vault.Request) (vault.Answer, error) {
	head := request.Asks()
	if head.Token = *h.Token(); h.Kept != nil {
		head.Token = *h.Kept
	}
	if head.Credential == (vault.Credential{}) {
		head.Credential = h.Credential
	}
	code, answer, err := h.Post(name, vault.Encode(request))
	switch {
	case err != nil:
		return nil, err
	case code != http.StatusOK:
		return nil, NoAnswer(code)
	}
	return vault.ParseAnswer(name, answer)
}

// Token returns a token that is valid now.
func (h *Holder) Token() *vault.Token {
	now := uint64(h.Now().UnixMilli())
	token := &vault.Token{Vault: h.Vault, Account: h.Account, NotBefore: now - 60000, NotAfter: now + 60000}
	rand.Read(token.Nonce[:])
	token.Sign(h.Service)
	return token
}

var configuration = &opaque.Config{Stretch: opaque.Identity, Context: vault.Configuration().Context}

func (h *Holder) identities() opaque.Identities { return vault.Identities(h.Vault, h.Credential) }

// Begin returns the request that begins a registration, and what its answer is opened with.
func (h *Holder) Begin() (*vault.RegisterRequest, *opaque.RegistrationRandom, error) {
	random, err := opaque.DrawRegistrationRandom(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	request, err := opaque.CreateRegistrationRequest(h.Password, random)
	if err != nil {
		return nil, nil, err
	}
	return &vault.RegisterRequest{Request: [opaque.RegistrationRequestSize]byte(request.Bytes())}, random, nil
}

// End returns the request that ends a registration, and the export key.
func (h *Holder) End(random *opaque.RegistrationRandom, answer *vault.RegisterAnswer) (*vault.StoreRequest, []byte, error) {
	response, err := opaque.ParseRegistrationResponse(answer.Response[:])
	if err != nil {
		return nil, nil, err
	}
	record, exportKey, err := configuration.FinalizeRegistrationRequest(h.Password, random, response, h.identities())
	if err != nil {
		return nil, nil, err
	}
	store := &vault.StoreRequest{Record: [opaque.RegistrationRecordSize]byte(record.Bytes())}
	copy(store.Management[:], h.Management.Public().(ed25519.PublicKey))
	return store, exportKey, nil
}

// Register begins a registration, and returns the request that ends it, and the export key.
func (h *Holder) Register() (*vault.StoreRequest, []byte, error) {
	request, random, err := h.Begin()
	if err != nil {
		return nil, nil, err
	}
	answer, err := h.Ask("register", request)
	if err == nil {
		err = expectOK(answer)
	}
	if err != nil {
		return nil, nil, err
	}
	return h.End(random, answer.(*vault.RegisterAnswer))
}

// Commit returns the request that makes what was stored live.
func Commit(stored *vault.StoreRequest) *vault.CommitRequest {
	return &vault.CommitRequest{Registration: vault.RegistrationOf(&stored.Record, &stored.Management)}
}

// Enrol registers, stores and commits a record.
func (h *Holder) Enrol() (exportKey []byte, err error) {
	store, exportKey, err := h.Register()
	if err != nil {
		return nil, err
	}
	for _, step := range []struct {
		name    string
		request vault.Request
	}{{"store", store}, {"commit", Commit(store)}} {
		answer, err := h.Ask(step.name, step.request)
		if err == nil {
			err = expectOK(answer)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return exportKey, nil
}

func expectOK(answer vault.Answer) error {
	if status := answer.Says().Status; status != vault.OK {
		return fmt.Errorf("the vault says %s", status)
	}
	return nil
}

// First returns a first message for a password, and what its answer is opened with.
func First(password []byte) (*vault.RecoverRequest, *opaque.ClientState, error) {
	random, err := opaque.DrawClientRandom(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	ke1, state, err := opaque.GenerateKE1(password, random)
	if err != nil {
		return nil, nil, err
	}
	return &vault.RecoverRequest{KE1: [opaque.KE1Size]byte(ke1.Bytes())}, state, nil
}

// Third returns the third message for a second one, and the keys, if the password was right.
func (h *Holder) Third(first *vault.RecoverRequest, state *opaque.ClientState, second *vault.RecoverAnswer) (third *vault.FinishRequest, sessionKey, exportKey opaque.Secret, err error) {
	ke2, err := opaque.ParseKE2(second.KE2[:])
	if err != nil {
		return nil, nil, nil, err
	}
	ke3, sessionKey, exportKey, err := configuration.GenerateKE3(state, h.identities(), ke2)
	if err != nil {
		return nil, nil, nil, err
	}
	return &vault.FinishRequest{Session: vault.SessionOf(&first.KE1), KE3: [opaque.KE3Size]byte(ke3.Bytes())}, sessionKey, exportKey, nil
}

// Recover tries a password, and returns the export key and the session key if it is right.
func (h *Holder) Recover(password []byte) (exportKey, sessionKey opaque.Secret, err error) {
	first, state, err := First(password)
	if err != nil {
		return nil, nil, err
	}
	answer, err := h.Ask("recover", first)
	if err == nil {
		err = expectOK(answer)
	}
	if err != nil {
		return nil, nil, err
	}
	third, sessionKey, exportKey, err := h.Third(first, state, answer.(*vault.RecoverAnswer))
	if err != nil {
		return nil, nil, err
	}
	answer, err = h.Ask("finish", third)
	if err == nil {
		err = expectOK(answer)
	}
	return exportKey, sessionKey, err
}

// State asks for the state of the record.
func (h *Holder) State() (*vault.StateAnswer, error) {
	answer, err := h.Ask("state", &vault.StateRequest{})
	if err != nil {
		return nil, err
	}
	return answer.(*vault.StateAnswer), expectOK(answer)
}

// Destroy returns the request that destroys the record.
func (h *Holder) Destroy(sequence uint64) *vault.DestroyRequest {
	statement := vault.Statement{Operation: vault.Destroy, Vault: h.Vault, Account: h.Account, Sequence: sequence, Of: h.Credential, Credential: h.Credential}
	return &vault.DestroyRequest{Proof: statement.Signed(h.Management)}
}

// Anchor returns the request that stores an anchor.
func (h *Holder) Anchor(version uint64) *vault.AnchorRequest {
	statement := vault.AnchorStatement{Vault: h.Vault, Account: h.Account, Credential: h.Credential, Version: version, Anchor: [vault.AnchorSize]byte{1}}
	return &vault.AnchorRequest{Version: version, Anchor: statement.Anchor, Proof: statement.Signed(h.Management)}
}
