package compare

import (
	"math/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The reference opens whatever it has sealed.
func TestPairsOfReference(t *testing.T) {
	thorough.NotShort(t)
	hello := &report.Report{Implementation: reference.Hello()}
	c := &report.Comparison{Reports: []*report.Report{hello}}
	if err := pair(t.Context(), conformance.Options{}, c, exchanges(rand.New(rand.NewSource(1)))); err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Pairs[0][0] {
		if e.Verdict != report.Pass {
			t.Errorf("%s: %+v", e.ID, e.Outcome)
		}
	}
}

// Each is checked and each pair tried; one that fails makes all fail.
func TestCompare(t *testing.T) {
	thorough.Only(t) // each pair tries passwords at full cost, as TestPairsOfReference does in one process
	t.Parallel()
	honest := liars.Command(t, "is honest")
	o := conformance.Options{Pattern: "key/parse*"}
	c := compared(t, o, honest, honest)
	var out strings.Builder
	if err := c.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if len(c.Pairs) != 3 || c.Exit() != report.ExitConformant || c.Names[2] != "liar (2)" {
		t.Errorf("exit %d\n%s", c.Exit(), out.String())
	}
	opened := 0
	for _, e := range c.Pairs[0][1] {
		if e.Verdict == report.Pass {
			opened++
		}
	}
	if opened != 5 { // a reader without passwords and passkeys
		t.Errorf("liar opens %d\n%s", opened, out.String())
	}
	c = compared(t, o, liars.Command(t, "refuses everything"))
	out.Reset()
	if err := c.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if c.Exit() != report.ExitNot || !strings.Contains(out.String(), "liar does not open what reference sealed: archive.restore: refuses what is valid (truncated) (4 of 5, ") {
		t.Errorf("exit %d\n%s", c.Exit(), out.String())
	}
}

// Of a peer without a result the matrix says why, before anything else.
func TestCompareWithoutResult(t *testing.T) {
	thorough.NotShort(t)
	t.Parallel()
	o := conformance.Options{Pattern: "key/parse*", Timeout: 2 * time.Second}
	c := compared(t, o, []string{"/nonexistent"}, []string{"false"}, []string{"sleep", "60"})
	var out strings.Builder
	if err := c.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{"reference ", "/nonexistent  did not start: /nonexistent: no such file", "false  did not start: it ended: exit status 1", "sleep  did not start: no answer"} {
		if got := strings.Join(strings.Fields(lines[i]), " "); !strings.HasPrefix(got, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("line %d is %q instead of %q", i, got, want)
		}
	}
	if c.Exit() != report.ExitNot || strings.Contains(out.String(), "hello") {
		t.Errorf("exit %d\n%s", c.Exit(), out.String())
	}
}

// wholeSuite is loaded once.
var wholeSuite = sync.OnceValues(func() (*conformance.Suite, error) { return conformance.NewSuite(cases.DefaultSeed) })

// compared compares programs by a few cases of the suite.
func compared(t *testing.T, o conformance.Options, commands ...[]string) *report.Comparison {
	t.Helper()
	suite, err := wholeSuite()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Run(t.Context(), suite, o, commands)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
