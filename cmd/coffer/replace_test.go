//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// waiting starts a run that reads its last secret from a pipe. What is done before
// answer happens while its prompt would be open.
func (f *fixture) waiting(pipe string, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer, answer func(string) int) {
	f.t.Helper()
	f.check(syscall.Mkfifo(f.path(pipe), 0o600))
	cmd, stderr = f.command(args...), new(bytes.Buffer)
	cmd.Stderr = stderr
	f.check(cmd.Start())
	w, err := os.OpenFile(f.path(pipe), os.O_WRONLY, 0) // once the run has opened it
	f.check(err)
	return cmd, stderr, func(text string) int {
		_, err := w.WriteString(text)
		f.check(err)
		f.check(w.Close())
		return f.status(cmd.Wait())
	}
}

// What comes into a container's place while a command waits for a secret stays there,
// and the command says so.
func TestChangedMeanwhile(t *testing.T) {
	commands := map[string][]string{
		"seal":         {"seal", "--force", "--key-file", "pipe", "-o", "c.coffer", "folder"},
		"set-password": {"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "pipe", "c.coffer"},
		"remove":       {"slot", "remove", "--key-file", "pipe", "c.coffer", "password"},
	}
	meanwhile := map[string]func(*fixture){
		"sealed again": func(f *fixture) {
			f.succeed("seal", "--force", "--key-file", "key.txt", "-o", "c.coffer", "folder")
		},
		"slot removed": func(f *fixture) {
			f.succeed("slot", "remove", "--key-file", "key.txt", "c.coffer", "password")
		},
		"written in place": func(f *fixture) {
			info, err := os.Stat(f.path("c.coffer"))
			f.check(err)
			data := f.read("c.coffer")
			data[100] ^= 1
			f.write("c.coffer", data)
			f.check(os.Chtimes(f.path("c.coffer"), info.ModTime(), info.ModTime()))
		},
		"cut":  func(f *fixture) { f.check(os.Truncate(f.path("c.coffer"), 200)) },
		"gone": func(f *fixture) { f.check(os.Remove(f.path("c.coffer"))) },
		"a link": func(f *fixture) {
			f.check(os.Remove(f.path("c.coffer")))
			f.check(os.Symlink("good", f.path("c.coffer")))
		},
	}
	made := newFixture(t)
	made.write("folder/a", []byte("a"))
	made.write("password", []byte("correct horse"))
	made.succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	made.succeed("slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "c.coffer")
	for name, args := range commands {
		for what, happens := range meanwhile {
			t.Run(name+"/"+what, func(t *testing.T) {
				f := newFixture(t)
				f.write("folder/a", []byte("a"))
				f.write("c.coffer", made.read("c.coffer"))
				answers := testKey.Text()
				if name == "set-password" {
					answers = "battery staple"
				}
				_, stderr, answer := f.waiting("pipe", args...)
				happens(f)
				after, _ := os.ReadFile(f.path("c.coffer"))
				if status := answer(answers); status == 0 || strings.HasPrefix(what, "s") && !strings.Contains(stderr.String(), "c.coffer has changed meanwhile, and nothing was written") {
					t.Errorf("status %d: %s", status, stderr)
				}
				if now, _ := os.ReadFile(f.path("c.coffer")); !bytes.Equal(now, after) {
					t.Error("what came meanwhile has been replaced")
				}
				if left := f.temps(); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

// A container that appears while another one of its name is sealed is not replaced, with
// --force neither: it was not there to be meant.
func TestAppearedMeanwhile(t *testing.T) {
	f := newFixture(t)
	f.write("folder/a", []byte("a"))
	_, stderr, answer := f.waiting("pipe", "seal", "--force", "--key-file", "pipe", "-o", "c.coffer", "folder")
	f.write("c.coffer", []byte("another"))
	if status := answer(testKey.Text()); status != 1 || !strings.Contains(stderr.String(), "c.coffer exists already") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if string(f.read("c.coffer")) != "another" {
		t.Error("it was replaced")
	}
}

// Of several changes at the same time one holds, and all others say that they do not.
func TestConcurrentChanges(t *testing.T) {
	f := newFixture(t)
	f.write("folder/a", []byte("a"))
	f.succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	const runs = 4
	statuses := make(chan [2]int, runs)
	var answers []func(string) int
	for i := range runs {
		_, _, answer := f.waiting(fmt.Sprint("pipe", i), "slot", "set-password", "--key-file", "key.txt", "--new-password-file", fmt.Sprint("pipe", i), "c.coffer")
		answers = append(answers, answer)
	}
	for i, answer := range answers {
		go func() { statuses <- [2]int{i, answer(fmt.Sprint("correct horse ", i))} }()
	}
	won := -1
	for range runs {
		switch s := <-statuses; {
		case s[1] == 0 && won >= 0:
			t.Errorf("both %d and %d changed it", won, s[0])
		case s[1] == 0:
			won = s[0]
		case s[1] != 1:
			t.Errorf("run %d: status %d", s[0], s[1])
		}
	}
	f.write("password", []byte(fmt.Sprint("correct horse ", won)))
	f.succeed("verify", "--password-file", "password", "c.coffer")
}

// Another run that is between its look and its renaming is waited for.
func TestFolderLocked(t *testing.T) {
	f := newFixture(t)
	unlock, err := lockFolder(f.dir)
	f.check(err)
	f.write("folder/a", []byte("a"))
	cmd := f.command("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	f.check(cmd.Start())
	f.eventually("it is sealed", func() bool {
		for _, path := range f.temps() {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				return true
			}
		}
		return false
	})
	if _, err := os.Stat(f.path("c.coffer")); err == nil {
		t.Error("it did not wait")
	}
	unlock()
	if status := f.status(cmd.Wait()); status != 0 {
		t.Errorf("status %d", status)
	}
}

// The file that replaces another has its permissions and its owner; what cannot be kept
// is named.
func TestReplacedFile(t *testing.T) {
	f := newFixture(t)
	f.write("folder/a", []byte("a"))
	f.succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	root := os.Getuid() == 0
	for _, args := range [][]string{
		{"seal", "--force", "--key-file", "key.txt", "-o", "c.coffer", "folder"},
		{"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "c.coffer"},
	} {
		f.write("password", []byte("correct horse"))
		f.check(os.Chmod(f.path("c.coffer"), 0o604))
		if root {
			f.check(os.Chown(f.path("c.coffer"), 12, 34))
		}
		os.Remove(f.path("other.coffer"))
		f.check(os.Link(f.path("c.coffer"), f.path("other.coffer")))
		stderr := f.succeed(args...)
		info, err := os.Stat(f.path("c.coffer"))
		f.check(err)
		if uid, gid, _, _ := ownerOf(info); info.Mode().Perm() != 0o604 || root && (uid != 12 || gid != 34) {
			t.Errorf("%s: mode %v, user %d, group %d", args[0], info.Mode(), uid, gid)
		}
		if !strings.Contains(stderr, "c.coffer had 1 other name by hard links, which still lead to the file as it was\n") {
			t.Errorf("%s: %s", args[0], stderr)
		}
	}
}

// What a killed run left is removed, and what a run still writes is not.
func TestStaleTemps(t *testing.T) {
	f := newFixture(t)
	f.write("folder/a", pattern(8<<20))
	cmd, _, _ := f.waiting("pipe", "seal", "--key-file", "pipe", "-o", "killed.coffer", "folder")
	f.check(cmd.Process.Kill())
	cmd.Wait()
	stale := f.temps()
	if len(stale) != 1 {
		t.Fatalf("left behind by a killed run: %q", stale)
	}
	_, _, answer := f.waiting("pipe2", "seal", "--key-file", "pipe2", "-o", "slow.coffer", "folder")
	if _, err := os.Stat(stale[0]); err == nil {
		t.Error("what was stale is still there")
	}
	f.write(".coffer-write-mine.tmp", []byte("not by this program"))
	f.succeed("seal", "--key-file", "key.txt", "-o", "fast.coffer", "folder")
	if status := answer(testKey.Text()); status != 0 {
		t.Errorf("a run lost its file: status %d", status)
	}
	if left := f.temps(); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

// Where files can share blocks, changing a password takes no space as large as the
// container.
func TestChangeTakesNoSpace(t *testing.T) {
	f := newFixture(t)
	const size = 32 << 20
	f.write("folder/a", pattern(size))
	from, err := os.Open(f.path("folder/a"))
	f.check(err)
	defer from.Close()
	to, err := os.Create(f.path("clone"))
	f.check(err)
	defer to.Close()
	if err := cloneFile(to, from); err != nil {
		t.Skipf("files do not share blocks here: %v", err)
	}
	f.write("one", []byte("correct horse"))
	f.write("two", []byte("battery staple"))
	f.succeed("seal", "--password-file", "one", "-o", "c.coffer", "folder")
	f.check(os.Link(f.path("c.coffer"), f.path("old.coffer"))) // what it was stays
	free := func() uint64 {
		unix.Sync()
		var st unix.Statfs_t
		f.check(unix.Statfs(f.dir, &st))
		return st.Bfree * uint64(st.Bsize)
	}
	before := free()
	f.succeed("slot", "set-password", "--password-file", "one", "--new-password-file", "two", "c.coffer")
	if after := free(); after+size/2 < before {
		t.Errorf("it took %d bytes", before-after)
	}
	f.succeed("verify", "--password-file", "two", "c.coffer")
	f.succeed("verify", "--password-file", "one", "old.coffer")
}
