package suggest

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	names := []string{"key/parse-shown", "key/parse-comma", "header/digest-damaged", "HDR-1", "HDR-10", "HDR-13", "passkey", "password", "vault", "key/*"}
	for _, c := range []struct {
		typed string
		want  []string
	}{
		{"key/parse-shwon", []string{"key/parse-shown"}},
		{"parse-shown", []string{"key/parse-shown"}},
		{"header/damaged-digest", []string{"header/digest-damaged"}},
		{"Key/Parse-Comma", []string{"key/parse-comma"}},
		{"hdr13", []string{"HDR-13"}},
		{"pasword", []string{"password"}},
		{"keys/*", []string{"key/*"}},
		{"key", []string{"key/*", "passkey", "key/parse-shown"}},
		{"nothing", nil},
		{"", nil},
	} {
		if got := Near(c.typed, names); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q instead of %q", c.typed, got, c.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	for typed, want := range map[string]string{
		"aab": `; did you mean "aaa"?`,
		"aba": `; did you mean "aaa" or "bba"?`,
		"zzz": "",
		"":    "",
	} {
		if got := DidYouMean(typed, []string{"aaa", "bba"}); got != want {
			t.Errorf("%q: %q instead of %q", typed, got, want)
		}
	}
}

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "ba", 1}, {"abc", "abd", 1}, {"abcd", "acd", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}} {
		if got := slips(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d instead of %d", c.a, c.b, got, c.want)
		}
	}
}
