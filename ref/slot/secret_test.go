package slot

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha512"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/crypto/argon2"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/password"
)

// cheap parameters keep the tests fast.
var cheap = Params{MemoryKiB: 8, Passes: 1, Lanes: 1}

var (
	testKey     = &key.Key{1, 2, 3}
	testSalt    = [32]byte{'s', 'a', 'l', 't'}
	testSecrets = map[Type]Secret{
		TypePassword: PasswordSecret("Grüße"),
		TypeVault:    &VaultSecret{[32]byte{'v'}, [32]byte{'c'}, [64]byte{'e'}},
		TypePasskey:  &PasskeySecret{"coffer.example", []byte("credential"), [32]byte{'p'}},
	}
)

func prepared(t *testing.T, text string) password.Prepared {
	t.Helper()
	p, err := password.Prepare([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func inputKey(t *testing.T, s *Password, text string) []byte {
	t.Helper()
	k, err := s.InputKey(prepared(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func random() io.Reader { return rand.NewChaCha8([32]byte{}) }

// testSlots returns a slot of each known type that holds testKey.
func testSlots(t *testing.T, rand io.Reader) map[Type]Slot {
	t.Helper()
	p := &Password{Params: cheap}
	if _, err := io.ReadFull(rand, p.Salt[:]); err != nil {
		t.Fatal(err)
	}
	if err := seal(rand, testKey, inputKey(t, p, "Grüße"), p, &p.SealedKey); err != nil {
		t.Fatal(err)
	}
	v, err := NewVault(rand, testKey, [32]byte{'v'}, [32]byte{'c'}, append([]byte{'e'}, make([]byte, 63)...))
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewPasskey(rand, testKey, testSalt, "coffer.example", []byte("credential"), append([]byte{'p'}, make([]byte, 31)...))
	if err != nil {
		t.Fatal(err)
	}
	return map[Type]Slot{TypePassword: p, TypeVault: v, TypePasskey: k}
}

// Each secret opens its slot among others, also from the encoding.
func TestOpen(t *testing.T) {
	for typ, s := range testSlots(t, random()) {
		for _, slots := range [][]Slot{
			{s},
			{&Unknown{SlotType: 9}, s},
			{s, &Passkey{RPID: "other.example", Credential: []byte("credential")}},
			{&Passkey{RPID: "coffer.example", Credential: []byte("other")}, s},
		} {
			encoded, err := Marshal(slots)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := Parse(encoded)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := testSecrets[typ].Open(parsed); err != nil || got != *testKey {
				t.Errorf("%v among %d: %v", typ, len(slots), err)
			}
		}
	}
}

// A slot that is made by hand from the formulas of spec section 6.2 opens: the
// context, and the input key that is computed here by HKDF-Expand instead of HMAC.
func TestSealedKeyByHand(t *testing.T) {
	expand := func(secret, label string) []byte {
		k, err := hkdf.Expand(sha512.New, []byte(secret), label, 32)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	pad := func(s string, n int) string { return s + strings.Repeat("\x00", n-len(s)) }
	salt := pad("salt", 32)
	for typ, c := range map[Type]struct {
		inputKey []byte
		fields   string
	}{
		TypePassword: {argon2.IDKey([]byte("Grüße"), []byte(salt), 2, 19, 2, 32), salt + "\x00\x00\x00\x13" + "\x00\x00\x00\x02" + "\x02"},
		TypeVault:    {expand(pad("e", 64), "coffer/v1 vault slot"), pad("v", 32) + pad("c", 32)},
		TypePasskey:  {expand(pad("p", 32), "coffer/v1 passkey slot"), salt + "\x0ecoffer.example" + "\x00\x0acredential"},
	} {
		context := "coffer/v1 slot\x00" + string([]byte{byte(typ)}) + c.fields
		sealed := cobblestone.Seal(c.inputKey, make([]byte, 24), context, testKey[:])
		slots, err := Parse(encode(typ, append([]byte(c.fields), sealed...)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := testSecrets[typ].Open(slots); err != nil || got != *testKey {
			t.Errorf("%v: %v", typ, err)
		}
	}
}

// Every changed bit of a slot gives an error of the right name: in the chunk
// header_tampered, for other fields wrong_secret, in what names the vault or the
// passkey no_matching_slot.
func TestEveryBitOfASlot(t *testing.T) {
	take := thorough.ShortOneIn(t, 4)
	for typ, s := range testSlots(t, random()) {
		encoded, err := Marshal([]Slot{s})
		if err != nil {
			t.Fatal(err)
		}
		chunk := len(encoded) - 48
		named := map[Type][2]int{TypeVault: {4, 68}, TypePasskey: {4 + 32, len(encoded) - SealedKeySize}}[typ]
		for bit := 4 * 8; bit < len(encoded)*8; bit++ { // behind type and length
			if !take() {
				continue
			}
			altered := bytes.Clone(encoded)
			altered[bit/8] ^= 1 << (bit % 8)
			slots, err := Parse(altered)
			if err == nil {
				err = CheckLimits(slots)
			}
			want := fault.WrongSecret
			switch at := bit / 8; {
			case err != nil:
				want = fault.NameOf(err) // the layout and the limits have tests of their own
			case at >= chunk:
				want = fault.HeaderTampered
			case at >= named[0] && at < named[1]:
				want = fault.NoMatchingSlot
			}
			if p, ok := slotOf[*Password](slots); ok && p.Params.MemoryKiB > 1<<16 {
				continue // nothing but slow
			}
			if err == nil {
				_, err = testSecrets[typ].Open(slots)
			}
			if fault.NameOf(err) != want {
				t.Errorf("%v, bit %d of byte %d: %v, want %s", typ, bit%8, bit/8, err, want)
			}
		}
	}
}

func slotOf[T Slot](slots []Slot) (T, bool) {
	for _, s := range slots {
		if s, ok := s.(T); ok {
			return s, true
		}
	}
	var none T
	return none, false
}

// A secret of a kind that has no slot is no_matching_slot; one that is not the
// right one is wrong_secret. A password is prepared only if there is a slot for it.
func TestWrongSecrets(t *testing.T) {
	slots := testSlots(t, random())
	vault := testSecrets[TypeVault].(*VaultSecret)
	passkey := testSecrets[TypePasskey].(*PasskeySecret)
	for name, c := range map[string]struct {
		secret Secret
		slot   Type
		want   fault.Name
	}{
		"another password":            {PasswordSecret("grüße"), TypePassword, fault.WrongSecret},
		"the password, decomposed":    {PasswordSecret("Gru\u0308ße"), TypePassword, ""},
		"no password":                 {PasswordSecret(""), TypePassword, fault.MalformedPassword},
		"no password and no slot":     {PasswordSecret(""), TypeVault, fault.NoMatchingSlot},
		"a password without a slot":   {PasswordSecret("Grüße"), TypeVault, fault.NoMatchingSlot},
		"another export key":          {&VaultSecret{vault.Vault, vault.Credential, [64]byte{}}, TypeVault, fault.WrongSecret},
		"another vault":               {&VaultSecret{[32]byte{}, vault.Credential, vault.ExportKey}, TypeVault, fault.NoMatchingSlot},
		"another record":              {&VaultSecret{vault.Vault, [32]byte{}, vault.ExportKey}, TypeVault, fault.NoMatchingSlot},
		"an export key without slot":  {vault, TypePasskey, fault.NoMatchingSlot},
		"another PRF output":          {&PasskeySecret{passkey.RPID, passkey.Credential, [32]byte{}}, TypePasskey, fault.WrongSecret},
		"another relying party":       {&PasskeySecret{"coffer.exampl", passkey.Credential, passkey.PRF}, TypePasskey, fault.NoMatchingSlot},
		"another credential":          {&PasskeySecret{passkey.RPID, []byte("c"), passkey.PRF}, TypePasskey, fault.NoMatchingSlot},
		"a passkey without a slot":    {passkey, TypePassword, fault.NoMatchingSlot},
		"a passkey in an empty place": {&PasskeySecret{}, TypePasskey, fault.NoMatchingSlot},
	} {
		k, err := c.secret.Open([]Slot{slots[c.slot]})
		if fault.NameOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && k != (key.Key{}) {
			t.Errorf("%s: a key beside an error", name)
		}
		if _, err := c.secret.Open(nil); fault.NameOf(err) != fault.NoMatchingSlot {
			t.Errorf("%s, without any slot: %v", name, err)
		}
	}
}

// An attempt runs Argon2id once: it allocates the memory of one run, whether the
// password is right or wrong, and however many slots there are. Without a
// password slot, or with a malformed password, it runs it not at all. [SLT-13]
func TestArgon2RunsOnce(t *testing.T) {
	const memory = 16 << 20
	s := &Password{Params: Params{memory >> 10, 1, 1}}
	if err := seal(random(), testKey, inputKey(t, s, "right"), s, &s.SealedKey); err != nil {
		t.Fatal(err)
	}
	slots := []Slot{&Unknown{SlotType: 5}, s, new(Passkey), &Unknown{SlotType: 6}}
	for _, c := range []struct {
		secret Secret
		slots  []Slot
		runs   uint64
		name   fault.Name
	}{
		{PasswordSecret("right"), slots, 1, ""},
		{PasswordSecret("wrong"), slots, 1, fault.WrongSecret},
		{PasswordSecret("\n"), slots, 0, fault.MalformedPassword},
		{PasswordSecret("right"), slots[2:], 0, fault.NoMatchingSlot},
		{testSecrets[TypePasskey], slots, 0, fault.NoMatchingSlot},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.secret.Open(c.slots)
		runtime.ReadMemStats(&after)
		if fault.NameOf(err) != c.name {
			t.Errorf("%v, want %q", err, c.name)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got/memory != c.runs {
			t.Errorf("%q: %d bytes were allocated, want those of %d runs of Argon2id", c.name, got, c.runs)
		}
	}
}

// failOnce gives n bytes of another reader, fails, and then goes on with it, so
// that an error which is dropped does not come back.
type failOnce struct {
	io.Reader
	n      int
	failed bool
}

func (r *failOnce) Read(p []byte) (int, error) {
	if r.failed {
		return r.Reader.Read(p)
	}
	if r.failed = r.n == 0; r.failed {
		return 0, io.ErrClosedPipe
	}
	n, err := r.Reader.Read(p[:min(len(p), r.n)])
	r.n -= n
	return n, err
}

// Salts are drawn fresh, in the order salt of the slot, salt of the sealed key,
// and an error of the source is returned. [SLT-5] [SLT-12]
func TestRandomness(t *testing.T) {
	drawn := make([]byte, 32+24+24+24)
	io.ReadFull(random(), drawn)
	r := random()
	slots := testSlots(t, r)
	if got := slots[TypePassword].(*Password).Salt[:]; !bytes.Equal(got, drawn[:32]) {
		t.Errorf("the password slot's salt is %x", got)
	}
	for i, typ := range []Type{TypePassword, TypeVault, TypePasskey} {
		if got := slots[typ].sealed()[:24]; !bytes.Equal(got, drawn[32+24*i:][:24]) {
			t.Errorf("%v: the salt of the sealed key is %x", typ, got)
		}
	}
	standard := DefaultParams
	DefaultParams = cheap
	defer func() { DefaultParams = standard }()
	broken := func(n int) io.Reader { return &failOnce{random(), n, false} }
	for _, n := range []int{0, 1, 31, 32, 55} { // Argon2id runs once the salt is drawn
		if _, err := NewPassword(broken(n), testKey, prepared(t, "p"), DefaultParams); err != io.ErrClosedPipe {
			t.Errorf("password, %d bytes: %v", n, err)
		}
	}
	for n := range 24 {
		if _, err := NewVault(broken(n), testKey, [32]byte{}, [32]byte{}, make([]byte, 64)); err != io.ErrClosedPipe {
			t.Errorf("vault, %d bytes: %v", n, err)
		}
		if _, err := NewPasskey(broken(n), testKey, testSalt, "a", []byte("b"), make([]byte, 32)); err != io.ErrClosedPipe {
			t.Errorf("passkey, %d bytes: %v", n, err)
		}
	}
}

// No slot is made that readers refuse, or that is too weak, and nothing is drawn
// or computed for it. [SLT-11]
func TestNewRefuses(t *testing.T) {
	nothing := iotest.ErrReader(io.ErrUnexpectedEOF)
	for _, p := range []Params{{}, {7, 1, 1}, {262145, 3, 1}, {65536, 11, 1}, {65536, 3, 5}, {65535, 3, 1}, {65536, 2, 1}, cheap} {
		if _, err := NewPassword(nothing, testKey, prepared(t, "p"), p); fault.NameOf(err) != fault.LimitExceeded {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, c := range []struct{ rpID, credential string }{
		{"", "b"}, {"A", "b"}, {"a/b", "b"}, {strings.Repeat("a", 256), "b"}, {"a", ""}, {"a", strings.Repeat("b", 1024)},
	} {
		if _, err := NewPasskey(nothing, testKey, testSalt, c.rpID, []byte(c.credential), make([]byte, 32)); fault.NameOf(err) != fault.MalformedHeader {
			t.Errorf("%.20q %.20q: %v", c.rpID, c.credential, err)
		}
	}
}

// However a password is printed, it does not show. [PWD-12]
func TestPasswordDoesNotPrint(t *testing.T) {
	for _, format := range []string{"%v", "%s", "%q", "%x", "%d", "%+v", "%#v"} {
		if got := fmt.Sprintf(format, PasswordSecret("Grüße")); got != "a password" {
			t.Errorf("%s: %s", format, got)
		}
	}
}

// What would be computed in vain, or not be a password, gives an error.
func TestInputKeyRefuses(t *testing.T) {
	if _, err := (&Password{Params: cheap}).InputKey(password.Prepared{}); fault.NameOf(err) != fault.MalformedPassword {
		t.Error(err)
	}
	for _, p := range []Params{{}, {7, 1, 1}, {262145, 3, 1}, {65536, 11, 1}, {65536, 3, 5}} {
		if _, err := PasswordSecret("p").Open([]Slot{&Password{Params: p}}); fault.NameOf(err) != fault.LimitExceeded {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// A password that is sealed opens its slot, typed as it was.
func TestTypedAsItWas(t *testing.T) {
	thorough.NotShort(t)
	for _, typed := range []string{"Gru\u0308\u00dfe\u3000", "correct horse"}[:thorough.Number(1, 2)] {
		s, err := NewPassword(random(), testKey, prepared(t, typed), DefaultParams)
		if err != nil {
			t.Fatal(err)
		}
		if k, err := PasswordSecret(typed).Open([]Slot{s}); err != nil || k != *testKey {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
