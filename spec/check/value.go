package check

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"
)

// declare makes the scope of expressions: a package that declares every constant of
// the reference, literals as well, without its type, so that those of different
// types can be combined.
func (c *code) declare() {
	c.scope = types.NewPackage("reference", "reference")
	add := func(name string, value constant.Value) {
		kind := types.UntypedInt
		if value.Kind() == constant.String {
			kind = types.UntypedString
		}
		c.scope.Scope().Insert(types.NewConst(token.NoPos, c.scope, name, types.Typ[kind], value))
	}
	for _, n := range c.constants {
		add(identifier(n.name), n.value)
		if n.value.Kind() != constant.String {
			continue
		}
		for _, char := range constant.StringVal(n.value) {
			add(literalName(n.name, constant.MakeInt64(int64(char))), constant.MakeInt64(int64(char)))
		}
	}
	for _, l := range c.literals {
		add(literalName(l.decl, l.value), l.value)
	}
}

// identifier returns the name in scope of "key.Size".
func identifier(name string) string { return strings.ReplaceAll(name, ".", "_") }

func literalName(decl string, value constant.Value) string {
	return identifier(decl) + "_" + value.ExactString()
}

var (
	literalCall = regexp.MustCompile(`literal\(([\w.]+), ([^()]+)\)`)
	selector    = regexp.MustCompile(`\b[a-z]\w*(?:\.[A-Za-z]\w*)+`)
)

// inScope translates an expression of numbersFile into one over the names of scope.
func inScope(expression string) string {
	expression = literalCall.ReplaceAllStringFunc(expression, func(call string) string {
		m := literalCall.FindStringSubmatch(call)
		value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, m[2])
		if err != nil || value.Value == nil {
			return call
		}
		return literalName(m[1], constant.ToInt(value.Value))
	})
	return selector.ReplaceAllStringFunc(expression, identifier)
}

// value returns the value of an expression of numbersFile. One that depends on
// nothing in the reference is an error: it would compare a number with itself.
func (c *code) value(expression string) (constant.Value, error) {
	e, err := parser.ParseExpr(inScope(expression))
	if err != nil {
		return nil, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if err := types.CheckExpr(c.files, c.scope, token.NoPos, e, info); err != nil {
		if wrong, ok := err.(types.Error); ok { // its place is none
			return nil, errors.New(wrong.Msg + " in the reference")
		}
		return nil, err
	}
	names := 0
	for _, object := range info.Uses {
		if object.Pkg() == c.scope {
			c.used[object.Name()] = true
			names++
		}
	}
	value := info.Types[e].Value
	switch {
	case names == 0:
		return nil, fmt.Errorf("the reference has no part in this; write _")
	case value == nil:
		return nil, fmt.Errorf("this is no constant")
	}
	return value, nil
}

// text returns the value of a constant that is a text.
func (c *code) text(name string) string {
	n := c.constants[name]
	if n == nil || n.value.Kind() != constant.String {
		return ""
	}
	c.used[identifier(name)] = true
	return constant.StringVal(n.value)
}
