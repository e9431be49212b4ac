package generator

import (
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/coffer-format/coffer/vectors/characters"
)

// pathFoldings is a case with every character that folds to another: names of 40 of
// them, and names of what they fold to.
func pathFoldings(s *suite) {
	var pairs []string
	for some := range slices.Chunk(characters.Cased(), 40) {
		same := []string{string(some), characters.Folded(string(some))}
		if caseless(same[0]) != caseless(same[1]) {
			s.fail("path/each-folding", "%+q and %+q differ", same[0], same[1])
		}
		slices.Sort(same)
		pairs = append(pairs, same[0], same[0], same[1], same[1]+" (2)")
	}
	for _, platform := range platforms[1:] {
		s.named(platform, "each-folding", "ARC-36 ARC-59 (unicode)",
			"Every character that folds to another: names of 40 of them, and names of what they fold to.", pairs...)
	}
}

// caseless is equal for names that are the same where case is ignored.
func caseless(name string) string {
	return norm.NFC.String(characters.Folded(norm.NFC.String(name)))
}
