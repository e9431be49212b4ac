package record

import (
	"crypto/ed25519"
	"crypto/sha512"
	"fmt"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// guessing stands in for OPAQUE where many states are to be seen. The first byte of a
// RegistrationRecord is its password, and only who knows the password makes the third message
// of the second one.
type guessing struct{}

func (guessing) Register(*vault.Keys, vault.Credential, *[opaque.RegistrationRequestSize]byte) (response [opaque.RegistrationResponseSize]byte, err error) {
	return response, nil
}

func (guessing) Login(_ *vault.Keys, credential vault.Credential, record *[opaque.RegistrationRecordSize]byte, ke1 *[opaque.KE1Size]byte, random *opaque.ServerRandom) (*vault.Login, error) {
	login := &vault.Login{}
	digest := sha512.Sum512(fmt.Append(nil, credential, ke1, random.Nonce))
	copy(login.KE2[:], digest[:])
	login.KE3, login.SessionKey = third(&login.KE2, record[0])
	return login, nil
}

// third is what a client with a password makes of a second message: the third and the session
// key.
func third(ke2 *[opaque.KE2Size]byte, password byte) ([opaque.KE3Size]byte, opaque.Secret) {
	ke3 := sha512.Sum512(append(ke2[:], 3, password))
	key := sha512.Sum512(append(ke2[:], 4, password))
	return ke3, key[:]
}

// person is somebody with a token.
type person struct {
	name       string
	password   byte
	management ed25519.PrivateKey
	own        []vault.Credential // of the records that they register
}

// The second credential is the holder's, and the thief has seen it.
var (
	holder = &person{"holder", 1, ed25519.NewKeyFromSeed(append(make([]byte, 31), 1)), []vault.Credential{{1}, {2}}}
	thief  = &person{"thief", 2, ed25519.NewKeyFromSeed(append(make([]byte, 31), 2)), []vault.Credential{{2}, {3}}}
)

func (p *person) store(c vault.Credential) *vault.StoreRequest {
	public := p.management.Public().(ed25519.PublicKey)
	return &vault.StoreRequest{Head: about(c), Record: [192]byte{p.password}, Management: [32]byte(public)}
}

func (p *person) registration(c vault.Credential) vault.Registration {
	s := p.store(c)
	return vault.RegistrationOf(&s.Record, &s.Management)
}

// owner is who has stored a record, or nil.
func (n *node) owner(c vault.Credential) *person {
	r := n.account.find(c)
	switch {
	case r == nil || !r.Stored:
		return nil
	case r.Record[0] == holder.password:
		return holder
	}
	return thief
}

// message is a request that somebody can send, or has sent. Whoever forwards it can deliver it
// at any time after, and again.
type message struct {
	name    string // the same for the same bytes
	from    *person
	request vault.Request

	proves   bool             // whether it has a proof
	sequence uint64           // that the proof is for
	of       vault.Credential // what the proof is of
	session  [opaque.KE2Size]byte
}

func about(c vault.Credential) vault.Head {
	return vault.Head{Token: vault.Token{Account: testAccount}, Credential: c}
}

// second is a second message that a person has got.
type second struct {
	of         *person
	credential vault.Credential
	ke1        [opaque.KE1Size]byte
	ke2        [opaque.KE2Size]byte
}

// known are the messages that somebody could send, by their names: most are made only once.
var known = map[string]*message{}

// messages are those that people can send in a situation.
func (n *node) messages() (all []*message) {
	sequence := n.account.Sequence
	add := func(from *person, name string, m func() message) {
		name = from.name + " " + name
		if known[name] == nil {
			made := m()
			made.name, made.from = name, from
			known[name] = &made
		}
		all = append(all, known[name])
	}
	for _, p := range []*person{holder, thief} {
		for _, c := range p.own {
			add(p, fmt.Sprintf("registers %d", c[0]), func() message {
				return message{request: &vault.RegisterRequest{Head: about(c), Request: [32]byte{c[0], p.password}}}
			})
			add(p, fmt.Sprintf("stores %d", c[0]), func() message { return message{request: p.store(c)} })
			add(p, fmt.Sprintf("commits %d", c[0]), func() message {
				return message{request: &vault.CommitRequest{Head: about(c), Registration: p.registration(c)}}
			})
			for _, r := range n.account.Records {
				of := r.Credential
				add(p, fmt.Sprintf("commits %d for %d at %d", c[0], of[0], sequence), func() message {
					s := statement(vault.Commit, of, c, sequence)
					s.Registration = p.registration(c)
					return message{request: &vault.CommitRequest{Head: about(c), Registration: s.Registration, Proof: s.Signed(p.management)},
						proves: true, sequence: sequence, of: of}
				})
			}
		}
		for _, r := range n.account.Records {
			c, number := r.Credential, n.past[r.Credential].tries
			add(p, fmt.Sprintf("destroys %d at %d", c[0], sequence), func() message {
				s := statement(vault.Destroy, c, c, sequence)
				return message{request: &vault.DestroyRequest{Head: about(c), Proof: s.Signed(p.management)},
					proves: true, sequence: sequence, of: c}
			})
			add(p, fmt.Sprintf("tries %d, number %d", c[0], number), func() message {
				return message{request: &vault.RecoverRequest{Head: about(c), KE1: [96]byte{p.password, c[0], number}}}
			})
		}
	}
	for _, y := range n.seconds {
		ke3, key := third(&y.ke2, y.of.password)
		add(y.of, fmt.Sprintf("finishes %d, %x", y.credential[0], y.ke2[:8]), func() message {
			return message{request: &vault.FinishRequest{Head: about(y.credential), Session: vault.SessionOf(&y.ke1), KE3: ke3}}
		})
		add(y.of, fmt.Sprintf("destroys %d in session %x at %d", y.credential[0], y.ke2[:8], sequence), func() message {
			s := statement(vault.Destroy, y.credential, y.credential, sequence)
			return message{request: &vault.DestroyRequest{Head: about(y.credential), Proof: s.InSession(key)},
				proves: true, sequence: sequence, of: y.credential, session: y.ke2}
		})
	}
	return all
}

func statement(operation vault.Operation, of, c vault.Credential, sequence uint64) *vault.Statement {
	return &vault.Statement{Operation: operation, Vault: testVault, Account: testAccount, Sequence: sequence, Of: of, Credential: c}
}
