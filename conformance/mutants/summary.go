package mutants

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Declarations say why mutants that survive do no harm, by id.
type Declarations struct {
	// Equivalent ones behave like the reference, whatever they are given.
	Equivalent map[string]string `json:"equivalent"`
	// Unobservable ones behave otherwise only where no request of the protocol leads.
	Unobservable map[string]string `json:"unobservable"`
}

//go:embed declared.json
var declaredJSON []byte

// Declared returns the declarations that were made.
func Declared() (Declarations, error) {
	var d Declarations
	err := json.Unmarshal(declaredJSON, &d)
	return d, err
}

// Of returns what a mutant is declared to be, and why.
func (d Declarations) Of(id string) (fate Fate, reason string, ok bool) {
	if reason, ok = d.Equivalent[id]; ok {
		return Equivalent, reason, true
	}
	reason, ok = d.Unobservable[id]
	return Unobservable, reason, ok
}

// ids are those of all declarations, sorted.
func (d Declarations) ids() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for _, of := range []map[string]string{d.Equivalent, d.Unobservable} {
			for id := range of {
				if !yield(id) {
					return
				}
			}
		}
	})
}

// Summary counts results.
type Summary struct {
	Results []Result `json:"results"`
	// Stale are declared ids that name no mutant, or one that is caught.
	Stale []string `json:"stale"`
}

// Summarize draws the conclusions. The declarations are held against the results
// of those mutants only that were judged; all has every id there is.
func Summarize(results []Result, all []Mutant, declared Declarations) Summary {
	s := Summary{Results: results, Stale: []string{}}
	known := map[string]bool{}
	for _, m := range all {
		known[m.ID] = true
	}
	for _, r := range results {
		if _, _, ok := declared.Of(r.ID); ok && r.Fate != Equivalent && r.Fate != Unobservable {
			known[r.ID] = false
		}
	}
	for _, id := range declared.ids() {
		if !known[id] {
			s.Stale = append(s.Stale, id)
		}
	}
	return s
}

// OK reports whether every mutant was caught or is declared, and no declaration is
// stale.
func (s Summary) OK() bool { return len(s.Stale) == 0 && s.count(isFate(Survived)) == 0 }

func isFate(f Fate) func(Result) bool { return func(r Result) bool { return r.Fate == f } }

func (s Summary) count(which func(Result) bool) (n int) {
	for _, r := range s.Results {
		if which(r) {
			n++
		}
	}
	return n
}

// WriteText writes the tables, the survivors and the verdict.
func (s Summary) WriteText(w io.Writer) error {
	var b strings.Builder
	s.table(&b, "package", Packages, func(r Result) string { return r.Package })
	s.table(&b, "operator", append(slices.Clone(Operators), byHand), func(r Result) string { return r.Operator })
	s.table(&b, "part", []string{"decoder", "encoder", "vault"}, func(r Result) string {
		switch {
		case ofVault(r.File):
			return "vault"
		case r.Encoder:
			return "encoder"
		}
		return "decoder"
	})
	for _, r := range s.Results {
		if r.Fate == Survived {
			fmt.Fprintf(&b, "SURVIVED  %s\n", r.Mutant)
		}
	}
	for _, id := range s.Stale {
		fmt.Fprintf(&b, "STALE     %s is declared, and is caught or does not exist\n", id)
	}
	hand := func(r Result) bool { return r.Operator == byHand }
	s.total(&b, "by operators", func(r Result) bool { return !hand(r) })
	s.total(&b, "by hand", hand)
	_, err := io.WriteString(w, b.String())
	return err
}

// total counts the results of one kind on one line.
func (s Summary) total(b *strings.Builder, kind string, of func(Result) bool) {
	count := func(f Fate) int { return s.count(func(r Result) bool { return of(r) && r.Fate == f }) }
	made := s.count(of) - count(Invalid)
	if made > 0 {
		fmt.Fprintf(b, "%d mutants %s: %d caught, %d equivalent, %d unobservable, %d survived\n",
			made, kind, count(Caught), count(Equivalent), count(Unobservable), count(Survived))
	}
}

// String tells a reviewer what was changed, on one line.
func (m Mutant) String() string {
	if m.Operator == byHand {
		return fmt.Sprintf("%s  %s:%d  %s", m.ID, m.File, m.Line, m.Description)
	}
	return fmt.Sprintf("%s  %s:%d  %s => %s", m.ID, m.File, m.Line, oneLine(m.Original), oneLine(m.Replacement))
}

func oneLine(code string) string {
	text := strings.Join(strings.Fields(code), " ")
	if len(text) > 120 {
		text = text[:117] + "..."
	}
	return fmt.Sprintf("%q", text)
}

func (s Summary) table(b *strings.Builder, title string, names []string, of func(Result) string) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%-20s\tmutants\tcaught\tequivalent\tunobservable\tsurvived\tdo not compile\t\n", title)
	for _, name := range names {
		count := func(f Fate) int {
			return s.count(func(r Result) bool { return of(r) == name && r.Fate == f })
		}
		made := s.count(func(r Result) bool { return of(r) == name }) - count(Invalid)
		fmt.Fprintf(w, "%-20s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, made,
			count(Caught), count(Equivalent), count(Unobservable), count(Survived), count(Invalid))
	}
	w.Flush() // to a string: no error
	b.WriteByte('\n')
}
