package record

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

var (
	testVault   = vault.ID{1: 0x7a}
	testAccount = vault.AccountID{2: 0xac}
)

// stretch makes the client of these tests cheap; the server does not know it.
var configuration = &opaque.Config{Stretch: opaque.Identity, Context: vault.Configuration().Context}

// world is a vault with one account, whose clock stands still.
type world struct {
	t       testing.TB
	machine Machine
	account *Account
	now     uint64
	drawn   uint64
	rand    *rand.Rand
}

func newWorld(t testing.TB) *world {
	return &world{
		t: t, machine: Machine{testVault, vault.OPAQUE{Vault: testVault}}, account: New(testAccount),
		now: 1 << 40, rand: rand.New(rand.NewPCG(1, 2)),
	}
}

// Read makes a world the source of what its clients draw.
func (w *world) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(w.rand.Uint32())
	}
	return len(p), nil
}

// do handles a request as a service does: on what the store has, which is written again only
// when there was a change. Repeating a request that was answered with `ok` changes nothing
// and gets `ok` again, but after a destruction.
func (w *world) do(request vault.Request) vault.Answer {
	w.t.Helper()
	answer := w.once(request)
	again, _ := Parse(w.account.Bytes())
	if answer.Says().Status == vault.OK {
		second, changed := w.on(again, request)
		_, destroys := request.(*vault.DestroyRequest)
		if changed || second.Says().Status != vault.OK && !destroys {
			w.t.Errorf("%T again: %v, changed: %v", request, second.Says().Status, changed)
		}
	}
	return answer
}

func (w *world) once(request vault.Request) vault.Answer {
	w.t.Helper()
	stored := w.account.Bytes()
	a, err := Parse(stored)
	if err != nil {
		w.t.Fatal(err)
	}
	answer, changed := w.on(a, request)
	if !changed && !bytes.Equal(a.Bytes(), stored) {
		w.t.Errorf("%T changed the account and did not say so", request)
	}
	w.account = a
	return answer
}

func (w *world) on(a *Account, request vault.Request) (vault.Answer, bool) {
	w.t.Helper()
	request.Asks().Token.Account = testAccount
	w.drawn++
	digest := sha512.Sum512(binary.BigEndian.AppendUint64(nil, w.drawn))
	random := Random(append(digest[:], digest[:32]...))
	answer, changed, err := w.machine.Handle(a, request, w.now, &random)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer, changed
}

// client is who has registered a record, or is about to.
type client struct {
	*world
	vault.Head
	management ed25519.PrivateKey
	request    [opaque.RegistrationRequestSize]byte
	random     *opaque.RegistrationRandom
	response   [opaque.RegistrationResponseSize]byte
	record     [opaque.RegistrationRecordSize]byte
}

const password = "correct horse"

// client is one that has sent nothing yet.
func (w *world) client(number byte) *client {
	c := &client{world: w, Head: vault.Head{Credential: vault.Credential{number}}}
	c.management = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{number}, 32))
	c.random, _ = opaque.DrawRegistrationRandom(w)
	request, err := opaque.CreateRegistrationRequest([]byte(password), c.random)
	if err != nil {
		w.t.Fatal(err)
	}
	c.request = [32]byte(request.Bytes())
	return c
}

func (c *client) state() *vault.StateAnswer {
	return c.do(&vault.StateRequest{Head: c.Head}).(*vault.StateAnswer)
}

func (c *client) register() *vault.RegisterRequest {
	return &vault.RegisterRequest{Head: c.Head, Request: c.request}
}

func (c *client) store() *vault.StoreRequest {
	return &vault.StoreRequest{Head: c.Head, Record: c.record, Management: [32]byte(c.management.Public().(ed25519.PublicKey))}
}

func (c *client) registration() vault.Registration {
	return vault.RegistrationOf(&c.record, (*[32]byte)(c.management.Public().(ed25519.PublicKey)))
}

func (c *client) commit(proof vault.Proof) *vault.CommitRequest {
	return &vault.CommitRequest{Head: c.Head, Registration: c.registration(), Proof: proof}
}

// proof proves with the management key of another client, or of this one.
func (c *client) proof(operation vault.Operation, of *client) vault.Proof {
	return c.statement(operation, of).Signed(of.management)
}

