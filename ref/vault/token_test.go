package vault

import (
	"crypto/ed25519"
	"testing"
)

func keyOf(seed byte) (ed25519.PublicKey, ed25519.PrivateKey) {
	private := ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))
	return private.Public().(ed25519.PublicKey), private
}

// A token holds at its vault from not_before_ms on and before not_after_ms, if that is not too
// long and a known account service has signed every field of it. [VLT-7]
func TestToken(t *testing.T) {
	public, private := keyOf(1)
	other, _ := keyOf(2)
	vault, services := IDOf(other), []ed25519.PublicKey{other, public}
	whole := Token{Vault: vault, Account: AccountID{9}, NotBefore: 1000, NotAfter: 1000 + MaxTokenTime, Nonce: [16]byte{5}}
	whole.Sign(private)
	for _, at := range []struct {
		now  uint64
		want bool
	}{{0, false}, {999, false}, {1000, true}, {999 + MaxTokenTime, true}, {1000 + MaxTokenTime, false}, {1<<52 - 1, false}} {
		if got := whole.Holds(vault, services, at.now); got != at.want {
			t.Errorf("at %d: %v", at.now, got)
		}
	}
	if whole.Holds(vault, services[:1], 1000) || whole.Holds(vault, nil, 1000) {
		t.Error("it holds without the service that has signed it")
	}
	if whole.Holds(IDOf(public), services, 1000) {
		t.Error("it holds at another vault")
	}
	for name, edit := range map[string]func(*Token){
		"a longer time":   func(x *Token) { x.NotAfter++ },
		"time backwards":  func(x *Token) { x.NotBefore, x.NotAfter = 2000, 1000 },
		"no time":         func(x *Token) { x.NotAfter = x.NotBefore },
		"a greatest time": func(x *Token) { x.NotBefore, x.NotAfter = 0, 1<<52-1 },
	} {
		x := whole
		edit(&x)
		x.Sign(private)
		for _, now := range []uint64{999, 1000, 1500, 2000} {
			if x.Holds(vault, services, now) {
				t.Errorf("%s: it holds at %d", name, now)
			}
		}
	}
	encoded := whole.Bytes()
	for i := range encoded {
		encoded[i] ^= 1
		if x, err := ParseToken(encoded); err == nil && x.Holds(vault, services, 1500) {
			t.Errorf("it holds with another byte %d", i)
		}
		encoded[i] ^= 1
	}
}
