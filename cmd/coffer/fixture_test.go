//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fixture is a folder to work in, with the key in key.txt.
type fixture struct {
	t   *testing.T
	dir string
}

func newFixture(t *testing.T) *fixture {
	t.Parallel()
	f := &fixture{t, t.TempDir()}
	f.write("key.txt", []byte(testKey.Text()))
	return f
}

func (f *fixture) path(name string) string { return filepath.Join(f.dir, name) }

func (f *fixture) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) write(name string, data []byte) {
	f.t.Helper()
	f.check(os.MkdirAll(filepath.Dir(f.path(name)), 0o777))
	f.check(os.WriteFile(f.path(name), data, 0o600))
}

func (f *fixture) read(name string) []byte {
	f.t.Helper()
	data, err := os.ReadFile(f.path(name))
	f.check(err)
	return data
}

// command returns a run of the program, which is this test binary under the name
// that TestMain gives a meaning.
func (f *fixture) command(args ...string) *exec.Cmd {
	program, err := exec.LookPath("coffer")
	f.check(err)
	cmd := exec.Command(program, args...)
	cmd.Dir = f.dir
	return cmd
}

// run runs the program and returns its status and standard error.
func (f *fixture) run(args ...string) (int, string) {
	f.t.Helper()
	cmd := f.command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return f.status(cmd.Run()), stderr.String()
}

// status returns the exit status of an ended program, -1 if a signal killed it.
func (f *fixture) status(err error) int {
	f.t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		f.t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

// succeed runs the program, which is to end well.
func (f *fixture) succeed(args ...string) string {
	f.t.Helper()
	status, stderr := f.run(args...)
	if status != 0 {
		f.t.Fatalf("coffer %q: status %d, %s", args, status, stderr)
	}
	return stderr
}

// temps returns the temporary files below the folder.
func (f *fixture) temps() []string {
	var found []string
	filepath.WalkDir(f.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(d.Name(), ".coffer-") {
			found = append(found, path)
		}
		return nil
	})
	return found
}

// eventually waits for something another process does.
func (f *fixture) eventually(what string, happened func() bool) {
	f.t.Helper()
	for range 2000 {
		if happened() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	f.t.Fatalf("%s: not within ten seconds", what)
}

// pattern returns bytes that differ everywhere.
func pattern(n int) []byte {
	data := make([]byte, n)
	x := uint32(1)
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return data
}

// stalled starts sealing a folder to a pipe that nobody reads yet: the program
// stands still once the pipe is full, about 1 MiB into the first file. What it
// writes can then be had with rest.
func (f *fixture) stalled(args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer, rest func() []byte) {
	f.t.Helper()
	r, w, err := os.Pipe()
	f.check(err)
	cmd = f.command(append([]string{"seal", "--key-file", "key.txt", "-o", "-"}, args...)...)
	stderr = new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = w, stderr
	f.check(cmd.Start())
	w.Close()
	f.t.Cleanup(func() { r.Close() })
	f.eventually("the pipe is full", func() bool {
		n, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ)
		return err == nil && n > 1<<15
	})
	time.Sleep(20 * time.Millisecond) // for what is read ahead
	return cmd, stderr, func() []byte {
		all, err := io.ReadAll(r)
		f.check(err)
		return all
	}
}

// limited runs the program so that no file can be larger than some KiB: what a
// full disk is to a program, on every machine.
func (f *fixture) limited(kib int, args string) (int, string) {
	f.t.Helper()
	coffer := f.command().Path
	cmd := exec.Command("sh", "-c", fmt.Sprintf("trap '' XFSZ; ulimit -f %d; exec %s %s", 2*kib, coffer, args))
	cmd.Dir = f.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return f.status(cmd.Run()), stderr.String()
}

// interrupt starts a program and sends it a signal when it is ready.
func (f *fixture) interrupt(cmd *exec.Cmd, sig syscall.Signal, ready func() bool) {
	f.t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	f.check(cmd.Start())
	f.eventually("the program is at work", ready)
	f.check(cmd.Process.Signal(sig))
	status := f.status(cmd.Wait())
	want := cmd.Args[1] + ": interrupted; what was unfinished has been removed\n"
	if status != 130 || !strings.HasSuffix(stderr.String(), want) {
		f.t.Errorf("coffer %s: status %d: %q", cmd.Args[1], status, &stderr)
	}
	if left := f.temps(); len(left) > 0 {
		f.t.Errorf("left behind: %q", left)
	}
}

// hasRead returns how many bytes a running program has read.
func (f *fixture) hasRead(cmd *exec.Cmd) (n int) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", cmd.Process.Pid))
	f.check(err)
	_, err = fmt.Sscanf(string(data), "rchar: %d", &n)
	f.check(err)
	return n
}

// terminal returns the two ends of a new pseudo-terminal.
func (f *fixture) terminal() (master, slave *os.File) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	f.check(err)
	f.t.Cleanup(func() { master.Close() })
	f.check(unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	f.check(err)
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	f.check(err)
	f.t.Cleanup(func() { slave.Close() })
	return master, slave
}

func (f *fixture) echoes(tty *os.File) bool {
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	f.check(err)
	return state.Lflag&unix.ECHO != 0
}
