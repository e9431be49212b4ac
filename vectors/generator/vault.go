package generator

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/coffer-format/coffer/vectors"
)

const day = 86400000 // the longest validity of a token in milliseconds

func vaultCases(s *suite) {
	vaultClients(s)
	vaultProofs(s)
	vaultTokens(s)
	vaultMessages(s)
}

// holder is a party, and all that it asks with.
type holder struct {
	party
	key                  []byte // K
	account              []byte
	service              ed25519.PrivateKey
	token                []byte
	registerRandom       []byte // the credential, the blind and the envelope nonce
	loginRandom          []byte
	serverRandom         []byte
	request, response    []byte
	registered, loggedIn vectors.Object // the values on the way
	session              *recovery
}

func newHolder(seed, password string, c cost) *holder {
	h := &holder{key: draw(seed+" key", 32), account: draw(seed+" account", 32), service: ed25519.NewKeyFromSeed(draw(seed+" service", 32))}
	h.registerRandom, h.loginRandom, h.serverRandom = draw(seed+" registration", 128), draw(seed+" login", 128), draw(seed+" server", 96)
	h.party = party{
		vault: draw(seed+" vault", 32), credential: h.registerRandom[:32], password: []byte(password), cost: c,
		oprfSeed: draw(seed+" oprf seed", 64), akeSeed: draw(seed+" ake seed", 32), envelopeNonce: h.registerRandom[96:],
	}
	h.token = h.tokenFor(seed, 1700000000000, 1700000000000+day)
	h.request, h.response, h.registered = h.register(h.registerRandom[32:96])
	h.session, h.loggedIn = h.recover(h.loginRandom, h.serverRandom)
	return h
}

// tokenFor is a token of the holder.
func (h *holder) tokenFor(seed string, from, to uint64) []byte {
	fields := slices.Concat(h.vault, h.account, u64(from), u64(to), draw(seed+" token nonce", 16))
	return h.signedToken(h.service, fields)
}

func (h *holder) signedToken(by ed25519.PrivateKey, fields []byte) []byte {
	return slices.Concat(fields, ed25519.Sign(by, append([]byte("coffer/v1 vault token"), fields...)))
}

// management is the key that proves that one holds K (section 18.5).
func (h *holder) management() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(derive(h.key, "vault management"))
}

func (h *holder) managementPublic() []byte { return h.management().Public().(ed25519.PublicKey) }

func (h *holder) registration() []byte {
	sum := sha256.Sum256(slices.Concat(h.record, h.managementPublic()))
	return sum[:]
}

// head begins each request.
func (h *holder) head() []byte { return slices.Concat(h.token, h.credential) }

// asks is an input of a client, and the answers of the vault.
func (h *holder) asks(more vectors.Object, answers ...[]byte) vectors.Object {
	list := []any{}
	for _, a := range answers {
		if a == nil {
			list = append(list, nil)
		} else {
			list = append(list, inHex(a))
		}
	}
	input := vectors.Object{"vault": inHex(h.vault), "token": inHex(h.token), "answers": list}
	for name, value := range more {
		input[name] = value
	}
	return input
}

// stretching is an input with a password, and the cost unless it is that of section 18.4.
func (h *holder) stretching(random []byte, more vectors.Object) vectors.Object {
	more["random"], more["password"] = inHex(random), inHex(h.password)
	if h.cost != writer {
		more["memory_kib"], more["passes"] = h.cost.memory, h.cost.passes
	}
	return more
}

// sent are the requests of a transcript: names and messages in turn.
func sent(pairs ...any) []any {
	list := []any{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, vectors.Object{"name": pairs[i], "message": inHex(pairs[i+1].([]byte))})
	}
	return list
}

func (h *holder) recoverRequest() []byte { return append(h.head(), h.session.ke1...) }

func (h *holder) finishRequest() []byte {
	session := sha256.Sum256(h.session.ke1)
	return slices.Concat(h.head(), session[:], h.session.ke3)
}

