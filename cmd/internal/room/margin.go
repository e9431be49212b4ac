package room

import (
	"fmt"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec/trace"
)

// margin returns what stands beside a requirement: the code that satisfies it,
// the vectors that exercise it, or the reason why there is none.
func (b *builder) margin(page, id string) string {
	var out strings.Builder
	e := b.evidence[id]
	if e == nil {
		return ""
	}
	b.excuse(&out, page, "No code.", e.Excuse.Code)
	for _, sites := range byDeclaration(e.Code) {
		b.declaration(&out, page, sites)
	}
	b.cases(&out, page, e)
	if unseen := e.Excuse.Unseen(); unseen != "" {
		b.excuse(&out, page, "No case.", unseen)
	} else {
		b.excuse(&out, page, "No case accepts.", e.Excuse.Accept)
		b.excuse(&out, page, "No case refuses.", e.Excuse.Reject)
	}
	if len(e.Elsewhere) > 0 {
		out.WriteString(`<details class="also"><summary>second implementation and suite</summary><ul>`)
		for _, s := range e.Elsewhere {
			fmt.Fprintf(&out, `<li><a href="%s">%s</a> <span class="soft">%s</span></li>`,
				relative(page, fmt.Sprintf("%s#L%d", sourcePage(s.File), s.Line)), template.HTMLEscapeString(s.Decl), path.Base(s.File))
		}
		out.WriteString(`</ul></details>`)
	}
	return out.String()
}

// excuse says what there is none of, and why, if there is a reason.
func (b *builder) excuse(out *strings.Builder, page, what, reason string) {
	if reason != "" {
		fmt.Fprintf(out, `<p class="excuse"><b>%s</b> %s</p>`, what, b.linkIDs(page, template.HTMLEscapeString(reason)))
	}
}

// byDeclaration groups citations of one requirement by the declaration around
// them, in order.
func byDeclaration(sites []trace.Site) (groups [][]trace.Site) {
	for _, s := range sites {
		last := len(groups) - 1
		if last >= 0 && groups[last][0].File == s.File && groups[last][0].Decl == s.Decl {
			groups[last] = append(groups[last], s)
		} else {
			groups = append(groups, []trace.Site{s})
		}
	}
	return groups
}

// A declaration of more lines is shown around its citations.
const (
	mostLines   = 30
	linesAround = 8
)

// declaration shows a declaration with its citations: closed, its name and the
// first line of code that a citation is about.
func (b *builder) declaration(out *strings.Builder, page string, sites []trace.Site) {
	s := sites[0]
	first, last := s.First, s.Last
	cites := map[int]bool{}
	for _, s := range sites {
		cites[s.Line] = true
	}
	if last-first >= mostLines {
		first = max(first, s.Line-linesAround)
		last = min(last, sites[len(sites)-1].Line+linesAround)
	}
	place := relative(page, fmt.Sprintf("%s#L%d", sourcePage(s.File), s.Line))
	fmt.Fprintf(out, `<details class="code"><summary><span class="decl">%s</span><code class="src">%s</code></summary>`,
		template.HTMLEscapeString(s.Decl), b.essence(s))
	fmt.Fprintf(out, `<pre class="src" tabindex="0">%s</pre><p class="where"><a href="%s">%s, line %d</a></p></details>`,
		b.lines(page, s.File, first, last, cites, false), place, s.File, s.Line)
}

var (
	comment     = regexp.MustCompile(`<span class="c">.*?</span>`)
	commentLine = regexp.MustCompile(`^\s*(<span class="c">.*</span>)?\s*$`)
)

// essence returns the line of code that a citation is about, without the comment:
// its own, or the next that is more than a comment.
func (b *builder) essence(s trace.Site) string {
	for _, line := range b.code[s.File][s.Line-1 : s.Last] {
		if !commentLine.MatchString(line) {
			return strings.TrimSpace(comment.ReplaceAllString(line, ""))
		}
	}
	return ""
}

// cases shows how many cases exercise a requirement, and opened, which.
func (b *builder) cases(out *strings.Builder, page string, e *trace.Evidence) {
	var counts []string
	for _, group := range []struct {
		ids  []string
		what string
	}{{e.Accepted, "accept"}, {e.Refused, "refuse"}} {
		if len(group.ids) > 0 {
			counts = append(counts, fmt.Sprintf(`<b class="%s">%d</b> %s`, group.what, len(group.ids), group.what))
		}
	}
	if len(e.Audits) > 0 {
		counts = append(counts, fmt.Sprintf("<b>%d</b> audit", len(e.Audits)))
	}
	if len(counts) == 0 {
		return
	}
	fmt.Fprintf(out, `<details class="cases"><summary>%s</summary><ul>`, strings.Join(counts, " · "))
	for _, id := range slices.Concat(e.Refused, e.Accepted) {
		c := b.cased[id]
		fmt.Fprintf(out, `<li class="%s"><a href="%s" title="%s">%s</a></li>`, c.Result, relative(page, casePage(id)), template.HTMLEscapeString(c.Comment), id)
	}
	for _, id := range e.Audits {
		fmt.Fprintf(out, `<li class="audit">%s <span class="soft">writer audit</span></li>`, id)
	}
	out.WriteString(`</ul></details>`)
}
