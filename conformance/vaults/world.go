package vaults

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/rand"
	"time"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/ref/vault"
	"github.com/coffer-format/coffer/vectors"
)

// world is a vault that is asked, and the model beside it.
type world struct {
	a       *cases.Asker
	r       *rand.Rand
	id      vault.ID
	service ed25519.PrivateKey
	now     uint64  // in milliseconds since 1970-01-01T00:00:00Z
	remote  *Remote // nil if the vault is asked over the protocol
	model   *model
	firsts  map[vault.Session]*first
	signed  map[vault.Token]bool
	steps   int
}

func newWorld(a *cases.Asker, r *rand.Rand) *world {
	w := &world{a: a, r: r, firsts: map[vault.Session]*first{}, signed: map[vault.Token]bool{}}
	w.model = newModel(w)
	if remote, ok := a.Session.(*Remote); ok {
		w.remote, w.id, w.service, w.now = remote, vault.IDOf(remote.Root), remote.Service, remote.clock()
		return w
	}
	w.id = vault.ID(drawn.Bytes(r, 32))
	w.service = ed25519.NewKeyFromSeed(drawn.Bytes(r, 32))
	w.now = 1_700_000_000_000 + uint64(r.Int63n(1<<40))
	return w
}

func (w *world) services() []ed25519.PublicKey {
	return []ed25519.PublicKey{w.service.Public().(ed25519.PublicKey)}
}

// free reports whether the vault is a server with a clock of its own.
func (w *world) free() bool { return w.remote != nil && w.remote.Clock == "" }

// wait lets time pass. A server whose clock the suite does not have cannot be asked later.
func (w *world) wait(ms uint64) {
	if w.free() {
		panic(ended{report.Outcome{Verdict: report.Unsupported, Message: "the suite does not have the clock of the server"}})
	}
	w.now += ms
}

// token returns one of an account that is valid now.
func (w *world) token(account vault.AccountID) *vault.Token {
	t := &vault.Token{Vault: w.id, Account: account, NotBefore: w.now - min(w.now, 300000), NotAfter: w.now + 300000, Nonce: [16]byte(drawn.Bytes(w.r, 16))}
	t.Sign(w.service)
	w.signed[*t] = true
	return t
}

// holds reports whether a token does. Verifying what the suite has signed would take as long as all
// else.
func (w *world) holds(t *vault.Token) bool {
	if w.signed[*t] {
		return w.now >= t.NotBefore && w.now < t.NotAfter
	}
	return t.Holds(w.id, w.services(), w.now)
}

// fill completes a request, unless it has a token or a credential.
func (h *holder) fill(request vault.Request) vault.Request {
	head := request.Asks()
	if head.Token == (vault.Token{}) {
		head.Token = *h.w.token(h.account)
	}
	if head.Credential == (vault.Credential{}) {
		head.Credential = h.credential
	}
	return request
}

// expect asks with a status that the script is about: another one is the suite's fault if the
// model says it.
func (h *holder) expect(request vault.Request, want vault.Status) vault.Answer {
	answer := h.ask(request)
	if status := answer.Says().Status; status != want {
		panic(cases.Fault{Err: fmt.Errorf("the model answers %s to %s, not %s", status, nameOf(request), want)})
	}
	return answer
}

// ask sends a request of the holder, and compares the answer.
func (h *holder) ask(request vault.Request) vault.Answer {
	return h.w.send(nameOf(request), vault.Encode(h.fill(request)))
}

// state asks for the state of the record, and that of the live one.
func (h *holder) state() {
	h.ask(&vault.StateRequest{})
	h.w.send("state", vault.Encode(&vault.StateRequest{Head: vault.Head{Token: *h.w.token(h.account)}}))
}

// send sends the bytes of a request, and compares the answer with that of the model.
func (w *world) send(name string, message []byte) vault.Answer {
	w.steps++
	if w.free() {
		w.now = w.remote.clock()
	}
	said := w.post(name, message)
	got, err := vault.ParseAnswer(name, said)
	if err != nil {
		refute("step %d: the answer to %s is not exactly one %d bytes long structure of its kind, but %d bytes", w.steps, name,
			len(vault.Encode(vault.Refusal(name, vault.OK))), len(said))
	}
	want := w.model.answer(name, message, got)
	if w.model.wrong != nil {
		refute("step %d, %s: %v", w.steps, name, w.model.wrong)
	}
	if w.free() {
		w.forgiveTime(message, want, got)
	}
	if field := differs(want, got); field != "" {
		refute("step %d, %s: %s", w.steps, name, field)
	}
	return want
}

