package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A clone on a system that changes the ends of lines has the same bytes: the vectors,
// the chapters and the scripts are compared as such.
func TestClonedWithOtherLineEnds(t *testing.T) {
	attributes, err := os.ReadFile("../../.gitattributes")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v, %s", args, err, out)
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	files := map[string]string{".gitattributes": string(attributes), "spec.md": "a\nb\n", "vectors.json": "{\n}\n", "page.html": "a\n", "main.go": "package main\n", "script.txtar": "exec a\r\nb\n"}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "all")
	git("clone", "-q", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", dir, filepath.Join(dir, "clone"))
	for name, text := range files {
		got, err := os.ReadFile(filepath.Join(dir, "clone", name))
		if err != nil || string(got) != text {
			t.Errorf("%s is %q, %v", name, strings.TrimSpace(string(got)), err)
		}
	}
}
