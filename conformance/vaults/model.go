package vaults

import (
	"errors"
	"fmt"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
)

// model is a vault that does what the reference does, and takes from the implementation what
// OPAQUE makes of values that the implementation has drawn.
type model struct {
	w        *world
	accounts map[vault.AccountID]*record.Account
	said     vault.Answer // what the implementation has just answered
	known    map[vault.Keys][opaque.RegistrationResponseSize]byte
	wrong    error // what the implementation has drawn or computed wrongly
}

func newModel(w *world) *model {
	return &model{w: w, accounts: map[vault.AccountID]*record.Account{}, known: map[vault.Keys][opaque.RegistrationResponseSize]byte{}}
}

// answer returns the answer to the bytes of a request.
func (m *model) answer(name string, message []byte, said vault.Answer) vault.Answer {
	request, err := vault.ParseRequest(name, message)
	if err != nil {
		return vault.Refusal(name, vault.Malformed)
	}
	token := &request.Asks().Token
	if !m.w.holds(token) {
		return vault.Refusal(name, vault.BadToken)
	}
	account := m.accounts[token.Account]
	if account == nil {
		account = record.New(token.Account)
		m.accounts[token.Account] = account
	}
	m.said, m.wrong = said, nil
	machine := &record.Machine{Vault: m.w.id, OPAQUE: m}
	var random record.Random
	m.w.r.Read(random[:])
	answer, _, err := machine.Handle(account, request, m.w.now, &random)
	cases.Must(err)
	return answer
}

// Register implements record.OPAQUE: one registration has one response.
func (m *model) Register(keys *vault.Keys, _ vault.Credential, _ *[opaque.RegistrationRequestSize]byte) ([opaque.RegistrationResponseSize]byte, error) {
	if known, ok := m.known[*keys]; ok {
		return known, nil
	}
	said := m.said.(*vault.RegisterAnswer)
	if said.Status == vault.OK {
		for _, other := range m.known { // [VLT-11]
			if [opaque.Npk]byte(other[opaque.Noe:]) == [opaque.Npk]byte(said.Response[opaque.Noe:]) {
				m.wrong = errors.New("two records have one AKE key pair")
			}
		}
		m.known[*keys] = said.Response
	}
	return said.Response, nil
}

// Login implements record.OPAQUE: it does what the holder does whose first message it is. The
// third message for a wrong password is one that nobody sends.
func (m *model) Login(_ *vault.Keys, _ vault.Credential, _ *[opaque.RegistrationRecordSize]byte, ke1 *[opaque.KE1Size]byte,
	_ *opaque.ServerRandom) (*vault.Login, error) {
	said := m.said.(*vault.RecoverAnswer)
	login := &vault.Login{KE2: said.KE2, SessionKey: make(opaque.Secret, opaque.Nx)}
	m.w.r.Read(login.KE3[:])
	m.w.r.Read(login.SessionKey)
	first := m.w.firsts[vault.SessionOf(ke1)]
	if first == nil || said.Status != vault.OK {
		return login, nil
	}
	first.login = login
	ke3, sessionKey, exportKey, err := first.try(&said.KE2)
	switch {
	case first.right && err != nil:
		m.wrong = fmt.Errorf("a client with the right password does not believe the second message: %w", err)
	case !first.right && err == nil:
		m.wrong = errors.New("a client with a wrong password believes the second message")
	case first.right && string(exportKey) != string(first.holder.exportKey):
		m.wrong = errors.New("the second message gives another export key than the registration")
	case first.right:
		login.KE3, login.SessionKey = [opaque.KE3Size]byte(ke3.Bytes()), sessionKey
	}
	return login, nil
}
