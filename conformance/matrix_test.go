package conformance

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
)

// The reference opens whatever it has sealed.
func TestPairsOfReference(t *testing.T) {
	hello := &report.Report{Implementation: reference.Hello()}
	c := &report.Comparison{Reports: []*report.Report{hello}}
	if err := pair(t.Context(), Options{}, c, exchanges(rand.New(rand.NewSource(1)))); err != nil {
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
	honest := liarCommand(t, "is honest")
	o := Options{Pattern: "key/parse*"}
	c, err := wholeSuite(t).Compare(t.Context(), o, [][]string{honest, honest})
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
	if c, err = wholeSuite(t).Compare(t.Context(), o, [][]string{liarCommand(t, "refuses everything")}); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := c.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if c.Exit() != report.ExitNot || !strings.Contains(out.String(), "reference sealed, liar opened: no entries, with the key: fail") {
		t.Errorf("exit %d\n%s", c.Exit(), out.String())
	}
	if _, err := wholeSuite(t).Compare(t.Context(), o, [][]string{{"/nonexistent"}}); err == nil {
		t.Error("a program that is not there is compared")
	}
}
