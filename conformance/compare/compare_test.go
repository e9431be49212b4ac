package compare

import (
	"github.com/coffer-format/coffer/conformance"
	"github.com/coffer-format/coffer/conformance/cases"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
)

// The reference opens whatever it has sealed.
func TestPairsOfReference(t *testing.T) {
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
	t.Parallel()
	honest := liars.Command(t, "is honest")
	o := conformance.Options{Pattern: "key/parse*"}
	c, err := Run(t.Context(), wholeSuite(t), o, [][]string{honest, honest})
	if err != nil {
		t.Fatal(err)
	}
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
	if c, err = Run(t.Context(), wholeSuite(t), o, [][]string{liars.Command(t, "refuses everything")}); err != nil {
		t.Fatal(err)
	}
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
	t.Parallel()
	o := conformance.Options{Pattern: "key/parse*", Timeout: time.Second}
	c, err := Run(t.Context(), wholeSuite(t), o, [][]string{{"/nonexistent"}, {"false"}, {"sleep", "60"}})
	if err != nil {
		t.Fatal(err)
	}
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

func wholeSuite(t *testing.T) *conformance.Suite {
	t.Helper()
	s, err := conformance.NewSuite(cases.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
