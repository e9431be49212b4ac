package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/vectors"
)

const source = "../.."

var (
	derivedOnce = sync.OnceValues(func() ([]Mutant, error) { return Derive(source) })
	allOnce     = sync.OnceValues(func() ([]Mutant, error) { return All(source) })
)

func derive(t *testing.T) []Mutant {
	t.Helper()
	all, err := derivedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Mutants are the same every time, each has an id of its own, a known operator,
// and is another text that still parses.
func TestDerive(t *testing.T) {
	thorough.NotShort(t)
	all := derive(t)
	again, err := Derive(source)
	if err != nil || !slices.Equal(all, again) {
		t.Fatalf("the second time others: %v", err)
	}
	seen, take := map[string]bool{}, thorough.OneIn(t, 8)
	texts := map[string][]byte{}
	for _, m := range all {
		if seen[m.ID] || !slices.Contains(Operators, m.Operator) || !slices.Contains(Packages, m.Package) {
			t.Errorf("%s", m)
		}
		seen[m.ID] = true
		if texts[m.File] == nil {
			if texts[m.File], err = os.ReadFile(filepath.Join(source, m.File)); err != nil {
				t.Fatal(err)
			}
		}
		if !take() {
			continue
		}
		mutated := m.apply(texts[m.File])
		if slices.Equal(mutated, texts[m.File]) {
			t.Errorf("%s changes nothing", m)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.File, mutated, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: %v", m, err)
		}
	}
}

// The README says how many mutants there are.
func TestCounts(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(source, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	hand, err := ByHand(source)
	if err != nil {
		t.Fatal(err)
	}
	grouped := func(n int) string { return strings.TrimPrefix(fmt.Sprintf("%d,%03d", n/1000, n%1000), "0,") }
	want := fmt.Sprintf("operators make %s and people wrote %s", grouped(len(derive(t))), grouped(len(hand)))
	if !strings.Contains(strings.ReplaceAll(string(readme), "\n", " "), want) {
		t.Errorf("the README does not say that %s", want)
	}
}

// Each mutant is of a subject that the suite has: it is judged by those cases first.
func TestSubjects(t *testing.T) {
	all, err := allOnce()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if subject := subjectOf(m); !slices.Contains(append(slices.Clone(vectors.Subjects), "writer", "backup", "server"), subject) {
			t.Errorf("%s: there is no subject %q", m, subject)
		}
	}
}

// There are enough mutants of either part, and of every operator.
func TestEnough(t *testing.T) {
	decoder, encoder, operators := 0, 0, map[string]int{}
	for _, m := range derive(t) {
		operators[m.Operator]++
		if m.Encoder {
			encoder++
		} else {
			decoder++
		}
	}
	t.Logf("%d of the decoder, %d of the encoder", decoder, encoder)
	if decoder < 400 || encoder < 150 {
		t.Errorf("%d of the decoder, %d of the encoder", decoder, encoder)
	}
	for _, o := range Operators {
		if operators[o] == 0 {
			t.Errorf("there is no mutant by %s", o)
		}
	}
}

// Every declaration names a mutant, and says why.
func TestDeclared(t *testing.T) {
	declared, err := Declared()
	if err != nil {
		t.Fatal(err)
	}
	all, err := allOnce()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range all {
		known[m.ID] = true
	}
	ids := declared.ids()
	for _, id := range ids {
		if _, reason, _ := declared.Of(id); !known[id] || len(reason) < 20 {
			t.Errorf("%s: %q", id, reason)
		}
	}
	if len(slices.Compact(ids)) != len(declared.Equivalent)+len(declared.Unobservable) {
		t.Error("a mutant is declared to be two things")
	}
	if 100*len(ids) >= 8*len(all) {
		t.Errorf("%d of %d are declared", len(ids), len(all))
	}
}

// A fault is caught by the case that shows it; a change that changes nothing
// survives unless it is declared, and a declaration that is wrong is stale.
func TestJudge(t *testing.T) {
	thorough.Only(t) // it builds programs
	all := derive(t)
	fault := all[slices.IndexFunc(all, func(m Mutant) bool { return m.Package == "key" && m.Operator == "changed-label" })]
	nothing := fault
	nothing.ID, nothing.Replacement = "key.nothing/changed-label/1", "("+fault.Original+")"
	broken := fault
	broken.ID, broken.Replacement = "key.broken/changed-label/1", "nosuchname"
	chosen := []Mutant{fault, nothing, broken}

	declared := Declarations{
		Equivalent:   map[string]string{fault.ID: "a wrong declaration"},
		Unobservable: map[string]string{"key.gone/changed-label/1": "another"},
	}
	results, err := Judge(t.Context(), chosen, Options{Source: source, Declared: declared, Parallel: 2, Cases: "key/*", Done: func(Result) {}})
	if err != nil {
		t.Fatal(err)
	}
	fates := []Fate{results[0].Fate, results[1].Fate, results[2].Fate}
	if diff := cmp.Diff([]Fate{Caught, Survived, Invalid}, fates); diff != "" {
		t.Error(diff)
	}
	if results[0].By == "" || results[0].Verdict == "" {
		t.Errorf("caught by nothing: %+v", results[0])
	}
	s := Summarize(results, chosen, declared)
	if diff := cmp.Diff([]string{fault.ID, "key.gone/changed-label/1"}, s.Stale); diff != "" || s.OK() {
		t.Errorf("ok: %v, stale %s", s.OK(), diff)
	}
	results[1].Fate = Equivalent
	if s := Summarize(results[1:], chosen, Declarations{}); !s.OK() {
		t.Errorf("%+v", s)
	}
}

// What is left out exists.
func TestLeftOut(t *testing.T) {
	known := map[string]bool{}
	for _, pkg := range Packages {
		files, err := filepath.Glob(filepath.Join(source, "ref", pkg, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			known[pkg+"/"+filepath.Base(file)] = true
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range tree.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok {
					known[pkg+"."+nameOf(f)] = true
				}
			}
		}
	}
	for _, name := range slices.Concat(leftOut, uncalled, slices.Collect(maps.Keys(unseen))) {
		if !known[name] {
			t.Errorf("there is no %s to leave out", name)
		}
	}
}

// What is left out because no case can show it is excused from cases.
func TestUnseen(t *testing.T) {
	excuses := vectors.Excuses()
	for function, ids := range unseen {
		for _, id := range strings.Fields(ids) {
			if excuses[id].Unseen() == "" {
				t.Errorf("%s: %s is not excused", function, id)
			}
		}
	}
}
