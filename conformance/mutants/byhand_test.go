package mutants

import (
	"regexp"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/spec"
)

// Each mutant by hand applies, has a name of its own, and breaks requirements or a
// section that there are.
func TestByHand(t *testing.T) {
	all, err := ByHand(source)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 300 {
		t.Errorf("there are %d", len(all))
	}
	id := regexp.MustCompile(`[A-Z]{3}-[0-9]+`)
	seen := map[string]bool{}
	for _, m := range all {
		if seen[m.ID] {
			t.Errorf("%s: there are two", m.ID)
		}
		seen[m.ID] = true
		ids := id.FindAllString(m.Breaks, -1)
		for _, r := range ids {
			if _, ok := spec.Lookup(r); !ok {
				t.Errorf("%s breaks %s, which the specification does not have", m.ID, r)
			}
		}
		if len(ids) == 0 && !strings.Contains(m.Breaks, "section ") {
			t.Errorf("%s breaks %q, which is no requirement", m.ID, m.Breaks)
		}
	}
}
