package mutants

import (
	"go/parser"
	"go/token"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// numbersOf are the numbers of the mutants of a file.
func numbersOf(file string, all []Mutant) (numbers []int) {
	for n, m := range all {
		if m.File == file {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// A file with all its mutants in it parses, has the lines of each that is not left out, and leaves
// to programs of their own only what is outside of functions.
func TestMerge(t *testing.T) {
	all := derive(t)
	b := &Builder{source: source}
	files, together := map[string]bool{}, 0
	for _, m := range all {
		if files[m.File] {
			continue
		}
		files[m.File] = true
		numbers := numbersOf(m.File, all)
		f, err := b.parse(m.File, all, numbers)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range f.alone {
			if op := all[n].Operator; op != "changed-constant" && op != "changed-label" {
				t.Errorf("%s needs a program of its own", all[n])
			}
		}
		leftOut := map[int]bool{numbers[0]: true}
		text, lines := f.merge(all, leftOut)
		if _, err := parser.ParseFile(token.NewFileSet(), m.File, text, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: %v", m.File, err)
		}
		for _, n := range numbers {
			if has := slices.Contains(lines, n); has == (leftOut[n] || slices.Contains(f.alone, n)) {
				t.Errorf("%s: lines of its own: %v", all[n], has)
			}
		}
		together += len(numbers) - len(f.alone)
	}
	t.Logf("%d of %d mutants in %d programs", together, len(all), len(files))
}

// A mutant has one fate, whether it has a program of its own or one with others: is caught, survives,
// or does not compile.
func TestTogether(t *testing.T) {
	thorough.Only(t) // it builds programs
	all := derive(t)
	numbers := numbersOf("ref/key/key.go", all)
	nothing := all[numbers[slices.IndexFunc(numbers, func(n int) bool { return all[n].Operator == "off-by-one" })]]
	nothing.Replacement = "(" + nothing.Original + ")"
	all = append(all, nothing)
	numbers = append(numbers, len(all)-1)

	b, err := NewBuilder(source, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	together, alone := map[string]Fate{}, map[string]Fate{}
	err = b.file(t.Context(), nothing.File, all, numbers, "key/*", func(n int, r Result) { together[all[n].String()] = r.Fate })
	if err != nil {
		t.Fatal(err)
	}
	fates := map[Fate]bool{}
	for _, n := range numbers {
		if m := all[n]; n%6 == 0 || together[m.String()] != Caught {
			r, err := b.one(t.Context(), m, n, "key/*")
			if err != nil {
				t.Fatal(err)
			}
			alone[m.String()] = r.Fate
			fates[r.Fate] = true
		}
	}
	for id := range together {
		if _, ok := alone[id]; !ok {
			delete(together, id)
		}
	}
	if diff := cmp.Diff(alone, together); diff != "" {
		t.Error(diff)
	}
	if !fates[Caught] || !fates[Survived] || !fates[Invalid] {
		t.Errorf("only %v", fates)
	}
}
