package vaults

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/ref/vault"
)

func ofRefusals() []audit {
	return []audit{
		{"lengths", "CON-1 CON-2 VLT-15 VLT-16", "A request that lacks a byte, has one more, is that of another kind, or is empty, is malformed.", func(w *world) {
			h := w.holder().enrol()
			for name, good := range h.messages() {
				for _, bad := range [][]byte{nil, good[:len(good)-1], good[1:], append(bytes.Clone(good), 0), append([]byte{0}, good...), good[:len(good)/2], make([]byte, 1024)} {
					w.malformed(name, bad)
				}
			}
			h.state()
		}},
		{"integers", "CON-5 VLT-16 VLT-19", "An integer of more than 52 bits is malformed, in a token, too.", func(w *world) {
			h := w.holder().enrol()
			const notBefore, notAfter, version = 64, 72, 192
			for name, good := range h.messages() {
				fields := []int{notBefore, notAfter}
				if name == "anchor" {
					fields = append(fields, version)
				}
				for _, at := range fields {
					for _, n := range []uint64{1 << 52, 1 << 53, 1 << 63, 1<<64 - 1} {
						bad := bytes.Clone(good)
						binary.BigEndian.PutUint64(bad[at:], n)
						w.malformed(name, bad)
					}
				}
			}
			h.state()
		}},
		{"proof-types", "VLT-16", "A type of proof that is not in the list, or none before bytes, is malformed, and so is a credential of zeros.", func(w *world) {
			h := w.holder().enrol()
			const credential, inCommit, inDestroy = 160, 224, 192
			for name, good := range h.messages() {
				if name != "state" {
					bad := bytes.Clone(good)
					clear(bad[credential : credential+32])
					w.malformed(name, bad)
				}
				at := map[string]int{"commit": inCommit, "destroy": inDestroy}[name]
				if at == 0 {
					continue
				}
				for _, typ := range []byte{0, 3, 128, 255} {
					bad := bytes.Clone(good)
					bad[at] = typ
					w.malformed(name, bad)
				}
				for _, byteOf := range []int{1, 32, 33, 96} {
					bad := bytes.Clone(good)
					clear(bad[at:])
					bad[at+byteOf] = 1
					w.malformed(name, bad)
				}
			}
			h.state()
		}},
		{"elements", "VLT-12 VLT-19", "An element that is the identity, no element, or not in its canonical encoding is malformed, and changes nothing.", func(w *world) {
			h := w.holder().enrol()
			next := h.another()
			next.register()
			const body = 192
			for _, field := range []struct {
				name string
				of   *holder
				at   int
			}{{"register", h.another(), body}, {"store", next, body}, {"recover", h, body}, {"recover", h, body + 64}} {
				good := vault.Encode(field.of.fill(field.of.requests()[field.name]))
				for _, element := range badElements(w) {
					bad := bytes.Clone(good)
					copy(bad[field.at:], element)
					w.malformed(field.name, bad)
				}
				field.of.state()
			}
			h.state()
		}},
		{"tokens", "VLT-7", "A token of another vault or another key, that is altered, too long, or not valid at the time, is refused with token.", func(w *world) {
			h := w.holder().enrol()
			all, tokens := h.requests(), w.badTokens(h)
			for _, name := range vault.Names() {
				for _, token := range tokens {
					request := all[name]
					request.Asks().Token = token
					h.expect(request, vault.BadToken)
				}
			}
			h.state()
		}},
		{"token-bounds", "VLT-7", "A token is valid from its first millisecond on, before its last, and for a day at most.", func(w *world) {
			w.wait(0)
			h := w.holder().enrol()
			for _, t := range []struct {
				from, to uint64
				want     vault.Status
			}{
				{w.now, w.now + 1, vault.OK}, {w.now + 1, w.now + 2, vault.BadToken}, {w.now - 1, w.now, vault.BadToken}, {w.now, w.now, vault.BadToken},
				{w.now, w.now + vault.MaxTokenTime, vault.OK}, {w.now, w.now + vault.MaxTokenTime + 1, vault.BadToken},
				{w.now - vault.MaxTokenTime + 1, w.now + 1, vault.OK}, {w.now - vault.MaxTokenTime, w.now + 1, vault.BadToken},
				{0, 1<<52 - 1, vault.BadToken}, {w.now + 5, w.now - 5, vault.BadToken},
			} {
				token := vault.Token{Vault: w.id, Account: h.account, NotBefore: t.from, NotAfter: t.to}
				token.Sign(w.service)
				for range 2 { // a token may be used again
					h.expect(&vault.StateRequest{Head: vault.Head{Token: token}}, t.want)
				}
			}
			kept := w.token(h.account)
			for _, wait := range []uint64{0, 299_999, 1} { // to the end of the token
				w.wait(wait)
				h.ask(&vault.StateRequest{Head: vault.Head{Token: *kept}})
			}
		}},
		{"order-of-refusals", "VLT-15 VLT-19", "What is malformed is judged before the token, and the token before the records.", func(w *world) {
			h, unknown := w.holder(), w.holder()
			h.enrol()
			for _, one := range []*holder{h, unknown} {
				all, tokens := one.requests(), w.badTokens(one)
				for _, name := range vault.Names() {
					request := all[name]
					request.Asks().Token = drawn.OneOf(w.r, tokens...)
					good := vault.Encode(one.fill(request))
					w.send(name, good)
					w.malformed(name, good[:len(good)-1])
				}
			}
			h.state()
		}},
	}
}

