package room

import (
	"fmt"
	"go/token"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/scanner"
)

// readSources reads the files of the reference, and every other that cites a
// requirement.
func (b *builder) readSources() error {
	b.code = map[string][]string{}
	names := map[string]bool{}
	for _, s := range b.trace.Sites {
		names[s.File] = true
	}
	err := fs.WalkDir(b.files, "ref", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			names[name] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	for name := range names {
		text, err := fs.ReadFile(b.files, name)
		if err != nil {
			return err
		}
		b.code[name] = strings.Split(strings.TrimSuffix(highlighted(name, string(text)), "\n"), "\n")
	}
	return nil
}

// sourcePage returns the page of a source file.
func sourcePage(file string) string { return "code/" + file + ".html" }

// sources makes a page of every source file, and their list.
func (b *builder) sources() error {
	var list strings.Builder
	list.WriteString(`<h1>Code</h1><p>The reference implementation, and what else cites the specification.</p>`)
	folder := ""
	for _, name := range b.sourceNames() {
		if dir := path.Dir(name); dir != folder {
			if folder != "" {
				list.WriteString("</ul>")
			}
			folder = dir
			fmt.Fprintf(&list, `<h2>%s</h2><ul class="files">`, dir)
		}
		cited := b.citedIn(name)
		fmt.Fprintf(&list, `<li><a href="%s">%s</a> <span class="soft">%s</span></li>`,
			relative("code/index.html", sourcePage(name)), path.Base(name), plural(len(cited), "requirement"))
		if err := b.sourcePage(name); err != nil {
			return err
		}
	}
	list.WriteString("</ul>")
	return b.add(view{Name: "code/index.html", Title: "Code", Kind: "list", Body: template.HTML(list.String())})
}

// sourceNames returns the sources by their names, the reference first.
func (b *builder) sourceNames() []string {
	names := slices.Sorted(maps.Keys(b.code))
	slices.SortStableFunc(names, func(x, y string) int {
		switch inX, inY := strings.HasPrefix(x, "ref/"), strings.HasPrefix(y, "ref/"); {
		case inX == inY:
			return 0
		case inX:
			return -1
		default:
			return 1
		}
	})
	return names
}

func plural(n int, what string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// citedIn returns the ids that a file cites, in order.
func (b *builder) citedIn(file string) (ids []string) {
	for _, s := range b.trace.Sites {
		if s.File == file && !slices.Contains(ids, s.ID) {
			ids = append(ids, s.ID)
		}
	}
	slices.SortFunc(ids, func(x, y string) int { return b.places[x] - b.places[y] })
	return ids
}

func (b *builder) sourcePage(file string) error {
	page := sourcePage(file)
	var out strings.Builder
	fmt.Fprintf(&out, `<h1 class="file">%s</h1>`, template.HTMLEscapeString(file))
	if cited := b.citedIn(file); len(cited) > 0 {
		out.WriteString(`<p class="soft">Cites `)
		for i, id := range cited {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(b.requirementLink(page, id))
		}
		out.WriteString(".</p>")
	}
	cites := map[int]bool{}
	for _, s := range b.trace.Sites {
		if s.File == file {
			cites[s.Line] = true
		}
	}
	fmt.Fprintf(&out, `<pre class="src whole" tabindex="0">%s</pre>`, b.lines(page, file, 1, 1<<30, cites, true))
	return b.add(view{Name: page, Title: file, Kind: "code", Body: template.HTML(out.String())})
}

// lines shows the lines from first to last of a file. Those in marked are
// emphasized; with anchors each has an id.
func (b *builder) lines(page, file string, first, last int, marked map[int]bool, anchors bool) string {
	all := b.code[file]
	var out strings.Builder
	for n := first; n <= min(last, len(all)); n++ {
		out.WriteString(`<span class="l`)
		if marked[n] {
			out.WriteString(` cite`)
		}
		fmt.Fprintf(&out, `" data-n="%d"`, n)
		if anchors {
			fmt.Fprintf(&out, ` id="L%d"`, n)
		}
		fmt.Fprintf(&out, ">%s\n</span>", b.linkIDs(page, all[n-1]))
	}
	return out.String()
}

var citation = regexp.MustCompile(`\[([A-Z]{3}-[1-9][0-9]*)\]`)

// linkIDs makes links of the ids of requirements in HTML.
func (b *builder) linkIDs(page, text string) string {
	return citation.ReplaceAllStringFunc(text, func(id string) string {
		id = strings.Trim(id, "[]")
		if _, ok := b.places[id]; !ok {
			return "[" + id + "]"
		}
		return "[" + b.requirementLink(page, id) + "]"
	})
}

func (b *builder) requirementLink(page, id string) string {
	r := b.document.Requirements[b.places[id]]
	return fmt.Sprintf(`<a class="ref" href="%s" title="%s">%s</a>`,
		relative(page, pageOf(r.File)+"#"+id), template.HTMLEscapeString(r.Sentence), id)
}

// words are those of JavaScript that Go does not have.
var words = []string{"await", "async", "class", "catch", "export", "finally", "from", "function", "let", "new", "null", "of", "this", "throw",
	"true", "false", "try", "typeof", "while", "yield", "extends", "static", "nil", "undefined"}

// highlighted returns a source as HTML in which comments, texts, numbers and
// keywords are marked. What a mark encloses ends with its line.
func highlighted(file, text string) string {
	var s scanner.Scanner
	s.Init(strings.NewReader(text))
	s.Mode = scanner.GoTokens &^ scanner.SkipComments
	s.Error = func(*scanner.Scanner, string) {} // what is no token of Go is shown as it is
	if path.Ext(file) != ".go" {
		s.Mode &^= scanner.ScanChars // JavaScript's single quotes enclose texts
	}
	var out strings.Builder
	end := 0
	for t := s.Scan(); t != scanner.EOF; t = s.Scan() {
		at := s.Position.Offset
		token := text[at : at+len(s.TokenText())]
		out.WriteString(template.HTMLEscapeString(text[end:at]))
		end = at + len(token)
		class := class(t, token)
		for i, line := range strings.Split(token, "\n") {
			if i > 0 {
				out.WriteString("\n")
			}
			if class == "" || line == "" {
				out.WriteString(template.HTMLEscapeString(line))
			} else {
				fmt.Fprintf(&out, `<span class="%s">%s</span>`, class, template.HTMLEscapeString(line))
			}
		}
	}
	return out.String() + template.HTMLEscapeString(text[end:])
}

func class(t rune, text string) string {
	switch t {
	case scanner.Comment:
		return "c"
	case scanner.String, scanner.RawString, scanner.Char:
		return "t"
	case scanner.Int, scanner.Float:
		return "n"
	case scanner.Ident:
		if token.IsKeyword(text) || slices.Contains(words, text) {
			return "k"
		}
	}
	return ""
}
