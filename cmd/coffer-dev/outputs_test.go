//go:build linux

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// A report replaces a file, and never a folder, a pipe or a device; a copy of the
// specification replaces nothing.
func TestOutputs(t *testing.T) {
	places := map[string]func(f *fixture, path string) error{
		"a folder":            func(_ *fixture, path string) error { return os.Mkdir(path, 0o700) },
		"a pipe":              func(_ *fixture, path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link to /dev/null": func(_ *fixture, path string) error { return os.Symlink("/dev/null", path) },
		"a file":              func(_ *fixture, path string) error { return os.WriteFile(path, []byte("mine"), 0o600) },
	}
	for command, args := range map[string][]string{
		"conform --json": {"conform", "--run", "key/parse-shown", "--json", "target", "--", "false"},
		"spec html":      {"spec", "html", "--root", "nowhere", "target"},
	} {
		for what, put := range places {
			t.Run(command+"/"+what, func(t *testing.T) {
				f := newFixture(t)
				f.Check(put(f, f.Path("target")))
				before, err := os.Lstat(f.Path("target"))
				f.Check(err)
				status, stderr := f.Run(args...)
				after, err := os.Lstat(f.Path("target"))
				f.Check(err)
				if replaced := !os.SameFile(before, after); replaced != (what == "a file" && command == "conform --json") {
					t.Errorf("replaced: %v", replaced)
				}
				if status == 0 || stderr == "" && what != "a file" {
					t.Errorf("status %d: %s", status, stderr)
				}
				if what != "a file" && command == "conform --json" && !strings.Contains(stderr, "not a regular file") {
					t.Errorf("it does not say why: %s", stderr)
				}
				if left := f.Temps(); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}
