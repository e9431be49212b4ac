package opaque

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"go/build"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

// Lengths have two bytes on the wire, and the OPRF's input one byte less than they say.
func TestInputLimits(t *testing.T) {
	long := make([]byte, 1<<16-1)
	random := must(DrawClientRandom(source(6)))
	registration := &RegistrationRandom{Blind: random.Blind}
	for n, want := range map[int]error{len(long) - 1: nil, len(long): ErrInvalidInput} {
		_, err := CreateRegistrationRequest(long[:n], registration)
		_, _, err1 := GenerateKE1(long[:n], random)
		if !errors.Is(err, want) || !errors.Is(err1, want) {
			t.Errorf("a password of %d bytes: %v, %v", n, err, err1)
		}
	}
	tooLong := make([]byte, 1<<16)
	for n, want := range map[int]error{len(long): nil, len(tooLong): ErrInvalidInput} {
		for name, change := range map[string]func(*Config, *Identities){
			"context": func(c *Config, _ *Identities) { c.Context = tooLong[:n] },
			"client":  func(_ *Config, ids *Identities) { ids.Client = tooLong[:n] },
			"server":  func(_ *Config, ids *Identities) { ids.Server = tooLong[:n] },
		} {
			c, ids := *config, identities
			change(&c, &ids)
			l, _ := newLogin()
			response := l.keys.CreateRegistrationResponse(must(CreateRegistrationRequest(password, registration)), credential)
			record, _, err := c.FinalizeRegistrationRequest(password, registration, response, ids)
			if !errors.Is(err, want) {
				t.Errorf("registration with a %s of %d bytes: %v", name, n, err)
			}
			if err == nil {
				l.record = record
			}
			l.client, l.clientIDs, l.server, l.serverIDs = &c, ids, &c, ids
			if _, _, err := l.run(); !errors.Is(err, want) {
				t.Errorf("login with a %s of %d bytes: %v", name, n, err)
			}
			l.server, l.serverIDs = config, identities
			if _, _, err := l.run(); want != nil && !errors.Is(err, want) {
				t.Errorf("the client with a %s of %d bytes: %v", name, n, err)
			}
		}
	}
}

// What another implementation, noble-hashes 2.4.0, computes of the bytes 0 to 63 with 64
// KiB, 2 passes, 4 lanes and a salt of 16 zero bytes.
func TestArgon2id(t *testing.T) {
	msg := make([]byte, Nh)
	for i := range msg {
		msg[i] = byte(i)
	}
	const want = "5f3dc9f7a1ae14935c8e855b9d659f1b15ac9d83a725293fed8df1effcbb320c429f1fcc97c8596bbce983e4c2abc4b552938b182107cff625ec14905c89cbe7"
	if got := hex.EncodeToString(Argon2id(64, 2, 4)(msg)); got != want {
		t.Errorf("%s instead of %s", got, want)
	}
}

// What is drawn is drawn of the source, and its failure passed on.
func TestDraw(t *testing.T) {
	for name, draw := range map[string]func(r *bytes.Reader) error{
		"a registration's": func(r *bytes.Reader) error { _, err := DrawRegistrationRandom(r); return err },
		"a client's":       func(r *bytes.Reader) error { _, err := DrawClientRandom(r); return err },
		"a server's":       func(r *bytes.Reader) error { _, err := DrawServerRandom(r); return err },
	} {
		for n := range 200 {
			r := bytes.NewReader(bytes.Repeat([]byte{7}, n))
			if draw(r) == nil {
				if want := map[string]int{"a registration's": 96, "a client's": 128, "a server's": 96}[name]; n != want || r.Len() > 0 {
					t.Errorf("%s random values took %d bytes of %d", name, n-r.Len(), n)
				}
				break
			}
		}
	}
	if _, err := DrawScalar(bytes.NewReader(make([]byte, 64))); !errors.Is(err, ErrDeserialize) {
		t.Errorf("the scalar zero: %v", err)
	}
}

// Erase leaves nothing of the password and the two scalars.
func TestErase(t *testing.T) {
	_, state, err := GenerateKE1(password, must(DrawClientRandom(source(7))))
	if err != nil {
		t.Fatal(err)
	}
	held := *state
	state.Erase()
	if !bytes.Equal(held.password, make([]byte, len(password))) {
		t.Errorf("the password is %q", held.password)
	}
	for _, s := range []*Scalar{held.blind, held.clientSecret} {
		if !bytes.Equal(s.Bytes(), make([]byte, Nsk)) {
			t.Error("a scalar is still there")
		}
	}
	state.Erase() // a second time does no harm
}

// What fmt and slog print of a secret is the same for every secret.
func TestSecretsAreNotPrinted(t *testing.T) {
	secrets := func(seed uint64) []any {
		random := source(seed)
		s := newServer(seed)
		clientRandom, serverRandom := must(DrawClientRandom(random)), must(DrawServerRandom(random))
		record, exportKey := register(config, s, identities, seed)
		_, clientState, _ := GenerateKE1(fmt.Appendf(nil, "password %d", seed), clientRandom)
		return []any{exportKey, *s.PrivateKey, s.PrivateKey, clientState, *clientState, record, *record, clientRandom, serverRandom,
			&ServerState{exportKey, exportKey}, ServerState{exportKey, exportKey}}
	}
	one, another := secrets(1), secrets(2)
	for i := range one {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%d", "%q"} {
			if a, b := fmt.Sprintf(verb, one[i]), fmt.Sprintf(verb, another[i]); a != b {
				t.Errorf("%T with %s: %s and %s", one[i], verb, a, b)
			}
		}
	}
	var text strings.Builder
	slog.New(slog.NewJSONHandler(&text, nil)).Info("", "key", one[0])
	if !strings.Contains(text.String(), `"key":"a secret"`) {
		t.Error(text.String())
	}
}

// The package imports nothing of this project, no source of randomness, and not the
// library that the tests compare it with.
func TestImports(t *testing.T) {
	p, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(p.Imports, "github.com/gtank/ristretto255") {
		t.Fatalf("the imports are not %v", p.Imports)
	}
	for _, path := range p.Imports {
		if strings.Contains(path, "coffer") || strings.Contains(path, "rand") || strings.Contains(path, "circl") {
			t.Errorf("it imports %s", path)
		}
	}
}
