package mutants

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

//go:embed equivalent.json
var equivalentJSON []byte

// Declared returns why mutants are declared equivalent to the reference, by id.
func Declared() (map[string]string, error) {
	var reasons map[string]string
	err := json.Unmarshal(equivalentJSON, &reasons)
	return reasons, err
}

// Summary counts results.
type Summary struct {
	Results []Result `json:"results"`
	// Stale are declared ids that name no mutant, or one that is caught.
	Stale []string `json:"stale"`
}

// Summarize draws the conclusions. The declarations are held against the results
// of those mutants only that were judged; all has every id there is.
func Summarize(results []Result, all []Mutant, declared map[string]string) Summary {
	s := Summary{Results: results, Stale: []string{}}
	known := map[string]bool{}
	for _, m := range all {
		known[m.ID] = true
	}
	for _, r := range results {
		if _, ok := declared[r.ID]; ok && r.Fate != Equivalent {
			known[r.ID] = false
		}
	}
	for _, id := range slices.Sorted(maps.Keys(declared)) {
		if !known[id] {
			s.Stale = append(s.Stale, id)
		}
	}
	return s
}

// OK reports whether every mutant was caught or is declared equivalent, and no
// declaration is stale.
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
	s.table(&b, "operator", Operators, func(r Result) string { return r.Operator })
	s.table(&b, "part", []string{"decoder", "encoder"}, func(r Result) string {
		if r.Encoder {
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
		fmt.Fprintf(&b, "STALE     %s is declared equivalent, and is caught or does not exist\n", id)
	}
	made := len(s.Results) - s.count(isFate(Invalid))
	fmt.Fprintf(&b, "%d mutants: %d caught, %d equivalent, %d survived\n",
		made, s.count(isFate(Caught)), s.count(isFate(Equivalent)), s.count(isFate(Survived)))
	_, err := io.WriteString(w, b.String())
	return err
}

// String tells a reviewer what was changed, on one line.
func (m Mutant) String() string {
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
	fmt.Fprintf(w, "%-20s\tmutants\tcaught\tequivalent\tsurvived\tdo not compile\t\n", title)
	for _, name := range names {
		count := func(f Fate) int {
			return s.count(func(r Result) bool { return of(r) == name && r.Fate == f })
		}
		caught, equivalent, survived := count(Caught), count(Equivalent), count(Survived)
		fmt.Fprintf(w, "%-20s\t%d\t%d\t%d\t%d\t%d\t\n", name, caught+equivalent+survived, caught, equivalent, survived, count(Invalid))
	}
	w.Flush() // to a string: no error
	b.WriteByte('\n')
}
