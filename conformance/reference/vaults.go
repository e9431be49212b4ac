package reference

import (
	"crypto/ed25519"
	"crypto/rand"

	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/record"
	"github.com/coffer-format/coffer/vectors"
)

// servers are the vaults that the program is: the last one that it was asked as.
type servers struct {
	vault    vault.ID
	accounts map[vault.AccountID]*record.Account
}

// asked is a request to a vault.
type asked struct {
	Vault   octets32
	Service octets32
	TimeMS  uint64 `json:"time_ms"`
	Name    string
	Message octets
}

func (s *servers) answer(input vectors.Object) (result, error) {
	var in asked
	if err := decode(input, &in); err != nil {
		return result{}, err
	}
	if s.accounts == nil || s.vault != vault.ID(in.Vault) {
		*s = servers{vault.ID(in.Vault), map[vault.AccountID]*record.Account{}}
	}
	answer, err := s.to(&in)
	if err != nil {
		return result{}, err
	}
	return result{output: vectors.Object{"message": toHex(vault.Encode(answer))}}, nil
}

// to judges a request in the order of [VLT-19].
func (s *servers) to(in *asked) (vault.Answer, error) {
	request, err := vault.ParseRequest(in.Name, in.Message.bytes())
	if err != nil {
		return vault.Refusal(in.Name, vault.Malformed), nil
	}
	token := &request.Asks().Token
	if !token.Holds(s.vault, []ed25519.PublicKey{in.Service[:]}, in.TimeMS) {
		return vault.Refusal(in.Name, vault.BadToken), nil
	}
	account := s.accounts[token.Account]
	if account == nil {
		account = record.New(token.Account)
		s.accounts[token.Account] = account
	}
	var random record.Random
	rand.Read(random[:])
	machine := record.Machine{Vault: s.vault, OPAQUE: vault.OPAQUE{Vault: s.vault}}
	answer, _, err := machine.Handle(account, request, in.TimeMS, &random)
	return answer, err
}
