//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// A restore that was killed leaves no plaintext that others can read, and its rest is
// neither sealed nor kept: the next run removes it, and goes on.
func TestKilledRestore(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Write("folder/b", pattern(48<<20))
	f.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	var stale []string
	for i := 0; len(stale) == 0; i++ {
		if i == 20 {
			t.Fatal("no temporary file was left behind by a killed run")
		}
		f.Check(os.RemoveAll(f.Path("out")))
		cmd := f.Command("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
		f.Check(cmd.Start())
		f.eventually("a file is being written", func() bool {
			for _, temp := range f.Temps() {
				if info, err := os.Stat(temp); err == nil && info.Size() > 1<<20 {
					return true
				}
			}
			return len(f.Temps()) == 0 && fileExists(f.Path("out/b"))
		})
		f.Check(cmd.Process.Kill())
		cmd.Wait()
		stale = f.Temps()
	}
	for _, temp := range stale {
		if info, err := os.Stat(temp); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", temp, info.Mode(), err)
		}
		if !newfile.IsTemp(filepath.Base(temp)) {
			t.Errorf("%s would be sealed", temp)
		}
	}
	f.Succeed("seal", "--key-file", "key.txt", "-o", "again.coffer", "out")
	cmd := f.Command("list", "--key-file", "key.txt", "again.coffer")
	if list, err := cmd.Output(); err != nil || bytes.Contains(list, []byte(".tmp")) {
		t.Errorf("sealed: %s, %v", list, err)
	}
	before := time.Now()
	said := f.Succeed("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
	if !strings.Contains(said, "was left by a run that did not end: it is removed") {
		t.Errorf("it says %q", said)
	}
	if left := f.Temps(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if !bytes.Equal(f.Read("out/b"), pattern(48<<20)) || string(f.Read("out/a")) != "a" {
		t.Error("the files are not what was sealed")
	}
	if info, err := os.Stat(f.Path("out/b")); err != nil || info.ModTime().After(before) {
		t.Errorf("the time is that of the restore: %v", err)
	}
}

func fileExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// A file that the target cannot hold does not keep the others from being restored, and
// what is missing is named.
func TestRestoreGoesOn(t *testing.T) {
	f := newFixture(t)
	f.Write("folder/a-large", pattern(300<<10))
	for _, name := range []string{"b", "c/d", "e"} {
		f.Write("folder/"+name, []byte(name))
	}
	f.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	status, said := f.limited(100, "open --key-file key.txt -C out c.coffer")
	if status != program.Refused || !strings.Contains(said, "not restored: a-large: the file system holds no file of this size (file too large)\n") {
		t.Errorf("status %d: %s", status, said)
	}
	for _, name := range []string{"b", "c/d", "e"} {
		if string(f.Read("out/"+name)) != name {
			t.Errorf("%s is not restored", name)
		}
	}
	f.Succeed("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
	if !bytes.Equal(f.Read("out/a-large"), pattern(300<<10)) {
		t.Error("the second run did not go on")
	}
}
