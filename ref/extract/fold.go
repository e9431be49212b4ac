package extract

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"

	"github.com/coffer-format/coffer/ref/nfc"
)

// compared returns what is equal of names that are the same on a platform. [ARC-52]
func compared(name string, platform Platform) string {
	if platform == Posix {
		return name
	}
	return nfc.String(toCasefold(nfc.String(name))) // [ARC-59] [ARC-60]
}

// toCasefold is the full case folding of Unicode. Package cases exchanges the capital
// and the small letters of Cherokee, where Unicode folds both to the capital ones.
func toCasefold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cherokee, r) {
			return unicode.ToUpper(r)
		}
		return r
	}, cases.Fold().String(text))
}
