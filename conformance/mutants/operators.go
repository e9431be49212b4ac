package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// Operators are the kinds of changes, in the order of tables.
var Operators = []string{
	"negated-comparison", "shifted-comparison", "swapped-logic", "dropped-negation", "dropped-check", "dropped-call",
	"off-by-one", "changed-constant", "changed-label", "swapped-arithmetic", "swapped-arguments", "changed-result", "early-return",
}

var negated = map[token.Token]string{
	token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">",
}

var shifted = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

var swapped = map[token.Token]string{
	token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.REM: "/", token.SHL: ">>", token.SHR: "<<",
}

var swappedLogic = map[token.Token]string{token.LAND: "||", token.LOR: "&&"}

// statements makes the mutants of a function's body.
func (d *deriver) statements(body ast.Node) {
	down := map[ast.Node]bool{} // the bounds that a shifted comparison moves up
	beside := map[ast.Node]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			d.binary(n)
			if n.Op == token.LSS || n.Op == token.GEQ {
				down[n.Y] = true
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				d.change("dropped-negation", n, d.source(n.X))
			}
		case *ast.IfStmt:
			d.droppedCheck(n)
		case *ast.BlockStmt:
			d.droppedCalls(n.List)
		case *ast.CaseClause:
			d.droppedCalls(n.Body)
		case *ast.CallExpr:
			if d.isTalk(n) {
				return false
			}
			d.swappedArguments(n)
		case *ast.ReturnStmt:
			if len(n.Results) > 1 && d.isError(n.Results[len(n.Results)-1]) {
				for _, x := range n.Results[:len(n.Results)-1] { // nobody looks at what is returned beside an error
					beside[x] = true
				}
			}
		case *ast.BasicLit:
			if !beside[n] {
				d.literal(n, down[n])
			}
		case *ast.Ident:
			switch {
			case beside[n]:
			case n.Name == "true":
				d.change("changed-result", n, "false")
			case n.Name == "false":
				d.change("changed-result", n, "true")
			}
		}
		return true
	})
}

func (d *deriver) binary(b *ast.BinaryExpr) {
	if isNil(b.Y) { // of an error: another operator drops the check
		return
	}
	if to, ok := negated[b.Op]; ok {
		d.operator("negated-comparison", b, to)
	}
	if to, ok := shifted[b.Op]; ok {
		d.operator("shifted-comparison", b, to)
	}
	if to, ok := swappedLogic[b.Op]; ok {
		d.operator("swapped-logic", b, to)
	}
	if to, ok := swapped[b.Op]; ok {
		d.operator("swapped-arithmetic", b, to)
	}
}

func (d *deriver) operator(operator string, b *ast.BinaryExpr, to string) {
	d.replace(operator, b.OpPos, b.OpPos+token.Pos(len(b.Op.String())), to)
}

// droppedCheck keeps a condition from leading to an early end.
func (d *deriver) droppedCheck(n *ast.IfStmt) {
	if n.Else != nil || len(n.Body.List) == 0 {
		return
	}
	switch last := n.Body.List[len(n.Body.List)-1].(type) {
	case *ast.ReturnStmt:
	case *ast.BranchStmt:
		if last.Tok != token.CONTINUE && last.Tok != token.BREAK {
			return
		}
	default:
		return
	}
	d.change("dropped-check", n.Cond, "false && ("+d.source(n.Cond)+")")
}

// givesUp are the calls that give up what was begun and failed, and erases those that erase what
// is secret, where that is all that they are for.
var (
	givesUp = regexp.MustCompile(`\.Abort\(\)$`)
	erases  = regexp.MustCompile(`^clear\(|\.erase\(\)$`)
)

func (d *deriver) droppedCalls(list []ast.Stmt) {
	for _, statement := range list {
		if x, ok := statement.(*ast.ExprStmt); ok && !d.isTalk(x.X) && !d.unneeded(d.source(x.X)) {
			d.change("dropped-call", x, "if false { "+d.source(x)+" }")
		}
	}
}

// unneeded reports whether no case can miss a call.
func (d *deriver) unneeded(call string) bool {
	return givesUp.MatchString(call) || d.pkg == "opaque" && erases.MatchString(call)
}

func (d *deriver) literal(n *ast.BasicLit, down bool) {
	switch {
	case n.Kind == token.INT && down:
		d.change("off-by-one", n, "("+n.Value+" - 1)")
	case n.Kind == token.INT:
		d.change("off-by-one", n, "("+n.Value+" + 1)")
	case n.Kind == token.STRING && len(n.Value) > 2:
		d.change("changed-label", n, n.Value+` + "!"`)
	case n.Kind == token.CHAR:
		d.change("changed-constant", n, "("+n.Value+" + 1)")
	}
}

// namesForPeople are the variables that hold texts for people, and the constants of which
// the text is only compared.
var namesForPeople = regexp.MustCompile(`Names$|^refusal$|^(State|Answer)[A-Z]`)

// unread are the constants that no code needs: `coffer-dev spec check` compares them with the specification.
var unread = regexp.MustCompile(`^(Token|Proof|Report|head|\w+(Request|Answer))Size$`)

// values makes the mutants of constants and variables of a package.
func (d *deriver) values(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		v := spec.(*ast.ValueSpec)
		if name := v.Names[0].Name; namesForPeople.MatchString(name) || d.pkg == "vault" && unread.MatchString(name) {
			continue
		}
		for _, x := range v.Values {
			ast.Inspect(x, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.CallExpr:
					return !d.isTalk(n)
				case *ast.BasicLit:
					switch n.Kind {
					case token.INT:
						d.change("changed-constant", n, "("+n.Value+" + 1)")
					case token.STRING:
						d.change("changed-label", n, n.Value+` + "!"`)
					}
				}
				return true
			})
		}
	}
}

// commutes are the functions whose arguments can be exchanged.
var commutes = regexp.MustCompile(`^(subtle\.ConstantTimeCompare|hmac\.Equal|bytes\.Equal|slices\.Equal|min|max)$`)

// swappedArguments exchanges neighbours that look as if they had one type; the
// compiler sorts out those that have not.
func (d *deriver) swappedArguments(n *ast.CallExpr) {
	if commutes.MatchString(d.source(n.Fun)) {
		return
	}
	for i := range len(n.Args) - 1 {
		a, b := n.Args[i], n.Args[i+1]
		if !alike(a, b) || d.source(a) == d.source(b) {
			continue
		}
		d.replace("swapped-arguments", a.Pos(), b.End(), d.source(b)+", "+d.source(a))
	}
}

// alike reports whether two expressions are of one form.
func alike(a, b ast.Expr) bool {
	return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b)
}

// earlyReturn makes a function return zeros at once.
func (d *deriver) earlyReturn(f *ast.FuncDecl) {
	var zeros []string
	if f.Type.Results != nil {
		for _, field := range f.Type.Results.List {
			for range max(1, len(field.Names)) {
				zeros = append(zeros, "*new("+d.source(field.Type)+")")
			}
		}
	}
	if len(f.Body.List) < 2 { // its only statement has operators of its own
		return
	}
	at := f.Body.Lbrace + 1
	d.replace("early-return", at, at, " if true { return "+strings.Join(zeros, ", ")+" };")
}

// isTalk reports whether n is a call that makes an error.
func (d *deriver) isTalk(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	return ok && makesError.MatchString(d.source(call.Fun))
}

// isError reports whether x is an error for sure, by its name or by what makes it.
func (d *deriver) isError(x ast.Expr) bool {
	return anError.MatchString(d.source(x)) || d.isTalk(x)
}

func isNil(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "nil"
}
