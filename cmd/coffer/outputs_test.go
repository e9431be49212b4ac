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
)

// Every command that writes where it is told follows one rule: folders, pipes and
// devices are never replaced, by links neither, and nothing is written to them; a file
// or a link gives its name up only to who may replace it.
func TestOutputs(t *testing.T) {
	commands := map[string]struct {
		args     []string
		replaces bool // what exists
		opens    bool // what exists, before it replaces it
	}{
		"seal":              {args: []string{"seal", "--key-file", "key.txt", "-o", "OUT", "folder"}},
		"seal --force":      {args: []string{"seal", "--key-file", "key.txt", "--force", "-o", "OUT", "folder"}, replaces: true},
		"key":               {args: []string{"key", "-o", "OUT"}},
		"slot set-password": {args: []string{"slot", "set-password", "--key-file", "key.txt", "--new-password-file", "password", "OUT"}, opens: true},
		"slot remove":       {args: []string{"slot", "remove", "--key-file", "key.txt", "OUT", "1"}, opens: true},
		"conform --json":    {args: []string{"conform", "--run", "key/parse-shown", "--json", "OUT", "--", "false"}, replaces: true},
		"open":              {args: []string{"open", "--key-file", "key.txt", "-C", "DIR", "c.coffer"}},
		"open --force":      {args: []string{"open", "--key-file", "key.txt", "--force", "-C", "DIR", "c.coffer"}, replaces: true},
		"salvage":           {args: []string{"salvage", "--key-file", "key.txt", "-C", "DIR", "c.coffer"}},
		"salvage --force":   {args: []string{"salvage", "--key-file", "key.txt", "--force", "-C", "DIR", "c.coffer"}, replaces: true},
		"spec html":         {args: []string{"spec", "html", "--root", "nowhere", "OUT"}},
	}
	places := map[string]func(f *fixture, path string){
		"a pipe":              func(f *fixture, path string) { f.check(syscall.Mkfifo(path, 0o600)) },
		"a folder":            func(f *fixture, path string) { f.check(os.Mkdir(path, 0o700)) },
		"a file":              func(f *fixture, path string) { f.check(os.WriteFile(path, []byte("mine"), 0o600)) },
		"a link to a pipe":    func(f *fixture, path string) { f.check(syscall.Mkfifo(f.path("far"), 0o600)); f.link("far", path) },
		"a link to a folder":  func(f *fixture, path string) { f.check(os.Mkdir(f.path("far"), 0o700)); f.link("far", path) },
		"a link to a file":    func(f *fixture, path string) { f.write("far", []byte("mine")); f.link("far", path) },
		"a link to nowhere":   func(f *fixture, path string) { f.link("nowhere", path) },
		"a link to /dev/null": func(f *fixture, path string) { f.check(os.Symlink("/dev/null", path)) },
		"a link to /dev/full": func(f *fixture, path string) { f.check(os.Symlink("/dev/full", path)) },
		"/dev/null":           nil,
		"/dev/full":           nil,
	}
	made := newFixture(t)
	made.write("folder/target", []byte("sealed"))
	made.succeed("seal", "--key-file", "key.txt", "-o", "c.coffer", "folder")
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		command := commands[name]
		for what, put := range places {
			restores := slices.Contains(command.args, "DIR")
			if put == nil && restores {
				continue // nobody restores into /dev
			}
			t.Run(name+"/"+what, func(t *testing.T) {
				f := newFixture(t)
				f.write("folder/target", []byte("sealed"))
				f.write("password", []byte("correct horse"))
				f.write("c.coffer", made.read("c.coffer"))
				f.check(os.Mkdir(f.path("dir"), 0o700))
				path := what
				if put != nil {
					path = f.path("dir/target")
					put(f, path)
				}
				before, far := f.place(path), ""
				if strings.HasPrefix(what, "a link to a") {
					far = f.place(f.path("far"))
				}
				args := slices.Clone(command.args)
				for i := range args {
					args[i] = strings.NewReplacer("OUT", path, "DIR", f.path("dir")).Replace(args[i])
				}
				begun := time.Now()
				status, stderr := f.run(args...)
				if time.Since(begun) > 5*time.Second {
					t.Error("it waited")
				}
				after := f.place(path)
				never := !strings.HasSuffix(what, "a file") && what != "a link to nowhere"
				if restores && strings.HasPrefix(what, "a link") { // of a stranger's file, no link is followed
					never = false
				}
				switch {
				case never || !command.replaces:
					if after != before {
						t.Errorf("it was %s, and is %s", before, after)
					}
					if status == exitDone || stderr == "" {
						t.Errorf("status %d: %s", status, stderr)
					}
					if never && !command.opens && !restores && name != "spec html" && !strings.Contains(stderr, "is not replaced by a file") {
						t.Errorf("it does not say why: %s", stderr)
					}
				case after == before:
					t.Errorf("it is still %s: status %d: %s", after, status, stderr)
				}
				if strings.HasPrefix(what, "a link to a") && f.place(f.path("far")) != far {
					t.Errorf("what the link led to was %s, and is %s", far, f.place(f.path("far")))
				}
				if left := f.temps(); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

func (f *fixture) link(to, path string) {
	f.t.Helper()
	f.check(os.Symlink(f.path(to), path))
}

// place tells what a path is.
func (f *fixture) place(path string) string {
	f.t.Helper()
	info, err := os.Lstat(path)
	f.check(err)
	what := info.Mode().Type().String()
	switch {
	case info.Mode().IsRegular():
		data, err := os.ReadFile(path)
		f.check(err)
		what += " of " + string(data)
	case info.Mode()&fs.ModeSymlink != 0:
		to, err := filepath.EvalSymlinks(path)
		if err == nil {
			what += " to " + to
		}
	}
	return what
}
