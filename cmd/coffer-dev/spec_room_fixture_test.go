//go:build linux

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coffer-format/coffer/cmd/internal/workdir"
)

// fixture is a folder to work in.
type fixture struct{ *workdir.Dir }

func newFixture(t *testing.T) *fixture { return &fixture{workdir.New(t, "coffer-dev")} }

// coffer runs the program of those who hold a container, and returns what it prints.
func (f *fixture) coffer(args ...string) []byte {
	f.T.Helper()
	program := f.Path("coffer")
	if _, err := os.Stat(program); err != nil {
		out, err := exec.Command("go", "build", "-o", program, "../coffer").CombinedOutput()
		if err != nil {
			f.T.Fatalf("%v: %s", err, out)
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = f.Root
	out, err := cmd.Output()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		f.T.Fatal(err)
	}
	return out
}

// serve starts "coffer-dev spec serve" and returns where it answers.
func (f *fixture) serve() string {
	root, err := filepath.Abs("../..")
	f.Check(err)
	cmd := f.Command("spec", "serve", "--addr", "127.0.0.1:0", "--root", root)
	out, err := cmd.StdoutPipe()
	f.Check(err)
	f.Check(cmd.Start())
	f.T.Cleanup(func() {
		f.Check(cmd.Process.Signal(os.Interrupt))
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	f.Check(err)
	return strings.TrimSpace(line)
}

// writeRoom writes the pages of the repository to the folder "room".
func (f *fixture) writeRoom() {
	f.T.Helper()
	root, err := filepath.Abs("../..")
	f.Check(err)
	f.Succeed("spec", "html", "--root", root, "room")
}
