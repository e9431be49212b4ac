package record

import (
	"fmt"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// Machine is a vault.
type Machine struct {
	Vault  vault.ID
	OPAQUE OPAQUE
}

// OPAQUE is the server of OPAQUE; vault.OPAQUE is one.
type OPAQUE interface {
	Register(*vault.Keys, vault.Credential, *[opaque.RegistrationRequestSize]byte) ([opaque.RegistrationResponseSize]byte, error)
	Login(*vault.Keys, vault.Credential, *[opaque.RegistrationRecordSize]byte, *[opaque.KE1Size]byte, *opaque.ServerRandom) (*vault.Login, error)
}

var _ OPAQUE = vault.OPAQUE{}

// Random is what a vault draws for one request: bytes of a cryptographically secure
// generator, of which no other request has any. [CON-7]
type Random [96]byte

func (r *Random) keys() vault.Keys {
	return vault.Keys{OPRFSeed: [64]byte(r[:64]), AKESeed: [32]byte(r[64:])} // [VLT-11]
}

func (r *Random) server() *opaque.ServerRandom {
	return &opaque.ServerRandom{MaskingNonce: [32]byte(r[:32]), Nonce: [32]byte(r[32:64]), KeyshareSeed: [32]byte(r[64:])}
}

// Handle answers a request that vault.ParseRequest has read, and whose token holds, about the
// account of the token. The clock is in milliseconds since 1970-01-01T00:00:00Z. If it
// reports a change, the account is to be stored durably before the answer is sent [VLT-21],
// and given up, with the answer, if that fails. The requests of an account are handled one
// after another [VLT-22].
//
// Error: what the account has stored cannot be used; then it is given up, too, and there is
// no answer. Handle panics if the request is about another account [VLT-8].
func (m *Machine) Handle(a *Account, request vault.Request, clock uint64, random *Random) (answer vault.Answer, changed bool, err error) {
	asks := request.Asks()
	if asks.Token.Account != a.ID {
		panic("record: internal error: the request is about another account")
	}
	now := max(clock, a.Changed) // [VLT-23]
	aged := a.age(now)
	t := transition{m, a, now, random}
	switch r := request.(type) {
	case *vault.StateRequest:
		answer = t.state(r)
	case *vault.RegisterRequest:
		answer, changed, err = t.register(r)
	case *vault.StoreRequest:
		answer, changed = t.store(r)
	case *vault.CommitRequest:
		answer, changed = t.commit(r)
	case *vault.RecoverRequest:
		answer, changed, err = t.recover(r)
	case *vault.FinishRequest:
		answer, changed = t.finish(r)
	case *vault.DestroyRequest:
		answer, changed = t.destroy(r)
	case *vault.AnchorRequest:
		answer, changed = t.anchor(r)
	default:
		panic(fmt.Sprintf("record: internal error: there is no request %T", request))
	}
	if err != nil {
		return nil, false, err
	}
	if changed || aged {
		a.Changed = now
	}
	return answer, changed || aged, nil
}

// transition is what the requests have in common. [VLT-20]
type transition struct {
	*Machine
	*Account
	now    uint64
	random *Random
}

// without is the status of a request for which the state of the record has no row in the
// table of spec section 18.6.
func (t *transition) without(credential vault.Credential) vault.Outcome {
	switch t.stateOf(credential) {
	case vault.None:
		return vault.Outcome{Status: vault.Unknown}
	case vault.Destroyed:
		return vault.Outcome{Status: vault.Gone}
	default:
		return vault.Outcome{Status: vault.Refused}
	}
}

var ok = vault.Outcome{Status: vault.OK}
