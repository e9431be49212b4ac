package opaque

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha512"
)

// extract is Extract: HKDF-Extract-SHA-512 of RFC 5869 with an empty salt. [2.2]
func extract(ikm []byte) []byte {
	prk, err := hkdf.Extract(sha512.New, ikm, nil)
	if err != nil {
		panic(err) // only where policy forbids short keys: none is
	}
	return prk
}

// expand is Expand: HKDF-Expand-SHA-512 of RFC 5869. [2.2]
func expand(prk, info []byte, length int) []byte {
	okm, err := hkdf.Expand(sha512.New, prk, string(info), length)
	if err != nil {
		panic(err) // only for more than 255 blocks
	}
	return okm
}

// mac is MAC: HMAC-SHA-512. [2.2]
func mac(key, msg []byte) []byte {
	h := hmac.New(sha512.New, key)
	h.Write(msg)
	return h.Sum(nil)
}

// cleartextCredentials are what the envelope authenticates beside its nonce. The
// server's public key is not an Element: a client has to check the tag before it
// believes that it is one. [4]
type cleartextCredentials struct {
	serverPublicKey []byte // Npk bytes
	serverIdentity  []byte
	clientIdentity  []byte
}

// createCleartextCredentials is CreateCleartextCredentials. [4]
func createCleartextCredentials(serverPublicKey, clientPublicKey []byte, ids Identities) *cleartextCredentials {
	if len(ids.Server) == 0 {
		ids.Server = serverPublicKey
	}
	if len(ids.Client) == 0 {
		ids.Client = clientPublicKey
	}
	return &cleartextCredentials{serverPublicKey, ids.Server, ids.Client}
}

func (c *cleartextCredentials) bytes() []byte {
	return concat(c.serverPublicKey,
		i2osp2(len(c.serverIdentity)), c.serverIdentity,
		i2osp2(len(c.clientIdentity)), c.clientIdentity)
}

// envelopeKeys derives what Store and Recover both need: the key of the tag, the export
// key, and the client's key pair.
func envelopeKeys(randomizedPassword, nonce []byte) (authKey []byte, exportKey Secret, private *Scalar, public *Element) {
	authKey = expand(randomizedPassword, concat(nonce, []byte("AuthKey")), Nh)
	exportKey = expand(randomizedPassword, concat(nonce, []byte("ExportKey")), Nh)
	seed := expand(randomizedPassword, concat(nonce, []byte("PrivateKey")), Nseed)
	defer clear(seed)
	private, public = DeriveDiffieHellmanKeyPair((*[Nseed]byte)(seed))
	return authKey, exportKey, private, public
}

// maskingKeyOf derives masking_key. [4.1.2, 6.3.2.3]
func maskingKeyOf(randomizedPassword []byte) Secret {
	return expand(randomizedPassword, []byte("MaskingKey"), Nh)
}

// store is Store: it makes the client's part of a record, and the export key. [4.1.2]
func store(randomizedPassword []byte, serverPublicKey *Element, ids Identities, envelopeNonce []byte) (*RegistrationRecord, Secret) {
	authKey, exportKey, clientPrivateKey, clientPublicKey := envelopeKeys(randomizedPassword, envelopeNonce)
	defer clear(authKey)
	defer clientPrivateKey.erase()
	credentials := createCleartextCredentials(serverPublicKey.Bytes(), clientPublicKey.Bytes(), ids)
	authTag := mac(authKey, concat(envelopeNonce, credentials.bytes()))
	return &RegistrationRecord{
		clientPublicKey: clientPublicKey,
		maskingKey:      maskingKeyOf(randomizedPassword),
		envelope:        envelope{envelopeNonce, authTag},
	}, exportKey
}

// recoverEnvelope is Recover: it checks the tag, and then returns what Store derived.
// Error: ErrEnvelopeRecovery. [4.1.3]
func recoverEnvelope(randomizedPassword, serverPublicKey []byte, e envelope, ids Identities) (*Scalar, *cleartextCredentials, Secret, error) {
	authKey, exportKey, clientPrivateKey, clientPublicKey := envelopeKeys(randomizedPassword, e.nonce)
	defer clear(authKey)
	credentials := createCleartextCredentials(serverPublicKey, clientPublicKey.Bytes(), ids)
	expectedTag := mac(authKey, concat(e.nonce, credentials.bytes()))
	if !hmac.Equal(e.authTag, expectedTag) {
		clear(exportKey)
		clear(expectedTag)
		clientPrivateKey.erase()
		return nil, nil, nil, ErrEnvelopeRecovery
	}
	return clientPrivateKey, credentials, exportKey, nil
}
