package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// The permissions of a file before the umask: a container tells nobody anything.
const (
	containerMode fs.FileMode = 0o666
	keyMode       fs.FileMode = 0o600
)

// output is a file that gets its name only when it is complete.
type output struct {
	*os.File
	path    string
	replace bool
	done    bool
}

// errExists says that there is a file already; its commands say what to do.
type errExists struct{ path string }

func (e errExists) Error() string { return shown(e.path) + " exists already" }

// createOutput begins a file that will be path; "-" is standard output. Without
// replace a file that exists is an error, now and when the name is given.
func createOutput(path string, replace bool, mode fs.FileMode) (*output, error) {
	if path == "-" {
		if term.IsTerminal(int(os.Stdout.Fd())) {
			return nil, usagef("a container is not text: give -o FILE, or send standard output elsewhere")
		}
		return &output{File: os.Stdout, path: path}, nil
	}
	if info, err := os.Lstat(path); err == nil {
		switch {
		case info.IsDir():
			return nil, fmt.Errorf("%s is a folder", shown(path))
		case !replace:
			return nil, errExists{path}
		case info.Mode()&(fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) != 0:
			return nil, fmt.Errorf("%s is not a file, and is not replaced by one; -o - writes to standard output", shown(path))
		}
	}
	f, err := createTemp(filepath.Dir(path), mode)
	if err != nil {
		return nil, err
	}
	return &output{File: f, path: path, replace: replace}, nil
}

// createTemp is os.CreateTemp with permissions.
func createTemp(dir string, mode fs.FileMode) (*os.File, error) {
	for n := 0; ; n++ {
		path := filepath.Join(dir, fmt.Sprintf(".coffer-%d-%d.tmp", os.Getpid(), n))
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// commit makes the file durable and gives it its name.
func (o *output) commit() error {
	if o.path == "-" {
		o.done = true
		return nil
	}
	if err := o.Sync(); err != nil {
		return err
	}
	if err := o.File.Close(); err != nil {
		return err
	}
	if err := o.publish(); err != nil {
		return err
	}
	o.done = true
	syncFolder(filepath.Dir(o.path))
	return nil
}

func (o *output) publish() error {
	if o.replace {
		return os.Rename(o.Name(), o.path)
	}
	err := os.Link(o.Name(), o.path) // a link does not replace
	if err == nil {
		return os.Remove(o.Name())
	}
	if _, statErr := os.Lstat(o.path); !errors.Is(statErr, fs.ErrNotExist) {
		return errExists{o.path}
	}
	return os.Rename(o.Name(), o.path) // a file system without links
}

// abandon removes what was written unless it has been committed.
func (o *output) abandon() {
	if !o.done && o.path != "-" {
		o.File.Close()
		os.Remove(o.Name())
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
