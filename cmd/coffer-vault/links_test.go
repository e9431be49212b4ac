package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// The vault knows nothing of keys, slots and containers of holders, and links nothing that only tests, the
// suite or the specification's pages are made with.
func TestLinks(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	unwanted := regexp.MustCompile(`^testing(/|$)|gopter|go-cmp|goldmark|chromedp|go-json-experiment|jsonschema|minio` +
		`|^github\.com/coffer-format/coffer/(vectors|spec/(check|trace)|ref/(key|slot|container|password|cobblestone|vault/client)|cmd/internal/vaultd/vaultdtest|conformance/(reference|report|protocol|session|cases))(/|$)`)
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); unwanted.MatchString(pkg) {
			t.Errorf("coffer-vault links %s", pkg)
		}
	}
}
