package mutants

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A program can be many mutants of one file: each function has their bodies besides its own, and
// the environment says which of them it is. To build a program for each would take far longer than
// to judge it.

// chooser is one more file of the package that is changed.
const chooser = `package %s

import (
	"os"
	"strconv"
)

var chosenMutant, _ = strconv.Atoi(os.Getenv("` + environment + `"))
`

// environment is the variable that says which mutant a program is: its number plus one, or zero
// for the reference.
const environment = "COFFER_MUTANT"

// inside are the mutants of a function that change nothing outside its body.
type inside struct {
	function *ast.FuncDecl
	mutants  []int // their numbers
}

// sourceFile is a file of the reference, and what a program has of its mutants.
type sourceFile struct {
	name, pkg string
	text      []byte
	fset      *token.FileSet
	functions []inside
	alone     []int // the numbers of those that need a program of their own
}

// parse parses a file of the reference, and finds where its mutants are. The numbers are those of
// all, which has every mutant.
func (b *Builder) parse(name string, all []Mutant, numbers []int) (*sourceFile, error) {
	text, err := os.ReadFile(filepath.Join(b.source, name))
	if err != nil {
		return nil, err
	}
	f := &sourceFile{name: name, text: text, fset: token.NewFileSet()}
	tree, err := parser.ParseFile(f.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f.pkg = tree.Name.Name
	for _, decl := range tree.Decls {
		if function, ok := decl.(*ast.FuncDecl); ok && function.Body != nil {
			f.functions = append(f.functions, inside{function: function})
		}
	}
	for _, n := range numbers {
		if in := f.around(all[n]); in != nil {
			in.mutants = append(in.mutants, n)
		} else {
			f.alone = append(f.alone, n)
		}
	}
	return f, nil
}

// around returns the function whose body has all that a mutant changes, or nil.
func (f *sourceFile) around(m Mutant) *inside {
	for i := range f.functions {
		from, to := f.body(f.functions[i].function)
		if from <= m.offset && m.offset+len(m.Original) <= to {
			return &f.functions[i]
		}
	}
	return nil
}

// body returns where the statements of a function begin and end.
func (f *sourceFile) body(function *ast.FuncDecl) (from, to int) {
	return f.fset.Position(function.Body.Lbrace).Offset + 1, f.fset.Position(function.Body.Rbrace).Offset
}

// merge returns the file with the bodies of all mutants but those that are left out, and whose each
// line is: the number of a mutant, or -1.
func (f *sourceFile) merge(all []Mutant, leftOut map[int]bool) (text []byte, lines []int) {
	var out bytes.Buffer
	write := func(n int, parts ...[]byte) {
		for _, part := range parts {
			out.Write(part)
			for range bytes.Count(part, []byte("\n")) {
				lines = append(lines, n)
			}
		}
	}
	written := 0
	for _, in := range f.functions {
		from, to := f.body(in.function)
		write(-1, f.text[written:from], []byte("\nswitch chosenMutant {\n"))
		written = from
		for _, n := range in.mutants {
			if leftOut[n] {
				continue
			}
			call, results, end := "", []byte(nil), "\nreturn\n"
			if r := in.function.Type.Results; r != nil {
				call, end = "return ", "\n"
				results = f.text[f.fset.Position(r.Pos()).Offset:f.fset.Position(r.End()).Offset]
			}
			m := all[n]
			write(n, fmt.Appendf(nil, "case %d:\n%sfunc() %s {", n+1, call, results),
				f.text[from:m.offset], []byte(m.Replacement), f.text[m.offset+len(m.Original):to], []byte("\n}()"+end))
		}
		write(-1, []byte("}\n"))
	}
	write(-1, f.text[written:])
	return out.Bytes(), lines
}

// atLine finds the line that a compiler's message is about.
var atLine = regexp.MustCompile(`(?m)^\S+\.go:(\d+):\d+: `)

// together builds one program of the mutants of a file that change one function each. It returns
// its path, and the numbers of those that do not compile.
func (b *Builder) together(ctx context.Context, f *sourceFile, all []Mutant) (program string, invalid map[int]bool, err error) {
	name, folder := strings.ReplaceAll(f.name, "/", "-"), path.Dir(f.name)
	invalid = map[int]bool{}
	for {
		text, lines := f.merge(all, invalid)
		program, err := b.Build(ctx, name, folder, map[string][]byte{
			f.name:                                text,
			path.Join(folder, "chosen_mutant.go"): fmt.Appendf(nil, chooser, f.pkg),
		})
		if err == nil || ctx.Err() != nil {
			return program, invalid, err
		}
		found := false
		for _, line := range atLine.FindAllStringSubmatch(err.Error(), -1) {
			at, _ := strconv.Atoi(line[1])
			if at >= 1 && at <= len(lines) && lines[at-1] >= 0 && !invalid[lines[at-1]] {
				invalid[lines[at-1]], found = true, true
			}
		}
		if !found {
			return "", nil, fmt.Errorf("the mutants of %s do not compile as one program: %w", f.name, err)
		}
	}
}
