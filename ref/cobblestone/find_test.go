package cobblestone

import (
	"slices"
	"testing"
)

// A message is found wherever it begins, the first of several, and one that lacks a
// byte of its prefix, or whose commitment is wrong in any byte, is not.
func TestFind(t *testing.T) {
	message := sealed(100)
	for _, before := range []int{0, 1, 23, 56, 1000} {
		b := slices.Concat(pattern(before), message, message)
		if at := Find(b, testKey, testContext); at != before {
			t.Errorf("%d instead of %d", at, before)
		}
		if at := Find(b[:before+PrefixSize], testKey, testContext); at != before {
			t.Errorf("nothing but the prefix: %d instead of %d", at, before)
		}
		if at := Find(b[:before+PrefixSize-1], testKey, testContext); at != -1 {
			t.Errorf("a prefix without its last byte is found at %d", at)
		}
	}
	for i := range PrefixSize {
		b := slices.Clone(message[:PrefixSize])
		b[i] ^= 1
		if at := Find(b, testKey, testContext); at != -1 {
			t.Errorf("byte %d is altered, and it is found", i)
		}
	}
	if Find(message, testKey, "another") != -1 || Find(nil, testKey, testContext) != -1 {
		t.Error("found with another context, or in nothing")
	}
}
