//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

// fixture is a folder to work in, with the key in key.txt.
type fixture struct{ *workdir.Dir }

func newFixture(t *testing.T) *fixture {
	f := &fixture{workdir.New(t, "coffer")}
	f.Write("key.txt", []byte(testKey.Text()))
	return f
}

// eventually waits for something another process does.
func (f *fixture) eventually(what string, happened func() bool) {
	f.T.Helper()
	for range 2000 {
		if happened() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	f.T.Fatalf("%s: not within ten seconds", what)
}

// stalled starts sealing a folder to a pipe that nobody reads yet: the program
// stands still once the pipe is full, about 1 MiB into the first file. What it
// writes can then be had with rest.
func (f *fixture) stalled(args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer, rest func() []byte) {
	f.T.Helper()
	r, w, err := os.Pipe()
	f.Check(err)
	cmd = f.Command(append([]string{"seal", "--key-file", "key.txt", "-o", "-"}, args...)...)
	stderr = new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = w, stderr
	f.Check(cmd.Start())
	w.Close()
	f.T.Cleanup(func() { r.Close() })
	f.eventually("the pipe is full", func() bool {
		n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ)
		return err == nil && n > 1<<15
	})
	time.Sleep(20 * time.Millisecond) // for what is read ahead
	return cmd, stderr, func() []byte {
		all, err := io.ReadAll(r)
		f.Check(err)
		return all
	}
}

// limited runs the program so that no file can be larger than some KiB: what a
// full disk is to a program, on every machine.
func (f *fixture) limited(kib int, args string) (int, string) {
	f.T.Helper()
	coffer := f.Command().Path
	cmd := exec.Command("sh", "-c", fmt.Sprintf("trap '' XFSZ; ulimit -f %d; exec %s %s", 2*kib, coffer, args))
	cmd.Dir = f.Root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return f.Status(cmd.Run()), stderr.String()
}

// interrupt starts a program and sends it a signal when it is ready.
func (f *fixture) interrupt(cmd *exec.Cmd, sig syscall.Signal, ready func() bool) {
	f.T.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	f.Check(cmd.Start())
	f.eventually("the program is at work", ready)
	f.Check(cmd.Process.Signal(sig))
	status := f.Status(cmd.Wait())
	want := regexp.MustCompile(regexp.QuoteMeta(cmd.Args[1]) + `: interrupted(; .*)?\n$`)
	if status != 130 || !want.Match(stderr.Bytes()) {
		f.T.Errorf("coffer %s: status %d: %q", cmd.Args[1], status, &stderr)
	}
	if left := f.Temps(); len(left) > 0 {
		f.T.Errorf("left behind: %q", left)
	}
}

// hasRead returns how many bytes a running program has read.
func (f *fixture) hasRead(cmd *exec.Cmd) (n int) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", cmd.Process.Pid))
	f.Check(err)
	_, err = fmt.Sscanf(string(data), "rchar: %d", &n)
	f.Check(err)
	return n
}

// terminal returns the two ends of a new pseudo-terminal.
func (f *fixture) terminal() (master, slave *os.File) {
	master, slave, err := workdir.Terminal()
	f.Check(err)
	f.T.Cleanup(func() { master.Close() })
	f.T.Cleanup(func() { slave.Close() })
	return master, slave
}

func (f *fixture) echoes(tty *os.File) bool {
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	f.Check(err)
	return state.Lflag&unix.ECHO != 0
}
