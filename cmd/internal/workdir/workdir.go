// Package workdir helps tests to run a program in a folder of its own.
package workdir

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Dir is a folder in which tests run a program. A fault of the test itself ends it.
type Dir struct {
	T       testing.TB
	Root    string   // the folder
	Env     []string // variables that the program gets beside those of the test
	program string
}

// New returns an empty folder for runs of a program, which is this test binary under the
// name that testscript.Main gives a meaning.
func New(t testing.TB, program string) *Dir {
	if t, ok := t.(*testing.T); ok {
		t.Parallel()
	}
	return &Dir{T: t, Root: t.TempDir(), program: program}
}

// Path returns the path of a file in the folder.
func (d *Dir) Path(name string) string { return filepath.Join(d.Root, name) }

// Check ends the test with an error.
func (d *Dir) Check(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}

// Write writes a file and the folders it lies in.
func (d *Dir) Write(name string, data []byte) {
	d.T.Helper()
	d.Check(os.MkdirAll(filepath.Dir(d.Path(name)), 0o777))
	d.Check(os.WriteFile(d.Path(name), data, 0o600))
}

// Read returns the content of a file.
func (d *Dir) Read(name string) []byte {
	d.T.Helper()
	data, err := os.ReadFile(d.Path(name))
	d.Check(err)
	return data
}

// Command returns a run of the program in the folder.
func (d *Dir) Command(args ...string) *exec.Cmd {
	program, err := exec.LookPath(d.program)
	d.Check(err)
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = d.Root, append(os.Environ(), d.Env...)
	return cmd
}

// Run runs the program and returns its status and standard error.
func (d *Dir) Run(args ...string) (int, string) {
	d.T.Helper()
	cmd := d.Command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return d.Status(cmd.Run()), stderr.String()
}

// Status returns the exit status of an ended program, -1 if a signal killed it.
func (d *Dir) Status(err error) int {
	d.T.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.T.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

// Succeed runs the program, which is to end well.
func (d *Dir) Succeed(args ...string) string {
	d.T.Helper()
	status, stderr := d.Run(args...)
	if status != 0 {
		d.T.Fatalf("%s %q: status %d, %s", d.program, args, status, stderr)
	}
	return stderr
}

// Temps returns the temporary files below the folder.
func (d *Dir) Temps() []string {
	var found []string
	filepath.WalkDir(d.Root, func(path string, e os.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), ".coffer-") {
			found = append(found, path)
		}
		return nil
	})
	return found
}

// In returns the same folder for a test inside the one that it was made for.
func (d *Dir) In(t testing.TB) *Dir { return &Dir{t, d.Root, d.Env, d.program} }
