package key

import (
	"encoding/hex"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// typed returns the key of 64 digits.
func typed(t *testing.T, text []byte) Key {
	t.Helper()
	k, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Every one of the 960 wrong digits and 63 swaps of a key is repaired.
func TestRepairOfEverySlip(t *testing.T) {
	right := Key{0x9f, 0x3a, 0x11, 0xc2, 0x40, 0xe5, 0x0b, 0x77, 0xff}
	text := hex.EncodeToString(right[:])
	slips, isTaken := 0, thorough.OneIn(t, 4)
	repair := func(slip []byte, what string, at int) {
		slips++
		if !isTaken() {
			return
		}
		if got, ok := Repair(new(typed(t, slip)), right.Check()); !ok || got != right {
			t.Fatalf("%s %d: %v, %v", what, at, got, ok)
		}
	}
	for i := range text {
		for _, digit := range []byte("0123456789abcdef") {
			if digit != text[i] {
				slip := []byte(text)
				slip[i] = digit
				repair(slip, "digit", i)
			}
		}
	}
	for i := range len(text) - 1 {
		slip := []byte(text)
		slip[i], slip[i+1] = slip[i+1], slip[i]
		repair(slip, "swap", i)
	}
	if slips != 64*15+63 {
		t.Errorf("%d slips", slips)
	}
}

// A key that fits is its own repair; two slips are not repaired.
func TestRepairBounds(t *testing.T) {
	right := counting
	if got, ok := Repair(&right, right.Check()); !ok || got != right {
		t.Errorf("the right key: %v, %v", got, ok)
	}
	text := []byte(hex.EncodeToString(right[:]))
	text[0], text[63] = 'a', 'a'
	if got, ok := Repair(new(typed(t, text)), right.Check()); ok || got != (Key{}) {
		t.Errorf("two wrong digits: %v, %v", got, ok)
	}
	// 0001 0203 becomes 0010 0230: two swaps.
	text = []byte(hex.EncodeToString(right[:]))
	text[2], text[3], text[6], text[7] = text[3], text[2], text[7], text[6]
	if got, ok := Repair(new(typed(t, text)), right.Check()); ok || got != (Key{}) {
		t.Errorf("two swaps: %v, %v", got, ok)
	}
}

// Whatever the key, one random slip is repaired, and what Repair returns fits.
func TestRepairProperties(t *testing.T) {
	thorough.NotShort(t)
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(5))
	properties.Property("one wrong digit is repaired", prop.ForAll(func(k Key, at, add int) bool {
		wrong := k
		nibble := []byte(hex.EncodeToString(k[:]))[at]
		value := (hexValue(nibble) + byte(add)) % 16
		shift := 4 * (1 - at%2)
		wrong[at/2] = k[at/2]&^(15<<shift) | value<<shift
		got, ok := Repair(&wrong, k.Check())
		return wrong != k && ok && got == k
	}, genKey(), gen.IntRange(0, 63), gen.IntRange(1, 15)))
	properties.Property("one swap is repaired", prop.ForAll(func(k Key, at int) bool {
		text := []byte(hex.EncodeToString(k[:]))
		text[at], text[at+1] = text[at+1], text[at]
		wrong, err := Parse(string(text))
		got, ok := Repair(&wrong, k.Check())
		return err == nil && ok && got == k
	}, genKey(), gen.IntRange(0, 62)))
	properties.Property("what is returned fits", prop.ForAll(func(k, mask Key, kept int) bool {
		near := k // with up to three bytes changed, which is sometimes one digit
		for i := range 3 {
			if at := int(mask[i]) % Size; kept&(1<<i) != 0 {
				near[at] ^= mask[Size-1-i] & (15 << (4 * (kept >> 3)))
			}
		}
		got, ok := Repair(&near, k.Check())
		return ok == (got == k) && ok == got.Fits(k.Check())
	}, genKey(), genKey(), gen.IntRange(0, 15)))
	properties.TestingRun(t)
}

func hexValue(digit byte) byte {
	if digit >= 'a' {
		return digit - 'a' + 10
	}
	return digit - '0'
}

// The longest search: no candidate fits.
func BenchmarkRepairInVain(b *testing.B) {
	for b.Loop() {
		if _, ok := Repair(&counting, Check{}); ok {
			b.Fatal("repaired")
		}
	}
}
