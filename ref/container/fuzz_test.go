package container_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha512"
	"io"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/ref/slot"
)

var forgedSalt = pattern(24)

// forge makes a container under testKey of parts that need not make sense. Of
// how, bit 0 makes the MAC right, and bit 1 the digest of what bit 0 leaves wrong.
func forge(purpose uint8, slots, plaintext []byte, how uint8) []byte {
	slots = slots[:min(len(slots), 65535)]
	payloadKey := testKey.Derive(key.LabelPayload)
	payload := cobblestone.Seal(payloadKey[:], forgedSalt, header.Purpose(purpose).Context(), plaintext)
	h := must(header.New(testKey, header.Purpose(purpose), nil, payload[:56])).Bytes()
	prefix := append(h[:43:43], byte(len(slots)>>8), byte(len(slots)))
	prefix = append(prefix, slots...)
	sealed := slices.Concat(prefix, h[45:], payload)
	switch {
	case how&1 != 0:
		redigest(sealed)
		copy(sealed[headerSize(sealed)-64:], macOf(sealed))
	case how&2 != 0:
		redigest(sealed)
	}
	return sealed
}

// FuzzOpen looks for containers that the readers do not survive, or that are
// opened and salvaged in contradiction. The fuzzer's slots and plaintext are
// sealed and signed, so that they get past the MAC; with cut and flip a part of
// the container is changed afterwards.
func FuzzOpen(f *testing.F) {
	for _, sealed := range forgeable() {
		purpose, slots, plaintext := partsOf(sealed)
		for how := range uint8(3) {
			f.Add(purpose, slots, plaintext, how, uint16(0), uint32(0))
		}
		f.Add(purpose, slots, plaintext, uint8(1), uint16(5), uint32(99))
	}

	f.Fuzz(func(t *testing.T, purpose uint8, slots, plaintext []byte, how uint8, cut uint16, flip uint32) {
		sealed := forge(purpose, slots, plaintext, how)
		sealed = sealed[:max(0, len(sealed)-int(cut))]
		if at := int(flip >> 3); flip != 0 && at < len(sealed) {
			sealed[at] ^= 1 << (flip & 7)
		}
		for _, secret := range []container.Secret{container.WithKey(testKey), container.WithSlot(slot.PasswordSecret("password")), container.WithSlot(vaultSecret), container.WithSlot(passkeySecret)} {
			if costly(sealed) {
				continue
			}
			got, err := readAll(sealed, secret)
			if err != nil && fault.NameOf(err) == "" {
				t.Fatal(err)
			}
			if err != nil && how&1 == 0 && len(slots) > 0 && len(got) > 0 {
				t.Fatal("bytes behind a header without a MAC")
			}
			s, salvageErr := salvaged(sealed, secret)
			if salvageErr != nil {
				if fault.NameOf(salvageErr) == "" {
					t.Fatal(salvageErr)
				}
				if err == nil && sealed[10] == byte(header.Archive) {
					t.Fatalf("sound, and yet: %v", salvageErr)
				}
				continue
			}
			verified := verify(sealed, secret)
			same := fault.NameOf(verified) == fault.NameOf(s.Fault) // [SLV-14]
			if flip != 0 || cut != 0 {
				same = (verified == nil) == (s.Fault == nil) // what is lost comes first in salvage
			}
			if elsewhere := verified == nil && fault.NameOf(s.Fault) == fault.MissingContainer; !same && !elsewhere {
				t.Fatalf("verified: %v, salvaged: %v", verified, s.Fault)
			}
			for found := range s.Entries() {
				if err := s.WriteContent(io.Discard, found); (err == nil) != (found.Status != salvage.Missing) {
					t.Fatalf("%s: %v", found.Status, err)
				}
			}
		}
		if c, err := openBytes(sealed, container.WithKey(testKey)); err == nil {
			var b bytes.Buffer
			if err := c.WithSlots(&b, c.Header.Slots); err != nil || !bytes.Equal(b.Bytes(), sealed) {
				t.Fatalf("with its own slots it is another: %v", err)
			}
		}
	})
}

// verify opens an archive and verifies it, and does nothing else.
func verify(sealed []byte, secret container.Secret) error {
	c, err := openBytes(sealed, secret)
	if err != nil {
		return err
	}
	r, err := c.Archive()
	if err != nil {
		return err
	}
	return r.Verify()
}

// costly says whether a password slot asks for an Argon2id that is within the
// limits and too slow for a fuzzer.
func costly(sealed []byte) bool {
	h, _, err := header.Examine(bytes.NewReader(sealed), int64(len(sealed)))
	if err != nil {
		return false
	}
	for _, s := range h.Slots {
		if p, ok := s.(*slot.Password); ok && p.Params != cheap {
			return true
		}
	}
	return false
}

// macOf computes the MAC of a container under testKey from its bytes.
func macOf(sealed []byte) []byte {
	headerKey, n := testKey.Derive(key.LabelHeader), headerSize(sealed)
	mac := hmac.New(sha512.New, headerKey[:])
	mac.Write(sealed[:n-64])
	mac.Write(sealed[n : n+56])
	return mac.Sum(nil)
}

// forgeable returns sound containers whose parts forge puts together again.
func forgeable() [][]byte {
	f := file{"a", pattern(20)}
	all := [][]byte{sealKeyring(1, testKey, nil)}
	for _, slots := range [][]slot.Slot{nil, {passwordSlot(testKey)}, {vaultSlot(testKey), passkeySlot(testKey)}} {
		all = append(all, sealArchiveFrom(bytes.NewReader(forgedSalt), testKey, slots, f, file{"b/c", nil}))
	}
	return append(all, sealArchiveFrom(bytes.NewReader(forgedSalt), testKey, nil, file{"b/c", pattern(20000)}, f))
}

// PartsOf takes a container under testKey apart.
func partsOf(sealed []byte) (purpose uint8, slots, plaintext []byte) {
	c := must(openBytes(sealed, container.WithKey(testKey)))
	payloadKey := testKey.Derive(key.LabelPayload)
	plaintext = must(cobblestone.Open(payloadKey[:], c.Header.Purpose.Context(), cobblestoneOf(sealed)))
	return uint8(c.Header.Purpose), sealed[45 : headerSize(sealed)-72], plaintext
}

// Sound containers that were taken apart and put together again are sound, so
// that FuzzOpen gets as far as it means to.
func TestForge(t *testing.T) {
	for i, sealed := range forgeable() {
		purpose, slots, plaintext := partsOf(sealed)
		if _, err := readAll(forge(purpose, slots, plaintext, 1), container.WithKey(testKey)); err != nil {
			t.Errorf("container %d: %v", i, err)
		}
		for how, want := range map[uint8]fault.Name{0: fault.DamagedHeader, 2: fault.HeaderTampered} {
			if len(slots) > 0 {
				refused(t, "without a MAC", forge(purpose, slots, plaintext, how), container.WithKey(testKey), want, nil, 0)
			}
		}
	}
}
