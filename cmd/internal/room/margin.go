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

// marginKey explains in a line what stands beside the requirements.
const marginKey = `<p class="key">Beside each requirement: the <span class="decl">code</span> that answers for it, which opens, and the test vectors that readers must <b class="accept">✓ accept</b> or <b class="refuse">✗ refuse</b>.</p>`

// folded is what stands beside a requirement when it is opened. A script has it, so that
// the pages stay small.
type folded struct {
	Code  []string `json:"code,omitempty"`  // of each declaration
	Cases string   `json:"cases,omitempty"` // the items after the first of the list
	Also  string   `json:"also,omitempty"`  // what else cites it, as items
}

// marginScript returns the script with what is folded on a page.
func marginScript(page string) string { return "margins/" + strings.TrimSuffix(page, ".html") + ".js" }

// margin returns what stands beside a requirement: the code that satisfies it,
// the vectors that exercise it, or the reason why there is none.
func (b *builder) margin(page, id string) string {
	var out strings.Builder
	e := b.evidence[id]
	if e == nil {
		return ""
	}
	var f folded
	b.excuse(&out, page, "No code.", e.Excuse.Code)
	for i, sites := range byDeclaration(e.Code) {
		f.Code = append(f.Code, b.declaration(&out, page, i, sites))
	}
	f.Cases = b.cases(&out, page, e)
	if b.margins[page] == nil {
		b.margins[page] = map[string]folded{}
	}
	if unseen := e.Excuse.Unseen(); unseen != "" {
		b.excuse(&out, page, "No case.", unseen)
	} else {
		b.excuse(&out, page, "No case accepts.", e.Excuse.Accept)
		b.excuse(&out, page, "No case refuses.", e.Excuse.Reject)
	}
	f.Also = b.elsewhere(&out, page, e.Elsewhere)
	b.margins[page][id] = f
	return out.String()
}

// elsewhere names what else cites a requirement, and returns the items.
func (b *builder) elsewhere(out *strings.Builder, page string, sites []trace.Site) string {
	if len(sites) == 0 {
		return ""
	}
	out.WriteString(`<details class="also"><summary>second implementation and suite</summary><ul></ul></details>`)
	var items strings.Builder
	for _, s := range sites {
		fmt.Fprintf(&items, `<li><a href="%s">%s</a> <span class="soft">%s</span></li>`,
			relative(page, fmt.Sprintf("%s#L%d", sourcePage(s.File), s.Line)), template.HTMLEscapeString(s.Decl), path.Base(s.File))
	}
	return items.String()
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

// declaration shows a declaration closed: its name and the first line of code that a
// citation is about. It returns the code, with its citations marked.
func (b *builder) declaration(out *strings.Builder, page string, number int, sites []trace.Site) string {
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
	fmt.Fprintf(out, `<details class="code" data-code="%d"><summary><span class="decl">%s</span><code class="src">%s</code></summary><p class="where"><a href="%s">%s, line %d</a></p></details>`,
		number, template.HTMLEscapeString(s.Decl), b.essence(s), place, s.File, s.Line)
	return fmt.Sprintf(`<pre class="src" tabindex="0">%s</pre>`, b.lines(page, s.File, first, last, cites, false))
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

// firstCases is how many cases are shown before it is asked for more.
const firstCases = 5

// cases shows how many cases exercise a requirement, and opened, the first of them. It
// returns the others.
func (b *builder) cases(out *strings.Builder, page string, e *trace.Evidence) string {
	var counts []string
	for _, group := range []struct {
		ids  []string
		what string
	}{{e.Refused, "refuse"}, {e.Accepted, "accept"}} {
		if n := len(group.ids); n > 0 {
			counts = append(counts, fmt.Sprintf(`<b class="%s">%d</b> to %s`, group.what, n, group.what))
		}
	}
	text := ""
	if n := len(e.Refused) + len(e.Accepted); n > 0 {
		text = plural(n, "test vector") + ": " + strings.Join(counts, ", ")
	}
	if n := len(e.Audits); n > 0 {
		audits := plural(n, "audit") + " of writers"
		text = strings.TrimPrefix(text+"; "+audits, "; ")
	}
	if text == "" {
		return ""
	}
	var items []string
	for _, id := range slices.Concat(e.Refused, e.Accepted) {
		c := b.cased[id]
		items = append(items, fmt.Sprintf(`<li class="%s"><a href="%s">%s</a> %s</li>`, c.Result, relative(page, casePage(id)), id, template.HTMLEscapeString(c.Comment)))
	}
	for _, id := range e.Audits {
		items = append(items, fmt.Sprintf(`<li class="audit">%s <span class="soft">audit of a writer</span></li>`, id))
	}
	shown := items[:min(firstCases, len(items))]
	more := ""
	if rest := len(items) - len(shown); rest > 0 {
		more = fmt.Sprintf(`<button type="button" class="more" hidden>%d more</button>`, rest)
	}
	fmt.Fprintf(out, `<details class="cases"><summary>%s</summary><ul>%s</ul>%s</details>`, text, strings.Join(shown, ""), more)
	return strings.Join(items[len(shown):], "")
}

// marginScripts makes the scripts of what is folded.
func (b *builder) marginScripts() error {
	for page, all := range b.margins {
		if err := b.script(marginScript(page), "cofferMargins", all); err != nil {
			return err
		}
	}
	return nil
}
