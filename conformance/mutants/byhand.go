package mutants

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// byHand is the operator of mutants that people wrote.
const byHand = "by hand"

// ByHand reads the mutants of conformance/mutants/byhand in the checkout whose root
// is the folder source. byhand/README.md has their form.
func ByHand(source string) ([]Mutant, error) {
	files, err := filepath.Glob(filepath.Join(source, "conformance/mutants/byhand/*.txt"))
	if err != nil {
		return nil, err
	}
	var all []Mutant
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		before, parts, _ := strings.Cut("\n"+string(text), "\n== ")
		if strings.TrimSpace(before) != "" {
			return nil, fmt.Errorf("%s: there is text before the first mutant", file)
		}
		for part := range strings.SplitSeq(parts, "\n== ") {
			m, err := parseByHand(source, part)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file, m.ID, err)
			}
			m.ID = "byhand/" + strings.TrimSuffix(filepath.Base(file), ".txt") + "/" + m.ID
			all = append(all, m)
		}
	}
	return all, nil
}

// parseByHand parses a mutant from its name on.
func parseByHand(source, part string) (Mutant, error) {
	name, rest, _ := strings.Cut(part, "\n")
	m, values, err := parseEdit(source, rest)
	m.ID, m.Operator, m.Breaks = name, byHand, values["breaks"]
	if err == nil && m.Breaks == "" {
		err = fmt.Errorf("it does not say what it breaks")
	}
	return m, err
}

// All returns the mutants of the operators and then those written by hand.
func All(source string) ([]Mutant, error) {
	derived, err := Derive(source)
	if err != nil {
		return nil, err
	}
	written, err := ByHand(source)
	return append(derived, written...), err
}
