package opaque

import (
	"fmt"
	"io"
)

// RegistrationRandom is what a client draws for a registration, fresh each time.
type RegistrationRandom struct {
	Blind         *Scalar
	EnvelopeNonce [Nn]byte
}

// ClientRandom is what a client draws for a login, fresh each time.
type ClientRandom struct {
	Blind        *Scalar
	Nonce        [Nn]byte
	KeyshareSeed [Nseed]byte
}

// ServerRandom is what a server draws for a login, fresh each time.
type ServerRandom struct {
	MaskingNonce [Nn]byte
	Nonce        [Nn]byte
	KeyshareSeed [Nseed]byte
}

// DrawScalar draws a private key or a blind: 64 bytes of rand, which is a
// cryptographically secure source, reduced (RFC 9497, section 4.7.2). Errors: that of
// rand, or ErrDeserialize for a scalar of zero, which no such source ever gives.
func DrawScalar(rand io.Reader) (*Scalar, error) {
	var uniform [64]byte
	defer clear(uniform[:])
	if _, err := io.ReadFull(rand, uniform[:]); err != nil {
		return nil, fmt.Errorf("drawing a scalar: %w", err)
	}
	return reduce(uniform[:])
}

// DrawRegistrationRandom draws the fields in their order. Errors: as DrawScalar.
func DrawRegistrationRandom(rand io.Reader) (*RegistrationRandom, error) {
	blind, err := DrawScalar(rand)
	if err != nil {
		return nil, err
	}
	r := &RegistrationRandom{Blind: blind}
	return r, draw(rand, r.EnvelopeNonce[:])
}

// DrawClientRandom draws the fields in their order. Errors: as DrawScalar.
func DrawClientRandom(rand io.Reader) (*ClientRandom, error) {
	blind, err := DrawScalar(rand)
	if err != nil {
		return nil, err
	}
	r := &ClientRandom{Blind: blind}
	return r, draw(rand, r.Nonce[:], r.KeyshareSeed[:])
}

// DrawServerRandom draws the fields in their order. Error: that of rand.
func DrawServerRandom(rand io.Reader) (*ServerRandom, error) {
	r := &ServerRandom{}
	return r, draw(rand, r.MaskingNonce[:], r.Nonce[:], r.KeyshareSeed[:])
}

func draw(rand io.Reader, fields ...[]byte) error {
	for _, field := range fields {
		if _, err := io.ReadFull(rand, field); err != nil {
			return fmt.Errorf("drawing a nonce or a seed: %w", err)
		}
	}
	return nil
}

// Format implements fmt.Formatter for every verb.
func (*ClientRandom) Format(s fmt.State, _ rune) { io.WriteString(s, "a client's random values") }

// Format implements fmt.Formatter for every verb.
func (*ServerRandom) Format(s fmt.State, _ rune) { io.WriteString(s, "a server's random values") }
