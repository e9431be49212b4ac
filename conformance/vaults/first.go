package vaults

import (
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

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
	ke1, state, err := opaque.GenerateKE1(password, cases.Must1(opaque.DrawClientRandom(h.w.r)))
	cases.Must(err)
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

// sends sends the first message, for the first time or again.
func (f *first) sends(want vault.Status) { f.holder.expect(f.again(), want) }

// repeats sends the first message again, which is answered.
func (f *first) repeats(times int) {
	for range times {
		f.sends(vault.OK)
		f.holder.state()
	}
}

// finishes sends the third message.
func (f *first) finishes(want vault.Status) { f.holder.expect(f.third(), want) }

// tries sends a first message, which the vault answers.
func (h *holder) tries(right bool) *first {
	f := h.first(right)
	f.sends(vault.OK)
	return f
}

// recovers tries the right password, and shows that it was.
func (h *holder) recovers() *first {
	f := h.tries(true)
	f.finishes(vault.OK)
	return f
}
