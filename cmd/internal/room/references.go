package room

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec"
)

var (
	element    = regexp.MustCompile(`<[^>]*>`)
	keyword    = regexp.MustCompile(`\b(?:MUST|SHOULD)(?:\s+NOT)?\b|\bMAY\b`)
	longHex    = regexp.MustCompile(`\b[0-9a-f]{16,}\b`)
	power      = regexp.MustCompile(`\b([0-9]+)\^([0-9]+)\b`)
	sentenceID = regexp.MustCompile(`(<div class="sentence">(?:<p>)?)\[([A-Z]{3}-[1-9][0-9]*)\]`)
	leftAlone  = []string{"a", "code", "pre", "h1", "h2", "h3", "aside", "figure"}
)

// linkReferences makes links of the ids, sections and chapters that HTML of a page
// names, and marks the keywords of BCP 14, powers and long values.
func (b *builder) linkReferences(page, content string) string {
	var out strings.Builder
	inside := 0 // elements whose text is left alone
	at := 0
	for _, e := range append(element.FindAllStringIndex(content, -1), []int{len(content), len(content)}) {
		if text := content[at:e[0]]; inside == 0 {
			out.WriteString(b.linkText(page, text))
		} else {
			out.WriteString(text)
		}
		tag := content[e[0]:e[1]]
		out.WriteString(tag)
		if name, _, _ := strings.Cut(strings.Trim(tag, "</>"), " "); slices.Contains(leftAlone, name) {
			if strings.HasPrefix(tag, "</") {
				inside--
			} else {
				inside++
			}
		}
		at = e[1]
	}
	return out.String()
}

func (b *builder) linkText(page, text string) string {
	var out strings.Builder
	at := 0
	for _, r := range spec.References(text) {
		if place, ok := b.sections[r.Target]; ok {
			fmt.Fprintf(&out, `%s<a href="%s">%s</a>`, text[at:r.From], relative(page, place), text[r.From:r.To])
			at = r.To
		}
	}
	out.WriteString(text[at:])
	marked := longHex.ReplaceAllString(out.String(), "<code>$0</code>")
	marked = power.ReplaceAllString(marked, "$1<sup>$2</sup>")
	return b.linkIDs(page, keyword.ReplaceAllString(marked, `<b class="kw">$0</b>`))
}
