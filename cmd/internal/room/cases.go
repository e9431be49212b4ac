package room

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

// casePage returns the page of a test vector.
func casePage(id string) string { return "cases/" + id + ".html" }

// casePages makes a page of every test vector, one of every subject, and their
// list.
func (b *builder) casePages() error {
	const name = "cases/index.html"
	var list strings.Builder
	total := 0
	for _, f := range b.vectors {
		total += len(f.Cases)
	}
	fmt.Fprintf(&list, `<h1>Test vectors</h1><p>%d cases; every one is a request of the conformance protocol and the answer that it expects.</p>`+
		`<div class="scroll"><table><thead><tr><th>subject</th><th>accept</th><th>refuse</th></tr></thead><tbody>`, total)
	for _, f := range b.vectors {
		counts := map[string]int{}
		for i, c := range f.Cases {
			counts[c.Result]++
			v := view{Name: casePage(c.ID), Title: c.ID, Kind: "case"}
			if i > 0 {
				v.Before = &link{relative(v.Name, casePage(f.Cases[i-1].ID)), f.Cases[i-1].ID}
			}
			if i+1 < len(f.Cases) {
				v.After = &link{relative(v.Name, casePage(f.Cases[i+1].ID)), f.Cases[i+1].ID}
			}
			body, err := b.caseBody(v.Name, f, c)
			if err != nil {
				return fmt.Errorf("vectors/%s.json: %s: %w", f.Subject, c.ID, err)
			}
			v.Body = template.HTML(body)
			if err := b.add(v); err != nil {
				return err
			}
		}
		fmt.Fprintf(&list, `<tr><td><a href="%s">%s</a></td><td>%d</td><td>%d</td></tr>`,
			relative(name, subjectPage(f.Subject)), f.Subject, counts[vectors.Valid], counts[vectors.Invalid])
		if err := b.subject(f); err != nil {
			return err
		}
	}
	list.WriteString("</tbody></table></div>")
	return b.add(view{Name: name, Title: "Test vectors", Kind: "list", Body: template.HTML(list.String())})
}

func subjectPage(subject string) string { return "cases/" + subject + ".html" }

func (b *builder) subject(f vectors.File) error {
	name := subjectPage(f.Subject)
	var out strings.Builder
	fmt.Fprintf(&out, `<h1>%s</h1><ul class="caselist">`, f.Subject)
	for _, c := range f.Cases {
		fmt.Fprintf(&out, `<li class="%s"><a href="%s">%s</a> %s</li>`, c.Result, relative(name, casePage(c.ID)), c.ID, template.HTMLEscapeString(c.Comment))
	}
	out.WriteString("</ul>")
	return b.add(view{Name: name, Title: "Vectors: " + f.Subject, Kind: "list", Body: template.HTML(out.String())})
}

// caseBody shows a test vector.
func (b *builder) caseBody(page string, f vectors.File, c vectors.Case) (string, error) {
	b.found = append(b.found, entry{Page: page, Title: c.ID, Text: c.Comment + " " + c.Error, Kind: "case"})
	var out strings.Builder
	fmt.Fprintf(&out, `<h1>%s</h1><p class="lead">%s</p>`, c.ID, template.HTMLEscapeString(c.Comment))
	fmt.Fprintf(&out, `<p class="verdict %s">%s</p>`, c.Result, verdict(c))
	for _, flag := range c.Flags {
		fmt.Fprintf(&out, `<p><b>%s.</b> %s</p>`, flag, template.HTMLEscapeString(f.Notes[flag].Description))
	}
	for _, id := range c.Requirements {
		if i, ok := b.places[id]; ok {
			fmt.Fprintf(&out, `<blockquote>%s %s</blockquote>`, b.requirementLink(page, id), b.linkReferences(page, string(report.Prose(b.document.Requirements[i].Sentence))))
		}
	}
	if c.Parent != "" {
		fmt.Fprintf(&out, `<p>Made from <a href="%s">%s</a> by one edit: %s of <code>%s</code>.</p>`, relative(page, casePage(c.Parent)), c.Parent, c.Edit.Kind, template.HTMLEscapeString(c.Edit.Field))
	}
	script := strings.TrimSuffix(page, ".html") + ".js"
	if err := b.script(script, "cofferCase", c); err != nil {
		return "", err
	}
	dumpButtons(&out, script, c)
	if err := b.edit(&out, c); err != nil {
		return "", err
	}
	text, err := shortened(c)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&out, `<h2>The case</h2><p><button type="button" data-copy="%s">Copy it whole, as JSON</button></p><pre class="json" tabindex="0">%s</pre><p class="soft">Long values are cut here; <code>coffer-dev vectors show %s</code> has them whole, and <code>coffer-dev conform --run %s -- COMMAND</code> tries the case.</p>`,
		script, colouredJSON(text), c.ID, c.ID)
	return out.String(), nil
}

func verdict(c vectors.Case) string {
	op := template.HTMLEscapeString(c.Op)
	if c.Result == vectors.Valid {
		return "<code>" + op + "</code> must succeed"
	}
	return "<code>" + op + "</code> must fail with <code>" + template.HTMLEscapeString(c.Error) + "</code>"
}

var jsonToken = regexp.MustCompile(`("(?:[^"\\]|\\.)*")(\s*:)?|-?[0-9][0-9.eE+-]*|\b(?:true|false|null)\b`)

// colouredJSON marks keys, texts, numbers and words.
func colouredJSON(text string) string {
	var out strings.Builder
	at := 0
	for _, m := range jsonToken.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(template.HTMLEscapeString(text[at:m[0]]))
		end, class := m[1], "n"
		switch {
		case m[4] >= 0:
			end, class = m[3], "key"
		case m[2] >= 0:
			class = "t"
		case text[m[0]] >= 'a':
			class = "k"
		}
		fmt.Fprintf(&out, `<span class="%s">%s</span>`, class, template.HTMLEscapeString(text[m[0]:end]))
		at = end
	}
	return out.String() + template.HTMLEscapeString(text[at:])
}

// How many characters of a value and how many items of a list are shown.
const (
	longest   = 96
	mostItems = 40
)

// shortened returns a case as JSON with its long values cut.
func shortened(c vectors.Case) (string, error) {
	c.Input, c.Output, c.Intermediates = cutObject(c.Input), cutObject(c.Output), cutObject(c.Intermediates)
	if c.Edit != nil {
		e := *c.Edit
		e.Splices = slices.Clone(e.Splices)
		for i, s := range e.Splices {
			e.Splices[i].Remove, e.Splices[i].Insert = cutText(s.Remove), cutText(s.Insert)
		}
		c.Edit = &e
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(c)
	return out.String(), err
}

func cutText(s string) string {
	if len(s) > longest {
		return fmt.Sprintf("%s… (%d characters)", strings.ToValidUTF8(s[:longest], ""), len(s))
	}
	return s
}

func cutObject(o vectors.Object) vectors.Object {
	if o == nil {
		return nil
	}
	shown := vectors.Object{}
	for key, value := range o {
		shown[key] = cut(value)
	}
	return shown
}

func cut(v any) any {
	switch v := v.(type) {
	case string:
		return cutText(v)
	case []any:
		shown := make([]any, 0, min(len(v), mostItems+1))
		for i := range v {
			if i == mostItems {
				return append(shown, fmt.Sprintf("… (%d more)", len(v)-i))
			}
			shown = append(shown, cut(v[i]))
		}
		return shown
	case vectors.Object:
		return cutObject(v)
	}
	return v
}
