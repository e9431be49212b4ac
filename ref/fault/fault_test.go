package fault

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/spec"
)

// The names are those of the table in spec chapter 11, all of them and in its
// order.
func TestNamesAreThoseOfTheSpecification(t *testing.T) {
	if diff := cmp.Diff(spec.ErrorNames(), declaredNames(t)); diff != "" {
		t.Errorf("the specification (-) and the constants (+) differ:\n%s", diff)
	}
}

// declaredNames reads the values of the Name constants from the source.
func declaredNames(t *testing.T) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); !ok || typ.Name != "Name" {
			return true
		}
		for _, value := range v.Values {
			name, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		return true
	})
	return names
}

// A name is found however deeply the error is wrapped, and only that name.
func TestNameOf(t *testing.T) {
	err := New(WrongSecret, "chunk %d", 7)
	for _, c := range []struct {
		err  error
		want Name
	}{
		{err, WrongSecret},
		{fmt.Errorf("a: %w", fmt.Errorf("b: %w", err)), WrongSecret},
		{errors.Join(fs.ErrExist, err), WrongSecret},
		{Truncated, Truncated},
		{fmt.Errorf("a: %w", Truncated), Truncated},
		{fs.ErrExist, ""},
		{nil, ""},
	} {
		if got := NameOf(c.err); got != c.want {
			t.Errorf("NameOf(%v) = %q, want %q", c.err, got, c.want)
		}
		for _, name := range []Name{WrongSecret, Truncated, HeaderTampered} {
			if got := errors.Is(c.err, name); got != (name == c.want) {
				t.Errorf("errors.Is(%v, %s) = %v", c.err, name, got)
			}
		}
	}
}

// The text of an error begins with its name, which programs look for.
func TestErrorText(t *testing.T) {
	if got, want := New(WrongSecret, "chunk %d", 7).Error(), "wrong_secret: chunk 7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := WrongSecret.Error(), "wrong_secret"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
