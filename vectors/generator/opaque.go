package generator

import (
	"crypto/hkdf"
	"crypto/sha512"
	"slices"

	"github.com/gtank/ristretto255"
	"golang.org/x/crypto/argon2"

	"github.com/coffer-format/coffer/vectors"
)

// The OPAQUE-3DH of section 18.4 as RFC 9807 and RFC 9497 have it, with every value on the way.

const suiteOPRF = "OPRFV1-\x00-ristretto255-SHA512"

func extract(ikm []byte) []byte { return hmacSHA512(make([]byte, sha512.Size), ikm) }

func expand(prk []byte, n int, info ...[]byte) []byte {
	out, err := hkdf.Expand(sha512.New, prk, string(slices.Concat(info...)), n)
	if err != nil {
		panic(err) // n is a constant
	}
	return out
}

// xmd is expand_message_xmd of RFC 9380 for 64 bytes.
func xmd(dst string, message ...[]byte) []byte {
	tail := append([]byte(dst), byte(len(dst)))
	first := sha512Of(slices.Concat(make([]byte, sha512.BlockSize), slices.Concat(message...), []byte{0, 64, 0}, tail))
	return sha512Of(slices.Concat(first, []byte{1}, tail))
}

func pointOf(b []byte) *ristretto255.Element {
	e, err := ristretto255.NewIdentityElement().SetCanonicalBytes(b)
	if err != nil {
		panic(err) // it was made here
	}
	return e
}

func scalar(uniform []byte) *ristretto255.Scalar {
	s, err := ristretto255.NewScalar().SetUniformBytes(uniform)
	if err != nil {
		panic(err) // it has 64 bytes
	}
	return s
}

func times(s *ristretto255.Scalar, e []byte) []byte {
	return ristretto255.NewIdentityElement().ScalarMult(s, pointOf(e)).Bytes()
}

// blinded is Blind.
func blinded(input []byte, blind *ristretto255.Scalar) []byte {
	e, err := ristretto255.NewIdentityElement().SetUniformBytes(xmd("HashToGroup-"+suiteOPRF, input))
	if err != nil {
		panic(err) // it has 64 bytes
	}
	return e.ScalarMult(blind, e).Bytes()
}

// oprfOutput is Finalize.
func oprfOutput(input []byte, blind *ristretto255.Scalar, evaluated []byte) []byte {
	unblinded := times(ristretto255.NewScalar().Invert(blind), evaluated)
	return sha512Of(slices.Concat(u16(len(input)), input, u16(len(unblinded)), unblinded, []byte("Finalize")))
}

// keyPair is DeriveKeyPair. That its first try is zero does not happen.
func keyPair(seed []byte, info string) (*ristretto255.Scalar, []byte) {
	s := scalar(xmd("DeriveKeyPair"+suiteOPRF, seed, u16(len(info)), []byte(info), []byte{0}))
	return s, ristretto255.NewIdentityElement().ScalarBaseMult(s).Bytes()
}

const infoDH = "OPAQUE-DeriveDiffieHellmanKeyPair"

// party is a record of a vault: what either side has of it.
type party struct {
	vault, credential []byte
	password          []byte // prepared
	cost              cost
	oprfSeed, akeSeed []byte
	envelopeNonce     []byte
	record            []byte // RegistrationRecord
	exportKey         []byte
	serverPublic      []byte
}

func (p *party) oprfKey() *ristretto255.Scalar {
	s, _ := keyPair(expand(p.oprfSeed, 32, p.credential, []byte("OprfKey")), "OPAQUE-DeriveKeyPair")
	return s
}

// stretched makes of an OPRF output what all keys of a client come from.
func (p *party) stretched(output []byte) (stretched, randomized []byte) {
	stretched = argon2.IDKey(output, make([]byte, 16), uint32(p.cost.passes), uint32(p.cost.memory), p.cost.lanes, 64)
	return stretched, extract(slices.Concat(output, stretched))
}

// cleartext is CleartextCredentials.
func (p *party) cleartext() []byte {
	return slices.Concat(p.serverPublic, u16(len(p.vault)), p.vault, u16(len(p.credential)), p.credential)
}

