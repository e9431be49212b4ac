package opaque

import (
	"bytes"
	"errors"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// No byte of a login can be changed on its way without a party that notices it, and
// neither gives out a key then. The error says at which step.
func TestTamperedLogin(t *testing.T) {
	thorough.NotShort(t)
	regions := []struct {
		name     string
		from, to int
		element  bool
		want     error
	}{
		{"KE1", 0, 32, true, ErrEnvelopeRecovery},         // blinded_message
		{"KE1", 32, 64, false, ErrServerAuthentication},   // client_nonce
		{"KE1", 64, 96, true, ErrServerAuthentication},    // client_public_keyshare
		{"KE2", 0, 32, true, ErrEnvelopeRecovery},         // evaluated_message
		{"KE2", 32, 64, false, ErrEnvelopeRecovery},       // masking_nonce
		{"KE2", 64, 192, false, ErrEnvelopeRecovery},      // masked_response
		{"KE2", 192, 224, false, ErrServerAuthentication}, // server_nonce
		{"KE2", 224, 256, true, ErrServerAuthentication},  // server_public_keyshare
		{"KE2", 256, 320, false, ErrServerAuthentication}, // server_mac
		{"KE3", 0, 64, false, ErrClientAuthentication},    // client_mac
	}
	sum := map[string]int{}
	for _, r := range regions {
		sum[r.name] += r.to - r.from
		parsedToo := 0
		for at := r.from; at < r.to; at++ {
			l, _ := newLogin()
			l.wire = func(name string, m []byte) []byte {
				if name == r.name {
					m[at] ^= 1 << (at % 8)
				}
				return m
			}
			_, _, err := l.run()
			if r.element && errors.Is(err, ErrDeserialize) {
				continue
			}
			parsedToo++
			if !errors.Is(err, r.want) {
				t.Errorf("%s, byte %d: %v", r.name, at, err)
			}
		}
		if parsedToo == 0 {
			t.Errorf("%s from %d: no altered element was one", r.name, r.from)
		}
	}
	if sum["KE1"] != KE1Size || sum["KE2"] != KE2Size || sum["KE3"] != KE3Size {
		t.Errorf("%v bytes were altered", sum)
	}
}

// An element of another login, which no parser can refuse, is noticed as well.
func TestReplacedElements(t *testing.T) {
	another := newServer(10).PublicKey.Bytes()
	for at, want := range map[int]error{0: ErrEnvelopeRecovery, 224: ErrServerAuthentication} {
		l, _ := newLogin()
		l.wire = func(name string, m []byte) []byte {
			if name == "KE2" {
				copy(m[at:], another)
			}
			return m
		}
		if _, _, err := l.run(); !errors.Is(err, want) {
			t.Errorf("KE2, element at %d: %v", at, err)
		}
	}
}

// A KE2 and a KE3 are good for the login that they were made in, and no other.
func TestReplay(t *testing.T) {
	for name, want := range map[string]error{"KE1": ErrEnvelopeRecovery, "KE2": ErrEnvelopeRecovery, "KE3": ErrClientAuthentication} {
		l, _ := newLogin()
		var earlier []byte
		l.wire = func(n string, m []byte) []byte {
			if n == name {
				earlier = bytes.Clone(m)
			}
			return m
		}
		l.mustRun()
		l.seed++
		l.wire = func(n string, m []byte) []byte {
			if n == name {
				return earlier
			}
			return m
		}
		if _, _, err := l.run(); !errors.Is(err, want) {
			t.Errorf("an earlier %s: %v", name, err)
		}
	}
}

// With a blind that was used before, an earlier KE2 still opens the envelope, and is
// refused for what else the client drew.
func TestReplayUnderTheSameBlind(t *testing.T) {
	l, _ := newLogin()
	random := must(DrawClientRandom(source(3)))
	ke1, _, _ := GenerateKE1(password, random)
	ke2, _, err := config.GenerateKE2(l.keys, l.record, credential, identities, ke1, must(DrawServerRandom(source(4))))
	must(ke2, err)
	for name, change := range map[string]func(*ClientRandom){
		"nonce":    func(r *ClientRandom) { r.Nonce[31] ^= 1 },
		"keyshare": func(r *ClientRandom) { r.KeyshareSeed[0] ^= 1 },
	} {
		again := *random
		change(&again)
		_, state, _ := GenerateKE1(password, &again)
		if _, _, _, err := config.GenerateKE3(state, identities, ke2); !errors.Is(err, ErrServerAuthentication) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

// A record of which a byte was changed serves no login.
func TestTamperedRecord(t *testing.T) {
	l, _ := newLogin()
	whole := l.record.Bytes()
	served := 0
	for at := range whole {
		b := bytes.Clone(whole)
		b[at] ^= 1 << (at % 8)
		record, err := ParseRegistrationRecord(b)
		if at < Npk && errors.Is(err, ErrDeserialize) {
			continue
		}
		served++
		l.record = must(record, err)
		want := ErrEnvelopeRecovery
		if at < Npk {
			want = ErrServerAuthentication // only the server uses the client's public key
		}
		if _, _, err := l.run(); !errors.Is(err, want) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if served <= len(whole)-Npk {
		t.Error("no altered public key was one")
	}
}

// A registration that was altered on its way yields a record that serves no login.
func TestTamperedRegistration(t *testing.T) {
	l, _ := newLogin()
	random := must(DrawRegistrationRandom(source(2)))
	request := must(CreateRegistrationRequest(password, random))
	response := l.keys.CreateRegistrationResponse(request, credential).Bytes()
	tried := 0
	for at := range response {
		b := bytes.Clone(response)
		b[at] ^= 1 << (at % 8)
		altered, err := ParseRegistrationResponse(b)
		if err != nil {
			continue
		}
		tried++
		record, _, err := config.FinalizeRegistrationRequest(password, random, altered, identities)
		l.record = must(record, err)
		if _, _, err := l.run(); !errors.Is(err, ErrEnvelopeRecovery) {
			t.Errorf("response, byte %d: %v", at, err)
		}
	}
	if tried == 0 {
		t.Error("no altered response was one")
	}
}
