package doctor

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The adapter in the README runs, as it stands there: the doctor finds nothing wrong
// with it, and it passes what it says.
func TestReadmeAdapter(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "\n## An adapter\n")
	_, code, _ := strings.Cut(text, "```js\n")
	code, _, ok := strings.Cut(code, "```\n")
	if !ok {
		t.Fatal("the README has no example")
	}
	file := filepath.Join(t.TempDir(), "adapter.mjs")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if status, err := Run(t.Context(), Options{Command: []string{node, file}, Out: &out}); status != report.ExitConformant || err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	if !thorough.Wanted() {
		return
	}
	suite, err := conformance.NewSuite(cases.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]int{"key/*": report.ExitConformant, "cobblestone/open*": report.ExitNot} {
		r, err := suite.Run(t.Context(), conformance.Options{Command: []string{node, file}, Pattern: pattern, Parallel: 1, Out: &out})
		if err != nil || r.Exit != want {
			t.Errorf("%s: %v\n%s", pattern, err, out.String())
		}
	}
}
