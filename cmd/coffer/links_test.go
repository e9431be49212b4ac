package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The program that people keep their messages with holds what they need, and nothing
// that only tests, the suite or the specification's pages are made with.
func TestLinks(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	unwanted := regexp.MustCompile(`^(testing|go)(/|$)|gopter|go-cmp|goldmark|mapstructure|jsonschema` +
		`|^github\.com/coffer-format/coffer/(vectors|spec/(check|trace)|conformance($|/(reference|report|protocol|mutants)))`)
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); unwanted.MatchString(pkg) {
			t.Errorf("coffer links %s", pkg)
		}
	}
}