func (h *holder) recoverAnswer() []byte { return slices.Concat([]byte{0, 9}, u64(0), h.session.ke2) }

// finishAnswer has a report of failures at some times.
func (h *holder) finishAnswer(superseded uint64, failed ...uint64) []byte {
	report := u32(len(failed))
	for i := range 10 {
		at := uint64(0)
		if i < len(failed) {
			at = failed[i]
		}
		report = append(report, u64(at)...)
	}
	report = append(report, u64(superseded)...)
	return slices.Concat([]byte{0}, report, hmacSHA512(h.session.sessionKey, []byte("coffer/v1 vault report"), report))
}

// vaultClients are registrations and recoveries.
func vaultClients(s *suite) {
	for _, c := range []struct {
		slug, what string
		cost       cost
	}{{"", "with a cheap Argon2id", cheap}, {"-as-clients-do", "with the Argon2id of section 18.4", writer}} {
		h := newHolder("vault/client"+c.slug, "correct horse battery staple", c.cost)
		if c.cost == cheap {
			s.valid("register"+c.slug, "VLT-10 VLT-40", "A registration, "+c.what+".", "vault.register",
				h.asks(h.stretching(h.registerRandom, vectors.Object{"key": inHex(h.key)}), append([]byte{0}, h.response...), []byte{0}),
				vectors.Object{
					"requests": sent("register", append(h.head(), h.request...), "store", slices.Concat(h.head(), h.record, h.managementPublic())),
					"outcome":  "ok", "credential": inHex(h.credential), "export_key": inHex(h.exportKey), "registration": inHex(h.registration()),
				}).via(h.registered)
		}
		s.valid("recover"+c.slug, "VLT-10 VLT-13 VLT-36 VLT-38", "A recovery, "+c.what+", of which the report has two failures.", "vault.recover",
			h.asks(h.stretching(h.loginRandom, vectors.Object{"credential": inHex(h.credential)}), h.recoverAnswer(), h.finishAnswer(1700000009999, 1700000001000, 1700000002000)),
			vectors.Object{
				"requests": sent("recover", h.recoverRequest(), "finish", h.finishRequest()), "outcome": "ok", "export_key": inHex(h.exportKey),
				"report":   vectors.Object{"failures": 2, "failed_ms": []any{int64(1700000001000), int64(1700000002000)}, "superseded_ms": int64(1700000009999)},
				"attempts": nil, "wait_ms": nil,
			}).via(h.loggedIn)
	}
	h := newHolder("vault/client", "correct horse battery staple", cheap)
	input := h.asks(h.stretching(h.loginRandom, vectors.Object{"credential": inHex(h.credential)}), slices.Concat([]byte{1, 4}, u64(3600000), make([]byte, 320)))
	s.valid("recover-too-early", "VLT-34", "The vault has the holder wait.", "vault.recover", input, vectors.Object{
		"requests": sent("recover", h.recoverRequest()), "outcome": "vault_refused", "export_key": nil, "report": nil, "attempts": 4, "wait_ms": 3600000,
	})
	h = newHolder("vault/no public key", "correct horse battery staple", cheap)
	h.serverPublic = bytes.Repeat([]byte{0xff}, 32)
	h.register(h.registerRandom[32:96])
	h.session, _ = h.recover(h.loginRandom, h.serverRandom)
	input = h.asks(h.stretching(h.loginRandom, vectors.Object{"credential": inHex(h.credential)}), h.recoverAnswer())
	s.valid("recover-no-public-key", "VLT-13", "The record was made with a public key of the vault that is no element: its envelope opens, and the vault proves nothing.", "vault.recover",
		input, vectors.Object{
			"requests": sent("recover", h.recoverRequest()), "outcome": "wrong_secret", "export_key": nil, "report": nil, "attempts": 9, "wait_ms": 0,
		})
}

