package vault

import (
	"fmt"
	"io"

	"github.com/coffer-format/coffer/ref/opaque"
)

// The costs of Argon2id (spec section 18.4).
const (
	memoryKiB = 65536
	passes    = 3
	lanes     = 1
)

const opaqueContext = "coffer/v1 vault"

// Configuration returns the configuration of OPAQUE, the same for client and vault. [VLT-10]
func Configuration() *opaque.Config {
	return &opaque.Config{Stretch: opaque.Argon2id(memoryKiB, passes, lanes), Context: []byte(opaqueContext)}
}

// Identities returns those of a record at a vault. The credential identifier is the
// identity of the client. [VLT-10]
func Identities(vault ID, credential Credential) opaque.Identities {
	return opaque.Identities{Client: credential[:], Server: vault[:]}
}

// Keys are what a vault draws for a record: random bytes. [VLT-11]
type Keys struct {
	OPRFSeed [opaque.Nh]byte
	AKESeed  [opaque.Nseed]byte // of the key pair of the key exchange
}

// Login is what a vault makes of a first message. All but KE2 is kept secret, and KE2 lets
// one password be tried.
type Login struct {
	KE2        [opaque.KE2Size]byte
	KE3        [opaque.KE3Size]byte // the third message that it expects
	SessionKey opaque.Secret        // of opaque.Nx bytes
}

// Format implements fmt.Formatter for every verb. [VLT-59]
func (Keys) Format(s fmt.State, _ rune) { io.WriteString(s, "the keys of a record") }

// Format implements fmt.Formatter for every verb. [VLT-59]
func (Login) Format(s fmt.State, _ rune) { io.WriteString(s, "a login") }

// OPAQUE is the server of OPAQUE at a vault.
type OPAQUE struct{ Vault ID }

// Register returns the RegistrationResponse. Error: ErrMalformed.
func (o OPAQUE) Register(keys *Keys, credential Credential, request *[opaque.RegistrationRequestSize]byte) ([opaque.RegistrationResponseSize]byte, error) {
	parsed, err := opaque.ParseRegistrationRequest(request[:])
	if err != nil {
		return [opaque.RegistrationResponseSize]byte{}, ErrMalformed
	}
	response := serverOf(keys).CreateRegistrationResponse(parsed, credential[:])
	return [opaque.RegistrationResponseSize]byte(response.Bytes()), nil
}

// Login answers a first message with three random values: of the masking nonce, of the
// server's nonce, and of its key share. Error: ErrMalformed for the first message or the
// RegistrationRecord.
func (o OPAQUE) Login(keys *Keys, credential Credential, record *[opaque.RegistrationRecordSize]byte,
	ke1 *[opaque.KE1Size]byte, random *opaque.ServerRandom) (*Login, error) {
	parsed, err := opaque.ParseKE1(ke1[:])
	if err != nil {
		return nil, ErrMalformed
	}
	registered, err := opaque.ParseRegistrationRecord(record[:])
	if err != nil {
		return nil, ErrMalformed
	}
	ke2, state, err := Configuration().GenerateKE2(serverOf(keys), registered, credential[:], Identities(o.Vault, credential), parsed, random)
	if err != nil {
		return nil, err
	}
	return &Login{[opaque.KE2Size]byte(ke2.Bytes()), [opaque.KE3Size]byte(state.ExpectedClientMAC), state.SessionKey}, nil
}

func serverOf(keys *Keys) *opaque.Server {
	private, public := opaque.DeriveDiffieHellmanKeyPair(&keys.AKESeed)
	return &opaque.Server{PrivateKey: private, PublicKey: public, OPRFSeed: &keys.OPRFSeed}
}
