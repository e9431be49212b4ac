package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/coffer-format/coffer/spec/trace"
)

// code is what the reference says in numbers and texts, read from its source.
type code struct {
	constants map[string]*named // "key.maxTextLength"
	order     []*named          // by file and line
	literals  []*literal
	functions map[string]*ast.FuncDecl // "header.Examine"
	files     *token.FileSet
	parsed    map[string][]*ast.File // by package
	scope     *types.Package         // declares them for expressions
	used      map[string]bool        // by an expression or a check, as scope names them
}

// named is a constant of a package.
type named struct {
	name  string
	typ   string // "Name"
	value constant.Value
	at    token.Position
}

// literal is a number in a function, a type or a variable.
type literal struct {
	decl  string // "slot.Passkey"
	value constant.Value
	char  bool // 'a'
	at    token.Position
}

const modulePath = "github.com/coffer-format/coffer/"

// isReference reports whether a folder of ref follows a chapter. The others, one import
// for programs, what makes the reference fast and where backups lie, have numbers of their own.
func isReference(dir string) bool {
	return dir != "ref/coffer" && dir != "ref/parallel" && dir != "ref/store"
}

func readCode(repository fs.FS) (*code, error) {
	c := &code{
		constants: map[string]*named{}, functions: map[string]*ast.FuncDecl{}, files: token.NewFileSet(),
		parsed: map[string][]*ast.File{}, used: map[string]bool{},
	}
	packages, err := fs.Glob(repository, "ref/*/*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range packages {
		if strings.HasSuffix(name, "_test.go") || !isReference(path.Dir(name)) {
			continue
		}
		text, err := fs.ReadFile(repository, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(c.files, name, text, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		dir := path.Dir(name)
		c.parsed[dir] = append(c.parsed[dir], file)
	}
	i := &sources{code: c, done: map[string]*types.Package{}}
	for dir := range c.parsed {
		if _, err := i.Import(modulePath + dir); err != nil {
			return nil, err
		}
		for _, file := range c.parsed[dir] {
			c.readLiterals(file)
		}
	}
	for _, n := range c.constants {
		c.order = append(c.order, n)
	}
	slices.SortFunc(c.order, func(a, b *named) int {
		return cmp.Or(cmp.Compare(a.at.Filename, b.at.Filename), cmp.Compare(a.at.Offset, b.at.Offset))
	})
	c.declare()
	return c, nil
}

// sources type-checks the packages of the reference from their source. What they
// import from elsewhere stays empty: constants do not need it.
type sources struct {
	code *code
	done map[string]*types.Package
}

var _ types.Importer = (*sources)(nil)

func (s *sources) Import(name string) (*types.Package, error) {
	if p := s.done[name]; p != nil {
		return p, nil
	}
	dir, ours := strings.CutPrefix(name, modulePath)
	files := s.code.parsed[dir]
	if !ours || len(files) == 0 {
		p := types.NewPackage(name, path.Base(name))
		p.MarkComplete()
		s.done[name] = p
		return p, nil
	}
	config := types.Config{Importer: s, IgnoreFuncBodies: true, Error: func(error) {}}
	p, _ := config.Check(name, s.code.files, files, nil) // its errors are of what stays empty
	s.done[name] = p
	for _, n := range p.Scope().Names() {
		if k, ok := p.Scope().Lookup(n).(*types.Const); ok {
			if k.Val().Kind() == constant.Unknown {
				return nil, fmt.Errorf("%s: the value of %s cannot be computed", s.code.files.Position(k.Pos()), n)
			}
			full := p.Name() + "." + n
			typ := k.Type().String()
			s.code.constants[full] = &named{name: full, typ: typ[strings.LastIndex(typ, ".")+1:], value: k.Val(), at: s.code.files.Position(k.Pos())}
		}
	}
	return p, nil
}

// readLiterals notes the functions, and the literals outside of constants.
func (c *code) readLiterals(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := file.Name.Name + "." + trace.FuncName(d)
			c.functions[name] = d
			c.note(name, d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					c.note(file.Name.Name+"."+s.Name.Name, s)
				case *ast.ValueSpec:
					if d.Tok == token.VAR {
						c.note(file.Name.Name+"."+s.Names[0].Name, s)
					}
				}
			}
		}
	}
}

func (c *code) note(decl string, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && (l.Kind == token.INT || l.Kind == token.CHAR) {
			value := constant.MakeFromLiteral(l.Value, l.Kind, 0)
			c.literals = append(c.literals, &literal{decl: decl, value: constant.ToInt(value), char: l.Kind == token.CHAR, at: c.files.Position(l.Pos())})
		}
		return true
	})
}
