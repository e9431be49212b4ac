package password

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/fault"
)

// genText draws up to n characters, half of them from a few marks and letters
// that compose with each other.
func genText(n int) gopter.Gen {
	few := []rune("aou\u00e2\u1ea1\u03b1\u03b9\u0301\u0302\u0323\u031b\u0345\u0308\u0305\u1100\u1161\u11a8\u3000")
	fewRunes := gen.IntRange(0, len(few)-1).Map(func(i int) rune { return few[i] })
	return gen.IntRange(0, n).FlatMap(func(n any) gopter.Gen {
		return gen.SliceOfN(n.(int), gen.OneGenOf(gen.Rune(), fewRunes))
	}, nil).Map(func(text []rune) string { return string(text) })
}

// streamSafe reports whether package norm inserts nothing into text.
func streamSafe(text string) bool {
	return !strings.Contains(norm.NFC.String(strings.ReplaceAll(text, "\u034f", "")), "\u034f")
}

// The bound on the raw password changes no result: no text of more than 3584
// bytes has a Form C of 1024 bytes or fewer. The longest text that becomes a given
// character has, for each part of its decomposition, the longest equivalent.
func TestRawBoundChangesNothing(t *testing.T) {
	thorough.Only(t)
	longest := make(map[rune]int)
	single := func(form norm.Form, visit func(r rune, form []rune)) {
		for r := rune(0); r <= utf8.MaxRune; r++ {
			if utf8.ValidRune(r) {
				visit(r, []rune(form.String(string(r))))
			}
		}
	}
	single(norm.NFD, func(r rune, form []rune) {
		if len(form) == 1 {
			longest[form[0]] = max(longest[form[0]], utf8.RuneLen(r))
		}
	})
	worst := 0.0
	single(norm.NFC, func(r rune, form []rune) {
		if len(form) != 1 || form[0] != r {
			return
		}
		n := 0
		for _, part := range norm.NFD.String(string(r)) {
			n += longest[part]
		}
		worst = max(worst, float64(n)/float64(utf8.RuneLen(r)))
	})
	single(norm.NFD, func(r rune, form []rune) {
		n := 0
		for _, part := range form {
			n += longest[part]
		}
		if utf8.RuneLen(r) > n {
			t.Errorf("%U is longer than its parts, so typing it is longer still", r)
		}
	})
	if worst != 3.5 || worst*maxPreparedLength > maxRawLength {
		t.Errorf("Form C shortens up to %v times", worst)
	}
}

// The tables that normalize and those that tell what is unassigned are of one
// version of Unicode, and of one that chapter 5 allows.
func TestUnicodeVersion(t *testing.T) {
	major, err := strconv.Atoi(strings.Split(norm.Version, ".")[0])
	if err != nil || major < 15 || norm.Version != unicode.Version {
		t.Errorf("normalization of Unicode %s, categories of %s", norm.Version, unicode.Version)
	}
}

// checkPrepared fails unless what Prepare made of raw is what chapter 5 promises.
func checkPrepared(t *testing.T, raw []byte) bool {
	t.Helper()
	got, err := prepare(raw)
	if err != nil {
		return errors.Is(err, fault.MalformedPassword) && got == nil
	}
	again, err := prepare(got)
	return err == nil && bytes.Equal(got, again) && utf8.Valid(got) &&
		len(got) >= 1 && len(got) <= 1024 &&
		(norm.NFC.IsNormal(got) || !streamSafe(string(got)))
}

// Prepare is idempotent, and its result is valid, in Form C and of legal length.
func TestPrepareProperties(t *testing.T) {
	parameters := gopter.DefaultTestParametersWithSeed(13)
	parameters.MinSuccessfulTests = thorough.Number(100, 500)
	properties := gopter.NewProperties(parameters)
	properties.Property("of characters", prop.ForAll(func(text string) bool {
		return checkPrepared(t, []byte(text))
	}, genText(400)))
	properties.Property("of bytes", prop.ForAll(func(raw []uint8) bool {
		return checkPrepared(t, raw)
	}, gen.SliceOf(gen.UInt8())))
	properties.TestingRun(t)
}

// Where RFC 8265's OpaqueString accepts a password, Prepare makes the same bytes of
// it (spec section 5.3); the emoji that it refuses are the chapter's reason.
func TestRelationToOpaqueString(t *testing.T) {
	accepted := 0
	parameters := gopter.DefaultTestParametersWithSeed(17)
	parameters.MinSuccessfulTests = thorough.Number(100, 500)
	properties := gopter.NewProperties(parameters)
	properties.Property("same bytes", prop.ForAll(func(text string) string {
		want, err := precis.OpaqueString.String(text)
		if err != nil {
			return ""
		}
		accepted++
		got, err := prepare([]byte(text))
		return cmp.Diff(want, string(got)) + cmp.Diff(nil, err)
	}, gen.OneGenOf(genText(5), genText(2), gen.AnyString())))
	properties.TestingRun(t)
	if accepted < 10 {
		t.Errorf("OpaqueString accepted only %d passwords", accepted)
	}
	for _, text := range []string{"\u2764\ufe0f", "\U0001f469\u200d\U0001f467", "\u0378"} {
		if _, err := precis.OpaqueString.String(text); err == nil {
			t.Errorf("OpaqueString accepts %+q", text)
		}
		if _, err := prepare([]byte(text)); err != nil {
			t.Errorf("%+q: %v", text, err)
		}
	}
}

// Prepare keeps its promises for any bytes.
func FuzzPrepare(f *testing.F) {
	f.Add([]byte("correct horse battery staple"))
	f.Add([]byte("e\u0301\u3000\u1112\u1161\u11ab"))
	f.Add([]byte("a" + strings.Repeat("\u0323\u0301", 40)))
	f.Add([]byte("\xed\xa0\x80"))
	f.Add(bytes.Repeat([]byte("\u1fbe\u0308\u0301"), 513))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !checkPrepared(t, raw) {
			t.Errorf("%+q", raw)
		}
	})
}