// post sends the bytes of a request, and returns those of the answer.
func (w *world) post(name string, message []byte) []byte {
	answer, bad := w.a.Ask("vault.answer", vectors.Object{
		"vault": inputs.Hex(w.id[:]), "service": inputs.Hex(w.services()[0]), "time_ms": inputs.Number(w.now), "name": name, "message": inputs.Hex(message),
	})
	switch {
	case bad != nil:
		panic(ended{*bad})
	case answer.Unsupported != "":
		panic(ended{cases.Absent("vault.answer", answer)})
	case answer.Error != "":
		refute("step %d: %s has the error %s, where a vault answers with a status", w.steps, name, answer.Error)
	}
	return inputs.Unhex(answer.Output["message"])
}

// differs says where an answer differs from that of the model.
func differs(want, got vault.Answer) string {
	if bytes.Equal(vault.Encode(want), vault.Encode(got)) {
		return ""
	}
	if w, g := want.Says().Status, got.Says().Status; w != g {
		return fmt.Sprintf("the status is %s, and should be %s", g, w)
	}
	return fmt.Sprintf("with the status %s there is %s, and should be %s", got.Says().Status, shown(got), shown(want))
}

// shown shows the fields of an answer that a report can hold.
func shown(answer vault.Answer) string {
	switch a := answer.(type) {
	case *vault.StateAnswer:
		return fmt.Sprintf("state %s, attempts %d, wait_ms %d, sequence %d, live %.8x, version %d, anchor %.8x", a.State, a.Attempts, a.Wait, a.Sequence, a.Live, a.Version, a.Anchor)
	case *vault.RecoverAnswer:
		return fmt.Sprintf("attempts %d, wait_ms %d, ke2 %.8x", a.Attempts, a.Wait, a.KE2)
	case *vault.FinishAnswer:
		return fmt.Sprintf("failures %d, failed_ms %v, superseded_ms %d, mac %.8x", a.Report.Failures, a.Report.Failed, a.Report.Superseded, a.MAC)
	}
	return fmt.Sprintf("%.80x", vault.Encode(answer)[1:])
}

// patience is how far the clock of a server may be from that of the suite, and how long an
// answer may take, in milliseconds.
const patience = uint64(2 * time.Minute / time.Millisecond)

// forgiveTime takes times from an answer, where they are near those that the suite's clock gives.
func (w *world) forgiveTime(message []byte, want, got vault.Answer) {
	near := func(a *uint64, b uint64) {
		if *a != 0 && max(*a, b)-min(*a, b) <= patience {
			*a = b
		}
	}
	switch a := want.(type) {
	case *vault.StateAnswer:
		near(&a.Wait, got.(*vault.StateAnswer).Wait)
	case *vault.RecoverAnswer:
		near(&a.Wait, got.(*vault.RecoverAnswer).Wait)
	case *vault.FinishAnswer:
		if a.Status != vault.OK {
			return
		}
		b := got.(*vault.FinishAnswer)
		for i := range a.Report.Failed {
			near(&a.Report.Failed[i], b.Report.Failed[i])
		}
		near(&a.Report.Superseded, b.Report.Superseded)
		request := cases.Must1(vault.ParseRequest("finish", message)).(*vault.FinishRequest)
		a.MAC = a.Report.MAC(w.firsts[request.Session].login.SessionKey)
	}
}

// nameOf returns the name of a request.
func nameOf(request vault.Request) string {
	switch request.(type) {
	case *vault.StateRequest:
		return "state"
	case *vault.RegisterRequest:
		return "register"
	case *vault.StoreRequest:
		return "store"
	case *vault.CommitRequest:
		return "commit"
	case *vault.RecoverRequest:
		return "recover"
	case *vault.FinishRequest:
		return "finish"
	case *vault.DestroyRequest:
		return "destroy"
	}
	return "anchor"
}
