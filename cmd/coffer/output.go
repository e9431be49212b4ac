package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// output is a file that gets its name only when it is complete.
type output struct {
	*os.File
	path    string
	replace bool
	done    bool
}

// createOutput begins a file that will be path; "-" is standard output. Without
// replace a file that exists is an error, now and when the name is given.
func createOutput(path string, replace bool) (*output, error) {
	if path == "-" {
		if term.IsTerminal(int(os.Stdout.Fd())) {
			return nil, usagef("a container is not text: give -o FILE, or send standard output elsewhere")
		}
		return &output{File: os.Stdout, path: path}, nil
	}
	if _, err := os.Lstat(path); err == nil && !replace {
		return nil, &fs.PathError{Op: "write", Path: path, Err: fs.ErrExist}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".coffer-*.tmp")
	if err != nil {
		return nil, err
	}
	return &output{File: f, path: path, replace: replace}, nil
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
	return syncFolder(filepath.Dir(o.path))
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
		return &fs.PathError{Op: "write", Path: o.path, Err: fs.ErrExist}
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

// syncFolder makes a new name durable where the system can.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	f.Sync() // some file systems cannot, and the file itself is safe
	return nil
}

// input is a container to read.
type input struct {
	*os.File
	size int64
}

// openInput opens a container; "-" is standard input, which is copied to a
// temporary file without a name, because restoring needs to seek. The copy is
// ciphertext.
func openInput(path string) (*input, error) {
	if path == "-" {
		return spool(os.Stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() {
		return &input{f, info.Size()}, nil
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a folder")}
	}
	defer f.Close()
	return spool(f)
}

func spool(r io.Reader) (*input, error) {
	f, err := os.CreateTemp("", ".coffer-*.tmp")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	size, err := io.Copy(f, r)
	return &input{f, size}, err
}
