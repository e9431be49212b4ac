//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/newfile"
	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/thorough"
	"github.com/coffer-format/coffer/ref/archive"
	"github.com/coffer-format/coffer/ref/header"
	"github.com/coffer-format/coffer/ref/set"
	"github.com/coffer-format/coffer/ref/store/folder"
)

// A file that becomes shorter while it is read is sealed with what is left, and the holder
// is told.
func TestSealShrinkingFile(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", pattern(16<<20))
	f.Write("folder/b", []byte("b"))
	cmd, stderr, rest := f.stalled("folder")
	f.Check(os.Truncate(f.Path("folder/a"), 8<<20))
	f.Write("c.coffer", rest())
	if status := f.Status(cmd.Wait()); status != 0 || !strings.Contains(stderr.String(), "folder/a has changed while it was read: it is sealed as it was read\n") {
		t.Fatalf("status %d: %s", status, stderr)
	}
	f.Succeed("verify", "--key-file", "key.txt", "c.coffer")
	f.Succeed("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
	if !bytes.Equal(f.Read("out/a"), pattern(8<<20)) || string(f.Read("out/b")) != "b" {
		t.Error("the files are not what is left of them")
	}
}

// Of a file that becomes longer, what it had is sealed, and the holder is told.
func TestSealGrowingFile(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", pattern(8<<20))
	cmd, stderr, rest := f.stalled("folder")
	a, err := os.OpenFile(f.Path("folder/a"), os.O_APPEND|os.O_WRONLY, 0)
	f.Check(err)
	_, err = a.Write(pattern(1 << 20))
	f.Check(err)
	f.Check(a.Close())
	f.Write("c.coffer", rest())
	if status := f.Status(cmd.Wait()); status != 0 || !strings.Contains(stderr.String(), "folder/a has changed while it was read: it is sealed as it was read\n") {
		t.Fatalf("status %d: %s", status, stderr)
	}
	f.Succeed("open", "--key-file", "key.txt", "-C", "out", "c.coffer")
	if !bytes.Equal(f.Read("out/a"), pattern(8<<20)) {
		t.Error("the file is not what it was")
	}
}

// A file that is gone when its turn comes: without --keep-going nothing is
// sealed, with it everything else.
func TestSealVanishingFile(t *testing.T) {
	for _, keepGoing := range []bool{false, true} {
		t.Run(fmt.Sprint(keepGoing), func(t *testing.T) {
			f := newFixture(t)
			f.Write("folder/a", []byte("a"))
			f.Write("folder/b", []byte("b"))
			f.Check(syscall.Mkfifo(f.Path("key.pipe"), 0o600))
			cmd := f.Command("seal", "--key-file", "key.pipe", fmt.Sprintf("--keep-going=%v", keepGoing), "folder")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			f.Check(cmd.Start())
			// The folder has been listed when the program asks for the key.
			pipe, err := os.OpenFile(f.Path("key.pipe"), os.O_WRONLY, 0)
			f.Check(err)
			f.Check(os.Remove(f.Path("folder/a")))
			_, err = pipe.WriteString(testKey.Text())
			f.Check(err)
			f.Check(pipe.Close())
			if status := f.Status(cmd.Wait()); status != 1 {
				t.Errorf("status %d: %s", status, &stderr)
			}
			want := "coffer seal: folder/a: it is no longer there; nothing was sealed, --keep-going seals the other files\n"
			if keepGoing {
				want = "not sealed: folder/a: it is no longer there\nsealed 1 file (1 B) in folder.coffer, key d976-4c6c; 1 file left out\n"
				f.Succeed("open", "--key-file", "key.txt", "-C", "out", "folder.coffer")
				if string(f.Read("out/b")) != "b" {
					t.Error("the other file was not sealed")
				}
			} else if _, err := os.Stat(f.Path("folder.coffer")); err == nil {
				t.Error("there is a container")
			}
			if stderr.String() != want {
				t.Errorf("stderr %q, want %q", &stderr, want)
			}
			if left := f.Temps(); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// When the disk is full nothing is left that looks finished, nor anything else.
func TestFullDisk(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/large", pattern(4<<20))
	f.Write("folder/a", []byte("a"))
	status, stderr := f.limited(1024, "seal --key-file key.txt folder")
	if status != 1 || !strings.HasSuffix(stderr, "folder.coffer cannot be written: file too large: the file system there holds no file of this size\n") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("seal: status %d: %s", status, stderr)
	}
	if _, err := os.Stat(f.Path("folder.coffer")); err == nil {
		t.Error("there is a container")
	}

	f.Succeed("seal", "--key-file", "key.txt", "folder")
	before := f.Read("folder.coffer")
	status, stderr = f.limited(1024, "open --key-file key.txt -C out folder.coffer")
	if status != program.Refused || !strings.Contains(stderr, "not restored: large: the file system holds no file of this size (file too large)\n") {
		t.Errorf("open: status %d: %s", status, stderr)
	}
	if _, err := os.Stat(f.Path("out/large")); err == nil {
		t.Error("there is a part of a file under its name")
	}
	f.Write("password", []byte("correct horse"))
	status, stderr = f.limited(1024, "slot set-password --key-file key.txt --new-password-file password folder.coffer")
	if status != 1 || !strings.HasSuffix(stderr, "folder.coffer cannot be written: file too large: the file system there holds no file of this size\n") {
		t.Errorf("set-password: status %d: %s", status, stderr)
	}
	if !bytes.Equal(f.Read("folder.coffer"), before) {
		t.Error("the container was changed")
	}
	cmd := exec.Command("sh", "-c", f.Command().Path+" seal --key-file key.txt -o - folder >/dev/full")
	cmd.Dir = f.Root
	if out, err := cmd.CombinedOutput(); f.Status(err) != 1 || !strings.Contains(string(out), "no space left on device") {
		t.Errorf("seal to a full device: %v, %s", err, out)
	}
	if left := f.Temps(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A program that is killed leaves temporary files at most: what has its name is
// whole.
func TestKill(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	for i := range 40 {
		f.Write(fmt.Sprintf("folder/%02d", i), pattern(1<<20))
	}
	f.Succeed("seal", "--key-file", "key.txt", "-o", "good.coffer", "folder")
	kill := func(cmd *exec.Cmd, after time.Duration) {
		f.Check(cmd.Start())
		time.Sleep(after)
		cmd.Process.Kill()
		cmd.Wait()
	}
	killed := 0
	for i := range thorough.Number(4, 12) {
		out := fmt.Sprintf("out%d", i)
		cmd := f.Command("open", "--key-file", "key.txt", "-C", out, "good.coffer")
		kill(cmd, time.Duration(10+3*i)*time.Millisecond)
		if !cmd.ProcessState.Exited() {
			killed++
		}
		names, _ := os.ReadDir(f.Path(out))
		for _, name := range names {
			if !strings.HasPrefix(name.Name(), ".coffer-") && !bytes.Equal(f.Read(out+"/"+name.Name()), pattern(1<<20)) {
				t.Errorf("%s has its name and is not whole", name.Name())
			}
		}

		c := fmt.Sprintf("c%d.coffer", i)
		cmd = f.Command("seal", "--key-file", "key.txt", "-o", c, "folder")
		kill(cmd, time.Duration(10+3*i)*time.Millisecond)
		if !cmd.ProcessState.Exited() {
			killed++
		}
		if _, err := os.Stat(f.Path(c)); err == nil {
			f.Succeed("verify", "--key-file", "key.txt", c)
		}
		f.Check(os.RemoveAll(f.Path(out)))
		os.Remove(f.Path(c))
	}
	if killed == 0 {
		t.Error("no run was killed before it ended")
	}
}

// A signal ends the work with status 130, and what was begun is removed.
func TestInterrupt(t *testing.T) {
	thorough.NotShort(t)
	// Where hang-ups are ignored, as under nohup, the program would ignore them too;
	// a signal that is handled here has its default in a program that is started.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangups) }) // after the subtests, which are parallel
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run("waiting for the key/"+sig.String(), func(t *testing.T) {
			f := newFixture(t)
			f.Write("folder/a", []byte("a"))
			f.Check(syscall.Mkfifo(f.Path("key.pipe"), 0o600))
			cmd := f.Command("seal", "--key-file", "key.pipe", "folder")
			f.interrupt(cmd, sig, func() bool { return len(f.Temps()) > 0 })
			if _, err := os.Stat(f.Path("folder.coffer")); err == nil {
				t.Error("there is a container")
			}
		})
	}
	t.Run("sealing what has no end in sight", func(t *testing.T) {
		f := newFixture(t)
		f.Write("folder/a", []byte("a"))
		f.Check(os.Truncate(f.Path("folder/a"), 1<<36))
		f.interrupt(f.Command("seal", "--key-file", "key.txt", "folder"), syscall.SIGTERM, func() bool {
			temps := f.Temps()
			if len(temps) == 0 {
				return false
			}
			info, err := os.Stat(temps[0])
			return err == nil && info.Size() > 1<<20
		})
	})
	t.Run("opening", func(t *testing.T) {
		f := newFixture(t)
		f.Write("folder/a", []byte("a"))
		f.Check(os.Truncate(f.Path("folder/a"), 256<<20))
		f.Succeed("seal", "--key-file", "key.txt", "folder")
		f.Check(os.Remove(f.Path("folder/a")))
		f.interrupt(f.Command("open", "--key-file", "key.txt", "-C", "out", "folder.coffer"), syscall.SIGINT, func() bool { return len(f.Temps()) > 0 })
		if _, err := os.Stat(f.Path("out/a")); err == nil {
			t.Error("there is a file")
		}
		for _, command := range []string{"verify", "salvage"} {
			cmd := f.Command(command, "--key-file", "key.txt", "folder.coffer")
			f.interrupt(cmd, syscall.SIGINT, func() bool { return f.hasRead(cmd) > 8<<20 })
		}
	})
	t.Run("spooling", func(t *testing.T) {
		f := newFixture(t)
		cmd := f.Command("list", "--key-file", "key.txt", "-")
		stdin, err := cmd.StdinPipe()
		f.Check(err)
		defer stdin.Close()
		_, err = io.WriteString(stdin, header.Magic) // what begins otherwise is not copied
		f.Check(err)
		f.interrupt(cmd, syscall.SIGINT, func() bool {
			_, err := stdin.Write(make([]byte, 1<<17)) // more than a pipe holds
			return err == nil
		})
	})
}

// A signal ends the program even while it waits for what cannot be called off, such as
// a pipe that nobody reads.
func TestInterruptStuck(t *testing.T) {
	thorough.Only(t) // the program gives what it waits for some seconds
	f := newFixture(t)
	f.Write("folder/a", pattern(8<<20))
	cmd, stderr, _ := f.stalled("folder")
	f.Check(cmd.Process.Signal(syscall.SIGTERM))
	if status := f.Status(cmd.Wait()); status != 130 || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// A second signal ends the program at once, while it waits for what cannot be called
// off, and nothing is left behind.
func TestInterruptTwice(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Check(os.Mkdir(f.Path("out"), 0o700))
	unlock, err := newfile.LockFolder(f.Path("out")) // as if another run were about to rename
	f.Check(err)
	defer unlock()
	cmd := f.Command("seal", "--key-file", "key.txt", "-o", "out/c.coffer", "folder")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	f.Check(cmd.Start())
	out, err := filepath.EvalSymlinks(f.Path("out"))
	f.Check(err)
	opened := fmt.Sprintf("/proc/%d/fd", cmd.Process.Pid)
	f.eventually("it waits for the folder", func() bool {
		files, err := os.ReadDir(opened)
		return err == nil && slices.ContainsFunc(files, func(file os.DirEntry) bool {
			path, err := os.Readlink(filepath.Join(opened, file.Name()))
			return err == nil && path == out
		})
	})
	f.Check(cmd.Process.Signal(syscall.SIGINT))
	time.Sleep(100 * time.Millisecond)
	begun := time.Now()
	f.Check(cmd.Process.Signal(syscall.SIGTERM))
	status := f.Status(cmd.Wait())
	want := "coffer: interrupted twice; what was unfinished has been removed\n"
	if status != program.Interrupted || stderr.String() != want || time.Since(begun) > 3*time.Second {
		t.Errorf("status %d after %v: %s", status, time.Since(begun), &stderr)
	}
	if left := f.Temps(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// What is unfinished and cannot be removed is named.
func TestUnremovable(t *testing.T) {
	const name = "/proc/version"
	newfile.Begun(name)
	defer newfile.Ended(name)
	if left := newfile.RemoveUnfinished(); !slices.Contains(left, name) {
		t.Errorf("left: %q", left)
	}
}

// Whenever signals come, several at once, too, nothing is left behind and one line says
// so.
func TestInterruptAtOnce(t *testing.T) {
	thorough.Only(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	f.Check(os.Truncate(f.Path("folder/a"), 512<<20))
	f.Succeed("seal", "--key-file", "key.txt", "folder")
	for i := range 5 {
		cmd := f.Command("open", "--key-file", "key.txt", "-C", fmt.Sprint("out", i), "folder.coffer")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		f.Check(cmd.Start())
		f.eventually("it is at work", func() bool { return len(f.Temps()) > 0 })
		for _, sig := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCONT} {
			f.Check(cmd.Process.Signal(sig))
		}
		status := f.Status(cmd.Wait())
		said := strings.TrimSuffix(stderr.String(), "; what was unfinished has been removed\n") // unless nothing was noted as such yet
		if status != program.Interrupted || strings.Count(said, "interrupted") != 1 || !strings.HasSuffix(strings.TrimSpace(said), "interrupted") {
			t.Errorf("status %d: %s", status, &stderr)
		}
		if left := f.Temps(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}

// Ctrl-C at a prompt ends the program, and the terminal shows again what is
// typed.
func TestInterruptPrompt(t *testing.T) {
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	master, slave := f.terminal()
	cmd := f.Command("seal", "folder")
	cmd.Stdin, cmd.Stderr = slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	f.Check(cmd.Start())
	f.eventually("the prompt", func() bool { return !f.echoes(slave) })
	_, err := master.Write([]byte("half a pass\x03"))
	f.Check(err)
	if status := f.Status(cmd.Wait()); status != 130 {
		t.Errorf("status %d", status)
	}
	if !f.echoes(slave) {
		t.Error("the terminal does not show what is typed")
	}
	if left := f.Temps(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// The end of the input at a prompt ends the program, and what is typed comes back to be
// shown.
func TestPromptEnds(t *testing.T) {
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	master, slave := f.terminal()
	cmd := f.Command("seal", "folder")
	cmd.Stdin, cmd.SysProcAttr = slave, &syscall.SysProcAttr{Setsid: true, Setctty: true}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	f.Check(cmd.Start())
	f.eventually("the prompt", func() bool { return !f.echoes(slave) })
	_, err := master.Write([]byte{4}) // Ctrl-D
	f.Check(err)
	const want = "coffer seal: the question was not answered, and nothing was done\n"
	if status := f.Status(cmd.Wait()); status != 1 || stderr.String() != want {
		t.Errorf("status %d: %q", status, &stderr)
	}
	if !f.echoes(slave) {
		t.Error("the terminal does not show what is typed")
	}
}

// Progress is shown on a terminal, once the work takes longer than a second, and
// nowhere else.
func TestProgress(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", pattern(8<<20))
	start := func(stderr *os.File) (cmd *exec.Cmd, end func()) {
		r, w, err := os.Pipe()
		f.Check(err)
		cmd = f.Command("seal", "--key-file", "key.txt", "-o", "-", "folder")
		cmd.Stdout, cmd.Stderr = w, stderr
		f.Check(cmd.Start())
		w.Close()
		return cmd, func() {
			_, err = io.Copy(io.Discard, r)
			f.Check(err)
			if status := f.Status(cmd.Wait()); status != 0 {
				t.Fatalf("status %d", status)
			}
		}
	}
	log, err := os.Create(f.Path("log"))
	f.Check(err)
	_, endLogged := start(log)
	master, slave := f.terminal()
	cmd, end := start(slave)
	f.Check(syscall.SetNonblock(int(master.Fd()), true))
	shown := &conversation{f: f, cmd: cmd, master: master}
	for range 2 { // nobody reads what is sealed, so the work stands still, and the display must not
		shown.read(`sealing: [0-9.]+ [KM]iB of 8.0 MiB \([0-9]+ %\), [0-9.]+ [KM]?i?B per second, (about [0-9]+|a few) (second|minute)s? left`)
	}
	end()
	endLogged()
	if text := string(f.Read("log")); !strings.HasPrefix(text, "sealed 1 file") {
		t.Errorf("shown elsewhere: %q", text)
	}
}

// A hundred thousand files are sealed, listed, verified and restored; the log tells
// how long each takes.
func TestManyFiles(t *testing.T) {
	thorough.Only(t)
	f := newFixture(t)
	if dir, err := os.MkdirTemp("/dev/shm", "coffer-test-"); err == nil { // creating them on a disk takes longer than sealing them
		t.Cleanup(func() { os.RemoveAll(dir) })
		f.Root = dir
		f.Write("key.txt", []byte(testKey.Text()))
	}
	const folders, files = 100, 1000
	for i := range folders {
		first := fmt.Sprintf("folder/%03d/0000", i)
		f.Write(first, []byte("x"))
		for j := 1; j < files; j++ {
			f.Check(os.Link(f.Path(first), f.Path(fmt.Sprintf("folder/%03d/%04d", i, j))))
		}
	}
	begun := time.Now()
	for _, args := range [][]string{
		{"seal", "folder"},
		{"list", "folder.coffer"},
		{"verify", "folder.coffer"},
		{"open", "-C", "out", "folder.coffer", "042"},
	} {
		f.Succeed(append([]string{args[0], "--key-file", "key.txt"}, args[1:]...)...)
		t.Logf("%s: %v so far", args[0], time.Since(begun))
	}
	names, err := os.ReadDir(f.Path("out/042"))
	if err != nil || len(names) != files {
		t.Errorf("the folder has %d files, %v", len(names), err)
	}
}

// A restore that is interrupted leaves neither a temporary folder nor a part of a file.
func TestInterruptedRestore(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Check(os.Mkdir(f.Path("store"), 0o700))
	f.Check(os.Mkdir(f.Path("spool"), 0o700))
	s, err := folder.Open(f.Path("store"))
	f.Check(err)
	defer s.Close()
	m := newSetMaker(f.Check, s, 1)
	m.size = set.DataSize
	m.epoch(testKey)
	m.commit(setDays[0], map[string]madeFile{"large": {archive.Other, string(pattern(48 << 20))}})
	cmd := f.Command("restore", "--key-file", "key.txt", "--spool", "spool", "-C", "out", "store")
	cmd.Env = append(os.Environ(), "COFFER_STATE="+f.Path("state"))
	f.interrupt(cmd, syscall.SIGINT, func() bool {
		temps, _ := filepath.Glob(f.Path("spool/.coffer-restore-*/*"))
		return len(temps) > 0
	})
	if _, err := os.Stat(f.Path("out/large")); err == nil {
		t.Error("there is a file")
	}
	if left, _ := os.ReadDir(f.Path("spool")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
