package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The program for those who keep backups has what they need, and nothing that only
// tests, the suite or the specification's pages are made with. It reads the structures of
// the specification, which "coffer inspect --hex" shows.
func TestLinks(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	unwanted := regexp.MustCompile(`^(testing|go)(/|$)|gopter|go-cmp|goldmark|chromedp|go-json-experiment|jsonschema` +
		`|^github\.com/coffer-format/coffer/((vectors|spec/(check|trace)|ref/store/(memory|storetest|s3/s3test))(/|$)|conformance($|/(reference|report|protocol|session|cases)))`)
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); unwanted.MatchString(pkg) {
			t.Errorf("coffer links %s", pkg)
		}
	}
}
