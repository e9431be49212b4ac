package opaque

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// serenity is the npm package @serenity-kit/opaque, in a process of its own. It has no
// context, takes no randomness, and writes bytes in base64url.
type serenity struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Scanner
	stretch args // what it calls the key stretching
}

func startSerenity(t *testing.T) *serenity {
	t.Helper()
	if _, err := os.Stat("serenity/node_modules"); err != nil {
		t.Skip("npm install has not been run in ref/opaque/serenity")
	}
	cmd := exec.CommandContext(t.Context(), "node", "peer.mjs")
	cmd.Dir = "serenity"
	cmd.Stderr = os.Stderr
	in := must(cmd.StdinPipe())
	out := bufio.NewScanner(must(cmd.StdoutPipe()))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return &serenity{t: t, in: in, out: out}
}

type args map[string]any

// ask returns the fields of the result, decoded, or nil for a login that failed.
func (s *serenity) ask(side, call string, a any) map[string][]byte {
	s.t.Helper()
	fmt.Fprintf(s.in, "%s\n", must(json.Marshal(args{"side": side, "call": call, "args": a})))
	var answer struct {
		Result json.RawMessage
		Error  string
	}
	if !s.out.Scan() {
		s.t.Fatal("no answer: ", s.out.Err())
	}
	if err := json.Unmarshal(s.out.Bytes(), &answer); err != nil || answer.Error != "" {
		s.t.Fatal(call, ": ", err, answer.Error)
	}
	var text string
	if json.Unmarshal(answer.Result, &text) == nil { // of createSetup
		return map[string][]byte{"": must(base64.RawURLEncoding.DecodeString(text))}
	}
	var fields map[string]string
	if err := json.Unmarshal(answer.Result, &fields); err != nil {
		s.t.Fatal(err)
	}
	if fields == nil {
		return nil
	}
	decoded := map[string][]byte{}
	for name, text := range fields {
		decoded[name] = must(base64.RawURLEncoding.DecodeString(text))
	}
	return decoded
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func identifiers(ids Identities) args {
	all := args{}
	if ids.Client != nil {
		all["client"] = string(ids.Client)
	}
	if ids.Server != nil {
		all["server"] = string(ids.Server)
	}
	return all
}

// client and server are the sides of a registration and of a login: ours or theirs.
// Everything passes between the two as bytes.
type client interface {
	register(password string, ids Identities, answer func(request []byte) []byte) (record, exportKey []byte)
	// login returns nothing if it failed.
	login(password string, ids Identities, answer func(ke1 []byte) []byte) (ke3, sessionKey, exportKey []byte)
}

type server interface {
	register(request []byte) []byte
	login(record, ke1 []byte, ids Identities) (ke2 []byte, finish func(ke3 []byte) []byte)
}

type ourClient struct{ *Config }

func (c ourClient) register(password string, ids Identities, answer func([]byte) []byte) ([]byte, []byte) {
	random := must(DrawRegistrationRandom(source(20)))
	response := must(ParseRegistrationResponse(answer(must(CreateRegistrationRequest([]byte(password), random)).Bytes())))
	record, exportKey, err := c.FinalizeRegistrationRequest([]byte(password), random, response, ids)
	return must(record, err).Bytes(), exportKey
}

func (c ourClient) login(password string, ids Identities, answer func([]byte) []byte) ([]byte, []byte, []byte) {
	ke1, state, err := GenerateKE1([]byte(password), must(DrawClientRandom(source(21))))
	ke2 := must(ParseKE2(answer(must(ke1, err).Bytes())))
	ke3, sessionKey, exportKey, err := c.GenerateKE3(state, ids, ke2)
	if errors.Is(err, ErrEnvelopeRecovery) {
		return nil, nil, nil
	}
	return must(ke3, err).Bytes(), sessionKey, exportKey
}

type ourServer struct {
	*Config
	*Server
}

func (s ourServer) register(request []byte) []byte {
	return s.CreateRegistrationResponse(must(ParseRegistrationRequest(request)), credential).Bytes()
}

func (s ourServer) login(record, ke1 []byte, ids Identities) ([]byte, func([]byte) []byte) {
	ke2, state, err := s.GenerateKE2(s.Server, must(ParseRegistrationRecord(record)), credential, ids, must(ParseKE1(ke1)), must(DrawServerRandom(source(22))))
	return must(ke2, err).Bytes(), func(ke3 []byte) []byte { return must(ServerFinish(state, must(ParseKE3(ke3)))) }
}

type theirClient struct{ *serenity }

func (c theirClient) register(password string, ids Identities, answer func([]byte) []byte) ([]byte, []byte) {
	started := c.ask("client", "startRegistration", args{"password": password})
	finished := c.ask("client", "finishRegistration", args{
		"password": password, "identifiers": identifiers(ids), "keyStretching": c.stretch,
		"clientRegistrationState": encode(started["clientRegistrationState"]),
		"registrationResponse":    encode(answer(started["registrationRequest"])),
	})
	return finished["registrationRecord"], finished["exportKey"]
}

func (c theirClient) login(password string, ids Identities, answer func([]byte) []byte) ([]byte, []byte, []byte) {
	started := c.ask("client", "startLogin", args{"password": password})
	finished := c.ask("client", "finishLogin", args{
		"password": password, "identifiers": identifiers(ids), "keyStretching": c.stretch,
		"clientLoginState": encode(started["clientLoginState"]),
		"loginResponse":    encode(answer(started["startLoginRequest"])),
	})
	return finished["finishLoginRequest"], finished["sessionKey"], finished["exportKey"]
}

type theirServer struct {
	*serenity
	setup []byte
}

func (s theirServer) register(request []byte) []byte {
	return s.ask("server", "createRegistrationResponse", args{
		"serverSetup": encode(s.setup), "userIdentifier": string(credential), "registrationRequest": encode(request),
	})["registrationResponse"]
}

func (s theirServer) login(record, ke1 []byte, ids Identities) ([]byte, func([]byte) []byte) {
	started := s.ask("server", "startLogin", args{
		"serverSetup": encode(s.setup), "userIdentifier": string(credential), "registrationRecord": encode(record),
		"startLoginRequest": encode(ke1), "identifiers": identifiers(ids),
	})
	return started["loginResponse"], func(ke3 []byte) []byte {
		return s.ask("server", "finishLogin", args{
			"serverLoginState": encode(started["serverLoginState"]), "finishLoginRequest": encode(ke3), "identifiers": identifiers(ids),
		})["sessionKey"]
	}
}

// Either implementation registers and logs in at either, as server under the same keys:
// all sides have the same session key, and every login gives the export key of the
// registration, whoever made that. A wrong password is refused by both.
func TestSerenity(t *testing.T) {
	thorough.Only(t)
	js := startSerenity(t)
	ours := &Config{}
	stretch := func(memoryKiB, passes uint32, lanes uint8) {
		ours.Stretch = Argon2id(memoryKiB, passes, lanes)
		js.stretch = args{"argon2id-custom": args{"iterations": passes, "memory": memoryKiB, "parallelism": lanes}}
	}
	// What it calls a setup is the OPRF seed, the private key, and the public key of its
	// fake records.
	setup := js.ask("server", "createSetup", nil)[""]
	if len(setup) != Nh+Nsk+Npk {
		t.Fatalf("a setup of %d bytes", len(setup))
	}
	private := must(ParseScalar(setup[Nh : Nh+Nsk]))
	clients := map[string]client{"our client": ourClient{ours}, "their client": theirClient{js}}
	servers := map[string]server{
		"our server":   ourServer{ours, &Server{private, private.timesGenerator(), (*[Nh]byte)(setup[:Nh])}},
		"their server": theirServer{js, setup},
	}
	const password = "grüße, correct horse"
	for registrar, c := range clients {
		for registry, s := range servers {
			// Once with the costs of a vault, and once with no identities.
			ids := Identities{Client: []byte("credential"), Server: []byte("vault")}
			stretch(1<<10, 2, 4)
			switch {
			case registrar == "our client" && registry == "our server":
				stretch(64<<10, 3, 1)
			case registrar == "their client" && registry == "their server":
				ids = Identities{}
			}
			record, exportKey := c.register(password, ids, s.register)
			if len(record) != RegistrationRecordSize || len(exportKey) != Nh {
				t.Errorf("%s at %s registers %d bytes for a key of %d", registrar, registry, len(record), len(exportKey))
			}
			for who, c := range clients {
				for where, s := range servers {
					name := fmt.Sprintf("registered by %s at %s, %s at %s", registrar, registry, who, where)
					var finish func([]byte) []byte
					answer := func(ke1 []byte) (ke2 []byte) {
						ke2, finish = s.login(record, ke1, ids)
						return ke2
					}
					ke3, sessionKey, got := c.login(password, ids, answer)
					if ke3 == nil {
						t.Errorf("%s: the login failed", name)
						continue
					}
					if servers := finish(ke3); len(sessionKey) != Nx || !bytes.Equal(servers, sessionKey) {
						t.Errorf("%s: two session keys", name)
					}
					if !bytes.Equal(got, exportKey) {
						t.Errorf("%s: another export key", name)
					}
					if ke3, _, _ := c.login("another password", ids, answer); ke3 != nil {
						t.Errorf("%s: a wrong password logs in", name)
					}
				}
			}
		}
	}
}
