package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// The permissions of a new file before the umask: a container tells nobody anything.
const (
	containerMode fs.FileMode = 0o666
	keyMode       fs.FileMode = 0o600
)

// output is a file that gets its name only when it is complete.
type output struct {
	*os.File
	path string
	old  identity // what it replaces
	done bool
}

// errExists says that there is a file already; its commands say what to do.
type errExists struct{ path string }

func (e errExists) Error() string { return shown(e.path) + " exists already" }

// createOutput begins a file that will be path; "-" is standard output. Without
// replace a file that exists is an error, now and when the name is given; with it
// the file that is there now is replaced, and no other.
func createOutput(path string, replace bool, mode fs.FileMode) (*output, error) {
	if path == "-" {
		if term.IsTerminal(int(os.Stdout.Fd())) {
			return nil, usagef("a container is not text: give -o FILE, or send standard output elsewhere")
		}
		return &output{File: os.Stdout, path: path}, nil
	}
	if err := checkReplaceable(path); err != nil {
		return nil, fmt.Errorf("%w: name a file, or send standard output there", err)
	}
	old, err := identify(path)
	switch {
	case err != nil:
		return nil, err
	case old.info != nil && !replace:
		return nil, errExists{path}
	}
	dir := filepath.Dir(path)
	removeStale(dir)
	f, err := createTemp(dir, mode)
	if err != nil {
		return nil, err
	}
	return &output{File: f, path: path, old: old}, nil
}

// checkReplaceable refuses a path that leads to what is never replaced: a folder, a pipe
// or a device, by a link, too.
func checkReplaceable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil: // nothing, or a link to nowhere
		return nil
	case info.IsDir():
		return fmt.Errorf("%s is a folder, and is not replaced by a file", shown(path))
	case isSpecial(info.Mode()):
		return fmt.Errorf("%s is %s, and is not replaced by a file", shown(path), kindOfSpecial(info.Mode()))
	}
	return nil
}

// isSpecial reports whether a file is neither data, a folder nor a link.
func isSpecial(mode fs.FileMode) bool {
	return mode&(fs.ModeDevice|fs.ModeCharDevice|fs.ModeNamedPipe|fs.ModeSocket|fs.ModeIrregular) != 0
}

// commit makes the file durable and gives it its name, unless the name has come to
// lead to something else since the output was begun.
func (o *output) commit() error {
	if o.path == "-" {
		o.done = true
		return nil
	}
	lost, err := o.adopt()
	if err != nil {
		return err
	}
	if err := o.Sync(); err != nil {
		return err
	}
	if !renamesOpenFiles {
		if err := o.File.Close(); err != nil {
			return err
		}
	}
	if err := o.publish(); err != nil {
		return err
	}
	o.done = true
	begun.Delete(o.Name())
	o.File.Close()
	syncFolder(filepath.Dir(o.path))
	for _, text := range lost {
		note("%s", text)
	}
	return nil
}

// publish looks and renames while no other run of this program does in the folder.
func (o *output) publish() error {
	unlock, err := lockFolder(filepath.Dir(o.path))
	if err != nil {
		return err
	}
	defer unlock()
	now, err := identify(o.path)
	switch {
	case err != nil:
		return err
	case o.old.info == nil && now.info != nil:
		return errExists{o.path}
	case !now.same(o.old):
		return fmt.Errorf("%s has changed meanwhile, and nothing was written: look at what it is now, and run the command again", shown(o.path))
	case o.old.info != nil:
		return os.Rename(o.Name(), o.path)
	}
	if os.Link(o.Name(), o.path) == nil { // a link does not replace
		return os.Remove(o.Name())
	}
	switch _, err := os.Lstat(o.path); {
	case err == nil:
		return errExists{o.path}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return os.Rename(o.Name(), o.path) // a file system without links
}

// abandon removes what was written unless it has been committed.
func (o *output) abandon() {
	if !o.done && o.path != "-" {
		os.Remove(o.Name()) // where open files cannot be removed, the second one does
		o.File.Close()
		os.Remove(o.Name())
		begun.Delete(o.Name())
	}
}

// syncFolder makes a new name durable where the system can; the file is safe
// under one of its names in any case.
func syncFolder(dir string) {
	if f, err := os.Open(dir); err == nil {
		f.Sync()
		f.Close()
	}
}
