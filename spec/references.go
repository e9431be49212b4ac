package spec

import (
	"regexp"
	"slices"
)

// Reference is a place in a text that names a chapter or a section of this
// document.
type Reference struct {
	From, To int    // bytes of the text
	Target   string // "7" or "7.1"
	Chapter  bool   // it is called a chapter
}

var (
	// A section of another document is named after it: "RFC 8446, section 3".
	foreign   = regexp.MustCompile(`(?:RFC [0-9]+|800-[0-9]+[A-Z]?|FIPS [0-9-]+),\s+sections?\s+[0-9.]+`)
	reference = regexp.MustCompile(`\b([Cc]hapters?|[Ss]ections?)\s+([0-9]+(?:\.[0-9]+)?(?:(?:,\s+|\s+and\s+|\s+to\s+)[0-9]+(?:\.[0-9]+)?)*)`)
	bare      = regexp.MustCompile(`\(([0-9]+\.[0-9]+)\)`) // "(12.9)"
	dotted    = regexp.MustCompile(`[0-9.]*[0-9]`)
)

// References returns the references in a text, in order. In "sections 7.1 and
// 7.2" the first takes its word with it.
func References(text string) (all []Reference) {
	foreigners := foreign.FindAllStringIndex(text, -1)
	for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
		if slices.ContainsFunc(foreigners, func(f []int) bool { return f[0] <= m[0] && m[0] < f[1] }) {
			continue
		}
		for i, n := range dotted.FindAllStringIndex(text[m[4]:m[5]], -1) {
			number := Reference{m[4] + n[0], m[4] + n[1], text[m[4]+n[0] : m[4]+n[1]], text[m[2]+1] == 'h'}
			if i == 0 {
				number.From = m[0]
			}
			all = append(all, number)
		}
	}
	for _, m := range bare.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, Reference{m[2], m[3], text[m[2]:m[3]], false})
	}
	slices.SortFunc(all, func(a, b Reference) int { return a.From - b.From })
	return all
}
