package slot

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

// encode writes one slot as spec section 6.1 says.
func encode(typ Type, body []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(typ))
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// passkeyBody writes the body of a passkey slot as spec section 6.5 says.
func passkeyBody(rpID, credential string) []byte {
	b := bytes.Repeat([]byte{'s'}, 32)
	b = append(append(b, byte(len(rpID))), rpID...)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(credential))), credential...)
	return append(b, bytes.Repeat([]byte{'k'}, SealedKeySize)...)
}

var (
	passwordBody = make([]byte, 32+9+SealedKeySize)
	vaultBody    = make([]byte, 64+SealedKeySize)
)

func fill(r *rand.Rand, b []byte) []byte {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// randomSlots returns slots that may stand together in one header.
func randomSlots(r *rand.Rand) []Slot {
	var slots []Slot
	switch r.IntN(3) {
	case 0:
		s := &Password{Params: Params{r.Uint32(), r.Uint32(), byte(r.Uint32())}}
		fill(r, s.Salt[:])
		fill(r, s.SealedKey[:])
		slots = append(slots, s)
	case 1:
		s := new(Vault)
		fill(r, s.Vault[:])
		fill(r, s.Credential[:])
		fill(r, s.SealedKey[:])
		slots = append(slots, s)
	}
	for n := r.IntN(MaxSlots - 1); len(slots) < n; {
		if r.IntN(2) == 0 {
			slots = append(slots, &Unknown{Type(4 + r.IntN(1<<16-4)), fill(r, make([]byte, r.IntN(300)))})
			continue
		}
		s := &Passkey{RPID: strings.Repeat("a-.9z", 1+r.IntN(51)), Credential: fill(r, make([]byte, 8+r.IntN(1016)))}
		fill(r, s.SealedKey[:])
		slots = append(slots, s)
	}
	r.Shuffle(len(slots), func(i, j int) { slots[i], slots[j] = slots[j], slots[i] })
	return slots
}

// Whatever slots a header may have, they come back from their encoding.
func TestRoundTrip(t *testing.T) {
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = thorough.Number(60, 300)
	p := gopter.NewProperties(params)
	p.Property("Parse is the inverse of Marshal", prop.ForAll(func(seed uint64) string {
		slots := randomSlots(rand.New(rand.NewPCG(seed, 0)))
		encoded, err := Marshal(slots)
		if err != nil {
			return err.Error()
		}
		got, err := Parse(encoded)
		if err != nil {
			return err.Error()
		}
		return cmp.Diff(slots, got)
	}, gen.UInt64()))
	p.TestingRun(t)
}

// The encoding is that of the specification, byte for byte.
func TestLayout(t *testing.T) {
	password := &Password{Params: Params{0x01020304, 0x05060708, 9}}
	vault := new(Vault)
	passkey := &Passkey{RPID: "coffer.example", Credential: []byte("cred")}
	for i := range 32 {
		password.Salt[i], vault.Vault[i], vault.Credential[i], passkey.Salt[i] = 's', 'v', 'c', 's'
	}
	for _, sealed := range [][]byte{password.sealed(), vault.sealed(), passkey.sealed()} {
		copy(sealed, bytes.Repeat([]byte{'k'}, SealedKeySize))
	}
	s, v, c, k := strings.Repeat("s", 32), strings.Repeat("v", 32), strings.Repeat("c", 32), strings.Repeat("k", 104)
	for _, test := range []struct {
		slot Slot
		want string
	}{
		{password, "\x00\x01\x00\x91" + s + "\x01\x02\x03\x04\x05\x06\x07\x08\x09" + k},
		{vault, "\x00\x02\x00\xa8" + v + c + k},
		{passkey, "\x00\x03\x00\x9d" + s + "\x0ecoffer.example\x00\x04cred" + k},
		{&Unknown{0xabcd, []byte("body")}, "\xab\xcd\x00\x04body"},
	} {
		got, err := Marshal([]Slot{test.slot})
		if diff := cmp.Diff(test.want, string(got)); err != nil || diff != "" {
			t.Errorf("%v: %v\n%s", test.slot.Type(), err, diff)
		}
	}
}

// Every single fault in the encoding is malformed_header, and its neighbour on
// the right side of the bound is not.
func TestBounds(t *testing.T) {
	encodeAll := func(n int, each func(i int) []byte) []byte {
		var b []byte
		for i := range n {
			b = append(b, each(i)...)
		}
		return b
	}
	unknown := func(int) []byte { return encode(77, nil) }
	passkey := func(rpID, credential string) []byte { return encode(TypePasskey, passkeyBody(rpID, credential)) }
	long := strings.Repeat
	for _, c := range []struct {
		name    string
		encoded []byte
		ok      bool
	}{
		{"nothing", nil, true},
		{"half a type", []byte{0}, false},
		{"a type only", []byte{0, 77}, false},
		{"half a length", []byte{0, 77, 0}, false},
		{"an empty unknown slot", []byte{0, 77, 0, 0}, true},
		{"type 0", []byte{0, 0, 0, 0}, true},
		{"a body one byte short", []byte{0, 77, 0, 2, 1}, false},
		{"a byte behind", []byte{0, 77, 0, 1, 1, 0}, false},
		{"the greatest unknown slot", encode(77, make([]byte, 65531)), true},
		{"password", encode(TypePassword, passwordBody), true},
		{"password, short", encode(TypePassword, passwordBody[1:]), false},
		{"password, long", encode(TypePassword, append(passwordBody[:len(passwordBody):len(passwordBody)], 0)), false},
		{"password, empty", encode(TypePassword, nil), false},
		{"vault", encode(TypeVault, vaultBody), true},
		{"vault, short", encode(TypeVault, vaultBody[1:]), false},
		{"vault, long", encode(TypeVault, append(vaultBody[:len(vaultBody):len(vaultBody)], 0)), false},
		{"passkey", passkey("a", "b"), true},
		{"passkey, short", encode(TypePasskey, passkeyBody("a", "b")[1:]), false},
		{"passkey, long", encode(TypePasskey, append(passkeyBody("a", "b"), 0)), false},
		{"passkey, empty", encode(TypePasskey, nil), false},
		{"rp_id of 0", passkey("", "b"), false},
		{"rp_id of 255", passkey(long("a", 255), "b"), true},
		{"credential of 0", passkey("a", ""), false},
		{"credential of 1023", passkey("a", long("b", 1023)), true},
		{"credential of 1024", passkey("a", long("b", 1024)), false},
		{"one rp_id, two credentials", append(passkey("a", "b"), passkey("a", "c")...), true},
		{"two rp_ids, one credential", append(passkey("a", "b"), passkey("c", "b")...), true},
		{"fields that only look alike together", append(passkey("ab", "c"), passkey("a", "bc")...), true},
		{"the same passkey twice", append(passkey("a", "b"), passkey("a", "b")...), false},
		{"password and vault", append(encode(TypePassword, passwordBody), encode(TypeVault, vaultBody)...), false},
		{"two passwords", append(encode(TypePassword, passwordBody), encode(TypePassword, passwordBody)...), false},
		{"two vaults", append(encode(TypeVault, vaultBody), encode(TypeVault, vaultBody)...), false},
		{"password and passkey", append(encode(TypePassword, passwordBody), passkey("a", "b")...), true},
		{"16 slots", encodeAll(16, unknown), true},
		{"17 slots", encodeAll(17, unknown), false},
		{"16383 slots", encodeAll(16383, unknown), false},
	} {
		slots, err := Parse(c.encoded)
		if c.ok && err != nil || !c.ok && fault.NameOf(err) != fault.MalformedHeader {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.ok {
			continue
		}
		if again, err := Marshal(slots); err != nil || !bytes.Equal(again, c.encoded) {
			t.Errorf("%s: encoded again it is another: %v", c.name, err)
		}
	}
}

// Of all bytes, the 38 that spec section 6.5 names may stand in an rp_id.
func TestRPIDCharacters(t *testing.T) {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789.-"
	for c := range 256 {
		_, err := Parse(encode(TypePasskey, passkeyBody("a"+string([]byte{byte(c)}), "b")))
		if ok := strings.IndexByte(allowed, byte(c)) >= 0; ok != (err == nil) {
			t.Errorf("byte %#x: %v", c, err)
		}
	}
}

// A writer cannot encode slots that readers refuse, or that have no encoding.
func TestMarshalRefuses(t *testing.T) {
	tooMany := slices.Repeat([]Slot{&Unknown{SlotType: 77}}, 17)
	for name, slots := range map[string][]Slot{
		"17 slots":                tooMany,
		"a body of 65536 bytes":   {&Unknown{77, make([]byte, 65536)}},
		"65536 bytes of slots":    {&Unknown{77, make([]byte, 65532)}},
		"an rp_id of 256 bytes":   {&Passkey{RPID: strings.Repeat("a", 256), Credential: []byte("b")}},
		"a wrong rp_id":           {&Passkey{RPID: "A", Credential: []byte("b")}},
		"no credential":           {&Passkey{RPID: "a"}},
		"password beside a vault": {new(Password), new(Vault)},
		"a password that is none": {&Unknown{TypePassword, nil}},
	} {
		if _, err := Marshal(slots); fault.NameOf(err) != fault.MalformedHeader {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The limits of spec section 6.3 hold on both sides of each, and other slots do
// not have any.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		params Params
		ok     bool
	}{
		{Params{7, 1, 1}, false}, {Params{8, 1, 1}, true},
		{Params{262144, 1, 1}, true}, {Params{262145, 1, 1}, false},
		{Params{15, 1, 2}, false}, {Params{16, 1, 2}, true},
		{Params{31, 1, 4}, false}, {Params{32, 1, 4}, true},
		{Params{64, 0, 1}, false}, {Params{64, 10, 1}, true}, {Params{64, 11, 1}, false},
		{Params{64, 1, 0}, false}, {Params{64, 1, 4}, true}, {Params{64, 1, 5}, false},
		{Params{1<<32 - 1, 1, 1}, false}, {Params{64, 1<<32 - 1, 1}, false}, {Params{1<<32 - 1, 1, 255}, false},
		{Params{0, 0, 0}, false}, {DefaultParams, true},
	} {
		err := CheckLimits([]Slot{&Unknown{SlotType: 77}, new(Vault), &Password{Params: c.params}})
		if c.ok && err != nil || !c.ok && fault.NameOf(err) != fault.LimitExceeded {
			t.Errorf("%+v: %v", c.params, err)
		}
	}
}

// FuzzParse looks for bytes that Parse does not survive, or that it reads as
// slots which are written otherwise.
func FuzzParse(f *testing.F) {
	f.Add([]byte{})
	f.Add(encode(TypePassword, passwordBody))
	f.Add(encode(TypeVault, vaultBody))
	f.Add(append(encode(77, []byte("body")), encode(TypePasskey, passkeyBody("coffer.example", "credential"))...))
	for seed := range uint64(5) {
		if encoded, err := Marshal(randomSlots(rand.New(rand.NewPCG(seed, 0)))); err == nil {
			f.Add(encoded)
		}
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		slots, err := Parse(encoded)
		if err != nil {
			if fault.NameOf(err) != fault.MalformedHeader {
				t.Fatal(err)
			}
			return
		}
		if len(encoded) > 65535 {
			return // more than a header can have
		}
		again, err := Marshal(slots)
		if err != nil || !bytes.Equal(again, encoded) {
			t.Fatalf("encoded again it is another: %v\n%x\n%x", err, encoded, again)
		}
	})
}
