package check

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// found reports whether one of the checks, tried in turn, finds a problem.
func found(r *repository, checks ...func()) bool {
	for _, check := range checks {
		if check(); len(r.found) > 0 {
			return true
		}
	}
	return false
}

func lineAt(text string, at int) int { return strings.Count(text[:at], "\n") + 1 }

// marker finds the numbers of list items and headings.
var marker = regexp.MustCompile(`(?m)^(?:[0-9]+\.|#+ [0-9.]+) `)

// stated returns the places of the numbers in a chapter: what numbers finds, in
// the text as it is.
func stated(text string) (places [][]int) {
	blank := func(s string) string { return strings.Repeat(" ", len(s)) }
	text = marker.ReplaceAllStringFunc(text, blank)
	flat := strings.ReplaceAll(text, "\n", " ")
	for _, skipped := range []*regexp.Regexp{noNumber, byteString} {
		flat = skipped.ReplaceAllStringFunc(flat, blank)
	}
	for _, at := range written.FindAllStringIndex(flat, -1) {
		word := flat[at[0]:at[1]]
		if _, isWord := words[word]; !isWord && !strings.ContainsAny(word[:1], "0123456789U") {
			continue
		}
		if at[0] > 0 && partOfName(flat[:at[0]]) || isLetter(flat[at[1]]) {
			continue
		}
		places = append(places, at)
	}
	return places
}

// other returns another number of the same length.
func other(number string) string {
	pairs := []string{"three", "seven", "four", "nine", "six", "ten", "eight", "three", "five", "four", "sixteen", "hundred",
		"thirteen", "thousand", "hundred", "sixteen"}
	if i := slices.Index(pairs, number); i >= 0 && number[0] > '9' {
		return pairs[i^1]
	}
	end := len(strings.TrimSuffix(number, " - 1"))
	last := number[end-1]
	switch last {
	case '9', 'F', 'f':
		last--
	case 'A':
		last = 'B'
	default:
		last++
	}
	return number[:end-1] + string(last) + number[end:]
}

// compared are the places of the numbers of a block that are compared with the
// reference, and the line of numbersFile that does, if one does.
type compared struct {
	places  [][]int
	binding int
}

// comparedIn returns them of all places in a block.
func comparedIn(b block, bindings []*binding, places [][]int) (c compared) {
	if computed(b) {
		return compared{places: places}
	}
	i := slices.IndexFunc(bindings, func(one *binding) bool { return one.matches(b) })
	if i < 0 {
		return compared{}
	}
	for n, expression := range bindings[i].expressions {
		if expression != notInCode && n < len(places) {
			c.places = append(c.places, places[n])
		}
	}
	c.binding = bindings[i].line
	return c
}

// A change of any number that a chapter and the reference have is a problem of the
// paragraph, the row, the formula or the structure in which it stands, or of the line
// that names it by this number. Each turn changes one number in every one of these.
func TestEveryNumberIsCompared(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	r := whole(t)
	bindings, _ := readBindings(fileText(t, r, numbersFile))
	count, take := 0, thorough.OneIn(t, 48)
	for _, f := range r.spec.Files {
		if f.Chapter == 15 { // compared as a whole, below
			continue
		}
		var in []block
		for _, b := range blocks(r.spec) {
			if b.file.Name == f.Name {
				in = append(in, b)
			}
		}
		slices.SortStableFunc(in, func(a, b block) int { return a.line - b.line })
		inBlock := map[int]compared{} // by its line
		for all, i := stated(f.Text), 0; i < len(in); i++ {
			ends := len(all)
			if i+1 < len(in) {
				ends, _ = slices.BinarySearchFunc(all, in[i+1].line, func(at []int, line int) int { return lineAt(f.Text, at[0]) - line })
			}
			if c := comparedIn(in[i], bindings, all[:ends]); len(c.places) > 0 {
				inBlock[in[i].line] = c
				count += len(c.places)
			}
			all = all[ends:]
		}
		for turn := 0; len(inBlock) > 0; turn++ {
			changed := []byte(f.Text)
			var lines []int
			for line, c := range inBlock {
				if turn == len(c.places) {
					delete(inBlock, line)
					continue
				}
				at := c.places[turn]
				copy(changed[at[0]:], other(f.Text[at[0]:at[1]]))
				lines = append(lines, line)
			}
			if !take() {
				continue
			}
			m := withChapter(t, r, "spec/"+f.Name, string(changed))
			m.checkNumbers()
			m.checkRegistries()
			m.checkLengths()
			m.checkKeyExample()
			m.checkMessageExample()
			for _, line := range lines {
				if !slices.ContainsFunc(m.found, func(p Problem) bool {
					return p.File == "spec/"+f.Name && p.Line == line || p.File == numbersFile && p.Line == inBlock[line].binding
				}) {
					at := inBlock[line].places[turn]
					t.Errorf("%s:%d: %q instead of %q is not noticed", f.Name, line, changed[at[0]:at[1]], f.Text[at[0]:at[1]])
				}
			}
		}
	}
	if t.Logf("%d numbers", count); count < 380 {
		t.Errorf("%d numbers were found", count)
	}
}

