package room

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/coffer-format/coffer/spec"
)

// firstPage is the page of spec/README.md.
const firstPage = "index.html"

// walkOf leads from a chapter to the walk that shows what it is about.
var walkOf = map[string]string{
	"15-example.md": `<a href="` + walkPage + `">` + walkTitles[0].Title + `</a> walks through it beside its bytes; or <button type="button" data-example>open it in the dump</button>`,
	"16-sets.md":    `<a href="` + walkTitles[1].Page + `">` + walkTitles[1].Title + `</a> shows the objects of a small set, byte by byte.`,
	"18-vault.md":   `<a href="` + walkTitles[2].Page + `">` + walkTitles[2].Title + `</a> shows all messages in order, byte by byte.`,
}

// chapters makes the first page, those of the chapters, and that of the changes.
func (b *builder) chapters() error {
	front, err := fs.ReadFile(b.files, "spec/README.md")
	if err != nil {
		return err
	}
	changes, err := fs.ReadFile(b.files, "spec/CHANGES.md")
	if err != nil {
		return err
	}
	files := slices.Concat([]spec.File{{Name: "README.md", Text: string(front)}}, b.document.Files,
		[]spec.File{{Name: "CHANGES.md", Text: string(changes)}})
	for i, f := range files {
		v := view{Name: pageOf(f.Name), Kind: "chapter"}
		switch {
		case i == 0:
			v.Name, v.Title, v.Kind = firstPage, "The specification", "first"
		case i > len(b.contents):
			v.Title, v.Before = "Changes by version", &link{firstPage, "Contents"}
		default:
			c := b.contents[i-1]
			v.Title = fmt.Sprintf("%d. %s", c.Number, c.Title)
			v.Before = &link{firstPage, "Contents"}
			if i > 1 {
				before := b.contents[i-2]
				v.Before = &link{before.Page, fmt.Sprintf("%d. %s", before.Number, before.Title)}
			}
		}
		if i < len(b.contents) {
			after := b.contents[i]
			v.After = &link{after.Page, fmt.Sprintf("%d. %s", after.Number, after.Title)}
		}
		body, err := b.chapter(v.Name, f)
		if err != nil {
			return fmt.Errorf("spec/%s: %w", f.Name, err)
		}
		if b.margins[v.Name] != nil {
			body = strings.Replace(body, "</h1>\n", "</h1>\n"+marginKey+"\n", 1)
		}
		if invitation, ok := walkOf[f.Name]; ok {
			body = strings.Replace(body, "</h1>\n", "</h1>\n<p class=\"invitation\">"+invitation+"</p>\n", 1)
		}
		v.Body = template.HTML(body)
		if i == 0 {
			if v.Body, err = b.front(body); err != nil {
				return fmt.Errorf("spec/%s: %w", f.Name, err)
			}
		}
		if err := b.add(v); err != nil {
			return err
		}
	}
	return nil
}

// chapter returns a chapter as HTML.
func (b *builder) chapter(page string, f spec.File) (string, error) {
	c := &chapterRenderer{builder: b, page: page, file: f}
	md := goldmark.New(goldmark.WithExtensions(extension.Table),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(c, 100))))
	source := []byte(f.Text)
	tree := md.Parser().Parse(text.NewReader(source))
	if err := c.arrange(tree, source); err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, tree); err != nil {
		return "", err
	}
	arranged := sentenceID.ReplaceAllString(out.String(), `$1<a class="id" href="#$2">$2</a>`)
	return c.linkReferences(page, arranged), nil
}

// A chapterRenderer renders what goldmark would render otherwise.
type chapterRenderer struct {
	*builder
	page    string
	file    spec.File
	section string
}

// requirement is a paragraph or the text of a list item that states one.
type requirement struct {
	ast.BaseBlock
	id string
}

var kindRequirement = ast.NewNodeKind("Requirement")

func (r *requirement) Kind() ast.NodeKind            { return kindRequirement }
func (r *requirement) Dump(source []byte, level int) { ast.DumpHelper(r, source, level, nil, nil) }

var requirementStart = regexp.MustCompile(`^\[([A-Z]{3}-[1-9][0-9]*)\] `)

