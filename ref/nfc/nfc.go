// Package nfc brings text into Unicode Normalization Form C (UAX #15).
//
// Package norm supplies the data and not the form of a whole text: it inserts
// U+034F into runs of more than 30 non-starters (the Stream-Safe Text Process),
// which no other implementation would do.
package nfc

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

// String returns text, which is valid UTF-8, in Normalization Form C.
func String(text string) string {
	if norm.NFC.IsNormalString(text) { // quick, and true only if nothing is to be inserted
		return text
	}
	var full []rune
	for _, r := range text {
		full = append(full, []rune(norm.NFD.String(string(r)))...)
	}
	order(full)
	return string(compose(full))
}

// order is the Canonical Ordering Algorithm: each run of non-starters is sorted by
// combining class, equal classes keeping their order.
func order(text []rune) {
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && class(text[end]) != 0 {
			end++
		}
		slices.SortStableFunc(text[start:end], func(a, b rune) int {
			return int(class(a)) - int(class(b))
		})
		start = end
	}
}

// compose is the Canonical Composition Algorithm, in place: a character joins the
// last starter unless one that stays between them is a starter or has the same or
// a higher combining class.
func compose(text []rune) []rune {
	done := text[:0]
	starter := -1 // index in done of the last starter
	for _, r := range text {
		c := class(r)
		if starter >= 0 {
			last := class(done[len(done)-1])
			adjacent := starter == len(done)-1
			if adjacent || last < c {
				if p, ok := pair(done[starter], r); ok {
					done[starter] = p
					continue
				}
			}
		}
		if c == 0 {
			starter = len(done)
		}
		done = append(done, r)
	}
	return done
}

// class is the canonical combining class of r, 0 for a starter.
func class(r rune) uint8 {
	return norm.NFD.PropertiesString(string(r)).CCC()
}

// pair returns the primary composite of a starter and the character after it.
func pair(starter, next rune) (rune, bool) {
	both := []rune(norm.NFC.String(string([]rune{starter, next})))
	return both[0], len(both) == 1
}
