package conformance

import (
	"bytes"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"
	"github.com/coffer-format/coffer/conformance/liars"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The report on the first run of an adapter fits two screens of 24 lines and 80
// columns, and says what is there, what is not, and what comes next.
func TestFirstRun(t *testing.T) {
	thorough.Only(t)
	suite, err := NewSuite(cases.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r, err := suite.Run(t.Context(), Options{Command: liars.Command(t, "parses keys alone"), Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(out.String()) {
		lines += 1 + (len(line)-2)/80
	}
	if lines > 2*24 {
		t.Errorf("%d lines:\n%s", lines, out.String())
	}
	if r.Exit != report.ExitNot || !strings.Contains(out.String(), "FAIL  key/") || !strings.Contains(out.String(), "\n    key.repair (") {
		t.Error(out.String())
	}
}
