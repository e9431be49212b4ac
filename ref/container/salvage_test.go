package container_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/cobblestone"
	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/salvage"
	"github.com/coffer-format/coffer/ref/slot"
)

func salvaged(sealed []byte, secret container.Secret) (*salvage.Salvage, error) {
	return salvage.Container(context.Background(), bytes.NewReader(sealed), int64(len(sealed)), secret, nil)
}

// noted is the name under which salvage ends: that of its error, or of what it
// tolerated.
func noted(s *salvage.Salvage, err error) fault.Name {
	if err != nil {
		return fault.NameOf(err)
	}
	return fault.NameOf(s.Fault)
}

// wholeContent returns the content of the entry "a" if it is whole, else nil.
func wholeContent(t *testing.T, s *salvage.Salvage) []byte {
	t.Helper()
	for f := range s.Entries() {
		if f.Record.Entry.Path == "a" && f.Status == salvage.Whole {
			var b bytes.Buffer
			if err := s.WriteContent(&b, f); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	return nil
}

// Whatever single bit of a small archive is changed, and wherever it is cut,
// salvage ends under the name that opening gives it; and its entry is whole in
// spite of every change to the header that leaves the key a way in.
func TestSalvageEveryBit(t *testing.T) {
	thorough.NotShort(t)
	for _, sample := range samples()[:4] {
		n := headerSize(sample.sealed)
		isTaken := thorough.OneIn(t, 5)
		for bit := range 8 * len(sample.sealed) {
			if !isTaken() {
				continue
			}
			altered := bytes.Clone(sample.sealed)
			altered[bit/8] ^= 1 << (bit % 8)
			s, err := salvaged(altered, container.WithKey(testKey))
			what := fmt.Sprintf("%s, bit %d of byte %d", sample.name, bit%8, bit/8)
			if want := flipName(sample.sealed, altered, bit/8); noted(s, err) != want {
				t.Errorf("%s: %v, want %s", what, noted(s, err), want)
			}
			if tolerated := bit/8 < n; tolerated != (err == nil && bytes.Equal(wholeContent(t, s), sample.content)) && bit/8 < n+56 {
				t.Errorf("%s: %v", what, err)
			}
			if err == nil && bit/8 >= n+56 && len(slices.Collect(s.Entries())) > 0 {
				t.Errorf("%s: an entry of a chunk that does not open", what)
			}
		}
		for cut := range len(sample.sealed) {
			if !isTaken() {
				continue
			}
			s, err := salvaged(sample.sealed[:cut], container.WithKey(testKey))
			want := lengthName(cut, n-117)
			if want == "" {
				want = fault.PayloadTampered
			}
			if noted(s, err) != want || (err == nil) != (cut >= n+56) || err == nil && len(slices.Collect(s.Entries())) > 0 {
				t.Errorf("%s, %d bytes: %v, want %s", sample.name, cut, noted(s, err), want)
			}
		}
		if s, err := salvaged(sample.sealed, sample.secret); noted(s, err) != "" || !bytes.Equal(wholeContent(t, s), sample.content) {
			t.Errorf("%s: %v", sample.name, noted(s, err))
		}
	}
}

// Containers that more than damage has happened to, each with the name under
// which salvage ends and whether it finds the entry.
func TestSalvageHeaders(t *testing.T) {
	content := pattern(20)
	f := file{"a", content}
	password := container.WithSlot(slot.PasswordSecret("password"))
	slots := []slot.Slot{passwordSlot(testKey), passkeySlot(testKey)}
	whole := sealArchive(1, testKey, slots, f)
	payload := cobblestoneOf(whole)
	ring := sealKeyring(1, testKey, slots)
	edit := func(sealed []byte, resign bool, at int, value byte) []byte {
		altered := bytes.Clone(sealed)
		altered[at] = value
		if resign {
			redigest(altered)
		}
		return altered
	}
	signed := func(purpose header.Purpose, payload []byte) []byte {
		return append(must(header.New(testKey, purpose, nil, payload[:56])).Bytes(), payload...)
	}
	foreign := sealArchive(1, &key.Key{'o'}, nil, f)
	payloadKey := testKey.Derive(key.LabelPayload)
	small := cobblestone.Seal(payloadKey[:], pattern(24), header.Archive.Context(), nil)
	passwordLanes, passkeyID := 49+40, 49+145+4+32+1

	for _, c := range []struct {
		name   string
		sealed []byte
		secret container.Secret
		want   fault.Name
		found  bool
	}{
		{"the key check is another, by the key", edit(whole, true, 11, 0), container.WithKey(testKey), fault.HeaderTampered, true},
		{"the key check is another, by a slot", edit(whole, true, 11, 0), password, fault.HeaderTampered, true},
		{"the purpose is that of a keyring", edit(whole, true, 10, 2), password, fault.HeaderTampered, true},
		{"the purpose is unknown", edit(whole, true, 10, 7), password, fault.MalformedHeader, true},
		{"the purpose is unknown and signed", signed(7, payload), container.WithKey(testKey), fault.MalformedHeader, true},
		{"a malformed slot, by the key", edit(whole, true, passkeyID, '!'), container.WithKey(testKey), fault.MalformedHeader, true},
		{"a malformed slot, by another slot", edit(whole, true, passkeyID, '!'), password, fault.MalformedHeader, false},
		{"a slot beyond the limits, by the key", edit(whole, true, passwordLanes, 9), container.WithKey(testKey), fault.LimitExceeded, true},
		{"a slot beyond the limits, by another", edit(whole, true, passwordLanes, 9), container.WithSlot(passkeySecret), fault.LimitExceeded, false},
		{"a damaged slot beyond the limits, by the key", edit(whole, false, passwordLanes, 9), container.WithKey(testKey), fault.DamagedHeader, true},
		{"another slot is damaged", edit(whole, false, passkeyID+100, 0), password, fault.DamagedHeader, true},
		{"its own slot is damaged", edit(whole, false, 49, 0), password, fault.DamagedHeader, false},
		{"its own slot is damaged, and no password", edit(whole, false, 49, 0), container.WithSlot(slot.PasswordSecret("")), fault.MalformedPassword, false},
		{"the salt is damaged", edit(whole, false, headerSize(whole), 0), password, fault.DamagedHeader, false},
		{"the salt is another", edit(whole, true, headerSize(whole), 0), password, fault.HeaderTampered, false},
		{"another key", whole, container.WithKey(&key.Key{'o'}), fault.WrongSecret, false},
		{"another key and damage", edit(whole, false, 20, 0), container.WithKey(&key.Key{'o'}), fault.WrongSecret, false},
		{"another password", whole, container.WithSlot(slot.PasswordSecret("x")), fault.WrongSecret, false},
		{"no slot", foreign, password, fault.NoMatchingSlot, false},
		{"a header before another's payload", append(bytes.Clone(whole[:headerSize(whole)]), cobblestoneOf(foreign)...), container.WithKey(testKey), fault.DamagedHeader, false},
		{"the same, by the other key", append(bytes.Clone(whole[:headerSize(whole)]), cobblestoneOf(foreign)...), container.WithKey(&key.Key{'o'}), fault.DamagedHeader, true},
		{"a payload of another key, signed", signed(header.Archive, cobblestoneOf(foreign)), container.WithKey(testKey), fault.PayloadTampered, false},
		{"an empty payload, signed", signed(header.Archive, small), container.WithKey(testKey), fault.MalformedArchive, false},
		{"a keyring", ring, password, fault.MalformedArchive, false},
		{"a keyring that is cut", ring[:len(ring)-len(cobblestoneOf(ring))+60], password, fault.MalformedArchive, false},
		{"a keyring with a damaged chunk", edit(ring, false, len(ring)-1, 0), password, fault.MalformedArchive, false},
		{"a keyring with a damaged MAC", edit(ring, false, headerSize(ring)-1, 0), password, fault.HeaderTampered, false},
		{"a keyring that holds an archive, signed", signed(header.Keyring, payload), container.WithKey(testKey), fault.MalformedArchive, false},
	} {
		s, err := salvaged(c.sealed, c.secret)
		if noted(s, err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, noted(s, err), c.want)
		}
		if found := err == nil && bytes.Equal(wholeContent(t, s), content); found != c.found {
			t.Errorf("%s: found %v, %v", c.name, found, err)
		}
	}
}
