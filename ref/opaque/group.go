package opaque

import (
	"fmt"
	"io"

	"github.com/gtank/ristretto255"
)

// Element is an element of ristretto255 (RFC 9496) other than the identity: a public
// key, or what the OPRF blinds and evaluates. ParseElement makes one, and so does every
// product of an Element and a Scalar, since the order of the group is prime. This is
// the validation of section 10.7.
type Element struct{ point ristretto255.Element }

// Scalar is a number from 1 to the order of ristretto255, exclusive: a private key, or
// what blinds a password. It is secret, and fmt does not print it.
type Scalar struct{ number ristretto255.Scalar }

// ParseElement is DeserializeElement of RFC 9497, section 4.1. Error: ErrDeserialize for
// another length than Noe bytes, an encoding that is not canonical, and the identity.
func ParseElement(b []byte) (*Element, error) {
	var e Element
	if _, err := e.point.SetCanonicalBytes(b); err != nil {
		return nil, fmt.Errorf("%w: not an element of the group", ErrDeserialize)
	}
	return e.notIdentity()
}

func (e *Element) notIdentity() (*Element, error) {
	if e.point.Equal(ristretto255.NewIdentityElement()) == 1 {
		return nil, fmt.Errorf("%w: the identity element", ErrDeserialize)
	}
	return e, nil
}

// Bytes is SerializeElement of RFC 9497, section 4.1: Noe bytes.
func (e *Element) Bytes() []byte { return e.point.Bytes() }

// ParseScalar is DeserializeScalar of RFC 9497, section 4.1, of a number that is to be
// a private key or a blind. Error: ErrDeserialize for another length than Nsk bytes, an
// encoding that is not canonical, and zero.
func ParseScalar(b []byte) (*Scalar, error) {
	var s Scalar
	if _, err := s.number.SetCanonicalBytes(b); err != nil {
		return nil, fmt.Errorf("%w: not a scalar of the group", ErrDeserialize)
	}
	return s.notZero()
}

// reduce takes 64 bytes for a number, the least significant first, modulo the order.
// Error: ErrDeserialize, if that is zero.
func reduce(uniform []byte) (*Scalar, error) {
	var s Scalar
	if _, err := s.number.SetUniformBytes(uniform); err != nil {
		panic(err) // only for another length
	}
	return s.notZero()
}

func (s *Scalar) notZero() (*Scalar, error) {
	if s.number.Equal(ristretto255.NewScalar()) == 1 {
		return nil, fmt.Errorf("%w: the scalar zero", ErrDeserialize)
	}
	return s, nil
}

// Bytes is SerializeScalar of RFC 9497, section 4.1: Nsk bytes.
func (s *Scalar) Bytes() Secret { return s.number.Bytes() }

// Format implements fmt.Formatter for every verb.
func (Scalar) Format(s fmt.State, _ rune) { io.WriteString(s, "a scalar") }

// times is s*e.
func (s *Scalar) times(e *Element) *Element {
	var product Element
	product.point.ScalarMult(&s.number, &e.point)
	return &product
}

// timesGenerator is ScalarMultGen(s).
func (s *Scalar) timesGenerator() *Element {
	var product Element
	product.point.ScalarBaseMult(&s.number)
	return &product
}

// inverse is ScalarInverse(s).
func (s *Scalar) inverse() *Scalar {
	var inverse Scalar
	inverse.number.Invert(&s.number)
	return &inverse
}

// erase leaves zero. It may be called of no scalar.
func (s *Scalar) erase() {
	if s != nil {
		s.number = ristretto255.Scalar{}
	}
}

// DeriveDiffieHellmanKeyPair derives a key pair from a seed. [6.4.1.1]
func DeriveDiffieHellmanKeyPair(seed *[Nseed]byte) (*Scalar, *Element) {
	return deriveKeyPair(seed[:], "OPAQUE-DeriveDiffieHellmanKeyPair")
}

// diffieHellman is DiffieHellman(k, B). [6.4.1.1]
func diffieHellman(k *Scalar, b *Element) []byte { return k.times(b).Bytes() }
