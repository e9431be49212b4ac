package opaque

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// vector is a test vector of RFC 9807, appendix C.1.
type vector struct {
	Config, Inputs, Intermediates, Outputs map[string]hexBytes
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) error {
	var err error
	*h, err = hex.DecodeString(string(text))
	return err
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// The two vectors for ristretto255, appendices C.1.1 and C.1.2, with every intermediate
// value that they state.
func TestVectorsOfRFC9807(t *testing.T) {
	var vectors []vector
	readJSON(t, "testdata/rfc9807.json", &vectors)
	if len(vectors) != 2 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for i, v := range vectors {
		in := v.Inputs
		compared := map[string]bool{}
		equal := func(name string, got []byte) {
			t.Helper()
			want, ok := v.Intermediates[name]
			if !ok {
				want, ok = v.Outputs[name]
			}
			if !ok || string(got) != string(want) {
				t.Errorf("vector %d, %s: %x instead of %x", i+1, name, got, want)
			}
			compared[name] = true
		}
		config := Config{Stretch: Identity, Context: v.Config["Context"]}
		ids := Identities{Client: in["client_identity"], Server: in["server_identity"]}
		server := &Server{
			PrivateKey: must(ParseScalar(in["server_private_key"])),
			PublicKey:  must(ParseElement(in["server_public_key"])),
			OPRFSeed:   (*[Nh]byte)(in["oprf_seed"]),
		}
		equal("oprf_key", server.oprfKey(in["credential_identifier"]).Bytes())

		registration := &RegistrationRandom{must(ParseScalar(in["blind_registration"])), [Nn]byte(in["envelope_nonce"])}
		request := must(CreateRegistrationRequest(in["password"], registration))
		equal("registration_request", request.Bytes())
		response := server.CreateRegistrationResponse(request, in["credential_identifier"])
		equal("registration_response", response.Bytes())
		randomizedPassword := config.randomizedPassword(in["password"], registration.Blind, response.evaluatedMessage)
		equal("randomized_password", randomizedPassword)
		authKey, _, _, _ := envelopeKeys(randomizedPassword, in["envelope_nonce"])
		equal("auth_key", authKey)
		record, exportKey, err := config.FinalizeRegistrationRequest(in["password"], registration, response, ids)
		if err != nil {
			t.Fatal(err)
		}
		equal("client_public_key", record.clientPublicKey.Bytes())
		equal("masking_key", record.maskingKey)
		equal("envelope", record.envelope.bytes())
		equal("registration_upload", record.Bytes())
		equal("export_key", exportKey)

		ke1, clientState, err := GenerateKE1(in["password"], &ClientRandom{
			must(ParseScalar(in["blind_login"])), [Nn]byte(in["client_nonce"]), [Nseed]byte(in["client_keyshare_seed"]),
		})
		if err != nil {
			t.Fatal(err)
		}
		equal("KE1", ke1.Bytes())
		serverRandom := &ServerRandom{
			[Nn]byte(in["masking_nonce"]), [Nn]byte(in["server_nonce"]), [Nseed]byte(in["server_keyshare_seed"]),
		}
		ke2, serverState, err := config.GenerateKE2(server, record, in["credential_identifier"], ids, ke1, serverRandom)
		if err != nil {
			t.Fatal(err)
		}
		equal("KE2", ke2.Bytes())
		k := keysOf(&config, server, record, ids, ke1, ke2, in["server_keyshare_seed"])
		equal("handshake_secret", k.handshakeSecret)
		equal("server_mac_key", k.km2)
		equal("client_mac_key", k.km3)
		ke3, sessionKey, exportKey, err := config.GenerateKE3(clientState, ids, ke2)
		if err != nil {
			t.Fatal(err)
		}
		equal("KE3", ke3.Bytes())
		equal("export_key", exportKey)
		equal("session_key", sessionKey)
		sessionKey, err = ServerFinish(serverState, ke3)
		if err != nil {
			t.Fatal(err)
		}
		equal("session_key", sessionKey)
		for _, values := range []map[string]hexBytes{v.Intermediates, v.Outputs} {
			for name := range values {
				if !compared[name] {
					t.Errorf("vector %d: nothing is compared with %s", i+1, name)
				}
			}
		}
	}
}

// keysOf derives the keys of a handshake once more, as the server does.
func keysOf(c *Config, s *Server, record *RegistrationRecord, ids Identities, ke1 *KE1, ke2 *KE2, keyshareSeed []byte) *keys {
	private, public := DeriveDiffieHellmanKeyPair((*[Nseed]byte)(keyshareSeed))
	credentials := createCleartextCredentials(s.PublicKey.Bytes(), record.clientPublicKey.Bytes(), ids)
	return deriveKeys(
		concat(diffieHellman(private, ke1.authRequest.clientPublicKeyshare),
			diffieHellman(s.PrivateKey, ke1.authRequest.clientPublicKeyshare),
			diffieHellman(private, record.clientPublicKey)),
		preambleOf(c.Context, credentials, ke1, &ke2.credentialResponse, ke2.authResponse.serverNonce, public))
}

// The vectors of RFC 9497, appendix A.1.1.
func TestVectorsOfRFC9497(t *testing.T) {
	var v struct {
		Seed, KeyInfo, SkSm, GroupDST hexBytes
		Vectors                       []struct{ Input, Blind, BlindedElement, EvaluationElement, Output hexBytes }
	}
	readJSON(t, "testdata/rfc9497.json", &v)
	if string(v.GroupDST) != "HashToGroup-"+contextString {
		t.Errorf("the context string is not that of %q", v.GroupDST)
	}
	sk, pk := deriveKeyPair(v.Seed, string(v.KeyInfo))
	if string(sk.Bytes()) != string(v.SkSm) || string(pk.Bytes()) != string(sk.timesGenerator().Bytes()) {
		t.Errorf("the private key is %x", []byte(sk.Bytes()))
	}
	if len(v.Vectors) != 2 {
		t.Fatalf("%d vectors", len(v.Vectors))
	}
	for i, each := range v.Vectors {
		blind := must(ParseScalar(each.Blind))
		blinded := must(blindInput(each.Input, blind))
		evaluated := blindEvaluate(sk, blinded)
		output := finalize(each.Input, blind, evaluated)
		if string(blinded.Bytes()) != string(each.BlindedElement) ||
			string(evaluated.Bytes()) != string(each.EvaluationElement) || string(output) != string(each.Output) {
			t.Errorf("vector %d: %x, %x, %x", i+1, blinded.Bytes(), evaluated.Bytes(), output)
		}
	}
}
