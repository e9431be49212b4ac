package nfc

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
	"golang.org/x/text/unicode/norm"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// interesting are characters that decompose, compose, or have a combining class,
// and a few plain ones: drawn together they meet often.
var interesting = func() (list []rune) {
	for r := rune(0xa0); r <= utf8.MaxRune; r++ {
		p := norm.NFC.PropertiesString(string(r))
		hangul := 0xac00 <= r && r <= 0xd7a3
		if utf8.ValidRune(r) && !hangul && (p.CCC() != 0 || p.Decomposition() != nil || !p.BoundaryBefore()) {
			list = append(list, r)
		}
	}
	return append(list, []rune("aeiouAEIOUns\u0131\u03b1\u03b9\u1100\u1112\u1161\uac00\ud558\u200d\u3000")...)
}()

// genText draws up to n characters, half of them from a few marks and letters
// that compose with each other.
func genText(n int) gopter.Gen {
	pick := func(list []rune) gopter.Gen {
		return gen.IntRange(0, len(list)-1).Map(func(i int) rune { return list[i] })
	}
	few := []rune("aou\u00e2\u1ea1\u03b1\u03b9\u0301\u0302\u0323\u031b\u0345\u0308\u0305\u1100\u1161\u11a8")
	return gen.IntRange(0, n).FlatMap(func(n any) gopter.Gen {
		return gen.SliceOfN(n.(int), gen.OneGenOf(pick(interesting), pick(few)))
	}, nil).Map(func(text []rune) string { return string(text) })
}

// streamSafe reports whether package norm inserts nothing into text.
func streamSafe(text string) bool {
	return !strings.Contains(norm.NFC.String(strings.ReplaceAll(text, "\u034f", "")), "\u034f")
}

// String is what package norm computes wherever that does not insert U+034F.
func TestStringIsNFC(t *testing.T) {
	parameters := gopter.DefaultTestParametersWithSeed(7)
	parameters.MinSuccessfulTests = thorough.Number(1000, 5000)
	properties := gopter.NewProperties(parameters)
	properties.Property("String is norm.NFC", prop.ForAll(func(text string) string {
		if !streamSafe(text) {
			return ""
		}
		return cmp.Diff(norm.NFC.String(text), String(text))
	}, genText(25)))
	properties.Property("canonical equivalents are equal", prop.ForAll(func(text string) string {
		if !streamSafe(text) {
			return ""
		}
		return cmp.Diff(String(text), String(norm.NFD.String(text)))
	}, genText(25)))
	properties.TestingRun(t)
}

// String is right for every single character.
func TestEachCharacter(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if got, want := String(string(r)), norm.NFC.String(string(r)); got != want {
			t.Errorf("%U: %+q, want %+q", r, got, want)
		}
	}
}

// Long runs of marks, where package norm cannot be asked: nothing is inserted, and
// the form is reached in one step.
func TestLongRunsOfMarks(t *testing.T) {
	properties := gopter.NewProperties(gopter.DefaultTestParametersWithSeed(11))
	properties.Property("idempotent, nothing inserted", prop.ForAll(func(text string, n int) bool {
		text += strings.Repeat("\u0323\u0301", n)
		once := String(text)
		return String(once) == once &&
			strings.Count(once, "\u034f") == strings.Count(text, "\u034f")
	}, genText(25), gen.IntRange(16, 60)))
	properties.TestingRun(t)
}
