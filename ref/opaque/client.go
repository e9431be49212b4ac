package opaque

import (
	"bytes"
	"crypto/hmac"
	"crypto/subtle"
	"fmt"
	"io"
)

// ClientState is what a client remembers of its KE1 until it has the KE2 for it. [6,
// 6.4]
type ClientState struct {
	password     []byte
	blind        *Scalar
	clientSecret *Scalar
	ke1          *KE1
}

// Format implements fmt.Formatter for every verb.
func (ClientState) Format(s fmt.State, _ rune) { io.WriteString(s, "a client's state") }

// Erase overwrites the secrets of a state that is not needed any more. [6]
func (s *ClientState) Erase() {
	clear(s.password)
	s.blind.erase()
	s.clientSecret.erase()
	*s = ClientState{}
}

// CreateRegistrationRequest begins a registration with a password of at most 65534
// bytes. FinalizeRegistrationRequest needs both arguments again. Error: ErrInvalidInput.
// [5.2.1]
func CreateRegistrationRequest(password []byte, random *RegistrationRandom) (*RegistrationRequest, error) {
	blindedElement, err := blindInput(password, random.Blind)
	if err != nil {
		return nil, err
	}
	return &RegistrationRequest{blindedElement}, nil
}

// FinalizeRegistrationRequest makes the record for the server and the export key, of Nh
// bytes. It runs the key stretching function. Error: ErrInvalidInput. [5.2.3]
func (c *Config) FinalizeRegistrationRequest(password []byte, random *RegistrationRandom, response *RegistrationResponse,
	ids Identities) (*RegistrationRecord, Secret, error) {
	if err := c.check(ids); err != nil {
		return nil, nil, err
	}
	randomizedPassword := c.randomizedPassword(password, random.Blind, response.evaluatedMessage)
	defer clear(randomizedPassword)
	record, exportKey := store(randomizedPassword, response.serverPublicKey, ids, bytes.Clone(random.EnvelopeNonce[:]))
	return record, exportKey, nil
}

// GenerateKE1 begins a login. Error: ErrInvalidInput. [6.2.1]
func GenerateKE1(password []byte, random *ClientRandom) (*KE1, *ClientState, error) {
	blindedElement, err := blindInput(password, random.Blind) // CreateCredentialRequest [6.3.2.1]
	if err != nil {
		return nil, nil, err
	}
	clientSecret, clientPublicKeyshare := DeriveDiffieHellmanKeyPair(&random.KeyshareSeed) // AuthClientStart [6.4.3]
	ke1 := &KE1{
		credentialRequest{blindedElement},
		authRequest{bytes.Clone(random.Nonce[:]), clientPublicKeyshare},
	}
	blind := *random.Blind
	return ke1, &ClientState{bytes.Clone(password), &blind, clientSecret, ke1}, nil
}

// GenerateKE3 finishes a login: it returns the message for the server, the session key
// of Nx bytes, and the export key of the registration, of Nh bytes, neither before the
// server is authenticated. It runs the key stretching function. Errors, after which the
// password has been tried: ErrEnvelopeRecovery, ErrServerAuthentication. Others:
// ErrInvalidInput, and ErrDeserialize for a record of a client that did not parse the
// server's public key. [6.2.4]
func (c *Config) GenerateKE3(state *ClientState, ids Identities, ke2 *KE2) (ke3 *KE3, sessionKey, exportKey Secret, err error) {
	if err := c.check(ids); err != nil {
		return nil, nil, nil, err
	}
	clientPrivateKey, credentials, exportKey, err := c.recoverCredentials(state, &ke2.credentialResponse, ids)
	if err != nil {
		return nil, nil, nil, err
	}
	defer clientPrivateKey.erase()
	ke3, sessionKey, err = authClientFinalize(c.Context, state, credentials, clientPrivateKey, ke2)
	if err != nil {
		clear(exportKey)
		return nil, nil, nil, err
	}
	return ke3, sessionKey, exportKey, nil
}

// recoverCredentials is RecoverCredentials. Error: ErrEnvelopeRecovery. [6.3.2.3]
func (c *Config) recoverCredentials(state *ClientState, response *credentialResponse,
	ids Identities) (*Scalar, *cleartextCredentials, Secret, error) {
	randomizedPassword := c.randomizedPassword(state.password, state.blind, response.evaluatedMessage)
	defer clear(randomizedPassword)
	maskingKey := maskingKeyOf(randomizedPassword)
	defer clear(maskingKey)
	unmasked := mask(maskingKey, response.maskingNonce, response.maskedResponse)
	serverPublicKey, nonce, authTag := unmasked[:Npk], unmasked[Npk:Npk+Nn], unmasked[Npk+Nn:]
	return recoverEnvelope(randomizedPassword, serverPublicKey, envelope{nonce, authTag}, ids)
}

// randomizedPassword is what both ways of the client begin with: Nx bytes. [5.2.3,
// 6.3.2.3]
func (c *Config) randomizedPassword(password []byte, blind *Scalar, evaluatedElement *Element) []byte {
	oprfOutput := finalize(password, blind, evaluatedElement)
	defer clear(oprfOutput)
	stretchedOPRFOutput := c.Stretch(oprfOutput)
	defer clear(stretchedOPRFOutput)
	ikm := concat(oprfOutput, stretchedOPRFOutput)
	defer clear(ikm)
	return extract(ikm)
}

// mask applies credential_response_pad to the server's public key and the envelope, or
// takes it away again. [6.3.2.2, 6.3.2.3]
func mask(maskingKey, maskingNonce, text []byte) []byte {
	pad := expand(maskingKey, concat(maskingNonce, []byte("CredentialResponsePad")), maskedResponseSize)
	subtle.XORBytes(pad, pad, text)
	return pad
}

// authClientFinalize is AuthClientFinalize. Errors: ErrServerAuthentication,
// ErrDeserialize. [6.4.3]
func authClientFinalize(context []byte, state *ClientState, credentials *cleartextCredentials,
	clientPrivateKey *Scalar, ke2 *KE2) (*KE3, Secret, error) {
	serverPublicKey, err := ParseElement(credentials.serverPublicKey)
	if err != nil {
		return nil, nil, err
	}
	ikm := concat(
		diffieHellman(state.clientSecret, ke2.authResponse.serverPublicKeyshare),
		diffieHellman(state.clientSecret, serverPublicKey),
		diffieHellman(clientPrivateKey, ke2.authResponse.serverPublicKeyshare))
	defer clear(ikm)
	preamble := preambleOf(context, credentials, state.ke1, &ke2.credentialResponse,
		ke2.authResponse.serverNonce, ke2.authResponse.serverPublicKeyshare)
	k := deriveKeys(ikm, preamble)
	defer k.erase()
	expectedServerMAC := k.serverMAC(preamble)
	if !hmac.Equal(ke2.authResponse.serverMAC, expectedServerMAC) {
		clear(k.sessionKey)
		return nil, nil, ErrServerAuthentication
	}
	return &KE3{k.clientMAC(preamble, expectedServerMAC)}, k.sessionKey, nil
}
