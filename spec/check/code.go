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
)

// code is what the reference says in numbers and texts, read from its source.
type code struct {
	constants map[string]*named // "key.maxTextLength"
	order     []*named          // by file and line
	literals  []*literal
	functions map[string]*ast.FuncDecl // "header.Examine"
	files     *token.FileSet
	parsed    map[string][]*ast.File // by package
}

// named is a constant of a package.
type named struct {
	name  string
	typ   string // "Name"
	value constant.Value
	at    token.Position
	used  bool // by a comparison
}

// literal is a number in a function, a type or a variable.
type literal struct {
	decl  string // "slot.Passkey"
	value constant.Value
	char  bool // 'a'
	at    token.Position
	used  bool
}

const modulePath = "github.com/coffer-format/coffer/"

// isReference reports whether a folder of ref follows a chapter. The others, one import
// for programs, what makes the reference fast and where backups lie, have numbers of their own.
func isReference(dir string) bool {
	return dir != "ref/coffer" && dir != "ref/parallel" && dir != "ref/store"
}

func readCode(repository fs.FS) (*code, error) {
	c := &code{constants: map[string]*named{}, functions: map[string]*ast.FuncDecl{}, files: token.NewFileSet(), parsed: map[string][]*ast.File{}}
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
			name := file.Name.Name + "."
			if d.Recv != nil {
				name += receiver(d.Recv.List[0].Type) + "."
			}
			name += d.Name.Name
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

func receiver(t ast.Expr) string {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// value returns the value of an expression over the constants of the reference.
// literal(slot.Passkey, 32) is 32 if that declaration has this literal, and a == b
// is both if they are the same.
func (c *code) value(e ast.Expr) (constant.Value, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.value(e.X)
	case *ast.BasicLit:
		return constant.MakeFromLiteral(e.Value, e.Kind, 0), nil
	case *ast.SelectorExpr:
		name := selector(e)
		if n := c.constants[name]; n != nil {
			n.used = true
			return n.value, nil
		}
		return nil, fmt.Errorf("there is no constant %s", name)
	case *ast.BinaryExpr:
		x, err := c.value(e.X)
		if err != nil {
			return nil, err
		}
		y, err := c.value(e.Y)
		if err != nil {
			return nil, err
		}
		return combine(x, e.Op, y)
	case *ast.CallExpr:
		return c.call(e)
	}
	return nil, fmt.Errorf("this is no expression over constants")
}

func combine(x constant.Value, op token.Token, y constant.Value) (constant.Value, error) {
	switch op {
	case token.EQL:
		if !constant.Compare(x, token.EQL, y) {
			return nil, fmt.Errorf("%s and %s differ", x, y)
		}
		return x, nil
	case token.SHL, token.SHR:
		n, _ := constant.Uint64Val(y)
		return constant.Shift(x, op, uint(n)), nil
	case token.QUO:
		op = token.QUO_ASSIGN // of integers
		if rest := constant.BinaryOp(x, token.REM, y); constant.Sign(rest) != 0 {
			return nil, fmt.Errorf("%s is no multiple of %s; floor(a / b) leaves the rest out", x, y)
		}
	}
	return constant.BinaryOp(x, op, y), nil
}

func (c *code) call(e *ast.CallExpr) (constant.Value, error) {
	f, ok := e.Fun.(*ast.Ident)
	switch {
	case ok && f.Name == "floor" && len(e.Args) == 1:
		quotient, ok := e.Args[0].(*ast.BinaryExpr)
		if !ok || quotient.Op != token.QUO {
			return nil, fmt.Errorf("floor is of a quotient")
		}
		x, err := c.value(quotient.X)
		if err != nil {
			return nil, err
		}
		y, err := c.value(quotient.Y)
		if err != nil {
			return nil, err
		}
		return constant.BinaryOp(x, token.QUO_ASSIGN, y), nil
	case ok && f.Name == "len" && len(e.Args) == 1:
		x, err := c.value(e.Args[0])
		if err != nil {
			return nil, err
		}
		return constant.MakeInt64(int64(len(constant.StringVal(x)))), nil
	case ok && f.Name == "literal" && len(e.Args) == 2:
		value, err := c.value(e.Args[1])
		if err != nil {
			return nil, err
		}
		value = constant.ToInt(value)
		found := false
		for _, l := range c.literals {
			if l.decl == selector(e.Args[0]) && constant.Compare(l.value, token.EQL, value) {
				l.used, found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s has no literal %s", selector(e.Args[0]), value)
		}
		return value, nil
	case ok && f.Name == "has" && len(e.Args) == 2:
		text, err := c.value(e.Args[0])
		if err != nil {
			return nil, err
		}
		char, err := c.value(e.Args[1])
		if err != nil {
			return nil, err
		}
		n, _ := constant.Int64Val(char)
		if !strings.ContainsRune(constant.StringVal(text), rune(n)) {
			return nil, fmt.Errorf("%s is not in %s", char, selector(e.Args[0]))
		}
		return char, nil
	}
	return nil, fmt.Errorf("there are only the functions floor, len, literal and has")
}

// selector returns "slot.Passkey", or "slot.Password.Open" for a method.
func selector(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return selector(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// text returns the value of a constant that is a text.
func (c *code) text(name string) string {
	n := c.constants[name]
	if n == nil || n.value.Kind() != constant.String {
		return ""
	}
	n.used = true
	return constant.StringVal(n.value)
}
