package generated

import (
	"github.com/coffer-format/coffer/conformance/cases"
	"slices"
)

// Cases returns checks of most subjects: each makes inputs
// that follow from the seed, and when one fails, looks for the smallest that
// fails, too.
func Cases(seed int64) []cases.Case {
	return slices.Concat(
		generatedMessages(seed), generatedTexts(seed), generatedArchives(seed), generatedForgeries(seed), generatedPaddings(seed),
		generatedKeyrings(seed), generatedSlots(seed),
	)
}
