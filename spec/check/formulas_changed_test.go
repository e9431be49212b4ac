package check

import (
	"regexp"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// change finds what can be left out of a formula, or be another.
var change = regexp.MustCompile(` \|\| [\w"./ @+-]+?( \|\||\)|,|\n| {2}|$)|[0-9]+|"[^"]+"| [+-] `)

// Without a part of a concatenation, with another number, text or sign in it, a
// formula is not what the reference computes.
func TestFormulasAreCompared(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	c := formulasOf(whole(t).spec)
	count := 0
	for section, texts := range c {
		compare := comparisons[strings.Fields(section)[0]]
		if compare == nil {
			compare = comparisons["4"]
		}
		for _, at := range change.FindAllStringSubmatchIndex(texts[0], -1) {
			old := texts[0][at[0]:at[1]]
			if isRemark(texts[0], at[0]) || old == "-" {
				continue
			}
			var replacement string
			switch {
			case strings.HasPrefix(old, " || "):
				replacement = texts[0][at[2]:at[3]]
			case old == " + ":
				replacement = " - "
			case old == " - ":
				replacement = " + "
			case old[0] == '"':
				replacement = old[:2] + "x" + old[2:]
			default:
				replacement = other(old)
			}
			count++
			mutated := chapters{}
			for s, texts := range c {
				mutated[s] = texts
			}
			mutated[section] = []string{texts[0][:at[0]] + replacement + texts[0][at[1]:]}
			if repeated(compare, mutated) == nil {
				t.Errorf("section %s: %q instead of %q is not noticed", section, replacement, old)
			}
		}
	}
	if t.Logf("%d changes", count); count < 30 {
		t.Errorf("%d changes were made", count)
	}
}

// isRemark reports whether a place is behind a formula, after two spaces, or in a
// name, as 256 is in AES-256-GCM.
func isRemark(text string, at int) bool {
	line := text[strings.LastIndex(text[:at], "\n")+1 : at]
	_, behind, _ := strings.Cut(line, "= ")
	return strings.Contains(strings.TrimSpace(behind), "  ") || at > 0 && partOfName(text[:at])
}