// A change of any value in hexadecimal in the examples of the chapters is a
// problem.
func TestEveryValueIsCompared(t *testing.T) {
	thorough.NotShort(t)
	r := whole(t)
	count, take := 0, thorough.OneIn(t, 4)
	for _, f := range r.spec.Files {
		if f.Chapter == 15 { // compared as a whole, below
			continue
		}
		for _, at := range exampleValue.FindAllStringIndex(f.Text, -1) {
			if value := f.Text[at[0]:at[1]]; len(value) < 20 && !strings.ContainsAny(value, "abcdef-") {
				continue // a number
			}
			if count++; !take() {
				continue
			}
			changed := f.Text[:at[1]-1] + other(f.Text[at[1]-1:at[1]]) + f.Text[at[1]:]
			m := withChapter(t, r, "spec/"+f.Name, changed)
			if !found(m, m.checkKeyExample, m.checkMessageExample, m.checkPasswords, m.checkMagic) {
				t.Errorf("%s:%d: a change of %s is not noticed", f.Name, lineAt(f.Text, at[0]), f.Text[at[0]:at[1]])
			}
		}
	}
	if count < 30 {
		t.Errorf("%d values were found", count)
	}
}

// exampleValue finds values in table cells, the magic, and the 64-digit key.
var exampleValue = regexp.MustCompile(`\| [0-9a-f]{4,}(?:-[0-9a-f]{4})?\b|\b(?:[0-9a-f]{2} ){7}[0-9a-f]{2}\b|(?m)^(?:[0-9a-f]{4} ){3}[0-9a-f]{4}$`)

var valueInHex = regexp.MustCompile(`\b[0-9a-f]{16,}\b`)

// A change of any value of the worked example, in its tables and in its bytes, is a
// problem of that line.
func TestWorkedExampleIsCompared(t *testing.T) {
	thorough.NotShort(t)
	r := whole(t)
	text := fileText(t, r, exampleFile)
	for _, at := range valueInHex.FindAllStringIndex(text, 8) {
		m := withChapter(t, r, exampleFile, text[:at[1]-1]+other(text[at[1]-1:at[1]])+text[at[1]:])
		m.checkWorkedExample()
		if len(m.found) != 1 || m.found[0].Line != lineAt(text, at[0]) {
			t.Errorf("line %d: %v", lineAt(text, at[0]), m.found)
		}
	}
}

// A change of any constant of the reference, or of a number above 2 in its
// declarations, is a problem, unless it is listed as none of the specification's.
func TestEveryConstantIsCompared(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	r := whole(t)
	r.problems()
	exempt := map[string]bool{}
	for _, group := range unstated {
		for name := range strings.SplitSeq(group.names, "; ") {
			exempt[name] = true
		}
	}
	change := func(name string, from, to token.Position, text string, changed string) {
		m, err := withCode(r, from.Filename, text[:from.Offset]+changed+text[to.Offset:])
		if err != nil {
			return // a constant that cannot be computed any more
		}
		if !found(m, m.checkNumbers, m.checkRegistries, m.checkConstants) {
			t.Errorf("%s:%d: %s = %s is not noticed", from.Filename, from.Line, name, changed)
		}
	}
	constants, take := 0, thorough.OneIn(t, 48)
	eachConstant(r.code, func(name string, value ast.Expr) {
		if exempt[name] || r.code.constants[name] == nil {
			return
		}
		constants++
		if !take() {
			return
		}
		from, to := r.code.files.Position(value.Pos()), r.code.files.Position(value.End())
		text := fileText(t, r, from.Filename)
		old := text[from.Offset:to.Offset]
		changed := "(" + old + ") + 1"
		if r.code.constants[name].value.Kind() == constant.String {
			changed = old + ` + "x"`
		}
		change(name, from, to, text, changed)
	})
	literals := 0
	for _, l := range r.code.literals {
		name := fmt.Sprintf("literal(%s, %s)", l.decl, l.value)
		if n, _ := constant.Int64Val(l.value); n <= 2 || l.char || exempt[name] || exempt[strings.Replace(name, "511", "0o777", 1)] || exempt[strings.Replace(name, "438", "0o666", 1)] {
			continue
		}
		literals++
		if !take() {
			continue
		}
		text := fileText(t, r, l.at.Filename)
		to := l.at
		to.Offset += len(intLiteral.FindString(text[l.at.Offset:]))
		change(name, l.at, to, text, constant.BinaryOp(l.value, token.ADD, constant.MakeInt64(1)).ExactString())
	}
	if t.Logf("%d constants, %d literals", constants, literals); constants < 80 || literals < 30 {
		t.Errorf("only %d constants and %d literals were found", constants, literals)
	}
}

var intLiteral = regexp.MustCompile(`^[0-9a-fA-Fxo_]+`)

// eachConstant visits the constants that have an expression of their own.
func eachConstant(c *code, visit func(name string, value ast.Expr)) {
	for _, files := range c.parsed {
		for _, file := range files {
			for _, d := range file.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.CONST {
					continue
				}
				for _, s := range g.Specs {
					v := s.(*ast.ValueSpec)
					for i, value := range v.Values {
						visit(file.Name.Name+"."+v.Names[i].Name, value)
					}
				}
			}
		}
	}
}
