package conformance

import (
	"bytes"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/conformance/cases"

	"github.com/coffer-format/coffer/conformance/reference"
	"github.com/coffer-format/coffer/conformance/report"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// The reference is conformant, and says the same behind the protocol.
func TestReferenceConforms(t *testing.T) {
	thorough.Only(t)
	var out strings.Builder
	suite, err := NewSuite(cases.DefaultSeed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := suite.Run(t.Context(), Options{Out: &out})
	if err != nil || r.Exit != report.ExitConformant {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if !r.Conformant || r.Counts[report.Pass] != r.Cases {
		t.Errorf("conformant: %v, %v of %d", r.Conformant, r.Counts, r.Cases)
	}
}

// Serve answers line by line, and ends with its input.
func TestServe(t *testing.T) {
	in := `{"id":"1","op":"hello","input":{"protocol":1}}` + "\n" +
		`{"id":"<2>","op":"key.parse","input":{"text":"x"}}` + "\r\n" +
		`{"id":"3","op":"key.burn","input":{}}` + "\n" +
		`{"id":"4","op":"key.parse","input":{}}` + "\n"
	var out bytes.Buffer
	if err := reference.Serve(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{`"profiles":["reader"`, `{"id":"<2>","error":"malformed_key"`, `"unsupported":"there is no op \"key.burn\""`, `"unsupported":"the input is not one of key.parse`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
	for _, bad := range []string{"x\n", "{}", `{"id":"1","op":"hello","input":{},"op":"hello"}` + "\n", `{"id":"1","Op":"hello","input":{}}` + "\n"} {
		if err := reference.Serve(strings.NewReader(bad), &out); err == nil {
			t.Errorf("%q is served", bad)
		}
	}
}
