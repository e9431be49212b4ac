package vault

import (
	"crypto/hmac"
	"crypto/sha512"
	"reflect"
	"testing"

	"github.com/coffer-format/coffer/ref/opaque"
)

// edits returns a structure with each of its fields changed in turn.
func edits[S any](s S) (all []S) {
	for i := range reflect.TypeOf(s).NumField() {
		edited := s
		field := reflect.ValueOf(&edited).Elem().Field(i)
		switch field.Kind() {
		case reflect.Array:
			last := field.Index(field.Len() - 1)
			last.SetUint(last.Uint() ^ 1)
		case reflect.String:
			field.SetString("destroy")
		default:
			field.SetUint(field.Uint() + 1)
		}
		all = append(all, edited)
	}
	return all
}

// A proof holds for the statement that it was made for and for no other, under the key that it
// was made with and no other. [VLT-28]
func TestProofs(t *testing.T) {
	public, private := keyOf(1)
	other, _ := keyOf(2)
	management, stranger := [32]byte(public), [32]byte(other)
	s := Statement{Operation: Commit, Vault: ID{1}, Account: AccountID{2}, Sequence: 3, Of: Credential{4}, Credential: Credential{5}}
	key := opaque.Secret("session")
	signed, inSession := s.Signed(private), s.InSession(key)
	if signed.Type != ManagementProof || inSession.Type != SessionProof || signed.Of != s.Of || inSession.Of != s.Of {
		t.Error("a proof does not say what it is")
	}
	if !s.SignedBy(&management, &signed.Value) || !s.HeldInSession(key, &inSession.Value) {
		t.Error("a proof does not hold")
	}
	if s.SignedBy(&stranger, &signed.Value) || s.HeldInSession(key[1:], &inSession.Value) {
		t.Error("a proof holds under another key")
	}
	all := edits(s)
	if len(all) != 7 {
		t.Fatalf("a statement has %d parts", len(all))
	}
	for _, x := range all {
		if x.SignedBy(&management, &signed.Value) || x.HeldInSession(key, &inSession.Value) {
			t.Errorf("a proof holds for %+v", x)
		}
	}
	a := AnchorStatement{Vault: ID{1}, Account: AccountID{2}, Credential: Credential{4}, Version: 3, Anchor: [136]byte{5}}
	signature := a.Signed(private)
	if !a.SignedBy(&management, &signature) || a.SignedBy(&stranger, &signature) {
		t.Error("the signature of an anchor does not hold, or for everybody")
	}
	for _, x := range edits(a) {
		if x.SignedBy(&management, &signature) {
			t.Errorf("the signature of an anchor holds for %+v", x)
		}
	}
}

// What is signed and authenticated are the bytes of the chapter.
func TestStatements(t *testing.T) {
	s := Statement{Operation: Destroy, Vault: ID{1}, Account: AccountID{2}, Sequence: 3, Of: Credential{4}, Credential: Credential{5}, Registration: Registration{6}}
	of := func(b byte) string { return string(append([]byte{b}, make([]byte, 31)...)) }
	if want := "coffer/v1 vault destroy" + of(1) + of(2) + "\x00\x00\x00\x00\x00\x00\x00\x03" + of(4) + of(5) + of(6); string(s.bytes()) != want {
		t.Errorf("%q", s.bytes())
	}
	a := AnchorStatement{Vault: ID{1}, Account: AccountID{2}, Credential: Credential{4}, Version: 3, Anchor: [136]byte{5}}
	if want := "coffer/v1 vault anchor" + of(1) + of(2) + of(4) + "\x00\x00\x00\x00\x00\x00\x00\x03\x05" + string(make([]byte, 135)); string(a.bytes()) != want {
		t.Errorf("%q", a.bytes())
	}
	r := Report{Failures: 1, Failed: [10]uint64{7}, Superseded: 9}
	h := hmac.New(sha512.New, []byte("session"))
	h.Write([]byte("coffer/v1 vault report\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x07" + string(make([]byte, 72)) + "\x00\x00\x00\x00\x00\x00\x00\x09"))
	if mac := r.MAC(opaque.Secret("session")); string(mac[:]) != string(h.Sum(nil)) {
		t.Error("the MAC of a report is another")
	}
}

// A report is authentic under the session key, unchanged. [VLT-38]
func TestReport(t *testing.T) {
	r := Report{Failures: 2, Failed: [10]uint64{7, 8}, Superseded: 9}
	key := opaque.Secret("session")
	mac := r.MAC(key)
	if !r.Authentic(key, &mac) || r.Authentic(key[1:], &mac) {
		t.Error("it is not authentic, or under another key")
	}
	edited := []Report{{1, r.Failed, 9}, {2, [10]uint64{7, 9}, 9}, {2, r.Failed, 8}}
	for _, x := range edited {
		if x.Authentic(key, &mac) {
			t.Errorf("%+v is authentic", x)
		}
	}
}