// arrange puts each requirement into a node of its own, and notes what can be
// found where.
func (c *chapterRenderer) arrange(tree ast.Node, source []byte) error {
	var stated []ast.Node
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			c.found = append(c.found, c.heading(n, source))
		case *ast.Paragraph, *ast.TextBlock, *extast.TableRow:
			c.found = append(c.found, entry{Page: c.at(), Title: c.title(), Text: plain(n, source)})
			if n.Lines().Len() > 0 && requirementStart.Match(n.Lines().Value(source)) {
				stated = append(stated, n)
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			c.found = append(c.found, entry{Page: c.at(), Title: c.title(), Text: string(n.Lines().Value(source))})
		}
		return ast.WalkContinue, nil
	})
	for _, n := range stated {
		id := requirementStart.FindStringSubmatch(string(n.Lines().Value(source)))[1]
		r := &requirement{id: id}
		n.Parent().ReplaceChild(n.Parent(), n, r)
		r.AppendChild(r, n)
		i := slices.IndexFunc(c.found, func(e entry) bool { return strings.HasPrefix(e.Text, "["+id+"]") })
		c.found[i].Page, c.found[i].Title = c.page+"#"+id, id
		c.found[i].Text = strings.TrimPrefix(c.found[i].Text, "["+id+"] ")
	}
	return err
}

// plain returns the text of a block.
func plain(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // no visit fails
		switch n := n.(type) {
		case *ast.Text:
			if entering {
				out.Write(n.Value(source))
				if n.SoftLineBreak() {
					out.WriteByte(' ')
				}
			}
		case *extast.TableCell:
			if !entering {
				out.WriteString("  ")
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(out.String())
}

var numbered = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\.? `)

// heading gives a heading its id and returns its entry.
func (c *chapterRenderer) heading(n *ast.Heading, source []byte) entry {
	title := plain(n, source)
	if m := numbered.FindStringSubmatch(title); m != nil {
		c.section = m[1]
		n.SetAttributeString("id", fragment(m[1]))
	}
	return entry{Page: c.at(), Title: title}
}

// at returns where the section begins that is being read.
func (c *chapterRenderer) at() string {
	if c.section == "" {
		return c.page
	}
	return c.page + "#" + fragment(c.section)
}

// title names the section that is being read.
func (c *chapterRenderer) title() string {
	for _, chapter := range c.contents {
		for _, s := range chapter.Sections {
			if s.Number == c.section {
				return s.Number + " " + s.Title
			}
		}
		if fmt.Sprint(chapter.Number) == c.section {
			return c.section + ". " + chapter.Title
		}
	}
	return "Coffer"
}

// RegisterFuncs tells goldmark what is rendered here.
func (c *chapterRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindRequirement, c.renderRequirement)
	r.Register(ast.KindFencedCodeBlock, c.renderCode)
	r.Register(ast.KindCodeBlock, c.renderCode)
	r.Register(ast.KindLink, c.renderLink)
	r.Register(extast.KindTable, c.renderTable)
}

func (c *chapterRenderer) renderRequirement(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	id := n.(*requirement).id
	if entering {
		fmt.Fprintf(w, `<div class="req" id="%s"><div class="sentence">`, id)
	} else {
		fmt.Fprintf(w, `</div><aside aria-label="what answers for %s">%s</aside></div>`, id, c.margin(c.page, id))
	}
	return ast.WalkContinue, nil
}

// renderTable lets a wide table scroll by itself.
func (c *chapterRenderer) renderTable(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(`<div class="scroll" tabindex="0"><table>`)
	} else {
		w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

// renderLink turns links to chapters into links to their pages.
func (c *chapterRenderer) renderLink(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	target := string(n.(*ast.Link).Destination)
	if file, _, _ := strings.Cut(target, "#"); strings.HasSuffix(file, ".md") && !strings.Contains(file, "/") {
		target = pageOf(file)
		if file == "README.md" {
			target = firstPage
		}
	}
	fmt.Fprintf(w, `<a href="%s">`, util.EscapeHTML(util.URLEscape([]byte(target), true)))
	return ast.WalkContinue, nil
}

// renderCode shows a block of code, and below structures their layout.
func (c *chapterRenderer) renderCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	code := string(n.Lines().Value(source))
	fenced, ok := n.(*ast.FencedCodeBlock)
	if !ok || string(fenced.Language(source)) != "tls" {
		fmt.Fprintf(w, `<pre tabindex="0">%s</pre>`, template.HTMLEscapeString(code))
		return ast.WalkContinue, nil
	}
	fmt.Fprintf(w, `<pre class="tls" tabindex="0">%s</pre>`, c.structures(code))
	line := strings.Count(string(source[:n.Lines().At(0).Start]), "\n") // of the fence, from 1
	for _, t := range c.grammar.Types {
		if t.Place.File == c.file.Name && t.Place.Line == line {
			w.WriteString(c.layout(t))
		}
	}
	return ast.WalkContinue, nil
}