// malformed sends what is no request.
func (w *world) malformed(name string, bad []byte) {
	if answer := w.send(name, bad); answer.Says().Status != vault.Malformed {
		panic(cases.Fault{Err: fmt.Errorf("the model takes a malformed %s", name)})
	}
}

// requests are one of each kind that is well-formed.
func (h *holder) requests() map[string]vault.Request {
	store := h.store()
	if *store == (vault.StoreRequest{}) { // nothing is registered: any element will do
		copy(store.Record[:], h.registration().Request[:])
	}
	return map[string]vault.Request{
		"state": &vault.StateRequest{}, "register": h.registration(), "store": store,
		"commit": h.commit(h.committing(h).Signed(h.management)), "recover": h.first(true).again(), "finish": &vault.FinishRequest{},
		"destroy": &vault.DestroyRequest{Proof: h.destroying().Signed(h.management)}, "anchor": h.anchor(1),
	}
}

// messages yields the bytes of them, in the order of their names.
func (h *holder) messages() iter.Seq2[string, []byte] {
	all := h.requests()
	return func(yield func(string, []byte) bool) {
		for _, name := range vault.Names() {
			if !yield(name, vault.Encode(h.fill(all[name]))) {
				return
			}
		}
	}
}

// badTokens are tokens that are well-formed and not valid.
func (w *world) badTokens(h *holder) []vault.Token {
	var all []vault.Token
	add := func(signs ed25519.PrivateKey, change, after func(t *vault.Token)) {
		t := *w.token(h.account)
		change(&t)
		t.Sign(signs)
		after(&t)
		all = append(all, t)
	}
	same := func(*vault.Token) {}
	add(w.service, func(t *vault.Token) { t.Vault[drawn.OneOf(w.r, 0, 15, 31)] ^= 1 }, same)
	add(ed25519.NewKeyFromSeed(drawn.Bytes(w.r, 32)), same, same)
	add(w.service, func(t *vault.Token) { t.NotAfter = t.NotBefore + vault.MaxTokenTime + 1 }, same)
	add(w.service, func(t *vault.Token) { t.NotAfter = w.now - patience }, same)
	add(w.service, func(t *vault.Token) { t.NotBefore, t.NotAfter = w.now+patience, w.now+2*patience }, same)
	for _, alter := range []func(t *vault.Token){
		func(t *vault.Token) { t.Account[drawn.OneOf(w.r, 0, 15, 31)] ^= 1 },
		func(t *vault.Token) { t.NotBefore-- },
		func(t *vault.Token) { t.NotAfter++ },
		func(t *vault.Token) { t.Nonce[drawn.OneOf(w.r, 0, 15)] ^= 1 },
		func(t *vault.Token) { t.Signature[drawn.OneOf(w.r, 0, 31, 32, 62)] ^= 1 },
		func(t *vault.Token) { t.Signature = [64]byte{} },
	} {
		add(w.service, same, alter)
	}
	return all
}

// badElements are encodings of 32 bytes that are no element of ristretto255, or that of the
// identity (RFC 9496, appendix A.3).
func badElements(w *world) [][]byte {
	prime := append([]byte{0xed}, append(bytes.Repeat([]byte{0xff}, 30), 0x7f)...) // it stands for 0
	tooLarge := bytes.Repeat([]byte{0xff}, 32)
	odd := append([]byte{1}, make([]byte, 31)...)
	good := w.holder().registration().Request
	highBit, negative := slices.Clone(good[:]), slices.Clone(good[:])
	highBit[31] |= 0x80
	subtract(negative, prime)
	return [][]byte{make([]byte, 32), prime, tooLarge, odd, highBit, negative, nonSquare}
}

// nonSquare would need the root of what is no square.
var nonSquare = []byte{
	0x26, 0x94, 0x8d, 0x35, 0xca, 0x62, 0xe6, 0x43, 0xe2, 0x6a, 0x83, 0x17, 0x73, 0x32, 0xe6, 0xb6,
	0xaf, 0xeb, 0x9d, 0x08, 0xe4, 0x26, 0x8b, 0x65, 0x0f, 0x1f, 0x5b, 0xbd, 0x8d, 0x81, 0xd3, 0x71,
}

// subtract makes p minus a number of a number, both with the least significant byte first.
func subtract(number, p []byte) {
	borrow := 0
	for i := range number {
		d := int(p[i]) - int(number[i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		number[i] = byte(d)
	}
}
