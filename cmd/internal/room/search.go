package room

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/coffer-format/coffer/spec/trace"
)

// An entry is what a search can find.
type entry struct {
	Page  string // and the fragment
	Title string
	Text  string
	Kind  string // "error", "walk", "case" or "code"; "" for the text of a chapter
}

// searchIndex makes a script of everything that can be found.
func (b *builder) searchIndex() error {
	b.errorNames()
	for _, name := range b.sourceNames() {
		b.found = append(b.found, entry{Page: sourcePage(name), Title: name, Kind: "code"})
		symbols, err := b.symbols(name)
		if err != nil {
			return err
		}
		b.found = append(b.found, symbols...)
	}
	rows := make([][4]string, 0, len(b.found))
	for _, e := range b.found {
		rows = append(rows, [4]string{e.Page, e.Title, e.Text, e.Kind})
	}
	return b.script("search.js", "cofferIndex", rows)
}

// errorNames adds the names of chapter 11 with what they mean.
func (b *builder) errorNames() {
	for _, t := range b.document.Tables {
		if t.Section != "11.1" {
			continue
		}
		for _, row := range t.Rows {
			b.found = append(b.found, entry{Page: pageOf(t.File) + "#" + fragment(t.Section), Title: strings.Trim(row.Cells[0], "`"), Text: "error: " + row.Cells[1], Kind: "error"})
		}
	}
}

// declares begins a declaration in JavaScript.
var declares = regexp.MustCompile(`^(?:export )?(?:async )?(?:function\*?|class|const) ([A-Za-z_$][\w$]*)`)

// symbols returns what a source declares.
func (b *builder) symbols(name string) (all []entry, err error) {
	text, err := fs.ReadFile(b.files, name)
	if err != nil {
		return nil, err
	}
	add := func(symbol, kind string, line int) {
		all = append(all, entry{fmt.Sprintf("%s#L%d", sourcePage(name), line), symbol, kind + " in " + name, "code"})
	}
	if path.Ext(name) != ".go" {
		for i, line := range strings.Split(string(text), "\n") {
			if m := declares.FindStringSubmatch(line); m != nil {
				add(m[1], "declared", i+1)
			}
		}
		return all, nil
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	line := func(n ast.Node) int { return set.Position(n.Pos()).Line }
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(file.Name.Name+"."+trace.FuncName(d), "func", line(d))
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(file.Name.Name+"."+s.Name.Name, "type", line(s))
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if n.Name != "_" {
							add(file.Name.Name+"."+n.Name, d.Tok.String(), line(n))
						}
					}
				}
			}
		}
	}
	return all, nil
}
