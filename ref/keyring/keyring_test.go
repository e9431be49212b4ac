package keyring

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/fault"
	"github.com/coffer-format/coffer/ref/key"
)

var testKey = &key.Key{'k'}

// numbered returns a key that no other number has.
func numbered(i uint64) key.Key {
	var k key.Key
	binary.BigEndian.PutUint64(k[:], i+1)
	k[31] = 1
	return k
}

// chain returns a keyring with n old keys, of the epochs 1 to n.
func chain(n int) *Keyring {
	r := &Keyring{SetID: [16]byte{1}, Epoch: uint64(n) + 1, Writer: [16]byte{2}}
	for i := range uint64(n) {
		r.OldKeys = append(r.OldKeys, OldKey{i + 1, numbered(i)})
	}
	return r
}

// Any keyring comes back from its encoding, and the encoding is canonical.
func TestRoundTrip(t *testing.T) {
	params := gopter.DefaultTestParametersWithSeed(1)
	params.MinSuccessfulTests = 300
	p := gopter.NewProperties(params)
	p.Property("Parse is the inverse of Marshal", prop.ForAll(func(seed uint64) string {
		r := rand.New(rand.NewPCG(seed, 0))
		ring := &Keyring{SetID: [16]byte{byte(r.IntN(256)), 1}, Writer: [16]byte{byte(r.IntN(256)), 1}, CreatedMS: archive.Time(r.Uint64N(1 << 52))}
		if r.IntN(2) == 0 {
			ring.Generation, ring.Head = 1+r.Uint64N(1<<50), [32]byte{byte(r.IntN(256)), 1}
		}
		for range r.IntN(20) {
			ring.Epoch += 1 + r.Uint64N(1<<40)
			ring.OldKeys = append(ring.OldKeys, OldKey{ring.Epoch, numbered(ring.Epoch)})
		}
		ring.Epoch += 1 + r.Uint64N(1<<40)
		encoded, err := ring.Marshal(testKey)
		if err != nil {
			return err.Error()
		}
		got, err := Parse(encoded, testKey)
		if err != nil {
			return err.Error()
		}
		return cmp.Diff(ring, got)
	}, gen.UInt64()))
	p.TestingRun(t)
}

