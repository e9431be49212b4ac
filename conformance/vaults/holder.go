package vaults

import (
	"crypto/ed25519"

	"github.com/coffer-format/coffer/conformance/cases"
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
	h.random = cases.Must1(opaque.DrawRegistrationRandom(h.w.r))
}

// configuration is that of a client, but for the stretching, which no vault sees.
var configuration = &opaque.Config{Stretch: opaque.Identity, Context: vault.Configuration().Context}

func (h *holder) identities() opaque.Identities { return vault.Identities(h.w.id, h.credential) }

// registration returns the request that begins one.
func (h *holder) registration() *vault.RegisterRequest {
	request := cases.Must1(opaque.CreateRegistrationRequest(h.password, h.random))
	return &vault.RegisterRequest{Request: [opaque.RegistrationRequestSize]byte(request.Bytes())}
}

// register begins a registration, and makes the request that ends it.
func (h *holder) register() {
	answer := h.expect(h.registration(), vault.OK)
	response, err := opaque.ParseRegistrationResponse(answer.(*vault.RegisterAnswer).Response[:])
	check(err)
	made, exportKey, err := configuration.FinalizeRegistrationRequest(h.password, h.random, response, h.identities())
	cases.Must(err)
	h.stored = vault.StoreRequest{Record: [opaque.RegistrationRecordSize]byte(made.Bytes())}
	copy(h.stored.Management[:], h.management.Public().(ed25519.PublicKey))
	h.exportKey = exportKey
}

// pend registers and stores a record.
func (h *holder) pend() *holder {
	h.register()
	h.expect(h.store(), vault.OK)
	return h
}

// enrol registers, stores and commits a record.
func (h *holder) enrol() *holder {
	h.pend()
	h.commits(vault.Proof{}, vault.OK)
	return h
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

// commits asks to make the record live.
func (h *holder) commits(proof vault.Proof, want vault.Status) { h.expect(h.commit(proof), want) }

// destroys asks to destroy the record.
func (h *holder) destroys(proof vault.Proof, want vault.Status) {
	h.expect(&vault.DestroyRequest{Proof: proof}, want)
}