func (c *client) statement(operation vault.Operation, of *client) *vault.Statement {
	s := &vault.Statement{Operation: operation, Vault: testVault, Account: testAccount, Sequence: c.account.Sequence,
		Of: of.Credential, Credential: c.Credential}
	if operation == vault.Commit {
		s.Registration = c.registration()
	}
	return s
}

func (c *client) destroy() *vault.DestroyRequest {
	return &vault.DestroyRequest{Head: c.Head, Proof: c.proof(vault.Destroy, c)}
}

func (c *client) anchor(version uint64, content byte) *vault.AnchorRequest {
	s := vault.AnchorStatement{Vault: testVault, Account: testAccount, Credential: c.Credential, Version: version, Anchor: [136]byte{content}}
	return &vault.AnchorRequest{Head: c.Head, Version: version, Anchor: s.Anchor, Proof: s.Signed(c.management)}
}

// registered has a pending record without a RegistrationRecord.
func (w *world) registered(number byte) *client {
	w.t.Helper()
	c := w.client(number)
	answer := c.do(c.register()).(*vault.RegisterAnswer)
	w.expect(answer, vault.OK)
	c.response = answer.Response
	response, err := opaque.ParseRegistrationResponse(answer.Response[:])
	if err != nil {
		w.t.Fatal(err)
	}
	record, _, err := configuration.FinalizeRegistrationRequest([]byte(password), c.random, response, vault.Identities(testVault, c.Credential))
	if err != nil {
		w.t.Fatal(err)
	}
	c.record = [192]byte(record.Bytes())
	return c
}

// stored has a pending record.
func (w *world) stored(number byte) *client {
	w.t.Helper()
	c := w.registered(number)
	w.expect(c.do(c.store()), vault.OK)
	return c
}

// live has a live record, made so without a proof.
func (w *world) live(number byte) *client {
	w.t.Helper()
	c := w.stored(number)
	w.expect(c.do(c.commit(vault.Proof{})), vault.OK)
	return c
}

// superseded has a record that another one has superseded.
func (w *world) superseded(number byte) *client {
	w.t.Helper()
	c := w.live(number)
	w.live(number + 100)
	return c
}

func (w *world) expect(answer vault.Answer, want vault.Status) {
	w.t.Helper()
	if got := answer.Says().Status; got != want {
		w.t.Errorf("%T: %v instead of %v", answer, got, want)
	}
}

// try is an attempt of a client with a password.
type try struct {
	*client
	ke1   [opaque.KE1Size]byte
	state *opaque.ClientState
	key   opaque.Secret // of the session, after opens
}

func (c *client) try(password string) *try {
	random, _ := opaque.DrawClientRandom(c.world)
	ke1, state, err := opaque.GenerateKE1([]byte(password), random)
	if err != nil {
		c.t.Fatal(err)
	}
	return &try{client: c, ke1: [96]byte(ke1.Bytes()), state: state}
}

func (y *try) recover() *vault.RecoverRequest {
	return &vault.RecoverRequest{Head: y.Head, KE1: y.ke1}
}

// finish sends the first message, and returns the request with the third, or nil if the
// password was wrong.
func (y *try) finish() *vault.FinishRequest {
	y.t.Helper()
	answer := y.do(y.recover()).(*vault.RecoverAnswer)
	y.expect(answer, vault.OK)
	return y.third(answer)
}

func (y *try) third(answer *vault.RecoverAnswer) *vault.FinishRequest {
	y.t.Helper()
	ke2, err := opaque.ParseKE2(answer.KE2[:])
	if err != nil {
		y.t.Fatal(err)
	}
	ke3, key, _, err := configuration.GenerateKE3(y.state, vault.Identities(testVault, y.Credential), ke2)
	if err != nil {
		return nil
	}
	y.key = key
	return &vault.FinishRequest{Head: y.Head, Session: vault.SessionOf(&y.ke1), KE3: [64]byte(ke3.Bytes())}
}

// fail takes so many attempts with a wrong password, each when it is possible.
func (c *client) fail(n int) {
	c.t.Helper()
	for range n {
		c.now = max(c.now, c.account.find(c.Credential).until())
		if c.try("wrong").finish() != nil {
			c.t.Error("a wrong password opens")
		}
	}
}
