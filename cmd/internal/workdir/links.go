package workdir

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// ofTests matches the packages that no program for holders or providers has: those that only tests,
// the suite and the pages of the specification are made with.
var ofTests = regexp.MustCompile(`^testing(/|$)|gopter|go-cmp|goldmark|chromedp|go-json-experiment|jsonschema` +
	`|^github\.com/coffer-format/coffer/(vectors|spec/(check|trace)|conformance/(reference|report|protocol|session|cases))(/|$)`)

// Links checks that the program in the folder of the test links nothing that only tests are
// made with, nor a package whose path matches unwanted.
func Links(t *testing.T, unwanted *regexp.Regexp) {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); ofTests.MatchString(pkg) || unwanted.MatchString(pkg) {
			t.Errorf("the program links %s", pkg)
		}
	}
}
