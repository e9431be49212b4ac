//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/header"
)

// waiting starts a run that reads its last secret from a pipe. What is done before
// answer happens while its prompt would be open.
func (f *fixture) waiting(pipe string, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer, answer func(string) int) {
	f.T.Helper()
	f.Check(syscall.Mkfifo(f.Path(pipe), 0o600))
	cmd, stderr = f.Command(args...), new(bytes.Buffer)
	cmd.Stderr = stderr
	f.Check(cmd.Start())
	w, err := os.OpenFile(f.Path(pipe), os.O_WRONLY, 0) // once the run has opened it
	f.Check(err)
	return cmd, stderr, func(text string) int {
		_, err := w.WriteString(text)
		f.Check(err)
		f.Check(w.Close())
		return f.Status(cmd.Wait())
	}
}

// What comes into a container's place while a command waits for a secret stays there,
// and the command says so.
func TestChangedMeanwhile(t *testing.T) {
	thorough.NotShort(t)
	commands := map[string][]string{
		"seal":         {"seal", "--force", "--key-file", "pipe", "-o", "c.coffer", "folder"},
		"set-password": {"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "pipe", "c.coffer"},
		"remove":       {"slot", "remove", "--key-file", "pipe", "c.coffer", "password"},
	}
	meanwhile := map[string]func(*fixture){
		"sealed again": func(f *fixture) {
			f.Succeed("seal", "--force", "--key-file", "key.txt", "-o", "c.coffer", "folder")
		},
		"slot removed": func(f *fixture) {
			f.Succeed("slot", "remove", "--key-file", "key.txt", "c.coffer", "password")
		},
		"written in place": func(f *fixture) {
			info, err := os.Stat(f.Path("c.coffer"))
			f.Check(err)
			data := f.Read("c.coffer")
			data[100] ^= 1
			f.Write("c.coffer", data)
			f.Check(os.Chtimes(f.Path("c.coffer"), info.ModTime(), info.ModTime()))
		},
		"cut":  func(f *fixture) { f.Check(os.Truncate(f.Path("c.coffer"), 200)) },
		"gone": func(f *fixture) { f.Check(os.Remove(f.Path("c.coffer"))) },
		"a link": func(f *fixture) {
			f.Check(os.Remove(f.Path("c.coffer")))
			f.Check(os.Symlink("good", f.Path("c.coffer")))
		},
	}
	made := newFixture(t)
	made.Write("folder/a", []byte("a"))
	made.Write("password", []byte("correct horse"))
	made.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	made.Succeed("slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "c.coffer")
	chosen := thorough.OneIn(t, 4)
	for name, args := range commands {
		for what, happens := range meanwhile {
			if !chosen() {
				continue
			}
			t.Run(name+"/"+what, func(t *testing.T) {
				f := newFixture(t)
				f.Write("folder/a", []byte("a"))
				f.Write("c.coffer", made.Read("c.coffer"))
				answers := testKey.Text()
				if name == "set-password" {
					answers = "battery staple"
				}
				_, stderr, answer := f.waiting("pipe", args...)
				happens(f)
				after, _ := os.ReadFile(f.Path("c.coffer"))
				if status := answer(answers); status == 0 || strings.HasPrefix(what, "s") && !strings.Contains(stderr.String(), "c.coffer has changed meanwhile, and nothing was written") {
					t.Errorf("status %d: %s", status, stderr)
				}
				if now, _ := os.ReadFile(f.Path("c.coffer")); !bytes.Equal(now, after) {
					t.Error("what came meanwhile has been replaced")
				}
				if left := f.Temps(); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

// A container that appears while another one of its name is sealed is not replaced, with
// --force neither: it was not there to be meant.
func TestAppearedMeanwhile(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	_, stderr, answer := f.waiting("pipe", "seal", "--force", "--key-file", "pipe", "-o", "c.coffer", "folder")
	f.Write("c.coffer", []byte("another"))
	if status := answer(testKey.Text()); status != 1 || !strings.Contains(stderr.String(), "c.coffer exists already") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if string(f.Read("c.coffer")) != "another" {
		t.Error("it was replaced")
	}
}

// Of several changes at the same time one holds, and all others say that they do not.
func TestConcurrentChanges(t *testing.T) {
	thorough.Only(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
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
	f.Write("password", []byte(fmt.Sprint("correct horse ", won)))
	f.Succeed("verify", "--password-file", "password", "c.coffer")
}

// Another run that is between its look and its renaming is waited for.
func TestFolderLocked(t *testing.T) {
	f := newFixture(t)
	unlock, err := newfile.LockFolder(f.Root)
	f.Check(err)
	f.Write("folder/a", []byte("a"))
	cmd := f.Command("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	f.Check(cmd.Start())
	f.eventually("it is sealed", func() bool {
		for _, path := range f.Temps() {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				return true
			}
		}
		return false
	})
	if _, err := os.Stat(f.Path("c.coffer")); err == nil {
		t.Error("it did not wait")
	}
	unlock()
	if status := f.Status(cmd.Wait()); status != 0 {
		t.Errorf("status %d", status)
	}
}

// The file that replaces another has its permissions and its owner; what cannot be kept
// is named.
func TestReplacedFile(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	root := os.Getuid() == 0
	for _, args := range [][]string{
		{"seal", "--force", "--key-file", "key.txt", "-o", "c.coffer", "folder"},
		{"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "c.coffer"},
	} {
		f.Write("password", []byte("correct horse"))
		f.Check(os.Chmod(f.Path("c.coffer"), 0o604))
		if root {
			f.Check(os.Chown(f.Path("c.coffer"), 12, 34))
		}
		os.Remove(f.Path("other.coffer"))
		f.Check(os.Link(f.Path("c.coffer"), f.Path("other.coffer")))
		stderr := f.Succeed(args...)
		info, err := os.Stat(f.Path("c.coffer"))
		f.Check(err)
		if uid, gid, _, _ := newfile.OwnerOf(info); info.Mode().Perm() != 0o604 || root && (uid != 12 || gid != 34) {
			t.Errorf("%s: mode %v, user %d, group %d", args[0], info.Mode(), uid, gid)
		}
		if !strings.Contains(stderr, "c.coffer had 1 other name by hard links, which still lead to the file as it was\n") {
			t.Errorf("%s: %s", args[0], stderr)
		}
	}
}

// accessOf is an access control list of Linux in which one user more than the owner has
// access.
func accessOf(user uint32) []byte {
	const nobody = 1<<32 - 1
	list := binary.LittleEndian.AppendUint32(nil, 2)
	for _, entry := range []struct {
		tag, access uint16
		id          uint32
	}{{0x01, 6, nobody}, {0x02, 4, user}, {0x04, 4, nobody}, {0x10, 4, nobody}, {0x20, 0, nobody}} {
		list = binary.LittleEndian.AppendUint16(list, entry.tag)
		list = binary.LittleEndian.AppendUint16(list, entry.access)
		list = binary.LittleEndian.AppendUint32(list, entry.id)
	}
	return list
}

// The file that replaces another has its extended attributes and its access control
// list, and not those that a folder gives to new files.
func TestReplacedAttributes(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Write("password", []byte("correct horse"))
	f.Check(os.Mkdir(f.Path("out"), 0o700))
	f.Succeed("seal", "--key-file", "key.txt", "-o", "out/c.coffer", "folder")
	path := f.Path("out/c.coffer")
	if err := unix.Setxattr(path, "user.coffer.note", []byte("mine"), 0); err != nil {
		t.Skipf("files have no attributes here: %v", err)
	}
	list := accessOf(12345)
	hasLists := unix.Setxattr(path, newfile.AccessList, list, 0) == nil
	attributes := func() map[string]string {
		found := map[string]string{}
		for _, name := range newfile.Attributes(path) {
			value, err := readAttribute(path, name)
			f.Check(err)
			found[name] = string(value)
		}
		return found
	}
	replacing := [][]string{
		{"seal", "--force", "--key-file", "key.txt", "-o", "out/c.coffer", "folder"},
		{"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "out/c.coffer"},
	}
	want := attributes()
	for _, args := range replacing {
		stderr := f.Succeed(args...)
		if diff := cmp.Diff(want, attributes()); diff != "" {
			t.Errorf("%s: %s", args[0], diff)
		}
		if strings.Contains(stderr, "could not be kept") {
			t.Errorf("%s: %s", args[0], stderr)
		}
	}
	if !hasLists {
		t.Skip("files have no access control lists here")
	}
	f.Check(unix.Removexattr(path, newfile.AccessList))
	f.Check(os.Chmod(path, 0o640))
	f.Check(unix.Setxattr(f.Path("out"), "system.posix_acl_default", list, 0))
	want = attributes()
	for _, args := range replacing {
		f.Succeed(args...)
		info, err := os.Stat(path)
		f.Check(err)
		if diff := cmp.Diff(want, attributes()); diff != "" || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: mode %v, %s", args[0], info.Mode(), diff)
		}
	}
}

// An attribute that is not kept is named.
func TestLostAttribute(t *testing.T) {
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	if err := unix.Setxattr(f.Path("c.coffer"), "security.coffer", []byte("label"), 0); err != nil {
		t.Skipf("files have no such attributes here: %v", err)
	}
	stderr := f.Succeed("seal", "--force", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	if want := "c.coffer had the extended attribute security.coffer, which could not be kept: it is the system's to give\n"; !strings.Contains(stderr, want) {
		t.Errorf("it says %q", stderr)
	}
}

// What a killed run left is removed, and what a run still writes is not.
func TestStaleTemps(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", pattern(8<<20))
	cmd, _, _ := f.waiting("pipe", "seal", "--key-file", "pipe", "-o", "killed.coffer", "folder")
	f.Check(cmd.Process.Kill())
	cmd.Wait()
	stale := f.Temps()
	if len(stale) != 1 {
		t.Fatalf("left behind by a killed run: %q", stale)
	}
	_, _, answer := f.waiting("pipe2", "seal", "--key-file", "pipe2", "-o", "slow.coffer", "folder")
	if _, err := os.Stat(stale[0]); err == nil {
		t.Error("what was stale is still there")
	}
	f.Write(".coffer-write-mine.tmp", []byte("not by this program"))
	f.Write(".coffer-write-99999-0.tmp", []byte("nor this"))
	f.Write(".coffer-write-99999-1.tmp", []byte(header.Magic+"begun"))
	stderr := f.Succeed("seal", "--key-file", "key.txt", "-o", "fast.coffer", "folder")
	if !strings.Contains(stderr, ".coffer-write-99999-0.tmp is named as an unfinished file of this program, and is no container: it stays\n") || !strings.Contains(stderr, ".coffer-write-99999-1.tmp (13 B) was left by a run that did not end: it is removed\n") {
		t.Errorf("it says %s", stderr)
	}
	if status := answer(testKey.Text()); status != 0 {
		t.Errorf("a run lost its file: status %d", status)
	}
	if left := f.Temps(); len(left) != 2 {
		t.Errorf("left behind: %q", left)
	}
}

// Where files can share blocks, changing a password takes no space as large as the
// container.
func TestChangeTakesNoSpace(t *testing.T) {
	f := newFixture(t)
	f.Write("one", []byte("correct horse"))
	from, err := os.Open(f.Path("one"))
	f.Check(err)
	defer from.Close()
	to, err := os.Create(f.Path("clone"))
	f.Check(err)
	defer to.Close()
	if err := cloneFile(to, from); err != nil {
		t.Skipf("files do not share blocks here: %v", err)
	}
	const size = 32 << 20
	f.Write("folder/a", pattern(size))
	f.Write("two", []byte("battery staple"))
	f.Succeed("seal", "--password-file", "one", "-o", "c.coffer", "folder")
	f.Check(os.Link(f.Path("c.coffer"), f.Path("old.coffer"))) // what it was stays
	free := func() uint64 {
		unix.Sync()
		var st unix.Statfs_t
		f.Check(unix.Statfs(f.Root, &st))
		return st.Bfree * uint64(st.Bsize)
	}
	before := free()
	f.Succeed("slot", "set-password", "--password-file", "one", "--new-password-file", "two", "c.coffer")
	if after := free(); after+size/2 < before {
		t.Errorf("it took %d bytes", before-after)
	}
	f.Succeed("verify", "--password-file", "two", "c.coffer")
	f.Succeed("verify", "--password-file", "one", "old.coffer")
}

// readAttribute returns the value of an extended attribute of at most 64 KiB.
func readAttribute(path, name string) ([]byte, error) {
	value := make([]byte, 1<<16)
	n, err := unix.Lgetxattr(path, name, value)
	return value[:max(n, 0)], err
}
