package header

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

var testKey = &key.Key{'k'}

// payloadOf seals plaintext as the payload of a container under k.
func payloadOf(k *key.Key, purpose Purpose, plaintext []byte) []byte {
	payloadKey := k.Derive(key.LabelPayload)
	return cobblestone.Seal(payloadKey[:], bytes.Repeat([]byte{'p'}, 24), purpose.Context(), plaintext)
}

// containerOf is a container under testKey with a payload of purpose archive.
func containerOf(t testing.TB, slots ...slot.Slot) (*Header, []byte) {
	t.Helper()
	payload := payloadOf(testKey, Archive, []byte("plaintext"))
	h, err := New(testKey, Archive, slots, payload[:56])
	if err != nil {
		t.Fatal(err)
	}
	return h, append(h.Bytes(), payload...)
}

// redigest makes the digest of a container right again.
func redigest(file []byte) {
	end := 45 + int(binary.BigEndian.Uint16(file[43:]))
	d := sha512.Sum512(append(bytes.Clone(file[:end]), file[end+72:][:56]...))
	copy(file[end:], d[:8])
}

func read(file []byte) (*Header, error) {
	return Read(bytes.NewReader(file), int64(len(file)))
}

// The encoding is that of the table in spec section 7.1, digest and MAC are
// those of section 7.2, computed here from the bytes.
func TestLayout(t *testing.T) {
	h, file := containerOf(t, &slot.Unknown{SlotType: 0xabcd, Body: []byte("body")})
	check, headerKey := testKey.Derive("key check"), testKey.Derive("header")
	prefix := "\x89\x43\x46\x52\x0d\x0a\x1a\x0a" + "\x00\x01" + "\x01" + string(check[:]) + "\x00\x08" + "\xab\xcd\x00\x04body"
	payload := string(file[len(file)-len(payloadOf(testKey, Archive, []byte("plaintext"))):])
	digest := sha512.Sum512([]byte(prefix + payload[:56]))
	mac := hmac.New(sha512.New, headerKey[:])
	mac.Write([]byte(prefix + string(digest[:8]) + payload[:56]))
	want := prefix + string(digest[:8]) + string(mac.Sum(nil)) + payload
	if diff := cmp.Diff(want, string(file)); diff != "" {
		t.Error(diff)
	}
	if h.Size() != 117+8 {
		t.Errorf("a header of %d bytes", h.Size())
	}
}

