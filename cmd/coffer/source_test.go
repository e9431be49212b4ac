//go:build linux

package main

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A file or folder that is exchanged after it has been listed: what a link leads to is
// not sealed in its place, and nobody is waited for.
func TestSealSwapped(t *testing.T) {
	replace := func(f *fixture, name string, with func(name string) error) {
		f.Check(os.RemoveAll(f.Path(name)))
		f.Check(with(f.Path(name)))
	}
	link := func(to string) func(string) error {
		return func(name string) error { return os.Symlink(to, name) }
	}
	for name, swap := range map[string]struct {
		do   func(*fixture)
		says string
	}{
		"file for a link":          {func(f *fixture) { replace(f, "folder/sub/a", link("../../secret/a")) }, "it is no longer a regular file"},
		"file for a link inside":   {func(f *fixture) { replace(f, "folder/sub/a", link("../b")) }, "it is no longer a regular file"},
		"folder for a link":        {func(f *fixture) { replace(f, "folder/sub", link("../secret")) }, "another file has come into its place by a link"},
		"folder for a link inside": {func(f *fixture) { replace(f, "folder/sub", link("other")) }, "another file has come into its place by a link"},
		"file for a folder":        {func(f *fixture) { replace(f, "folder/sub/a", func(n string) error { return os.Mkdir(n, 0o700) }) }, "it is no longer a regular file"},
		"file for a pipe":          {func(f *fixture) { replace(f, "folder/sub/a", func(n string) error { return syscall.Mkfifo(n, 0o600) }) }, "it is no longer a regular file"},
		"file for another": {func(f *fixture) {
			f.Write("new", []byte("new"))
			f.Check(os.Rename(f.Path("new"), f.Path("folder/sub/a")))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.Write("folder/sub/a", []byte("old"))
			f.Write("folder/other/a", []byte("other"))
			f.Write("folder/b", []byte("b"))
			f.Write("secret/a", []byte("secret"))
			_, stderr, answer := f.waiting("pipe", "seal", "--keep-going", "--key-file", "pipe", "-o", "c.coffer", "folder")
			swap.do(f)
			if status := answer(testKey.Text()); (status != 0) != (swap.says != "") || !strings.Contains(stderr.String(), swap.says) {
				t.Errorf("status %d: %s", status, stderr)
			}
			f.Succeed("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
			if string(f.Read("out/b")) != "b" {
				t.Error("the other file was not sealed")
			}
			switch got, err := os.ReadFile(f.Path("out/sub/a")); {
			case swap.says == "" && string(got) != "new":
				t.Errorf("sealed %q, %v", got, err)
			case swap.says != "" && err == nil:
				t.Errorf("sealed %q", got)
			}
		})
	}
}

// A file system that says another size than a file has: all of it is sealed.
func TestSealWrongSize(t *testing.T) {
	tried := 0
	for _, name := range []string{"/proc/version", "/proc/filesystems", "/sys/kernel/mm/transparent_hugepage/enabled"} {
		want, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if info, err := os.Stat(name); err != nil || info.Size() == int64(len(want)) {
			continue
		}
		tried++
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			stderr := f.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", name)
			f.Succeed("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
			if got := f.Read("out" + name[strings.LastIndex(name, "/"):]); !bytes.Equal(got, want) {
				t.Errorf("sealed %d bytes of %d: %s", len(got), len(want), stderr)
			}
		})
	}
	if tried == 0 {
		t.Skip("all sizes are right here")
	}
}
