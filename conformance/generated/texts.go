package generated

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/drawn"
	"github.com/coffer-format/coffer/conformance/forge"
	"github.com/coffer-format/coffer/conformance/inputs"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/samples"
	"github.com/coffer-format/coffer/ref/key"
	"github.com/coffer-format/coffer/vectors"
)

// textSample is a text in pieces, each of which may be left out.
type textSample []string

func (s textSample) text() string   { return strings.Join(s, "") }
func (s textSample) String() string { return fmt.Sprintf("%+.200q", s.text()) }

func (s textSample) Smaller() []textSample {
	var all []textSample
	for size := len(s); size > 0; size /= 2 {
		for at := 0; at+size <= len(s); at += size {
			without := append(textSample(nil), s[:at]...)
			all = append(all, append(without, s[at+size:]...))
		}
	}
	return all
}

// drawKeyText writes 64 digits as people do, and sometimes as they should not.
func drawKeyText(r *rand.Rand) textSample {
	digits := 64
	if r.Intn(4) == 0 {
		digits += r.Intn(5) - 2
	}
	var s textSample
	for range digits {
		digit := string("0123456789abcdef"[r.Intn(16)])
		if r.Intn(3) == 0 {
			digit = strings.ToUpper(digit)
		}
		s = append(s, digit)
		if r.Intn(6) == 0 {
			s = append(s, drawn.OneOf(r, " ", "-", "\t", "\n", "\r\n", "\v", "\f", "  "))
		}
	}
	if r.Intn(2) == 0 { // a character that no key has, or one that looks like one it has
		wrong := drawn.OneOf(r, "g", "O", "l", "\u00a0", "\u2013", "_", ".", ":", "\x00", "\u0660", "\uff10", "\u0430", "\u2028", "G", "/", "@", "`", "\u200b")
		s[r.Intn(len(s))] = wrong
	}
	return s
}

// characters that passwords are drawn from have been assigned since Unicode 5.
var passwordCharacters = []string{
	"a", "B", "7", " ", "!", "é", "e\u0301", "\u0301", "\u0323\u0307", "\u0307\u0323", "ﬁ", "ß", "\u212b", "\u00c5", "A\u030a",
	"한", "\u1112\u1161\u11ab", "\u1100", "漢", "\uf900", "😀", "\U0001d15e", "\u0344", "\u0f73", "\u0958", "\u2126", "\ufb1d",
	"\u00a0", "\u1680", "\u2000", "\u2003", "\u200a", "\u202f", "\u205f", "\u3000", "\u200b", "\u180e", "\ufeff", "\u2028", "\u00ad", "\ufffd",
}

// unfit are what no password may have: control characters, and bytes that are not
// UTF-8.
var unfit = []string{"\x00", "\t", "\n", "\x1f", "\x7f", "\u0080", "\u0085", "\u009f", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80"}

func drawPassword(r *rand.Rand) textSample {
	var s textSample
	length := 1 + r.Intn(12)
	if r.Intn(8) == 0 {
		length = 300 + r.Intn(400) // around the bound of 1024 bytes
	}
	for range length {
		s = append(s, drawn.OneOf(r, passwordCharacters...))
	}
	if r.Intn(4) == 0 {
		s[r.Intn(len(s))] = drawn.OneOf(r, unfit...)
	}
	return s
}

const hexDigits = "0123456789abcdef"

// typoSample is a key that was mistyped.
type typoSample struct {
	seed  int64
	typos []forge.Alteration // of the digits
}

func drawTypos(r *rand.Rand) typoSample {
	s := typoSample{seed: r.Int63()}
	for range drawn.OneOf(r, 0, 1, 1, 1, 2) {
		s.typos = append(s.typos, forge.Alteration{Kind: drawn.OneOf(r, "set", "swap"), At: r.Intn(64), N: r.Intn(16)})
	}
	return s
}

func (s typoSample) String() string { return fmt.Sprintf("seed %d, %v", s.seed, s.typos) }

func (s typoSample) Smaller() []typoSample {
	var all []typoSample
	if len(s.typos) > 0 {
		all = append(all, typoSample{s.seed, s.typos[1:]})
	}
	for i, a := range s.typos {
		for _, at := range forge.LessThan(a.At) {
			a.At = at
			all = append(all, typoSample{s.seed, slices.Replace(slices.Clone(s.typos), i, i+1, a)})
		}
	}
	return all
}

// input is that of key.repair: one digit of the key is another, or two that stand
// side by side are exchanged.
func (s typoSample) input() vectors.Object {
	right := key.Key(drawn.BytesFrom(s.seed, 32))
	check := right.Check()
	digits := []byte(inputs.Hex(right[:]))
	for _, a := range s.typos {
		if a.Kind == "set" {
			digits[a.At] = hexDigits[a.N]
		} else {
			digits[a.At], digits[(a.At+1)%64] = digits[(a.At+1)%64], digits[a.At]
		}
	}
	return vectors.Object{"key": string(digits), "key_check": inputs.Hex(check[:])}
}

// everyTypo asks for keys in which one digit stands for another, each for each. It is
// among the first ones, where it is soon found.
func everyTypo(q *cases.Requests) {
	for typed := range len(hexDigits) {
		for right := range len(hexDigits) {
			if typed == right {
				continue
			}
			digits, at := []byte(drawn.Hex(q.R, 32)), q.R.Intn(8)
			digits[at] = hexDigits[right]
			k := key.Key(inputs.Unhex(string(digits)))
			check := k.Check()
			digits[at] = hexDigits[typed]
			input := vectors.Object{"key": string(digits), "key_check": inputs.Hex(check[:])}
			q.Ask("key.repair", input, "repairs a key with %c for %c", hexDigits[typed], hexDigits[right])
		}
	}
}

func propertiesOfTexts(seed int64) []cases.Case {
	return []cases.Case{
		samples.Property[textSample]{
			Subject: "key", Name: "parse", Comment: "A key in any of its written forms is read, and no other text is.",
			Requirements: "KEY-6 KEY-7 KEY-8 KEY-9", Profiles: "reader", Runs: 100, Draw: drawKeyText,
			Try: func(a *cases.Asker, s textSample) report.Outcome {
				return a.AskBoth("key.parse", vectors.Object{"text": s.text()})
			},
		}.Case(seed),
		samples.Property[typoSample]{
			Subject: "key", Name: "repair", Comment: "One mistyped or two exchanged digits are found, and no key is offered that does not fit.",
			Requirements: "KEY-16 KEY-17", Profiles: "reader", Runs: 25, Draw: drawTypos,
			Try: func(a *cases.Asker, s typoSample) report.Outcome { return a.AskBoth("key.repair", s.input()) },
		}.Case(seed),
		cases.OfRequests(seed, "key", "repair-typos", "KEY-16 KEY-17", "reader", "Any digit that stands for any other one is found.", everyTypo),
		samples.Property[textSample]{
			Subject: "password", Name: "prepare", Comment: "Passwords of all scripts become the bytes of chapter 5.",
			Requirements: "PWD-1 PWD-9 PWD-11", Profiles: "password", Runs: 150, Draw: drawPassword,
			Try: func(a *cases.Asker, s textSample) report.Outcome {
				return a.AskBoth("password.prepare", vectors.Object{"password": inputs.Hex([]byte(s.text()))})
			},
		}.Case(seed),
	}
}
