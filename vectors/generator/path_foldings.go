package generator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// mapped is the number of characters that have a mapping of status C or F in
// Unicode 15.0.0.
const mapped = 1530

// pathFoldings are cases with every character that folds to another, and what it
// folds to.
func pathFoldings(s *suite) {
	var names []string
	folding := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) && folded(string(r)) != string(r) {
			folding++
			for _, name := range []string{string(r), folded(string(r))} {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	if folding != mapped {
		s.fail("path/foldings", "%d characters fold to another", folding)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(strings.Compare(caseless(a), caseless(b)), strings.Compare(a, b)) })
	for i, some := range slices.Collect(slices.Chunk(names, (len(names)+3)/4)) {
		var pairs []string
		number := 0
		for i, name := range some { // those that are the same lie together, in order
			if number++; i == 0 || caseless(some[i-1]) != caseless(name) {
				number = 1
				pairs = append(pairs, name, name)
				continue
			}
			pairs = append(pairs, name, fmt.Sprintf("%s (%d)", name, number))
		}
		platform := platforms[1+i%2]
		s.named(platform, fmt.Sprintf("each-folding-%d", i+1), "ARC-36 ARC-59 (unicode)", "Every character that folds to another, and what it folds to: a quarter of them.", pairs...)
	}
}

// folded is toCasefold of spec section 8.9. Package cases exchanges the letters of
// Cherokee, which has two rows of capital letters and two of small ones.
func folded(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case 0x13f8 <= r && r <= 0x13fd:
			r -= 0x13f8 - 0x13f0
		case 0xab70 <= r && r <= 0xabbf:
			r -= 0xab70 - 0x13a0
		case 0x13a0 <= r && r <= 0x13f5:
		default:
			b.WriteString(cases.Fold().String(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// caseless is equal for names that are the same where case is ignored.
func caseless(name string) string { return norm.NFC.String(folded(norm.NFC.String(name))) }