// The encoding is that of the specification, byte for byte.
func TestLayout(t *testing.T) {
	ring := &Keyring{[16]byte{'s'}, 0x00102030405060, [16]byte{'w'}, 9, 10, [32]byte{'h'}, []OldKey{{7, key.Key{'a'}}, {8, key.Key{'b'}}}}
	pad := func(s string, n int) string { return s + string(make([]byte, n-len(s))) }
	want := pad("s", 16) + "\x00\x00\x10\x20\x30\x40\x50\x60" + pad("w", 16) + pad("", 7) + "\x09" + pad("", 7) + "\x0a" + pad("h", 32) + "\x00\x50" +
		"\x00\x00\x00\x00\x00\x00\x00\x07" + pad("a", 32) + "\x00\x00\x00\x00\x00\x00\x00\x08" + pad("b", 32)
	got, err := ring.Marshal(testKey)
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// Every rule of spec chapter 9 holds for readers and writers, on both sides of
// its bound.
func TestRules(t *testing.T) {
	change := func(n int, f func(r *Keyring)) *Keyring {
		r := chain(n)
		f(r)
		return r
	}
	for _, c := range []struct {
		name string
		ring *Keyring
		ok   bool
	}{
		{"no old key", chain(0), true},
		{"no set id", change(0, func(r *Keyring) { r.SetID = [16]byte{} }), false},
		{"a set id that ends in one bit", change(0, func(r *Keyring) { r.SetID = [16]byte{15: 1} }), true},
		{"epoch 0", change(0, func(r *Keyring) { r.Epoch = 0 }), false},
		{"epoch 2^52 - 1", change(1, func(r *Keyring) { r.Epoch = 1<<52 - 1 }), true},
		{"epoch 2^52", change(1, func(r *Keyring) { r.Epoch = 1 << 52 }), false},
		{"no writer", change(0, func(r *Keyring) { r.Writer = [16]byte{} }), false},
		{"a writer that ends in one bit", change(0, func(r *Keyring) { r.Writer = [16]byte{15: 1} }), true},
		{"created at 2^52 - 1", change(0, func(r *Keyring) { r.CreatedMS = 1<<52 - 1 }), true},
		{"created at 2^52", change(0, func(r *Keyring) { r.CreatedMS = 1 << 52 }), false},
		{"generation 2^52 - 1", change(0, func(r *Keyring) { r.Generation, r.Head = 1<<52-1, [32]byte{31: 1} }), true},
		{"generation 2^52", change(0, func(r *Keyring) { r.Generation, r.Head = 1<<52, [32]byte{31: 1} }), false},
		{"a generation without a head", change(0, func(r *Keyring) { r.Generation = 1 }), false},
		{"a head without a generation", change(0, func(r *Keyring) { r.Head = [32]byte{31: 1} }), false},
		{"an old epoch of 0", change(2, func(r *Keyring) { r.OldKeys[0].Epoch = 0 }), false},
		{"two old keys of one epoch", change(2, func(r *Keyring) { r.OldKeys[0].Epoch = 2 }), false},
		{"decreasing epochs", change(3, func(r *Keyring) { r.OldKeys[1].Epoch, r.Epoch = 4, 9 }), false},
		{"epochs that leave some out", change(3, func(r *Keyring) { r.OldKeys[2].Epoch, r.Epoch = 40, 90 }), true},
		{"the last old epoch is the keyring's", change(2, func(r *Keyring) { r.Epoch = 2 }), false},
		{"two old keys are equal", change(3, func(r *Keyring) { r.OldKeys[2].Key = r.OldKeys[0].Key }), false},
		{"an old key is the key", change(3, func(r *Keyring) { r.OldKeys[1].Key = *testKey }), false},
		{"1024 old keys", chain(1024), true},
		{"1025 old keys", chain(1025), false},
		{"1639 old keys, whose length has no encoding", chain(1639), false},
	} {
		encoded, err := c.ring.Marshal(testKey)
		if c.ok && err != nil || !c.ok && fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("%s, written: %v", c.name, err)
		}
		if encoded == nil {
			continue
		}
		if _, err = Parse(encoded, testKey); c.ok && err != nil || !c.ok && fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("%s, read: %v", c.name, err)
		}
	}
}

// Any length but the right one is refused, that of the vector included.
func TestLengths(t *testing.T) {
	encoded, err := chain(2).Marshal(testKey)
	if err != nil {
		t.Fatal(err)
	}
	if len(encoded) != 90+80 {
		t.Fatalf("%d bytes", len(encoded))
	}
	for n := range len(encoded) {
		if _, err := Parse(encoded[:n], testKey); fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := Parse(append(bytes.Clone(encoded), 0), testKey); fault.NameOf(err) != fault.MalformedArchive {
		t.Errorf("a byte behind: %v", err)
	}
	for n := range 1 << 16 {
		altered := bytes.Clone(encoded)
		binary.BigEndian.PutUint16(altered[88:], uint16(n))
		if _, err := Parse(altered, testKey); n != 80 && fault.NameOf(err) != fault.MalformedArchive {
			t.Errorf("a vector of %d bytes: %v", n, err)
		}
	}
}

// FuzzParse looks for bytes that Parse does not survive, or that it reads as a
// keyring which is written otherwise.
func FuzzParse(f *testing.F) {
	for _, n := range []int{0, 1, 5} {
		encoded, err := chain(n).Marshal(testKey)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, plaintext []byte) {
		r, err := Parse(plaintext, testKey)
		if err != nil {
			if fault.NameOf(err) != fault.MalformedArchive {
				t.Fatal(err)
			}
			return
		}
		again, err := r.Marshal(testKey)
		if err != nil || !bytes.Equal(again, plaintext) {
			t.Fatalf("encoded again it is another: %v\n%x\n%x", err, plaintext, again)
		}
	})
}
