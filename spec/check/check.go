// Package check compares the specification with itself and with the rest of the
// repository: its ids and references, the values that it states, and the code and
// the vectors that answer for its requirements.
package check

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/coffer-format/coffer/spec"
	"github.com/coffer-format/coffer/spec/trace"
)

// Problem is something that is not as it should be.
type Problem struct {
	File string // slash path from the root
	Line int    // from 1; 0 if the file as a whole is meant
	Text string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Summary counts what was compared.
type Summary struct {
	Requirements int
	InCode       int // requirements that code cites; the others have a reason
	Exercised    int // requirements with a case or an audit; the others are excused
	Excused      int // requirements excused from a kind of case, exercised or not
	Citations    int // in code
	Cases        int
	Numbers      int // in the chapters, that were compared with the reference
	Constants    int // of the reference, that were compared
}

// Run checks the repository at root. An error means that it could not be read.
func Run(root string) ([]Problem, Summary, error) {
	r, err := read(os.DirFS(root))
	if err != nil {
		return nil, Summary{}, err
	}
	return r.problems(), r.summary(), nil
}

// A repository is one that was read, and what was found about it.
type repository struct {
	files  fs.FS
	spec   *spec.Document
	trace  *trace.Trace
	code   *code
	found  []Problem
	counts Summary
}

func read(files fs.FS) (*repository, error) {
	chapters, err := fs.Sub(files, "spec")
	if err != nil {
		return nil, err
	}
	r := &repository{files: files}
	if r.spec, err = spec.Read(chapters); err != nil {
		return nil, fmt.Errorf("spec: %w; name the root of the repository, the folder in which spec, ref and vectors lie", err)
	}
	if r.trace, err = trace.Read(files); err != nil {
		return nil, err
	}
	r.code, err = readCode(files)
	return r, err
}

// problems makes every check and returns what is wrong, by file and line.
func (r *repository) problems() []Problem {
	r.checkIDs()
	r.checkReferences()
	r.checkCitations()
	r.checkRegistries()
	r.checkExamples()
	r.checkOrder()
	r.checkNumbers()
	r.checkConstants() // last: it asks what the others have compared
	slices.SortStableFunc(r.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(r.found)
}

func (r *repository) report(file string, line int, format string, args ...any) {
	r.found = append(r.found, Problem{file, line, fmt.Sprintf(format, args...)})
}

// String says what was compared, in two lines.
func (s Summary) String() string {
	return fmt.Sprintf("%d requirements: %d cited by code (%d citations), %d with the reason why none can; %d with cases or audits (%d cases), %d excused from a kind of case\n"+
		"%d numbers in the chapters compared with %d constants of the reference",
		s.Requirements, s.InCode, s.Citations, s.Requirements-s.InCode, s.Exercised, s.Cases, s.Excused,
		s.Numbers, s.Constants)
}