// stateAnswer is a live record, with an anchor or none.
func (h *holder) stateAnswer(sequence, version uint64, anchor []byte) []byte {
	return slices.Concat([]byte{0, 2, 10}, u64(0), u64(sequence), h.credential, u64(version), anchor)
}

// proof is that of the type management of the record, for a commit of another or its destruction.
func (h *holder) proof(operation string, sequence uint64, credential, registration []byte) []byte {
	statement := slices.Concat([]byte("coffer/v1 vault "+operation), h.vault, h.account, u64(sequence), h.credential, credential, registration)
	return slices.Concat([]byte{1}, h.credential, ed25519.Sign(h.management(), statement))
}

// vaultProofs are commits, destructions and anchors.
func vaultProofs(s *suite) {
	h, next := newHolder("vault/client", "correct horse battery staple", cheap), newHolder("vault/next", "another", cheap)
	state := slices.Concat(h.token, h.credential)
	s.valid("commit", "VLT-45", "A record replaces another, with a proof of it.", "vault.commit",
		h.asks(vectors.Object{
			"credential": inHex(next.credential), "registration": inHex(next.registration()), "of": inHex(h.credential), "key": inHex(h.key),
		}, h.stateAnswer(5, 0, make([]byte, 136)), append([]byte{0}, u64(6)...)),
		vectors.Object{"outcome": "ok", "requests": sent("state", state,
			"commit", slices.Concat(h.token, next.credential, next.registration(), h.proof("commit", 5, next.credential, next.registration())))}).
		via(vectors.Object{"management_public_key": inHex(h.managementPublic())})
	s.valid("destroy", "VLT-18", "A record is destroyed.", "vault.destroy",
		h.asks(vectors.Object{"credential": inHex(h.credential), "key": inHex(h.key)}, h.stateAnswer(5, 0, make([]byte, 136)), append([]byte{0}, u64(6)...)),
		vectors.Object{"outcome": "ok", "requests": sent("state", state, "destroy", append(h.head(), h.proof("destroy", 5, h.credential, make([]byte, 32))...))})

	setID, head, salt := draw("vault/anchor set", 16), draw("vault/anchor head", 32), draw("vault/anchor salt", 24)
	anchor := sealed(derive(h.key, "vault anchor"), salt, "coffer/v1 vault anchor"+string(h.credential), slices.Concat(setID, u64(3), u64(41), head)).bytes()
	statement := slices.Concat([]byte("coffer/v1 vault anchor"), h.vault, h.account, h.credential, u64(41), anchor)
	what := vectors.Object{"set_id": inHex(setID), "epoch": 3, "generation": 41, "head": inHex(head)}
	s.valid("keep-anchor", "VLT-49", "An anchor is kept.", "vault.keep_anchor",
		h.asks(vectors.Object{"credential": inHex(h.credential), "key": inHex(h.key), "anchor": what, "random": inHex(salt)}, append([]byte{0}, u64(41)...)),
		vectors.Object{"outcome": "ok", "requests": sent("anchor", slices.Concat(h.head(), u64(41), anchor, ed25519.Sign(h.management(), statement)))}).
		via(vectors.Object{"anchor_key": inHex(derive(h.key, "vault anchor"))})
	s.valid("anchor", "VLT-50", "The anchor is opened.", "vault.anchor",
		h.asks(vectors.Object{"credential": inHex(h.credential), "key": inHex(h.key)}, h.stateAnswer(5, 41, anchor)),
		vectors.Object{"outcome": "ok", "requests": sent("state", state), "anchor": what})
}

// asked adds a request to a vault that has no records.
func (s *suite) asked(slug, requirements, comment string, h *holder, name string, message []byte, answer ...byte) {
	sizes := map[string]int{"state": 195, "register": 65, "destroy": 9, "anchor": 9, "commit": 9, "recover": 330}
	s.valid(slug, requirements, comment, "vault.answer", vectors.Object{
		"vault": inHex(h.vault), "service": inHex(h.service.Public().(ed25519.PublicKey)), "time_ms": int64(1700000000000), "name": name, "message": inHex(message),
	}, vectors.Object{"message": inHex(append(answer, make([]byte, sizes[name]-len(answer))...))})
}

