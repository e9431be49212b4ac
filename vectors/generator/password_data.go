package generator

import (
	"fmt"
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/coffer-format/coffer/vectors/characters"
)

// passwordsOfData are passwords with every character that Form C composes, replaces
// or orders.
func passwordsOfData(s *suite) {
	const ids = "PWD-7 PWD-9 (unicode long)"
	for i, some := range parts(characters.Composites(), 3) {
		apart := norm.NFD.String(string(some))
		s.prepared(fmt.Sprintf("every-composite-%d", i+1), ids,
			"Every character into which others compose, typed as these: a third of them.", apart, string(some))
	}
	bySpaces := func(r rune) bool { return r == 0x2000 || r == 0x2001 } // step 5 has replaced them
	replaced := slices.DeleteFunc(slices.Clone(characters.Replaced()), bySpaces)
	for i, some := range parts(replaced, 6) {
		var typed, form string
		for _, r := range some { // the full stops keep marks apart
			typed, form = typed+"."+string(r), form+"."+norm.NFC.String(string(r))
		}
		s.prepared(fmt.Sprintf("every-replaced-%d", i+1), ids,
			"Every character that is in no text in Form C: a sixth of them.", typed, form)
	}
	// Every third mark, so that each password has marks of nearly all classes.
	for i := range 3 {
		var marks []rune
		for j := i; j < len(characters.Marks()); j += 3 {
			marks = append(marks, characters.Marks()[j])
		}
		slices.Reverse(marks)
		typed := slices.SortedStableFunc(slices.Values(marks),
			func(a, b rune) int { return int(characters.Class(b)) - int(characters.Class(a)) })
		ordered := slices.SortedStableFunc(slices.Values(marks),
			func(a, b rune) int { return int(characters.Class(a)) - int(characters.Class(b)) })
		s.prepared(fmt.Sprintf("every-mark-%d", i+1), ids,
			"Every mark, of falling classes, after a circle with which none composes: a third of them.",
			"\u25cc"+string(typed), "\u25cc"+string(ordered))
	}
	passwordsOfHangul(s)
}

// passwordsOfHangul are passwords with jamo of every kind.
func passwordsOfHangul(s *suite) {
	const ids = "PWD-7 (unicode long)"
	for i, some := range parts(sequence(19*21), 2) {
		var typed, prepared []rune
		for _, n := range some {
			typed, prepared = append(typed, 0x1100+n/21, 0x1161+n%21), append(prepared, 0xac00+28*n)
		}
		s.prepared(fmt.Sprintf("every-hangul-pair-%d", i+1), ids,
			"Every leading jamo with every vowel: a half of the pairs.", string(typed), string(prepared))
	}
	var jamo, syllables, prepared []rune
	for n := range rune(340) { // every final twelve times and more, with others each time
		pair, final := n*7%(19*21), 1+n%27
		jamo = append(jamo, 0x1100+pair/21, 0x1161+pair%21, 0x11a7+final)
		syllables = append(syllables, 0xac00+28*pair, 0x11a7+final)
		prepared = append(prepared, 0xac00+28*pair+final)
	}
	s.prepared("every-hangul-final", ids, "Every final, after a leading jamo and a vowel.", string(jamo),
		string(prepared))
	s.prepared("every-hangul-final-after-syllable", ids, "Every final, after a syllable.", string(syllables),
		string(prepared))
}

func sequence(n int) []rune {
	all := make([]rune, n)
	for i := range all {
		all[i] = rune(i)
	}
	return all
}

// parts cuts a list into n pieces of about the same length.
func parts(all []rune, n int) [][]rune {
	return slices.Collect(slices.Chunk(all, (len(all)+n-1)/n))
}
