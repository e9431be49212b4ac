package record

import (
	"testing"

	"github.com/coffer-format/coffer/ref/opaque"
	"github.com/coffer-format/coffer/ref/vault"
)

// BenchmarkRecover is what a vault computes for an attempt, from the bytes that it has stored
// to those that it stores, but for the token; BenchmarkLogin is OPAQUE alone.
func BenchmarkRecover(b *testing.B) {
	w := newWorld(b)
	c := w.live(1)
	stored, request := w.account.Bytes(), c.try(password).recover()
	request.Token.Account = testAccount
	sent := vault.Encode(request)
	for b.Loop() {
		request, err := vault.ParseRequest("recover", sent)
		if err != nil {
			b.Fatal(err)
		}
		a, err := Parse(stored)
		if err != nil {
			b.Fatal(err)
		}
		answer, _, err := w.machine.Handle(a, request, w.now, &Random{})
		if err != nil || answer.Says().Status != vault.OK {
			b.Fatal(answer, err)
		}
		vault.Encode(answer)
		a.Bytes()
	}
}

func BenchmarkLogin(b *testing.B) {
	w := newWorld(b)
	c := w.live(1)
	r, first := w.account.find(c.Credential), c.try(password).recover()
	for b.Loop() {
		if _, err := (vault.OPAQUE{Vault: testVault}).Login(&r.Keys, r.Credential, &r.Record, &first.KE1, &opaque.ServerRandom{}); err != nil {
			b.Fatal(err)
		}
	}
}