const (
	unknownStatus   = 2
	tokenStatus     = 7
	malformedStatus = 8
)

// vaultTokens are tokens that are valid, and each kind that is not.
func vaultTokens(s *suite) {
	h := newHolder("vault/client", "correct horse battery staple", cheap)
	state := func(slug, comment string, token []byte, status byte) {
		s.asked("token-"+slug, "VLT-7", comment, h, "state", append(token, make([]byte, 32)...), status)
	}
	from, to := uint64(1700000000000), uint64(1700000000000+day)
	good := h.tokenFor("vault/client", from, to)
	state("first-millisecond", "A token is valid from its first millisecond on, for a day.", good, 0)
	state("last-millisecond", "It is valid in the last millisecond before its end.", h.tokenFor("vault/last", from-day+1, from+1), 0)
	state("early", "It is not valid before.", h.tokenFor("vault/early", from+1, to), tokenStatus)
	state("late", "It is not valid at its end.", h.tokenFor("vault/late", from-1000, from), tokenStatus)
	state("long", "It is not valid for a day and a millisecond.", h.tokenFor("vault/long", from, to+1), tokenStatus)
	other := slices.Clone(good[:96])
	other[31] ^= 1
	state("other-vault", "It is for another vault.", h.signedToken(h.service, other), tokenStatus)
	state("other-service", "Another service has signed it.", h.signedToken(ed25519.NewKeyFromSeed(draw("vault/other service", 32)), good[:96]), tokenStatus)
	altered := slices.Clone(good)
	altered[32] ^= 1
	state("other-account", "The account was altered.", altered, tokenStatus)
}

// vaultMessages are requests that are well-formed, and some that are not.
func vaultMessages(s *suite) {
	h := newHolder("vault/client", "correct horse battery staple", cheap)
	identity, negative := make([]byte, 32), append([]byte{1}, make([]byte, 31)...)
	ke1 := slices.Clone(h.session.ke1)
	share := slices.Concat(ke1[:64], identity)
	version := binary.BigEndian.AppendUint64(h.head(), 1<<52)
	for _, c := range []struct {
		slug, requirements, comment, name string
		message                           []byte
		status                            byte
	}{
		{"recover-unknown", "VLT-8 VLT-20", "A first message about a record that there is not.", "recover", append(h.head(), ke1...), unknownStatus},
		{"recover-identity", "VLT-12 VLT-19", "The key share is the identity.", "recover", append(h.head(), share...), malformedStatus},
		{"recover-negative", "VLT-12 VLT-19", "The blinded element is not in its canonical encoding.", "recover", slices.Concat(h.head(), negative, ke1[32:]), malformedStatus},
		{"register-identity", "VLT-12 VLT-19", "The blinded element is the identity.", "register", append(h.head(), identity...), malformedStatus},
		{"recover-short", "CON-1 VLT-16", "The request lacks its last byte.", "recover", append(h.head(), ke1[:95]...), malformedStatus},
		{"recover-long", "CON-2 VLT-16", "A byte follows the request.", "recover", slices.Concat(h.head(), ke1, []byte{0}), malformedStatus},
		{"destroy-proof-type", "VLT-16", "None of the types of proofs has the number 3.", "destroy", slices.Concat(h.head(), []byte{3}, make([]byte, 96)), malformedStatus},
		{"anchor-version", "CON-5 VLT-16", "The version has 53 bits.", "anchor", slices.Concat(version, make([]byte, 200)), malformedStatus},
	} {
		s.asked(c.slug, c.requirements, c.comment, h, c.name, c.message, c.status)
	}
}
