package opaque

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// message is a message that was received.
type message interface{ Bytes() []byte }

// kind is one of the structures that can be parsed.
type kind struct {
	name     string
	size     int
	elements []int // offsets of the elements
	parse    func([]byte) (message, error)
}

func kindOf[M message](name string, parse func([]byte) (M, error), size int, elements ...int) kind {
	return kind{name, size, elements, func(b []byte) (message, error) {
		m, err := parse(b)
		if err != nil {
			return nil, err
		}
		return m, nil
	}}
}

// scalarMessage gives a scalar the method of a message.
type scalarMessage struct{ *Scalar }

func (s scalarMessage) Bytes() []byte { return s.Scalar.Bytes() }

func parseScalar(b []byte) (scalarMessage, error) {
	s, err := ParseScalar(b)
	return scalarMessage{s}, err
}

// kinds are written out in numbers, as one counts them in the RFC.
var kinds = []kind{
	kindOf("RegistrationRequest", ParseRegistrationRequest, 32, 0),
	kindOf("RegistrationResponse", ParseRegistrationResponse, 64, 0, 32),
	kindOf("RegistrationRecord", ParseRegistrationRecord, 192, 0),
	kindOf("KE1", ParseKE1, 96, 0, 64),
	kindOf("KE2", ParseKE2, 320, 0, 224),
	kindOf("KE3", ParseKE3, 64),
	kindOf("Element", ParseElement, 32, 0),
	kindOf("Scalar", parseScalar, 32),
}

// samples are a message of every kind, by its name.
func samples() map[string][]byte {
	l, _ := newLogin()
	random := must(DrawRegistrationRandom(source(2)))
	request := must(CreateRegistrationRequest(password, random))
	all := map[string][]byte{
		"RegistrationRequest":  request.Bytes(),
		"RegistrationResponse": l.keys.CreateRegistrationResponse(request, credential).Bytes(),
		"RegistrationRecord":   l.record.Bytes(),
		"Element":              l.keys.PublicKey.Bytes(),
		"Scalar":               l.keys.PrivateKey.Bytes(),
	}
	l.wire = func(name string, m []byte) []byte { all[name] = m; return m }
	l.mustRun()
	return all
}

// The constants are the lengths of the RFC.
func TestSizes(t *testing.T) {
	for i, n := range []int{
		RegistrationRequestSize, RegistrationResponseSize, RegistrationRecordSize, KE1Size, KE2Size, KE3Size, Noe, Nok,
	} {
		if n != kinds[i].size {
			t.Errorf("%s has %d bytes", kinds[i].name, n)
		}
	}
}

// What is parsed is written again as it was, and keeps nothing of the bytes it was
// parsed from.
func TestMessagesRoundTrip(t *testing.T) {
	all := samples()
	for _, k := range kinds {
		b := bytes.Clone(all[k.name])
		m, err := k.parse(b)
		if err != nil {
			t.Errorf("%s: %v", k.name, err)
			continue
		}
		clear(b)
		if !bytes.Equal(m.Bytes(), all[k.name]) {
			t.Errorf("%s does not round trip", k.name)
		}
	}
}

// No message has another length, whatever its bytes.
func TestMessageLengths(t *testing.T) {
	all := samples()
	for _, k := range kinds {
		longer := append(bytes.Clone(all[k.name]), make([]byte, 100)...)
		for n := range longer {
			if _, err := k.parse(longer[:n]); (err == nil) != (n == k.size) || err != nil && !errors.Is(err, ErrDeserialize) {
				t.Errorf("%s of %d bytes: %v", k.name, n, err)
			}
		}
	}
}

// badElements are no elements, and one is the identity: RFC 9496, appendix A.2.
var badElements = []string{
	"0000000000000000000000000000000000000000000000000000000000000000", // the identity
	// Not canonical.
	"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	// Negative.
	"0100000000000000000000000000000000000000000000000000000000000000",
	"01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
	"c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
	// Not a square.
	"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
	"4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
	// A negative product.
	"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
	"a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
	// s = -1.
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// Every element of every message is validated as it is parsed. [10.7]
func TestBadElements(t *testing.T) {
	all := samples()
	for _, k := range kinds {
		for _, at := range k.elements {
			for _, bad := range badElements {
				b := bytes.Clone(all[k.name])
				copy(b[at:], must(hex.DecodeString(bad)))
				if m, err := k.parse(b); m != nil || !errors.Is(err, ErrDeserialize) {
					t.Errorf("%s with %s at %d: %v", k.name, bad, at, err)
				}
			}
		}
	}
}

// A scalar is greater than 0 and less than the order of the group.
func TestBadScalars(t *testing.T) {
	for text, want := range map[string]error{
		"0000000000000000000000000000000000000000000000000000000000000000": ErrDeserialize,
		"0100000000000000000000000000000000000000000000000000000000000000": nil,
		"ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010": nil,            // the order - 1
		"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010": ErrDeserialize, // the order
		"eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010": ErrDeserialize,
		"0100000000000000000000000000000000000000000000000000000000000020": ErrDeserialize,
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff": ErrDeserialize,
	} {
		if _, err := ParseScalar(must(hex.DecodeString(text))); !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