// register is a registration. It returns the first message, the answer, and what is on the way.
func (p *party) register(blindBytes []byte) (request, response []byte, via vectors.Object) {
	blind := scalar(blindBytes)
	request = blinded(p.password, blind)
	evaluated := times(p.oprfKey(), request)
	if p.serverPublic == nil {
		_, p.serverPublic = keyPair(p.akeSeed, infoDH)
	}
	output := oprfOutput(p.password, blind, evaluated)
	stretched, randomized := p.stretched(output)
	maskingKey := expand(randomized, 64, []byte("MaskingKey"))
	authKey := expand(randomized, 64, p.envelopeNonce, []byte("AuthKey"))
	p.exportKey = expand(randomized, 64, p.envelopeNonce, []byte("ExportKey"))
	_, clientPublic := keyPair(expand(randomized, 32, p.envelopeNonce, []byte("PrivateKey")), infoDH)
	authTag := hmacSHA512(authKey, p.envelopeNonce, p.cleartext())
	p.record = slices.Concat(clientPublic, maskingKey, p.envelopeNonce, authTag)
	return request, slices.Concat(evaluated, p.serverPublic), vectors.Object{
		"prepared": inHex(p.password), "blind": inHex(blind.Bytes()), "oprf_output": inHex(output), "stretched_output": inHex(stretched),
		"randomized_password": inHex(randomized), "masking_key": inHex(maskingKey), "auth_key": inHex(authKey),
		"client_public_key": inHex(clientPublic), "auth_tag": inHex(authTag), "slot_input_key": inHex(slotKey(p.exportKey)),
	}
}

// slotKey is the input key of the vault slot (section 6.4).
func slotKey(exportKey []byte) []byte {
	return hmacSHA512(exportKey, []byte("coffer/v1 vault slot\x01"))[:32]
}

// recovery is a session.
type recovery struct{ ke1, ke2, ke3, sessionKey []byte }

// recover is a login with the password of the record. What the client draws is the blind, the
// nonce and the seed of the key share, and the server its two nonces and that seed.
func (p *party) recover(client, server []byte) (*recovery, vectors.Object) {
	blind, clientNonce := scalar(client[:64]), client[64:96]
	_, clientShare := keyPair(client[96:], infoDH)
	ke1 := slices.Concat(blinded(p.password, blind), clientNonce, clientShare)

	evaluated := times(p.oprfKey(), ke1[:32])
	output := oprfOutput(p.password, blind, evaluated)
	stretched, randomized := p.stretched(output)
	clientPublic, maskingKey, envelope := p.record[:32], p.record[32:96], p.record[96:]
	maskingNonce, serverNonce := server[:32], server[32:64]
	masked := expand(maskingKey, 128, maskingNonce, []byte("CredentialResponsePad"))
	for i, b := range slices.Concat(p.serverPublic, envelope) {
		masked[i] ^= b
	}
	response := slices.Concat(evaluated, maskingNonce, masked)

	serverSecret, serverShare := keyPair(server[64:], infoDH)
	serverPrivate, _ := keyPair(p.akeSeed, infoDH)
	ikm := slices.Concat(times(serverSecret, clientShare), times(serverPrivate, clientShare), times(serverSecret, clientPublic))
	context := []byte("coffer/v1 vault")
	preamble := slices.Concat([]byte("OPAQUEv1-"), u16(len(context)), context, u16(len(p.credential)), p.credential, ke1,
		u16(len(p.vault)), p.vault, response, serverNonce, serverShare)
	secret := func(prk []byte, label string, transcript []byte) []byte {
		label = "OPAQUE-" + label
		return expand(prk, 64, u16(64), []byte{byte(len(label))}, []byte(label), []byte{byte(len(transcript))}, transcript)
	}
	prk := extract(ikm)
	handshake := secret(prk, "HandshakeSecret", sha512Of(preamble))
	sessionKey := secret(prk, "SessionKey", sha512Of(preamble))
	serverMAC := hmacSHA512(secret(handshake, "ServerMAC", nil), sha512Of(preamble))
	clientMAC := hmacSHA512(secret(handshake, "ClientMAC", nil), sha512Of(slices.Concat(preamble, serverMAC)))
	return &recovery{ke1, slices.Concat(response, serverNonce, serverShare, serverMAC), clientMAC, sessionKey}, vectors.Object{
		"prepared": inHex(p.password), "blind": inHex(blind.Bytes()), "oprf_output": inHex(output), "stretched_output": inHex(stretched),
		"randomized_password": inHex(randomized), "masking_key": inHex(maskingKey), "handshake_secret": inHex(handshake), "session_key": inHex(sessionKey),
		"slot_input_key": inHex(slotKey(p.exportKey)),
	}
}

func inHex(b []byte) string { return vectors.Bytes(b) }
