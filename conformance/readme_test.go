package conformance

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coffer-format/coffer/conformance/protocol"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/vectors"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// section returns the part of the README under a heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, text, ok := strings.Cut(readme(t), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the README has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// firstColumn returns the names in code in the first column of a section's table.
func firstColumn(text string) []string {
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return names
}

// The README's tables have the ops of the schema, the profiles and the verdicts.
func TestReadmeTables(t *testing.T) {
	var schema struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(vectors.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var ops, verdicts []string
	for name := range schema.Defs {
		if op, ok := strings.CutPrefix(name, "input:"); ok {
			ops = append(ops, op)
		}
	}
	for _, v := range report.Verdicts {
		verdicts = append(verdicts, string(v))
	}
	for heading, want := range map[string][]string{"Ops": ops, "Profiles": slices.Clone(protocol.Profiles), "Verdicts": verdicts, "From nothing to green": append(slices.Clone(vectors.Subjects), "writer", "backup", "server")} {
		slices.Sort(want)
		if diff := cmp.Diff(want, firstColumn(section(t, heading))); diff != "" {
			t.Errorf("%s: %s", heading, diff)
		}
	}
}
