// Package characters has the characters that Form C and case folding change, for
// cases that go through all of them. They are those of Unicode 15.0.0, whatever
// version the tables are of that the program was built with.
package characters

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The characters, in the order of their code points.
var (
	// Composites are those into which others compose, without Hangul.
	Composites = sync.OnceValue(func() []rune {
		return list(func(r rune, text string) bool {
			return norm.NFC.String(text) == text && norm.NFD.String(text) != text && !unicode.Is(unicode.Hangul, r)
		})
	})
	// Replaced are those that Form C never has: singletons and the exclusions from
	// composition.
	Replaced = sync.OnceValue(func() []rune {
		return list(func(_ rune, text string) bool { return norm.NFC.String(text) != text })
	})
	// Marks are those with a combining class that Form C may have.
	Marks = sync.OnceValue(func() []rune {
		return list(func(r rune, text string) bool { return Class(r) != 0 && norm.NFC.String(text) == text })
	})
	// Cased are those that case folding changes.
	Cased = sync.OnceValue(func() []rune {
		return list(func(_ rune, text string) bool { return Folded(text) != text })
	})
)

// Class is the canonical combining class of a character.
func Class(r rune) uint8 { return norm.NFD.PropertiesString(string(r)).CCC() }

// Folded is a text after full case folding. Package cases exchanges the letters of
// Cherokee, which has two rows of capital letters and two of small ones.
func Folded(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case 0x13f8 <= r && r <= 0x13fd:
			b.WriteRune(r - 0x13f8 + 0x13f0)
		case 0xab70 <= r && r <= 0xabbf:
			b.WriteRune(r - 0xab70 + 0x13a0)
		case 0x13a0 <= r && r <= 0x13f5:
			b.WriteRune(r)
		default:
			b.WriteString(cases.Fold().String(string(r)))
		}
	}
	return b.String()
}

// lastChanged is the last character of the lists, an ideograph for compatibility.
const lastChanged = 0x2fa1d

func list(has func(r rune, text string) bool) []rune {
	var all []rune
	for r := rune(0x41); r <= lastChanged; r++ {
		if utf8.ValidRune(r) && !unicode.Is(later, r) && has(r, string(r)) {
			all = append(all, r)
		}
	}
	return all
}

// later are the characters of the lists that were assigned after Unicode 15.0.0, up
// to Unicode 17.0.0.
var later = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0897, 0x0897, 1}, {0x1acf, 0x1add, 1}, {0x1ae0, 0x1aeb, 1}, {0x1c89, 0x1c89, 1}, {0xa7cb, 0xa7cc, 1}, {0xa7ce, 0xa7ce, 1},
		{0xa7d2, 0xa7d2, 1}, {0xa7d4, 0xa7d4, 1}, {0xa7da, 0xa7da, 1}, {0xa7dc, 0xa7dc, 1},
	},
	R32: []unicode.Range32{
		{0x105c9, 0x105c9, 1}, {0x105e4, 0x105e4, 1}, {0x10d50, 0x10d65, 1}, {0x10d69, 0x10d6d, 1}, {0x10efa, 0x10efb, 1}, {0x11383, 0x11383, 1},
		{0x11385, 0x11385, 1}, {0x1138e, 0x1138e, 1}, {0x11391, 0x11391, 1}, {0x113c5, 0x113c5, 1}, {0x113c7, 0x113c8, 1}, {0x113ce, 0x113d0, 1},
		{0x16121, 0x16128, 1}, {0x1612f, 0x1612f, 1}, {0x16d68, 0x16d6a, 1}, {0x16ea0, 0x16eb8, 1}, {0x1e5ee, 0x1e5ef, 1}, {0x1e6e3, 0x1e6e3, 1},
		{0x1e6e6, 0x1e6e6, 1}, {0x1e6ee, 0x1e6ef, 1}, {0x1e6f5, 0x1e6f5, 1},
	},
}
