package container_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/container"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/ref/slot"
)

// Whatever becomes of a header, the key finds the payload, and the name is that of
// opening, if the payload begins where a header of some length could end.
func TestHeaderLost(t *testing.T) {
	content := pattern(20)
	whole := sealArchive(1, testKey, []slot.Slot{passwordSlot(testKey)}, file{"a", content})
	n := headerSize(whole)
	payload := whole[n:]
	other := sealArchive(2, &key.Key{'o'}, nil, file{"a", pattern(30)})
	zeros := func(n int) []byte { return make([]byte, n) }
	for _, c := range []struct {
		name  string
		bytes []byte
		want  fault.Name
		found bool
	}{
		{"no header", payload, fault.NotAContainer, true},
		{"its last byte", whole[n-1:], fault.NotAContainer, true},
		{"all but its first byte", whole[1:], fault.NotAContainer, true},
		{"all but its last byte", slices.Concat(whole[:n-1], payload), fault.DamagedHeader, true},
		{"the first 8 bytes", slices.Concat(whole[:8], payload), fault.UnsupportedVersion, true},
		{"the first 10 bytes", slices.Concat(whole[:10], payload), "", true},
		{"zeros", slices.Concat(zeros(n), payload), fault.NotAContainer, true},
		{"fewer zeros", slices.Concat(zeros(n-5), payload), fault.NotAContainer, true},
		{"the header of another", slices.Concat(other[:headerSize(other)], payload), fault.DamagedHeader, true},
		{"another container", slices.Concat(other, whole), fault.HeaderTampered, true},
		{"two headers", slices.Concat(whole[:n], whole), fault.DamagedHeader, true},
		{"as many bytes as the longest header has", slices.Concat(zeros(65652), payload), fault.NotAContainer, true},
		{"one more", slices.Concat(zeros(65653), payload), fault.NotAContainer, false},
		{"nothing but a header", whole[:n], fault.Truncated, false},
		{"another kind of file", bytes.Repeat([]byte("text"), 1000), fault.NotAContainer, false},
		{"nothing", nil, fault.NotAContainer, false},
		{"55 bytes", payload[:55], fault.NotAContainer, false},
	} {
		s, err := salvaged(c.bytes, container.WithKey(testKey))
		if name := noted(s, err); c.want != "" && name != c.want || name == "" {
			t.Errorf("%s: %v, want %s", c.name, name, c.want)
		}
		if found := err == nil && bytes.Equal(wholeContent(t, s), content); found != c.found {
			t.Errorf("%s: found %v, %v", c.name, found, err)
		}
		if err == nil && s.Indexed != c.found {
			t.Errorf("%s: indexed %v", c.name, s.Indexed)
		}
		if s, err := salvaged(c.bytes, container.WithKey(&key.Key{'x'})); err == nil {
			t.Errorf("%s: another key finds %d entries", c.name, len(slices.Collect(s.Entries())))
		}
	}
	// Without the key the header is needed, but neither its magic nor its version.
	for _, at := range []int{0, 7, 8, 9} {
		altered := bytes.Clone(whole)
		altered[at] ^= 0x20
		want := fault.NotAContainer
		if at >= 8 {
			want = fault.UnsupportedVersion
		}
		s, err := salvaged(altered, container.WithSlot(slot.PasswordSecret("password")))
		if noted(s, err) != want || !bytes.Equal(wholeContent(t, s), content) {
			t.Errorf("byte %d: %v", at, err)
		}
		for _, wrong := range []string{"another", ""} {
			if s, err := salvaged(altered, container.WithSlot(slot.PasswordSecret(wrong))); s != nil || fault.NameOf(err) != want {
				t.Errorf("byte %d, password %q: %v", at, wrong, err)
			}
		}
	}
	if s, err := salvaged(payload, container.WithSlot(slot.PasswordSecret("password"))); s != nil || fault.NameOf(err) != fault.NotAContainer {
		t.Errorf("a password without a header: %v", err)
	}
}

// A file in which nothing was sealed under the key as an archive gives the name that
// opening gives it, and nothing else: a keyring is not taken for an archive.
func TestNothingFound(t *testing.T) {
	ring := sealKeyring(1, testKey, nil)
	altered := bytes.Clone(ring)
	altered[0] = 0
	for _, sealed := range [][]byte{altered, ring[headerSize(ring):]} {
		if s, err := salvaged(sealed, container.WithKey(testKey)); s != nil || fault.NameOf(err) != fault.NotAContainer {
			t.Errorf("a keyring whose header is lost: %v", err)
		}
	}
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = 200
	p := gopter.NewProperties(params)
	p.Property("any bytes", prop.ForAll(func(file []byte, magic bool) string {
		if magic {
			file = append([]byte(header.Magic+"\x00\x01"), file...)
		}
		_, want := openBytes(file, container.WithKey(testKey))
		if s, err := salvaged(file, container.WithKey(testKey)); s != nil || fault.NameOf(err) != fault.NameOf(want) {
			return fmt.Sprintf("%v, want %v", err, want)
		}
		return ""
	}, gen.SliceOfN(400, gen.UInt8()), gen.Bool()))
	p.TestingRun(t)
}
