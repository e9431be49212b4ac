package trace

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var citation = regexp.MustCompile(`\[([A-Z]{3}-[0-9]+)\]`)

// isCode reports whether a site is in the reference or in the program.
func (s Site) isCode() bool {
	return strings.HasPrefix(s.File, "ref/") || strings.HasPrefix(s.File, "cmd/")
}

// sitesIn returns the citations in the comments of a folder's files: Go without
// its tests, and JavaScript.
func sitesIn(repository fs.FS, dir string) ([]Site, error) {
	var all []Site
	err := fs.WalkDir(repository, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return notARepository(err)
		}
		isGo := path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
		isJS := path.Ext(name) == ".mjs"
		switch {
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !isGo && !isJS:
			return nil
		}
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return err
		}
		sites := InJavaScript
		if isGo {
			sites = InGo
		}
		found, err := sites(name, string(text))
		all = append(all, found...)
		return err
	})
	return all, err
}

// InGo returns the citations in the comments of a Go file.
func InGo(name, text string) ([]Site, error) {
	if !citation.MatchString(text) {
		return nil, nil
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var all []Site
	for _, group := range file.Comments {
		for _, comment := range group.List {
			for _, m := range citation.FindAllStringSubmatchIndex(comment.Text, -1) {
				pos := comment.Pos() + token.Pos(m[0])
				s := around(files, file, pos)
				s.ID, s.File, s.Line = comment.Text[m[2]:m[3]], name, files.Position(pos).Line
				all = append(all, s)
			}
		}
	}
	return all, nil
}

// around returns the declaration at a position: of a group of constants or
// variables the one that is meant, if one is.
func around(files *token.FileSet, file *ast.File, pos token.Pos) Site {
	pkg := file.Name.Name
	for _, decl := range file.Decls {
		first, last := decl.Pos(), decl.End()
		name := ""
		switch d := decl.(type) {
		case *ast.FuncDecl:
			first = start(d.Doc, first)
			name = FuncName(d)
		case *ast.GenDecl:
			first = start(d.Doc, first)
			for _, spec := range d.Specs {
				from, n := specName(spec)
				onLine := files.Position(pos).Line == files.Position(spec.End()).Line
				if len(d.Specs) == 1 || from <= pos && pos < spec.End() || onLine {
					name = n
				}
			}
			if name == "" {
				_, name = specName(d.Specs[0])
			}
		}
		// A comment that ends the declaration's last line belongs to it.
		endLine := files.Position(last).Line
		if first <= pos && files.Position(pos).Line <= endLine {
			return Site{Decl: pkg + "." + name, First: files.Position(first).Line, Last: endLine}
		}
	}
	line := files.Position(pos).Line
	return Site{Decl: pkg, First: line, Last: line}
}

func start(doc *ast.CommentGroup, pos token.Pos) token.Pos {
	if doc != nil {
		return doc.Pos()
	}
	return pos
}

// FuncName returns the name of a function, or that of a method after the name of its type, as
// "Type.Method".
func FuncName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	return receiver(d.Recv.List[0].Type) + "." + d.Name.Name
}

// receiver returns the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

func specName(spec ast.Spec) (from token.Pos, name string) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		return start(s.Doc, s.Pos()), s.Names[0].Name
	case *ast.TypeSpec:
		return start(s.Doc, s.Pos()), s.Name.Name
	}
	return spec.Pos(), ""
}

var topLevel = regexp.MustCompile(`^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let) (\w+)`)

// InJavaScript returns the citations in a JavaScript file whose declarations begin
// in the first column.
func InJavaScript(name, text string) ([]Site, error) {
	module := strings.TrimSuffix(path.Base(name), path.Ext(name))
	lines := strings.Split(text, "\n")
	var all []Site
	open, decl := 0, module // the first site and the name of the declaration being read
	first, pending := 1, 1  // its first line, and that of a comment that may belong to the next
	for i, line := range lines {
		if m := topLevel.FindStringSubmatch(line); m != nil {
			for open < len(all) && all[open].Line < pending {
				all[open].Decl, all[open].First, all[open].Last = decl, first, pending-1
				open++
			}
			decl, first = module+"."+m[1], pending
		}
		if !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, " *") && !strings.HasPrefix(line, "/*") {
			pending = i + 2
		}
		for _, m := range citation.FindAllStringSubmatch(line, -1) {
			all = append(all, Site{ID: m[1], File: name, Line: i + 1})
		}
	}
	for ; open < len(all); open++ {
		all[open].Decl, all[open].First, all[open].Last = decl, first, len(lines)
	}
	return all, nil
}

// auditsIn returns the audits of writers, of those who write sets, and of vaults: the elements of the lists of audits in their
// source, of which the first field is the id, and the second the requirements.
func auditsIn(repository fs.FS) ([]Audit, error) {
	var all []Audit
	for dir, subject := range map[string]string{"audits": "writer", "backups": "backup", "recoveries": "vault", "vaults": "server"} {
		found, err := auditsOf(repository, "conformance/"+dir, subject)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b Audit) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// auditsOf returns the audits that a package has, which are those of a subject.
func auditsOf(repository fs.FS, dir, subject string) ([]Audit, error) {
	names, err := fs.Glob(repository, dir+"/*.go")
	if err != nil {
		return nil, err // unreachable: the pattern is a good one
	}
	if len(names) == 0 {
		return nil, notARepository(fs.ErrNotExist)
	}
	var all []Audit
	for _, name := range names {
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return nil, notARepository(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			list, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			of, ok := list.Type.(*ast.ArrayType)
			if !ok {
				return true
			}
			if element, ok := of.Elt.(*ast.Ident); !ok || element.Name != "audit" {
				return true
			}
			for _, e := range list.Elts {
				fields := e.(*ast.CompositeLit).Elts
				all = append(all, Audit{subject + "/" + unquoted(fields[0]), strings.Fields(unquoted(fields[1]))})
			}
			return true
		})
	}
	return all, nil
}

func unquoted(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok {
		if text, err := strconv.Unquote(literal.Value); err == nil {
			return text
		}
	}
	return ""
}
