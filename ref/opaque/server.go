package opaque

import (
	"bytes"
	"crypto/hmac"
)

// Server is what a server has for one client or for many. [3.1]
type Server struct {
	PrivateKey *Scalar
	PublicKey  *Element // of PrivateKey
	OPRFSeed   *[Nh]byte
}

// ServerState is what a server remembers of its KE2 until it has the KE3 for it. [6.4]
type ServerState struct {
	ExpectedClientMAC Secret // Nm bytes
	SessionKey        Secret // Nx bytes
}

// CreateRegistrationResponse answers a registration. No two clients have the same
// credential identifier. [5.2.2]
func (s *Server) CreateRegistrationResponse(request *RegistrationRequest, credentialIdentifier []byte) *RegistrationResponse {
	return &RegistrationResponse{s.evaluate(request.blindedMessage, credentialIdentifier), s.PublicKey}
}

// evaluate evaluates a blinded password under the client's OPRF key. [5.2.2, 6.3.2.2]
func (s *Server) evaluate(blindedElement *Element, credentialIdentifier []byte) *Element {
	oprfKey := s.oprfKey(credentialIdentifier)
	defer oprfKey.erase()
	return blindEvaluate(oprfKey, blindedElement)
}

func (s *Server) oprfKey(credentialIdentifier []byte) *Scalar {
	seed := expand(s.OPRFSeed[:], concat(credentialIdentifier, []byte("OprfKey")), Nok)
	defer clear(seed)
	oprfKey, _ := deriveKeyPair(seed, "OPAQUE-DeriveKeyPair")
	return oprfKey
}

// GenerateKE2 answers a login of the client who registered the record, under the
// credential identifier and the identities of then. The answer lets its receiver try
// one password. Error: ErrInvalidInput. [6.2.2]
func (c *Config) GenerateKE2(server *Server, record *RegistrationRecord, credentialIdentifier []byte, ids Identities,
	ke1 *KE1, random *ServerRandom) (*KE2, *ServerState, error) {
	if err := c.check(ids); err != nil {
		return nil, nil, err
	}
	response := server.createCredentialResponse(ke1.credentialRequest, record, credentialIdentifier, random.MaskingNonce[:])
	credentials := createCleartextCredentials(server.PublicKey.Bytes(), record.clientPublicKey.Bytes(), ids)
	auth, state := authServerRespond(c.Context, credentials, server.PrivateKey, record.clientPublicKey, ke1, response, random)
	return &KE2{*response, *auth}, state, nil
}

// createCredentialResponse is CreateCredentialResponse. [6.3.2.2]
func (s *Server) createCredentialResponse(request credentialRequest, record *RegistrationRecord,
	credentialIdentifier, maskingNonce []byte) *credentialResponse {
	return &credentialResponse{
		evaluatedMessage: s.evaluate(request.blindedMessage, credentialIdentifier),
		maskingNonce:     bytes.Clone(maskingNonce),
		maskedResponse:   mask(record.maskingKey, maskingNonce, concat(s.PublicKey.Bytes(), record.envelope.bytes())),
	}
}

// authServerRespond is AuthServerRespond. [6.4.4]
func authServerRespond(context []byte, credentials *cleartextCredentials, serverPrivateKey *Scalar, clientPublicKey *Element,
	ke1 *KE1, response *credentialResponse, random *ServerRandom) (*authResponse, *ServerState) {
	serverPrivateKeyshare, serverPublicKeyshare := DeriveDiffieHellmanKeyPair(&random.KeyshareSeed)
	defer serverPrivateKeyshare.erase()
	preamble := preambleOf(context, credentials, ke1, response, random.Nonce[:], serverPublicKeyshare)
	ikm := concat(
		diffieHellman(serverPrivateKeyshare, ke1.authRequest.clientPublicKeyshare),
		diffieHellman(serverPrivateKey, ke1.authRequest.clientPublicKeyshare),
		diffieHellman(serverPrivateKeyshare, clientPublicKey))
	defer clear(ikm)
	k := deriveKeys(ikm, preamble)
	defer k.erase()
	serverMAC := k.serverMAC(preamble)
	state := &ServerState{k.clientMAC(preamble, serverMAC), k.sessionKey}
	return &authResponse{bytes.Clone(random.Nonce[:]), serverPublicKeyshare, serverMAC}, state
}

// ServerFinish returns the session key, of Nx bytes, if the client is authenticated.
// Error: ErrClientAuthentication. [6.2.4, 6.4.4]
func ServerFinish(state *ServerState, ke3 *KE3) (Secret, error) {
	if !hmac.Equal(ke3.clientMAC, state.ExpectedClientMAC) {
		return nil, ErrClientAuthentication
	}
	return state.SessionKey, nil
}
