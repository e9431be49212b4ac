//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/coffer-format/coffer/conformance/thorough"
)

// conversation is a run of the program on a terminal.
type conversation struct {
	f      *fixture
	cmd    *exec.Cmd
	master *os.File
	shown  bytes.Buffer
}

func (f *fixture) converse(args ...string) *conversation {
	master, slave := f.terminal()
	c := &conversation{f: f, cmd: f.Command(args...), master: master}
	c.cmd.Env = append(os.Environ(), "COFFER_STATE="+f.Path("state"))
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = slave, slave, slave
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	f.Check(c.cmd.Start())
	f.Check(syscall.SetNonblock(int(master.Fd()), true))
	return c
}

// read reads what is shown until it matches, and returns the groups.
func (c *conversation) read(pattern string) []string {
	c.f.T.Helper()
	var groups []string
	c.f.eventually(pattern, func() bool {
		b := make([]byte, 1<<12)
		if n, _ := syscall.Read(int(c.master.Fd()), b); n > 0 {
			c.shown.Write(bytes.ReplaceAll(b[:n], []byte("\r"), nil))
		}
		groups = regexp.MustCompile(pattern).FindStringSubmatch(c.shown.String())
		return groups != nil
	})
	c.shown.Reset()
	return groups
}

func (c *conversation) write(line string) {
	c.f.T.Helper()
	_, err := syscall.Write(int(c.master.Fd()), []byte(line+"\n"))
	c.f.Check(err)
}

// Nothing is asked before the terminal hides what is typed, which may come at once, and each line
// of a key is hidden. Afterwards the terminal shows again.
func TestHiddenFirst(t *testing.T) {
	f := newFixture(t)
	f.Write("folder/a.txt", []byte("a"))
	f.Check(f.Command("seal", "--key-file", "key.txt", "-o", "a.coffer", "folder").Run())
	c := f.converse("list", "a.coffer")
	for i, line := range strings.Split(testKey.Text(), "\n") {
		prompt := `64-digit key .*: $`
		if i > 0 {
			prompt = `go on: $`
		}
		c.read(prompt)
		if !c.isHidden() {
			t.Fatalf("line %d is asked for, and would be shown", i+1)
		}
		c.write(line)
	}
	c.read(`a.txt`)
	if c.isHidden() {
		t.Error("the terminal goes on to hide what is typed")
	}
	c.cmd.Wait()
}

// isHidden reports whether the terminal does not show what is typed.
func (c *conversation) isHidden() bool {
	state, err := unix.IoctlGetTermios(int(c.master.Fd()), unix.TCGETS)
	c.f.Check(err)
	return state.Lflag&unix.ECHO == 0
}

// A new key is shown once, and stored only after it was typed back; what is mistyped is
// named. It never goes to a file or to standard output by itself.
func TestNewKeyTypedBack(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	c := f.converse("on", "--new-key", "store")
	shown := c.read(`(?s)It is shown this once.*\n((?:    (?:[0-9a-f]{4} ?){4}\n){4})\n    key ([0-9a-f]{4}-[0-9a-f]{4})\n.*64-digit key ([0-9a-f]{4}-[0-9a-f]{4}): $`)
	if shown[2] != shown[3] {
		t.Errorf("key %s is shown, and %s asked for", shown[2], shown[3])
	}
	rows := strings.Split(strings.TrimSpace(shown[1]), "\n")
	digit := "0"
	if strings.HasPrefix(rows[0], digit) {
		digit = "1"
	}
	c.write(digit + strings.Join(rows, " ")[1:])
	c.read(`the key is mistyped: digit 1, in group 1 of line 1, is wrong: .*: try again\n64-digit key .*: $`)
	if names, err := os.ReadDir(f.Path("store")); err != nil || len(names) > 0 {
		t.Errorf("there is something in the store: %v, %v", names, err)
	}
	for i, row := range rows {
		c.write(strings.TrimSpace(row))
		if i < len(rows)-1 {
			c.read(`go on: $`)
		}
	}
	c.read(`the backup in store is on, and the 64-digit key has opened it; key ` + shown[2] + `\n`)
	if status := f.Status(c.cmd.Wait()); status != 0 {
		t.Errorf("status %d", status)
	}
	f.Write("shown.txt", []byte(shown[1]))
	status := f.Command("status", "--key-file", "shown.txt", "store")
	status.Env = c.cmd.Env
	if out, err := status.CombinedOutput(); err != nil {
		t.Errorf("the key does not open the backup: %v: %s", err, out)
	}
}

// A new key that is not typed back opens nothing, and the folder that was made goes.
func TestNewKeyNotTypedBack(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	c := f.converse("on", "--new-key", "store")
	c.read(`64-digit key .*: $`)
	c.write("\x04")
	c.read(`the question was not answered, and nothing was done\n`)
	if status := f.Status(c.cmd.Wait()); status != 1 {
		t.Errorf("status %d", status)
	}
	if _, err := os.Stat(f.Path("store")); err == nil {
		t.Error("the folder is there")
	}
	if names, err := os.ReadDir(f.Path("state")); err == nil && len(names) > 0 {
		t.Errorf("something is remembered: %v", names)
	}
}

// A question that is called off says that nothing was done, and status shows the generations of
// a backup of another device to whoever wants to give the secret.
func TestInterruptedQuestion(t *testing.T) {
	thorough.NotShort(t)
	f := newFixture(t)
	f.Write("folder/a", []byte("a"))
	for _, args := range [][]string{{"on", "--key-file", "key.txt", "store"}, {"backup", "store", "folder"}} {
		cmd := f.Command(args...)
		cmd.Env = append(os.Environ(), "COFFER_STATE="+f.Path("other"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
	}
	c := f.converse("status", "store")
	c.read(`Show them\? \(yes or no\) $`)
	c.write("no")
	c.read(`generations   shown with the secret`)
	if status := f.Status(c.cmd.Wait()); status != 0 {
		t.Errorf("status %d", status)
	}
	c = f.converse("status", "store")
	c.read(`Show them\? \(yes or no\) $`)
	c.write("yes")
	c.read(`64-digit key [0-9a-f]{4}-[0-9a-f]{4}: $`)
	c.write("\x03")
	c.read(`coffer status: interrupted; nothing was done\n`)
	if status := f.Status(c.cmd.Wait()); status != 130 {
		t.Errorf("status %d", status)
	}
}