// What New makes, Read reads, with all slots, and the key authenticates it.
func TestReadAndAuthenticate(t *testing.T) {
	var many []slot.Slot
	for i := range 16 {
		many = append(many, &slot.Unknown{SlotType: slot.Type(100 + i), Body: bytes.Repeat([]byte{byte(i)}, 4000)})
	}
	for _, slots := range [][]slot.Slot{nil, many} {
		made, file := containerOf(t, slots...)
		h, err := read(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(h.Bytes(), made.Bytes()) {
			t.Error("it is written otherwise than it was read")
		}
		if diff := cmp.Diff(slots, h.Slots); diff != "" {
			t.Error(diff)
		}
		if h.Purpose != Archive || h.KeyCheck != testKey.Check() || h.ContainerID() != [24]byte(bytes.Repeat([]byte{'p'}, 24)) {
			t.Errorf("%v %x %x", h.Purpose, h.KeyCheck, h.ContainerID())
		}
		if err := h.UnlockWithKey(testKey); err != nil {
			t.Error(err)
		}
		if err := h.UnlockWithKey(&key.Key{}); fault.NameOf(err) != fault.WrongSecret {
			t.Error(err)
		}
	}
}

// Of several faults the first in the order of spec section 11.2 gives the name;
// Examine names them all, in that order.
func TestOrderOfChecks(t *testing.T) {
	limits := make([]byte, 4+32+9+slot.SealedKeySize)
	copy(limits, "\x00\x01\x00\x91")
	_, whole := containerOf(t, &slot.Unknown{SlotType: 9, Body: limits[4:]})

	magic := func(f []byte) []byte { f[7] ^= 1; return f }
	version := func(f []byte) []byte { f[9] = 2; return f }
	short := func(f []byte) []byte { return f[:len(f)-10] } // 15 bytes of a chunk are left
	purpose := func(f []byte) []byte { f[10] = 3; redigest(f); return f }
	layout := func(f []byte) []byte { copy(f[45:], "\x00\x02"); redigest(f); return f }
	limit := func(f []byte) []byte { copy(f[45:], "\x00\x01"); redigest(f); return f }
	digest := func(f []byte) []byte { f[45+len(limits)] ^= 1; return f }

	for _, c := range []struct {
		name  string
		edits []func([]byte) []byte
		want  fault.Name
		all   []fault.Name
	}{
		{"nothing", nil, "", nil},
		{"magic and version", []func([]byte) []byte{magic, version}, fault.NotAContainer, nil},
		{"version and length", []func([]byte) []byte{version, short}, fault.UnsupportedVersion, nil},
		{"length and digest", []func([]byte) []byte{digest, short}, fault.Truncated, []fault.Name{fault.Truncated, fault.DamagedHeader}},
		{"digest and purpose", []func([]byte) []byte{purpose, digest}, fault.DamagedHeader, []fault.Name{fault.DamagedHeader, fault.MalformedHeader}},
		{"purpose", []func([]byte) []byte{purpose}, fault.MalformedHeader, []fault.Name{fault.MalformedHeader}},
		{"purpose and limit", []func([]byte) []byte{purpose, limit}, fault.MalformedHeader, []fault.Name{fault.MalformedHeader, fault.LimitExceeded}},
		{"slots", []func([]byte) []byte{layout}, fault.MalformedHeader, []fault.Name{fault.MalformedHeader}},
		{"limit", []func([]byte) []byte{limit}, fault.LimitExceeded, []fault.Name{fault.LimitExceeded}},
		{"digest and limit", []func([]byte) []byte{limit, digest}, fault.DamagedHeader, []fault.Name{fault.DamagedHeader, fault.LimitExceeded}},
	} {
		file := bytes.Clone(whole)
		for _, edit := range c.edits {
			file = edit(file)
		}
		if _, err := read(file); fault.NameOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		h, faults, err := Examine(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if fault.NameOf(err) != c.want || h != nil || c.all != nil {
				t.Errorf("%s, examined: %v", c.name, err)
			}
			continue
		}
		var names []fault.Name
		for _, f := range faults {
			names = append(names, fault.NameOf(f))
		}
		if diff := cmp.Diff(c.all, names); diff != "" {
			t.Errorf("%s, examined: %s", c.name, diff)
		}
	}
}

// Limits are checked whichever secret is given, before any Argon2id, and FindKey
// does not get around them although Examine goes on.
func TestLimitsWithoutArgon2(t *testing.T) {
	s := new(slot.Password)
	for _, p := range []slot.Params{{MemoryKiB: 262145, Passes: 10, Lanes: 4}, {MemoryKiB: 262144, Passes: 11, Lanes: 4}} {
		s.Params = p
		_, file := containerOf(t, s)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read(file)
		h, _, examined := Examine(bytes.NewReader(file), int64(len(file)))
		if examined != nil {
			t.Fatal(examined)
		}
		_, found := h.FindKey(slot.PasswordSecret("password"))
		runtime.ReadMemStats(&after)
		if fault.NameOf(err) != fault.LimitExceeded || fault.NameOf(found) != fault.LimitExceeded {
			t.Errorf("%+v: %v, %v", p, err, found)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<16 {
			t.Errorf("%+v: %d bytes were allocated", p, n)
		}
	}
}

// sparse is a file of any length of which only the beginning is stored.
type sparse struct {
	begin []byte
	size  int64
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	n := int(max(0, min(int64(len(p)), s.size-off)))
	clear(p[:n])
	if off < int64(len(s.begin)) {
		copy(p[:n], s.begin[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// The lengths of a payload are refused and accepted on both sides of each bound,
// and no claim about a length makes the reader allocate.
func TestPayloadLengths(t *testing.T) {
	_, file := containerOf(t)
	const chunk, most = 16400, 4507997673881655
	for _, c := range []struct {
		payload int64
		want    fault.Name
	}{
		{0, fault.Truncated}, {1, fault.Truncated}, {55, fault.Truncated}, {56, fault.Truncated}, {71, fault.Truncated}, {72, ""},
		{56 + chunk - 1, ""}, {56 + chunk, fault.Truncated}, {56 + chunk + 15, fault.Truncated}, {56 + chunk + 16, ""},
		{most, ""}, {most + 1, fault.Truncated}, {most + 16, fault.Truncated}, {most + 17, fault.LimitExceeded},
		{most + chunk, fault.LimitExceeded}, {math.MaxInt64 - 117, fault.LimitExceeded},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(sparse{file[:117+56], 117 + c.payload}, 117+c.payload)
		runtime.ReadMemStats(&after)
		if fault.NameOf(err) != c.want || c.want == "" && err != nil {
			t.Errorf("%d bytes: %v, want %q", c.payload, err, c.want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<16 {
			t.Errorf("%d bytes: %d bytes were allocated", c.payload, n)
		}
	}
}

// The greatest slots there can be, sixteen and too many, are read in bounded memory.
func TestSlotsAllocation(t *testing.T) {
	_, file := containerOf(t)
	for _, slots := range []string{strings.Repeat("\x00\x09\x00\x00", 16383), "\x00\x09\xff\xfb" + strings.Repeat("x", 65531)} {
		grown := append(bytes.Clone(file[:43]), byte(len(slots)>>8), byte(len(slots)))
		grown = append(append(grown, slots...), file[45:]...)
		redigest(grown)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read(grown)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<17 {
			t.Errorf("%d bytes were allocated for %d bytes of slots: %v", n, len(slots), err)
		}
	}
}

// After the version nothing is interpreted, or even needed, if it is unknown.
func TestUnknownVersion(t *testing.T) {
	for _, version := range []string{"\x00\x00", "\x00\x02", "\x01\x01", "\xff\xff"} {
		for _, rest := range []string{"", "x", strings.Repeat("\xff", 500)} {
			if _, err := read([]byte(Magic + version + rest)); fault.NameOf(err) != fault.UnsupportedVersion {
				t.Errorf("version %x: %v", version, err)
			}
		}
	}
}

// A key that fits the payload and not the key check shows tampering; so does a
// slot that holds another key, and a header that somebody put before a payload.
func TestTampered(t *testing.T) {
	_, file := containerOf(t)
	altered := bytes.Clone(file)
	altered[11] ^= 1
	redigest(altered)
	h, err := read(altered)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.UnlockWithKey(testKey); fault.NameOf(err) != fault.HeaderTampered {
		t.Errorf("another key check: %v", err)
	}
	if err := h.UnlockWithKey(&key.Key{}); fault.NameOf(err) != fault.WrongSecret {
		t.Errorf("another key check and another key: %v", err)
	}

	secret := slot.VaultSecret{}
	foreign, err := slot.NewVault(bytes.NewReader(make([]byte, 24)), &key.Key{'f'}, secret.Vault, secret.Credential, secret.ExportKey[:])
	if err != nil {
		t.Fatal(err)
	}
	_, file = containerOf(t, foreign)
	if h, err = read(file); err != nil {
		t.Fatal(err)
	}
	if k, err := h.Unlock(&secret); fault.NameOf(err) != fault.HeaderTampered || k != (key.Key{}) {
		t.Errorf("a slot with another key: %v", err)
	}

	// Whoever knows the key can make a MAC over a payload that is not sealed under it.
	payload := payloadOf(&key.Key{'f'}, Archive, nil)
	h, err = New(testKey, Archive, nil, payload[:56])
	if err != nil {
		t.Fatal(err)
	}
	if err := h.UnlockWithKey(testKey); fault.NameOf(err) != fault.PayloadTampered {
		t.Errorf("a payload of another key: %v", err)
	}
	// The purpose decides about the context.
	if h, err = New(testKey, Keyring, nil, payloadOf(testKey, Archive, nil)[:56]); err != nil {
		t.Fatal(err)
	}
	if err := h.UnlockWithKey(testKey); fault.NameOf(err) != fault.PayloadTampered {
		t.Errorf("a payload of another purpose: %v", err)
	}
}

// New refuses slots that readers refuse.
func TestNewRefuses(t *testing.T) {
	if _, err := New(testKey, Archive, []slot.Slot{new(slot.Password), new(slot.Vault)}, make([]byte, 56)); fault.NameOf(err) != fault.MalformedHeader {
		t.Error(err)
	}
}

type failing struct{ after int64 }

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.after {
		return 0, io.ErrClosedPipe
	}
	_, file := containerOf(&testing.T{})
	return copy(p, file[off:]), nil
}

// An error of the medium is not mistaken for a fault of the container.
func TestReadError(t *testing.T) {
	_, file := containerOf(t)
	for _, after := range []int64{0, 44, 45, 117 + 55} {
		if _, err := Read(failing{after}, int64(len(file))); !errors.Is(err, io.ErrClosedPipe) || fault.NameOf(err) != "" {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
	if _, err := Read(bytes.NewReader(file[:100]), int64(len(file))); !errors.Is(err, io.ErrUnexpectedEOF) || fault.NameOf(err) != "" {
		t.Errorf("a file that became shorter: %v", err)
	}
}

// FuzzRead looks for files that Read does not survive, or that it reads as a
// header which is written otherwise. With sign the digest is made right, so that
// the checks behind it are reached.
func FuzzRead(f *testing.F) {
	vault := &slot.Vault{}
	passkey := &slot.Passkey{RPID: "coffer.example", Credential: []byte("credential")}
	password := &slot.Password{Params: slot.DefaultParams}
	for _, slots := range [][]slot.Slot{nil, {vault, passkey}, {password}, {&slot.Unknown{SlotType: 9, Body: []byte("body")}}} {
		_, file := containerOf(f, slots...)
		f.Add(file, false)
		f.Add(file, true)
	}
	f.Fuzz(func(t *testing.T, file []byte, sign bool) {
		file = bytes.Clone(file)
		if sign && len(file) >= 45 && len(file) >= 117+56+int(binary.BigEndian.Uint16(file[43:])) {
			redigest(file)
		}
		h, err := read(file)
		if err != nil {
			if fault.NameOf(err) == "" {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(h.Bytes(), file[:h.Size()]) {
			t.Fatal("it is written otherwise than it was read")
		}
		again, err := New(testKey, h.Purpose, h.Slots, h.PayloadPrefix[:])
		if err != nil {
			t.Fatal(err)
		}
		if from, to := 43, int(h.Size())-72; !bytes.Equal(again.Bytes()[from:to], file[from:to]) {
			t.Fatal("the slots are written otherwise than they were read")
		}
		if err := h.UnlockWithKey(testKey); err != nil && fault.NameOf(err) == "" {
			t.Fatal(err)
		}
	})
}
