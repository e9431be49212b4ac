package vaults

import (
	"crypto/ed25519"

	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// holder has an account, and a record of it with a password.
type holder struct {
	w          *world
	account    vault.AccountID
	credential vault.Credential
	management ed25519.PrivateKey
	password   []byte
	random     *opaque.RegistrationRandom
	stored     vault.StoreRequest
	exportKey  opaque.Secret
}

// holder returns somebody with an account that nobody has.
func (w *world) holder() *holder {
	h := &holder{w: w, account: vault.AccountID(drawn.Bytes(w.r, 32))}
	h.draw()
	return h
}

// another returns the same holder with another record to come.
func (h *holder) another() *holder {
	next := &holder{w: h.w, account: h.account}
	next.draw()
	return next
}

func (h *holder) draw() {
	h.credential = vault.Credential(drawn.Bytes(h.w.r, 32))
	h.management = ed25519.NewKeyFromSeed(drawn.Bytes(h.w.r, 32))
	h.password = drawn.Bytes(h.w.r, 1+h.w.r.Intn(20))
	h.random = must1(opaque.DrawRegistrationRandom(h.w.r))
}

// configuration is that of a client, but for the stretching, which no vault sees.
var configuration = &opaque.Config{Stretch: opaque.Identity, Context: vault.Configuration().Context}

func (h *holder) identities() opaque.Identities { return vault.Identities(h.w.id, h.credential) }

// registration returns the request that begins one.
func (h *holder) registration() *vault.RegisterRequest {
	request := must1(opaque.CreateRegistrationRequest(h.password, h.random))
	return &vault.RegisterRequest{Request: [opaque.RegistrationRequestSize]byte(request.Bytes())}
}

// register begins a registration, and makes the request that ends it.
func (h *holder) register() error {
	answer, err := h.expect("register", h.registration(), vault.OK)
	if err != nil {
		return err
	}
	response, err := opaque.ParseRegistrationResponse(answer.(*vault.RegisterAnswer).Response[:])
	if err != nil {
		return err
	}
	made, exportKey, err := configuration.FinalizeRegistrationRequest(h.password, h.random, response, h.identities())
	must(err)
	h.stored = vault.StoreRequest{Record: [opaque.RegistrationRecordSize]byte(made.Bytes())}
	copy(h.stored.Management[:], h.management.Public().(ed25519.PublicKey))
	h.exportKey = exportKey
	return nil
}

// pend registers and stores a record.
func (h *holder) pend() error {
	if err := h.register(); err != nil {
		return err
	}
	_, err := h.expect("store", h.store(), vault.OK)
	return err
}

// enrol registers, stores and commits a record.
func (h *holder) enrol() error {
	if err := h.pend(); err != nil {
		return err
	}
	_, err := h.expect("commit", h.commit(vault.Proof{}), vault.OK)
	return err
}

func (h *holder) store() *vault.StoreRequest {
	return &vault.StoreRequest{Record: h.stored.Record, Management: h.stored.Management}
}

func (h *holder) commit(proof vault.Proof) *vault.CommitRequest {
	return &vault.CommitRequest{Registration: h.registered(), Proof: proof}
}

func (h *holder) registered() vault.Registration {
	return vault.RegistrationOf(&h.stored.Record, &h.stored.Management)
}

// sequence is that of the account, as the model has it.
func (h *holder) sequence() uint64 {
	if a := h.w.model.accounts[h.account]; a != nil {
		return a.Sequence
	}
	return 0
}

// committing is what has to be proved to commit the record in the place of another.
func (h *holder) committing(of *holder) *vault.Statement {
	return &vault.Statement{
		Operation: vault.Commit, Vault: h.w.id, Account: h.account, Sequence: h.sequence(), Of: of.credential,
		Credential: h.credential, Registration: h.registered(),
	}
}

// destroying is what has to be proved to destroy the record.
func (h *holder) destroying() *vault.Statement {
	return &vault.Statement{
		Operation: vault.Destroy, Vault: h.w.id, Account: h.account, Sequence: h.sequence(), Of: h.credential, Credential: h.credential,
	}
}

// anchor is the request that keeps an anchor.
func (h *holder) anchor(version uint64) *vault.AnchorRequest {
	s := vault.AnchorStatement{
		Vault: h.w.id, Account: h.account, Credential: h.credential, Version: version, Anchor: [vault.AnchorSize]byte(drawn.Bytes(h.w.r, vault.AnchorSize)),
	}
	return &vault.AnchorRequest{Version: version, Anchor: s.Anchor, Proof: s.Signed(h.management)}
}

// first is a first message, and what its holder does with the second.
type first struct {
	holder  *holder
	right   bool // whether it is of the password of the record
	request vault.RecoverRequest
	state   *opaque.ClientState
	login   *vault.Login // once there is a second message
}

func (h *holder) first(right bool) *first {
	password := h.password
	if !right {
		password = append(drawn.Bytes(h.w.r, 3), h.password...)
	}
	ke1, state, err := opaque.GenerateKE1(password, must1(opaque.DrawClientRandom(h.w.r)))
	must(err)
	f := &first{holder: h, right: right, state: state, request: vault.RecoverRequest{KE1: [opaque.KE1Size]byte(ke1.Bytes())}}
	h.w.firsts[f.session()] = f
	return f
}

func (f *first) session() vault.Session { return vault.SessionOf(&f.request.KE1) }

func (f *first) again() *vault.RecoverRequest { return &vault.RecoverRequest{KE1: f.request.KE1} }

func (f *first) try(ke2 *[opaque.KE2Size]byte) (*opaque.KE3, opaque.Secret, opaque.Secret, error) {
	parsed, err := opaque.ParseKE2(ke2[:])
	if err != nil {
		return nil, nil, nil, err
	}
	return configuration.GenerateKE3(f.state, f.holder.identities(), parsed)
}

// third is the third message, once there is a second; with a wrong password it is another than
// the one that the model expects.
func (f *first) third() *vault.FinishRequest {
	third := &vault.FinishRequest{Session: f.session(), KE3: f.login.KE3}
	if !f.right {
		third.KE3[0] ^= 1
	}
	return third
}

// tries sends a first message, which the vault answers.
func (h *holder) tries(right bool) (*first, error) {
	f := h.first(right)
	_, err := h.expect("recover", f.again(), vault.OK)
	return f, err
}

// recovers tries the right password, and shows that it was.
func (h *holder) recovers() (*first, error) {
	f, err := h.tries(true)
	if err != nil {
		return nil, err
	}
	_, err = h.expect("finish", f.third(), vault.OK)
	return f, err
}
