package vault

import (
	"bytes"
	"crypto/ed25519"
	"testing"
)

// FuzzRequests looks for requests that are read and written otherwise than they were.
func FuzzRequests(f *testing.F) {
	for i, name := range Names() {
		f.Add(uint8(i), Encode(sample(kindOf(name).request())))
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		r, err := ParseRequest(Names()[int(kind)%len(kinds)], b)
		if err == nil && !bytes.Equal(Encode(r), b) {
			t.Errorf("%x is written as %x", b, Encode(r))
		}
	})
}

// FuzzAnswers looks for answers that are read and written otherwise than they were.
func FuzzAnswers(f *testing.F) {
	for i, name := range Names() {
		f.Add(uint8(i), Encode(sample(kindOf(name).answer())))
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		a, err := ParseAnswer(Names()[int(kind)%len(kinds)], b)
		if err == nil && !bytes.Equal(Encode(a), b) {
			t.Errorf("%x is written as %x", b, Encode(a))
		}
	})
}

// FuzzToken looks for tokens that are read and written otherwise than they were, and for one
// that holds without a service.
func FuzzToken(f *testing.F) {
	f.Add(sample(new(Token)).Bytes(), uint64(5))
	public, _ := keyOf(1)
	f.Fuzz(func(t *testing.T, b []byte, now uint64) {
		token, err := ParseToken(b)
		if err != nil {
			return
		}
		if !bytes.Equal(token.Bytes(), b) {
			t.Errorf("%x is written as %x", b, token.Bytes())
		}
		if token.Holds(token.Vault, []ed25519.PublicKey{public}, now) {
			t.Errorf("%x holds", b)
		}
	})
}
