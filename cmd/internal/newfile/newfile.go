// Package newfile makes files that get their names only when they are complete, and that
// replace nothing but what they were meant to replace.
package newfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"github.com/coffer-format/coffer/cmd/internal/display"
)

// File is a file that gets its name only when it is complete.
type File struct {
	*os.File
	path   string
	old    Identity // what it replaces
	done   bool
	second bool // it has its first name, too
}

// ExistsError says that there is a file already; its commands say what to do.
type ExistsError struct{ Path string }

func (e ExistsError) Error() string { return display.Name(e.Path) + " exists already" }

// ErrTerminal says that what is not text was to go to a terminal, which is a mistake in the
// command line.
var ErrTerminal = errors.New("a container is not text: give -o FILE, or send standard output elsewhere")

// ErrNowhere says that what is written would be lost, which is a mistake in the command
// line, too.
var ErrNowhere = errors.New("standard output is closed, or thrown away: give -o FILE, or send standard output elsewhere")

// leadsNowhere reports whether an output is the null device, which a closed one is, too,
// once the program runs.
func leadsNowhere(f *os.File) bool {
	a, err := f.Stat()
	if err != nil {
		return true
	}
	b, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(a, b)
}

// Create begins a file that will be path; "-" is standard output. Without
// replace a file that exists is an error, now and when the name is given; with it
// the file that is there now is replaced, and no other.
func Create(path string, replace bool, mode fs.FileMode) (*File, error) {
	if path == "-" {
		if term.IsTerminal(int(os.Stdout.Fd())) {
			return nil, ErrTerminal
		}
		if leadsNowhere(os.Stdout) {
			return nil, ErrNowhere
		}
		return &File{File: os.Stdout, path: path}, nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, not a regular file: give the name of a file in it", display.Name(path))
	}
	if err := CheckReplaceable(path); err != nil {
		return nil, fmt.Errorf("%w: give another name, or write to standard output and redirect it", err)
	}
	old, err := identify(path)
	switch {
	case err != nil:
		return nil, unwritable(path, err)
	case old.info != nil && !replace:
		return nil, ExistsError{path}
	}
	dir := filepath.Dir(path)
	removeStale(dir)
	f, err := createTemp(dir, mode)
	if err != nil {
		return nil, unwritable(path, err)
	}
	return &File{File: f, path: path, old: old}, nil
}

// Expect makes the file replace what a path led to earlier, and nothing else.
func (o *File) Expect(old Identity) { o.old = old }

// Old returns what the file will replace, nil if nothing is there, and the beginning of
// its content if that can be read.
func (o *File) Old() (info fs.FileInfo, head []byte) { return o.old.info, o.old.head }

// CheckReplaceable refuses a path that leads to what is never replaced: a folder, a pipe
// or a device, by a link, too.
func CheckReplaceable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil: // nothing, or a link to nowhere
		return nil
	case info.IsDir():
		return fmt.Errorf("%s is a folder, not a regular file", display.Name(path))
	case IsSpecial(info.Mode()):
		return fmt.Errorf("%s is %s, not a regular file", display.Name(path), SpecialKind(info.Mode()))
	}
	return nil
}

// Commit makes the file durable and gives it its name, unless the name has come to
// lead to something else since the output was begun.
func (o *File) Commit() error {
	if o.path == "-" {
		o.done = true
		if err := o.Sync(); err != nil && !isUnsupported(err) {
			return err
		}
		return nil
	}
	lost, err := o.adopt()
	if err != nil {
		return o.named(err)
	}
	if err := o.Sync(); err != nil && !isUnsupported(err) {
		return o.named(err)
	}
	if !renamesOpenFiles {
		if err := o.File.Close(); err != nil {
			return o.named(err)
		}
	}
	if err := o.publish(); err != nil {
		return o.named(err)
	}
	o.done = true
	if o.second {
		lost = append(lost, fmt.Sprintf("%s is complete, and has a second name, %s, which could not be removed", display.Name(o.path), display.Name(o.Name())))
	}
	Ended(o.Name())
	o.File.Close()
	syncFolder(filepath.Dir(o.path))
	for _, text := range lost {
		display.Note("%s", text)
	}
	return nil
}

// publish looks and renames while no other run of this program does in the folder.
func (o *File) publish() error {
	unlock, err := LockFolder(filepath.Dir(o.path))
	if err != nil {
		return err
	}
	defer unlock()
	now, err := identify(o.path)
	switch {
	case err != nil:
		return err
	case o.old.info == nil && now.info != nil:
		return ExistsError{o.path}
	case !now.same(o.old):
		return fmt.Errorf("%s has changed meanwhile, and nothing was written: look at what it is now, and run the command again", display.Name(o.path))
	case o.old.info != nil:
		return os.Rename(o.Name(), o.path)
	}
	if os.Link(o.Name(), o.path) == nil { // a link does not replace
		o.second = os.Remove(o.Name()) != nil // as in a folder that files can only be added to
		return nil
	}
	switch _, err := os.Lstat(o.path); {
	case err == nil:
		return ExistsError{o.path}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return os.Rename(o.Name(), o.path) // a file system without links
}

// Abandon removes what was written unless it has been committed.
func (o *File) Abandon() {
	if !o.done && o.path != "-" {
		first := os.Remove(o.Name()) // where open files cannot be removed, the second one does
		o.File.Close()
		if first != nil && os.Remove(o.Name()) != nil {
			display.Note("%s is unfinished, and could not be removed", display.Name(o.Name()))
		}
		Ended(o.Name())
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
