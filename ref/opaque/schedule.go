package opaque

// expandLabel is Expand-Label, with CustomLabel written out. The label has at most 248
// bytes and the context at most 255. [6.4.2.1]
func expandLabel(secret []byte, label string, context []byte, length int) []byte {
	label = "OPAQUE-" + label
	customLabel := concat(i2osp2(length),
		i2osp1(len(label)), []byte(label),
		i2osp1(len(context)), context)
	return expand(secret, customLabel, length)
}

// deriveSecret is Derive-Secret: Nx bytes. [6.4.2.1]
func deriveSecret(secret []byte, label string, transcriptHash []byte) []byte {
	return expandLabel(secret, label, transcriptHash, Nx)
}

// preambleOf is Preamble: the transcript up to the server's MAC. [6.4.2.1]
func preambleOf(context []byte, credentials *cleartextCredentials, ke1 *KE1, response *credentialResponse,
	serverNonce []byte, serverPublicKeyshare *Element) []byte {
	return concat([]byte("OPAQUEv1-"),
		i2osp2(len(context)), context,
		i2osp2(len(credentials.clientIdentity)), credentials.clientIdentity,
		ke1.Bytes(),
		i2osp2(len(credentials.serverIdentity)), credentials.serverIdentity,
		response.bytes(),
		serverNonce,
		serverPublicKeyshare.Bytes())
}

// keys are the outputs of DeriveKeys, of Nx bytes each. [6.4.2.2]
type keys struct {
	handshakeSecret []byte
	km2, km3        []byte // of the server's and of the client's MAC
	sessionKey      Secret
}

// deriveKeys is DeriveKeys. [6.4.2.2]
func deriveKeys(ikm, preamble []byte) *keys {
	prk := extract(ikm)
	defer clear(prk)
	handshakeSecret := deriveSecret(prk, "HandshakeSecret", hash(preamble))
	return &keys{
		handshakeSecret: handshakeSecret,
		sessionKey:      deriveSecret(prk, "SessionKey", hash(preamble)),
		km2:             deriveSecret(handshakeSecret, "ServerMAC", nil),
		km3:             deriveSecret(handshakeSecret, "ClientMAC", nil),
	}
}

// serverMAC is the MAC of KE2. [6.4.3, 6.4.4]
func (k *keys) serverMAC(preamble []byte) []byte { return mac(k.km2, hash(preamble)) }

// clientMAC is the MAC of KE3. [6.4.3, 6.4.4]
func (k *keys) clientMAC(preamble, serverMAC []byte) []byte {
	return mac(k.km3, hash(concat(preamble, serverMAC)))
}

// erase leaves only the session key.
func (k *keys) erase() {
	clear(k.handshakeSecret)
	clear(k.km2)
	clear(k.km3)
}
