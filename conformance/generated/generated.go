// Package generated has the cases whose inputs are drawn, of most subjects: Cases are
// properties that hold for each sample, Grammar varies every field of every structure,
// and States asks one process related things in a row.
package generated

import (
	"slices"

	"github.com/coffer-format/coffer/conformance/cases"
)

// Cases returns cases of most subjects: each makes inputs
// that follow from the seed, and when one fails, looks for the smallest that
// fails, too.
func Cases(seed int64) []cases.Case {
	return slices.Concat(
		propertiesOfMessages(seed), propertiesOfTexts(seed), propertiesOfArchives(seed), propertiesOfForgeries(seed), propertiesOfPaddings(seed),
		propertiesOfKeyrings(seed), propertiesOfSlots(seed), casesOfSets(seed),
	)
}
