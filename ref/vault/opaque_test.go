package vault

import (
	"bytes"
	"errors"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/opaque"
)

// A client registers and recovers with the configuration of the chapter, Argon2id included;
// the server's identity is the vault, and the client's the credential. [VLT-10]
func TestOPAQUE(t *testing.T) {
	thorough.NotShort(t)
	random := bytes.NewReader(bytes.Repeat([]byte{1, 2, 3, 5, 7, 11, 13}, 100))
	vault, credential := ID{1}, Credential{2}
	server, keys, password := OPAQUE{vault}, &Keys{OPRFSeed: [64]byte{3}, AKESeed: [32]byte{4}}, []byte("correct horse")

	registration, err := opaque.DrawRegistrationRandom(random)
	if err != nil {
		t.Fatal(err)
	}
	request, _ := opaque.CreateRegistrationRequest(password, registration)
	answer, err := server.Register(keys, credential, (*[32]byte)(request.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	response, err := opaque.ParseRegistrationResponse(answer[:])
	if err != nil {
		t.Fatal(err)
	}
	record, registered, err := Configuration().FinalizeRegistrationRequest(password, registration, response, Identities(vault, credential))
	if err != nil {
		t.Fatal(err)
	}

	login, err := opaque.DrawClientRandom(random)
	if err != nil {
		t.Fatal(err)
	}
	ke1, state, _ := opaque.GenerateKE1(password, login)
	made, err := server.Login(keys, credential, (*[192]byte)(record.Bytes()), (*[96]byte)(ke1.Bytes()), &opaque.ServerRandom{})
	if err != nil {
		t.Fatal(err)
	}
	ke2, err := opaque.ParseKE2(made.KE2[:])
	if err != nil {
		t.Fatal(err)
	}
	ke3, session, exported, err := Configuration().GenerateKE3(state, Identities(vault, credential), ke2)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(exported, registered) || !bytes.Equal(ke3.Bytes(), made.KE3[:]) || !bytes.Equal(session, made.SessionKey) {
		t.Error("client and vault have not come to the same")
	}
	if string(Configuration().Context) != "coffer/v1 vault" {
		t.Error("the configuration is another")
	}

	// A credential that is not that of the record, or another vault, is another password.
	for _, x := range []struct {
		server     OPAQUE
		credential Credential
	}{{OPAQUE{ID{9}}, credential}, {server, Credential{9}}} {
		made, _ := x.server.Login(keys, x.credential, (*[192]byte)(record.Bytes()), (*[96]byte)(ke1.Bytes()), &opaque.ServerRandom{})
		if bytes.Equal(made.KE3[:], ke3.Bytes()) {
			t.Error("another vault or credential makes the same of it")
		}
	}
}

// What does not parse yields nothing. [VLT-12]
func TestOPAQUEOfWhatIsMalformed(t *testing.T) {
	server, keys := OPAQUE{}, &Keys{}
	if _, err := server.Register(keys, Credential{}, new([32]byte)); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	good, record := sample(new(RecoverRequest)).KE1, sample(new(StoreRequest)).Record
	if _, err := server.Login(keys, Credential{}, &record, &good, &opaque.ServerRandom{}); err != nil {
		t.Error(err)
	}
	if _, err := server.Login(keys, Credential{}, &record, new([96]byte), &opaque.ServerRandom{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	if _, err := server.Login(keys, Credential{}, new([192]byte), &good, &opaque.ServerRandom{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}
