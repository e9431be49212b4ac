//go:build linux

package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coffer-format/coffer/cmd/internal/program"
	"github.com/coffer-format/coffer/conformance/thorough"
)

// Every command that writes where it is told follows one rule: folders, pipes and
// devices are never replaced, by links neither, and nothing is written to them; a file
// or a link gives its name up only to who may replace it; and a file that is replaced
// unread is of the kind of what replaces it.
func TestOutputs(t *testing.T) {
	thorough.NotShort(t)
	commands := map[string]struct {
		args     []string
		replaces bool   // what exists
		only     string // of files, this kind
		opens    bool   // what exists, before it replaces it
	}{
		"seal":              {args: []string{"seal", "--key-file", "key.txt", "-o", "OUT", "folder"}},
		"seal --force":      {args: []string{"seal", "--key-file", "key.txt", "--force", "-o", "OUT", "folder"}, replaces: true, only: "a container"},
		"header":            {args: []string{"header", "-o", "OUT", "c.coffer"}},
		"header --force":    {args: []string{"header", "--force", "-o", "OUT", "c.coffer"}, replaces: true, only: "a header"},
		"key":               {args: []string{"key", "-o", "OUT"}},
		"slot set-password": {args: []string{"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "OUT"}, opens: true},
		"slot remove":       {args: []string{"slot", "remove", "--key-file", "key.txt", "OUT", "1"}, opens: true},
		"open":              {args: []string{"open", "--key-file", "key.txt", "-C", "DIR", "c.coffer"}},
		"open --force":      {args: []string{"open", "--key-file", "key.txt", "--force", "-C", "DIR", "c.coffer"}, replaces: true},
		"salvage":           {args: []string{"salvage", "--key-file", "key.txt", "-C", "DIR", "c.coffer"}},
		"salvage --force":   {args: []string{"salvage", "--key-file", "key.txt", "--force", "-C", "DIR", "c.coffer"}, replaces: true},
	}
	isTaken := thorough.OneIn(t, 2)
	made := newFixture(t)
	made.Write("folder/target", []byte("sealed"))
	made.Succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	made.Succeed("seal", "--key-file", "key.txt", "-o", "other.coffer", "folder")
	made.Succeed("header", "other.coffer")
	places := map[string]func(f *fixture, path string){
		"a pipe":              func(f *fixture, path string) { f.Check(syscall.Mkfifo(path, 0o600)) },
		"a folder":            func(f *fixture, path string) { f.Check(os.Mkdir(path, 0o700)) },
		"a file":              func(f *fixture, path string) { f.Check(os.WriteFile(path, []byte("mine"), 0o600)) },
		"a container":         func(f *fixture, path string) { f.Check(os.WriteFile(path, made.Read("other.coffer"), 0o600)) },
		"a header":            func(f *fixture, path string) { f.Check(os.WriteFile(path, made.Read("other.coffer.header"), 0o600)) },
		"a link to a pipe":    func(f *fixture, path string) { f.Check(syscall.Mkfifo(f.Path("far"), 0o600)); f.link("far", path) },
		"a link to a folder":  func(f *fixture, path string) { f.Check(os.Mkdir(f.Path("far"), 0o700)); f.link("far", path) },
		"a link to a file":    func(f *fixture, path string) { f.Write("far", []byte("mine")); f.link("far", path) },
		"a link to nowhere":   func(f *fixture, path string) { f.link("nowhere", path) },
		"a link to /dev/null": func(f *fixture, path string) { f.Check(os.Symlink("/dev/null", path)) },
		"a link to /dev/full": func(f *fixture, path string) { f.Check(os.Symlink("/dev/full", path)) },
		"/dev/null":           nil,
		"/dev/full":           nil,
	}
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		command := commands[name]
		for what, put := range places {
			restores := slices.Contains(command.args, "DIR")
			if put == nil && restores {
				continue // nobody restores into /dev
			}
			if !isTaken() {
				continue
			}
			t.Run(name+"/"+what, func(t *testing.T) {
				f := newFixture(t)
				f.Write("folder/target", []byte("sealed"))
				f.Write("password", []byte("correct horse"))
				f.Write("c.coffer", made.Read("c.coffer"))
				f.Check(os.Mkdir(f.Path("dir"), 0o700))
				path := what
				if put != nil {
					path = f.Path("dir/target")
					put(f, path)
				}
				before, far := f.place(path), ""
				if strings.HasPrefix(what, "a link to a") {
					far = f.place(f.Path("far"))
				}
				args := slices.Clone(command.args)
				for i := range args {
					args[i] = strings.NewReplacer("OUT", path, "DIR", f.Path("dir")).Replace(args[i])
				}
				begun := time.Now()
				status, stderr := f.Run(args...)
				if time.Since(begun) > 5*time.Second {
					t.Error("it waited")
				}
				after := f.place(path)
				isFile := what == "a file" || what == "a container" || what == "a header"
				never := !isFile && what != "a link to a file" && what != "a link to nowhere"
				if restores && strings.HasPrefix(what, "a link") { // of a stranger's file, no link is followed
					never = false
				}
				switch {
				case command.opens && what == "a container": // it is changed, and remains one
				case never || !command.replaces || isFile && command.only != "" && what != command.only:
					if after != before {
						t.Errorf("it was %s, and is %s", before, after)
					}
					if status == program.Done || stderr == "" {
						t.Errorf("status %d: %s", status, stderr)
					}
					if never && !command.opens && !restores && !strings.Contains(stderr, "not a regular file") {
						t.Errorf("it does not say why: %s", stderr)
					}
				case after == before:
					t.Errorf("it is still %s: status %d: %s", after, status, stderr)
				}
				if strings.HasPrefix(what, "a link to a") && f.place(f.Path("far")) != far {
					t.Errorf("what the link led to was %s, and is %s", far, f.place(f.Path("far")))
				}
				if left := f.Temps(); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

func (f *fixture) link(to, path string) {
	f.T.Helper()
	f.Check(os.Symlink(f.Path(to), path))
}

// place tells what a path is.
func (f *fixture) place(path string) string {
	f.T.Helper()
	info, err := os.Lstat(path)
	f.Check(err)
	what := info.Mode().Type().String()
	switch {
	case info.Mode().IsRegular():
		data, err := os.ReadFile(path)
		f.Check(err)
		what += " of " + string(data)
	case info.Mode()&fs.ModeSymlink != 0:
		to, err := filepath.EvalSymlinks(path)
		if err == nil {
			what += " to " + to
		}
	}
	return what
}
