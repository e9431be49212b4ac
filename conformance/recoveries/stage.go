package recoveries

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"maps"
	"math/rand"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/password"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/ref/vault/client"
	"github.com/coffer-format/coffer/ref/vault/record"
	"github.com/coffer-format/coffer/vectors"
)

// stage is a vault that the suite plays, and a holder who has an account there.
type stage struct {
	r        *rand.Rand
	id       vault.ID
	token    vault.Token
	now      uint64
	account  *record.Account
	password []byte
	key      key.Key
	made     *client.Registered // the record, once it is live
	answers  []any              // of the op that runs
	meddle   meddler
}

// meddler alters the answer of a number, from 0 on, or returns nil to have it lost.
type meddler func(n int, answer []byte) []byte

// cheap is Argon2id as the suite asks for it, in KiB and passes.
const cheapMemory, cheapPasses = 8, 1

func newStage(r *rand.Rand) *stage {
	s := &stage{r: r, id: vault.ID(drawn.Bytes(r, 32)), now: 1_700_000_000_000 + uint64(r.Int63n(1<<40)), key: drawn.Key(r)}
	s.password = []byte("pass " + drawn.Name(r) + " e\u0301")
	account := vault.AccountID(drawn.Bytes(r, 32))
	s.account = record.New(account)
	s.token = vault.Token{Vault: s.id, Account: account, NotBefore: s.now, NotAfter: s.now + vault.MaxTokenTime, Nonce: [16]byte(drawn.Bytes(r, 16))}
	s.token.Sign(ed25519.NewKeyFromSeed(drawn.Bytes(r, 32)))
	return s
}

var errLost = errors.New("the answer was lost")

// post answers as the vault does, and takes down what the client hears. A client that has asked in
// vain for long hears nothing any more.
func (s *stage) post(_ context.Context, name string, message []byte) ([]byte, error) {
	n := len(s.answers)
	request := cases.Must1(vault.ParseRequest(name, message))
	machine := record.Machine{Vault: s.id, OPAQUE: vault.OPAQUE{Vault: s.id}}
	var random record.Random
	s.r.Read(random[:])
	answer, _, err := machine.Handle(s.account, request, s.now, &random)
	cases.Must(err)
	said := vault.Encode(answer)
	if s.meddle != nil {
		said = s.meddle(n, said)
	}
	if said == nil {
		s.answers = append(s.answers, nil)
		return nil, errLost
	}
	s.answers = append(s.answers, inputs.Hex(said))
	return said, nil
}

// play lets the reference do something at the vault, and returns the input with what the vault
// answered. What comes of it is for the cases to compare.
func (s *stage) play(meddle meddler, input vectors.Object, do func(ctx context.Context, v *client.Vault) error) vectors.Object {
	s.answers, s.meddle = []any{}, meddle
	tokens := func(context.Context) (*vault.Token, error) { return &s.token, nil }
	_ = do(context.Background(), client.Through(s.id, tokens, s.post, opaque.Argon2id(cheapMemory, cheapPasses, 1)))
	s.meddle = nil
	whole := vectors.Object{"vault": inputs.Hex(s.id[:]), "token": inputs.Hex(s.token.Bytes()), "answers": s.answers}
	maps.Copy(whole, input)
	return whole
}

// cheaply is an input of an op that stretches a password.
func (s *stage) cheaply(random, password []byte, more vectors.Object) vectors.Object {
	input := vectors.Object{"random": inputs.Hex(random), "password": inputs.Hex(password), "memory_kib": inputs.Number(cheapMemory), "passes": inputs.Number(cheapPasses)}
	maps.Copy(input, more)
	return input
}

// register is a registration that the vault answers with a meddler.
func (s *stage) register(meddle meddler) vectors.Object {
	random := drawn.Bytes(s.r, 128)
	return s.play(meddle, s.cheaply(random, s.password, vectors.Object{"key": inputs.Hex(s.key[:])}), func(ctx context.Context, v *client.Vault) (err error) {
		s.made, err = v.Register(ctx, bytes.NewReader(random), cases.Must1(password.Prepare(s.password)), &s.key)
		return err
	})
}

// enrol makes a record live.
func (s *stage) enrol() *stage {
	s.register(nil)
	s.commit(nil, nil)
	return s
}

// recover tries a password.
func (s *stage) recover(typed []byte, meddle meddler) vectors.Object {
	random := drawn.Bytes(s.r, 128)
	return s.play(meddle, s.cheaply(random, typed, vectors.Object{"credential": s.credential()}), func(ctx context.Context, v *client.Vault) error {
		_, err := v.Recover(ctx, bytes.NewReader(random), s.made.Secret.Credential, cases.Must1(password.Prepare(typed)))
		return err
	})
}

func (s *stage) credential() string { return inputs.Hex(s.made.Secret.Credential[:]) }

// holding is the record that a proof is of.
type holding struct {
	credential vault.Credential
	key        key.Key
}

func (s *stage) own() *holding { return &holding{s.made.Secret.Credential, s.key} }

// commit commits what was registered last, with a proof or none.
func (s *stage) commit(of *holding, meddle meddler) vectors.Object {
	input := vectors.Object{"credential": s.credential(), "registration": inputs.Hex(s.made.Registration[:]), "of": nil, "key": nil}
	var proof client.Proof
	if of != nil {
		input["of"], input["key"] = inputs.Hex(of.credential[:]), inputs.Hex(of.key[:])
		proof = client.Holding(&of.key, of.credential)
	}
	return s.play(meddle, input, func(ctx context.Context, v *client.Vault) error {
		return v.Commit(ctx, s.made.Secret.Credential, s.made.Registration, proof)
	})
}

// destroy destroys the record.
func (s *stage) destroy(meddle meddler) vectors.Object {
	return s.play(meddle, vectors.Object{"credential": s.credential(), "key": inputs.Hex(s.key[:])}, func(ctx context.Context, v *client.Vault) error {
		return v.Destroy(ctx, client.Holding(&s.key, s.made.Secret.Credential))
	})
}

// keepAnchor stores an anchor of a generation.
func (s *stage) keepAnchor(generation uint64, meddle meddler) vectors.Object {
	random := drawn.Bytes(s.r, 24)
	anchor := &client.Anchor{SetID: [16]byte(drawn.Bytes(s.r, 16)), Epoch: 1 + uint64(s.r.Intn(9)), Generation: generation, Head: [32]byte(drawn.Bytes(s.r, 32))}
	input := vectors.Object{"credential": s.credential(), "key": inputs.Hex(s.key[:]), "random": inputs.Hex(random), "anchor": vectors.Object{
		"set_id": inputs.Hex(anchor.SetID[:]), "epoch": inputs.Number(anchor.Epoch), "generation": inputs.Number(generation), "head": inputs.Hex(anchor.Head[:]),
	}}
	return s.play(meddle, input, func(ctx context.Context, v *client.Vault) error {
		return v.StoreAnchor(ctx, bytes.NewReader(random), &s.key, s.made.Secret.Credential, anchor)
	})
}

// anchor asks for the anchor.
func (s *stage) anchor(meddle meddler) vectors.Object {
	return s.play(meddle, vectors.Object{"credential": s.credential(), "key": inputs.Hex(s.key[:])}, func(ctx context.Context, v *client.Vault) error {
		_, err := v.Anchor(ctx, &s.key, s.made.Secret.Credential)
		return err
	})
}
